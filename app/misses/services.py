"""Counting words that nothing understood, so that the lexicon can grow (docs/words.md).

Called by the pages where people search by words. They give single words, never a sentence; who
asked goes into a keyed hash of which two bits are used, and is not kept.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.misses.models import LONGEST_WORD, SHARES, MissedWord
from app.misses.queries import KEPT_DAYS

MOST_WORDS = 6  # of one question
WAIT_MS = 100

log = structlog.get_logger(__name__)


def note_missed_words(
    engine: Engine, words: Collection[str], *, asker: uuid.UUID, secret: str, on: date
) -> None:
    """Count words of one question, in a short transaction of its own: the page only reads.

    Where the database is busy for longer than a moment, or broken, nothing is counted and the page
    goes on: a count is not worth a visitor's wait.
    """
    short = sorted(word for word in set(words) if len(word) <= LONGEST_WORD)[:MOST_WORDS]
    if not short:
        return
    rows = [
        {"asked_on": on, "word": word, "times": 1, "shares": 1 << share_of(asker, word, secret)}
        for word in short
    ]
    try:
        with engine.begin() as connection:
            count(connection, rows)
    except SQLAlchemyError as error:
        log.warning("missed_words_not_counted", reason=type(error).__name__)


def count(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add the rows to those of their day."""
    is_sqlite = connection.dialect.name == "sqlite"
    dialect: Any = sqlite if is_sqlite else postgresql
    new = dialect.insert(MissedWord).values(rows)
    counting = new.on_conflict_do_update(
        index_elements=[MissedWord.asked_on, MissedWord.word],
        set_={
            "times": MissedWord.times + new.excluded.times,
            "shares": MissedWord.shares.bitwise_or(new.excluded.shares),
        },
    )
    if not is_sqlite:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {WAIT_MS}")
        connection.execute(counting)
        return
    # An import writes for a minute, and SQLite lets one write at a time.
    usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {WAIT_MS}")
    try:
        connection.execute(counting)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {usual}")


def share_of(asker: uuid.UUID, word: str, secret: str) -> int:
    """Which of the SHARES an account is in for a word: 0 to 3, the same one each time. Shares are
    dealt anew for each word, so that two words cannot be told to be of one asker.
    """
    message = b"footbridge.missed_word:" + word.encode() + b":" + asker.bytes
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()[0] % SHARES


def purge_missed_words(session: Session, *, now: datetime) -> int:
    """Delete the counts of days that are too long ago; how many."""
    oldest = now.date() - timedelta(days=KEPT_DAYS)
    result: Any = session.execute(delete(MissedWord).where(MissedWord.asked_on < oldest))
    return int(result.rowcount)
