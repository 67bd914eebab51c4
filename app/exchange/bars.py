"""The progress bar of long commands."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


def rows_bar(length: int, label: str) -> AbstractContextManager[ProgressBar[int]]:
    """A bar that counts rows on standard error; none where that is no terminal."""
    return click.progressbar(
        length=length, label=label, show_pos=True, hidden=not sys.stderr.isatty(), file=sys.stderr
    )
