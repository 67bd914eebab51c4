"""How many SQL statements something takes: for the request log, and for whoever wants to know.

`create_app` lets it listen to the engine. Statements only, never their parameters: those are data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

# Where a transaction or a savepoint begins and ends says nothing about how a page is made.
NOT_COUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")

_counters: ContextVar[tuple[StatementCount, ...]] = ContextVar("footbridge_sql", default=())


class StatementCount:
    """The number of statements so far."""

    def __init__(self) -> None:
        self.count = 0


def listen(engine: Engine) -> None:
    """Count the engine's statements from now on."""
    event.listen(engine, "before_cursor_execute", note)


def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    """Add one to every count that is going on."""
    counters = _counters.get()
    if counters and not statement.startswith(NOT_COUNTED):
        for counter in counters:
            counter.count += 1


@contextmanager
def count_statements() -> Iterator[StatementCount]:
    """Counts what is sent to the database inside the block; blocks may stand in one another."""
    counter = StatementCount()
    token = _counters.set((*_counters.get(), counter))
    try:
        yield counter
    finally:
        _counters.reset(token)
