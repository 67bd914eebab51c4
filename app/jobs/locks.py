"""One at a time, across processes: a PostgreSQL advisory lock, or a locked file beside SQLite.

Both end with the process that holds them, however it ends: nothing has to be cleaned up by hand.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

StillHeld = Callable[[], bool]


@contextmanager
def exclusive(name: str, *, engine: Engine, instance_dir: Path) -> Iterator[StillHeld | None]:
    """Hold the lock `name` inside the block; None where another holds it, without waiting.

    What it gives else tells whether the lock is still held: a PostgreSQL that restarts forgets it.
    """
    locking = (
        advisory_lock(name, engine)
        if engine.dialect.name == "postgresql"
        else file_lock(name, instance_dir)
    )
    with locking as held:
        yield held


@contextmanager
def file_lock(name: str, instance_dir: Path) -> Iterator[StillHeld | None]:
    """The lock by a file in the instance folder; the file stays, the lock does not."""
    instance_dir.mkdir(parents=True, exist_ok=True)
    with (instance_dir / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield lambda: True


@contextmanager
def advisory_lock(name: str, engine: Engine) -> Iterator[StillHeld | None]:
    """The lock by a connection of its own, outside the pool, held as long as the lock.

    It needs PostgreSQL itself, or a pool in session mode. Its number is made from the name and the
    schema, so that two installations in one database do not wait for each other.
    """
    number = func.hashtextextended(func.concat("footbridge.", func.current_schema(), name), 0)
    own = create_engine(engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        if not connection.scalar(select(func.pg_try_advisory_lock(number))):
            yield None
            return
        yield lambda: answers(connection)


def answers(connection: Connection) -> bool:
    """Whether the connection that holds the lock still lives."""
    try:
        connection.scalar(select(1))
    except SQLAlchemyError:
        return False
    return True
