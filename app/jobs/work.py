"""The kinds of work that is handed to a process of its own; types alone, so that who names them
does not bring the whole application along (app/jobs/own_process.py makes one)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from app.settings import Settings

Work = Callable[[uuid.UUID], None]
RunWork = Callable[[Work, Settings, uuid.UUID], None]
