"""Who commits: `@commits` on writing views, `work_unit()` in jobs, commands and seeds, and in the few
views that are `@commits_itself`. Nobody else.

Services never commit, so a request or a job is all or nothing. The database's own refusals become
the domain's errors here, by constraint name, in one map.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from flask import current_app, has_request_context, request
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.clock import utcnow
from app.errors import Conflict, DomainError
from app.extensions import db
from catalog.history import Author, write_as

P = ParamSpec("P")
R = TypeVar("R")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_writing: ContextVar[bool] = ContextVar("footbridge_writing", default=False)

CONSTRAINT_MESSAGES: dict[str, str] = {
    "uq_import_run_busy_source": (
        "A directory of this name is being checked or imported just now. Wait until that has ended, "
        "or give this one a name of its own."
    ),
    "uq_catalog_export_at_work": (
        "Somebody asked for this download at the same moment. It is being made: open Downloads."
    ),
    "uq_family_response_once": "Another answer to this came at the same moment. Answer once more.",
    "uq_suggestion_once": "This activity is among the family's suggestions already.",
    "uq_notice_dedupe_key": "This message has already been queued.",
    "uq_referral_open_once": (
        "There is already an open referral of this student to this service. Open that one instead."
    ),
}


def commits(view: Callable[P, R]) -> Callable[P, R]:
    """Commit what the view wrote, once it has returned; roll all of it back if it raised."""

    @functools.wraps(view)
    def committing(*args: P.args, **kwargs: P.kwargs) -> R:
        with domain_errors():
            try:
                result = view(*args, **kwargs)
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
        return result

    committing.commits = True  # type: ignore[attr-defined]
    return committing


def commits_itself(view: Callable[P, R]) -> Callable[P, R]:
    """For a view that must get through while a long work holds SQLite's one lock: its request only
    reads, and what it writes it writes in a work_unit, where that can be."""
    view.commits_itself = True  # type: ignore[attr-defined]
    return view


@contextmanager
def work_unit(*, name: str = "Footbridge") -> Iterator[Session]:
    """A session of its own that commits at the end, or rolls back and re-raises. Needs an app context.

    `name` is whose work it is, in the history of what it changes in the directory.
    """
    token = _writing.set(True)
    try:
        with domain_errors(), db.sessionmaker() as session, session.begin():
            write_as(session, Author(name, "system", utcnow()))
            yield session
    finally:
        _writing.reset(token)


@contextmanager
def domain_errors() -> Iterator[None]:
    """Turn the database's refusals (a broken constraint, a stale version) into domain errors."""
    try:
        yield
    except StaleDataError:
        raise Conflict(
            "Someone else changed this a moment ago, so your change was not made. "
            "Look at what is there now, then try again."
        ) from None
    except IntegrityError as error:
        raise integrity_error(error) from None


def integrity_error(error: IntegrityError) -> DomainError | IntegrityError:
    """The domain error of the constraint that refused, or the error itself where none is known."""
    diagnosis = getattr(error.orig, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    text = str(error.orig)
    for constraint, message in CONSTRAINT_MESSAGES.items():
        if constraint == name or constraint in text or sqlite_columns(constraint) in text:
            return Conflict(message)
    return error


def sqlite_columns(constraint: str) -> str:
    """How SQLite names a unique column constraint: by table.column, not by its name."""
    table, _, column = constraint.removeprefix("uq_").partition("_")
    return f"{table}.{column}"


def is_writing() -> bool:
    """Whether the transaction about to begin is one that may write."""
    if _writing.get() or not has_request_context():
        return _writing.get()
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in SAFE_METHODS and not hasattr(view, "commits_itself")


def configure_engine(engine: Engine) -> None:
    """Make SQLite behave: real transactions and savepoints, foreign keys, WAL, waiting for a lock.

    The driver's own BEGIN is off (its savepoints isolate nothing otherwise) and ours is emitted. A
    writing transaction takes the write lock at once: taken later, it fails instead of waiting.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "foreign_keys = ON",
            "journal_mode = WAL",
            "synchronous = NORMAL",
            "busy_timeout = 10000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing() else "BEGIN")
