"""How far the worker is with an import, and whether somebody wants it stopped: told each other while
its one transaction is still open.

On PostgreSQL by a connection of its own. SQLite has one writer, which is the import itself: there
small files in the instance folder tell it, as the locks do; the database is on this machine anyway.
"""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, update

from app.errors import Conflict
from app.extensions import db
from app.imports.models import ImportRun
from app.imports.states import State
from app.transactions import work_unit

SELDOM_S = 0.5  # between two tellings
AT_WORK = "import-at-work"  # the lock and the folder of the work
STOPPING = "stopping"  # the phase of a run that somebody asked to stop


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` rows in a phase: reading, comparing, writing, or STOPPING. A total of 0 is not
    known."""

    phase: str
    done: int
    total: int


class Stopped(Exception):
    """Somebody asked for the import to be stopped. It goes through the import's transaction, which is
    rolled back by it."""


class Teller:
    """Tells the progress of one run, not more often than anybody looks. Each telling raises Stopped
    where somebody asked for it meanwhile."""

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
            if is_stop_asked(self.run_id):
                raise Stopped
            beside = path.with_suffix(".new")
            beside.write_text(json.dumps({"run": str(self.run_id), **told}))
            beside.replace(path)
            return
        with work_unit() as session:
            told_to: Any = session.execute(
                update(ImportRun)
                .where(ImportRun.id == self.run_id, func.coalesce(ImportRun.phase, "") != STOPPING)
                .values(told)
            )
        if not told_to.rowcount:
            raise Stopped


def ask_to_stop(run_id: uuid.UUID) -> None:
    """Have the import that is being applied stopped at its next telling; Conflict where it has ended."""
    if path := stop_file():
        path.write_text(str(run_id))
        return
    with work_unit() as session:
        asked: Any = session.execute(
            update(ImportRun)
            .where(ImportRun.id == run_id, ImportRun.state == State.APPLYING)
            .values(phase=STOPPING)
        )
    if not asked.rowcount:
        raise Conflict("This import has moved on meanwhile. Look at where it stands now.")


def is_stop_asked(run_id: uuid.UUID) -> bool:
    """Whether the file says so, on SQLite."""
    path = stop_file()
    with contextlib.suppress(OSError):
        return path is not None and path.read_text() == str(run_id)
    return False


def forget_stop() -> None:
    """Before the next run and after each: a file that says it is meant for one that has ended."""
    if path := stop_file():
        path.unlink(missing_ok=True)


def progress_of(run: ImportRun) -> Progress:
    """How far the run is."""
    path = progress_file()
    if path is not None:
        if is_stop_asked(run.id):
            return Progress(STOPPING, 0, 0)
        with contextlib.suppress(OSError, ValueError, KeyError):
            told = json.loads(path.read_text())
            if told["run"] == str(run.id):
                return Progress(told["phase"], told["done"], told["total"])
    return Progress(run.phase or "", run.done, run.total)


def progress_file() -> Path | None:
    """Where SQLite's progress stands, of the one import that is at work; None on PostgreSQL."""
    folder = files_folder()
    return folder / AT_WORK / "progress.json" if folder else None


def stop_file() -> Path | None:
    """Where it stands on SQLite that somebody wants that import stopped. Not in the folder of the
    work, which is there only once it has begun; None on PostgreSQL."""
    folder = files_folder()
    return folder / f"{AT_WORK}.stop" if folder else None


def files_folder() -> Path | None:
    """The instance folder where SQLite is the database, else None."""
    if db.engine.dialect.name != "sqlite":
        return None
    folder: Path = current_app.extensions["footbridge"].settings.instance_dir
    return folder
