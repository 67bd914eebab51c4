"""What the kinds of work in another process have in common. Apart from `own_process`, which makes a
whole application there, so that who names them does not bring it along.
"""

from __future__ import annotations

import multiprocessing
import os
import uuid
from collections.abc import Callable

from app.settings import Settings

Work = Callable[[uuid.UUID], None]
RunWork = Callable[[Work, Settings, uuid.UUID], None]


def end_with_parent() -> None:
    """Wait until the process that started this one is gone, then end without another step."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
