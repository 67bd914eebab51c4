"""Counts of tries in our own database, for installations without Redis: counted in the memory of
its processes, a limit would be as many limits as there are processes.

Used by app/security/rate_limits.py through the `limits` package. Each count is one statement in a
short transaction of its own, which has ended before the request's begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from limits.storage import Storage
from sqlalchemy import Engine, String, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.db import Base, UTCDateTime


class RateLimit(Base):
    """How many tries in the window that ends at `expires_at`. `key` holds a keyed hash of who
    tried, never an address or an account.
    """

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class DatabaseStorage(Storage):
    """The `limits` package's storage on the table `rate_limit`. `engine` is asked for at each use:
    the process may have been forked since.
    """

    STORAGE_SCHEME = None

    def __init__(self, engine: Callable[[], Engine]) -> None:
        super().__init__()
        self.engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a broken database raises."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more tries; the count in the window, begun anew where it has ended."""
        now = moment()
        engine = self.engine()
        dialect: Any = postgresql if engine.dialect.name == "postgresql" else sqlite
        new = dialect.insert(RateLimit).values(
            key=key, count=amount, expires_at=now + timedelta(seconds=expiry)
        )
        is_over = RateLimit.expires_at <= now
        counted = new.on_conflict_do_update(
            index_elements=[RateLimit.key],
            set_={
                "count": case((is_over, new.excluded.count), else_=RateLimit.count + amount),
                "expires_at": case((is_over, new.excluded.expires_at), else_=RateLimit.expires_at),
            },
        ).returning(RateLimit.count)
        with engine.begin() as connection:
            return int(connection.execute(counted).scalar_one())

    def get(self, key: str) -> int:
        """The count in the window that runs now; 0 without one."""
        with self.engine().begin() as connection:
            found = connection.scalar(
                select(RateLimit.count).where(RateLimit.key == key, RateLimit.expires_at > moment())
            )
        return int(found or 0)

    def get_expiry(self, key: str) -> float:
        """When the key's window ends, in seconds since 1970; now, where there is none."""
        with self.engine().begin() as connection:
            found = connection.scalar(select(RateLimit.expires_at).where(RateLimit.key == key))
        return found.timestamp() if found is not None else time.time()

    def check(self) -> bool:
        """Whether counting works."""
        try:
            self.get("check")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int:
        """Forget every count; how many there were."""
        with self.engine().begin() as connection:
            return int(connection.execute(delete(RateLimit)).rowcount)

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self.engine().begin() as connection:
            connection.execute(delete(RateLimit).where(RateLimit.key == key))


def purge_expired(session: Session, *, now: datetime) -> int:
    """Delete the windows that have ended; how many. They count for nothing any more."""
    result: Any = session.execute(delete(RateLimit).where(RateLimit.expires_at <= now))
    return int(result.rowcount)


def moment() -> datetime:
    """Now. The `limits` package passes no time on, so its storages ask the clock themselves."""
    return datetime.fromtimestamp(time.time(), UTC)
