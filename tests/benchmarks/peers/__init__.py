"""Peers of the engine's benchmark: the whole question, asked of databases and of a plain loop."""

from __future__ import annotations

import os
from typing import NamedTuple

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # polars reads it when it is first imported


class Answer(NamedTuple):
    """The k best with their scores, and how many were considered and refused."""

    best: list[tuple[str, int]]
    considered: int
    excluded: int
