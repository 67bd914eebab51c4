"""How far the worker is with an import, told while its one transaction is still open.

On PostgreSQL by a connection of its own. SQLite has one writer, which is the import itself: there a
small file in the work's folder tells it, as the locks do; the database is on this machine anyway.
"""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import update

from app.extensions import db
from app.imports.models import ImportRun
from app.transactions import work_unit

SELDOM_S = 0.5  # between two tellings
AT_WORK = "import-at-work"  # the lock and the folder of the work


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` rows in a phase: reading, comparing, writing. A total of 0 is not known."""

    phase: str
    done: int
    total: int


class Teller:
    """Tells the progress of one run, not more often than anybody looks."""

    def __init__(self, run_id: uuid.UUID) -> None:
        self.run_id = run_id
        self.now = Progress("", 0, 0)
        self.told_at = 0.0

    def begin(self, phase: str, total: int = 0) -> None:
        """The next phase begins."""
        self.now = Progress(phase, 0, total)
        self.tell()

    def add(self, rows: int) -> None:
        """So many more rows are done."""
        self.now = Progress(self.now.phase, self.now.done + rows, self.now.total)
        if time.monotonic() - self.told_at >= SELDOM_S:
            self.tell()

    def tell(self) -> None:
        """Write it where pages look."""
        self.told_at = time.monotonic()
        told = {"phase": self.now.phase, "done": self.now.done, "total": self.now.total}
        if path := progress_file():
            beside = path.with_suffix(".new")
            beside.write_text(json.dumps({"run": str(self.run_id), **told}))
            beside.replace(path)
            return
        with work_unit() as session:
            session.execute(update(ImportRun).where(ImportRun.id == self.run_id).values(told))


def progress_of(run: ImportRun) -> Progress:
    """How far the run is."""
    path = progress_file()
    if path is not None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            told = json.loads(path.read_text())
            if told["run"] == str(run.id):
                return Progress(told["phase"], told["done"], told["total"])
    return Progress(run.phase or "", run.done, run.total)


def progress_file() -> Path | None:
    """Where SQLite's progress stands, of the one import that is at work; None on PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        return None
    folder: Path = current_app.extensions["footbridge"].settings.instance_dir
    return folder / AT_WORK / "progress.json"
