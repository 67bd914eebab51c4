"""The words that nothing understood, as far as they may be shown: those of several askers."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date
from functools import reduce

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.misses.models import SHARES, MissedWord

KEPT_DAYS = 90
LEAST_ASKERS = 3  # a name that one person searches for again and again is never shown


@dataclass(frozen=True, slots=True)
class Missed:
    """A word with how often it was searched with, on how many days, and when last."""

    word: str
    times: int
    days: int
    last_on: date


def missed_words(session: Session, *, limit: int, offset: int = 0) -> tuple[list[Missed], int]:
    """One part of the words that several people used, the most frequent first, and how many there
    are. Two statements. Askers are counted from below: three that were dealt into three shares.
    """
    words = (
        select(
            MissedWord.word,
            func.sum(MissedWord.times),
            func.count(),
            func.max(MissedWord.asked_on),
        )
        .group_by(MissedWord.word)
        .having(shares_asked() >= LEAST_ASKERS)
    )
    total = session.scalar(select(func.count()).select_from(words.subquery())) or 0
    rows = session.execute(
        words.order_by(func.sum(MissedWord.times).desc(), MissedWord.word)
        .limit(limit)
        .offset(offset)
    )
    return [Missed(word, int(times), days, last) for word, times, days, last in rows], total


def shares_asked() -> ColumnElement[int]:
    """How many shares of the accounts asked for a word, over all days that are kept."""
    asked: list[ColumnElement[int]] = [
        func.max(MissedWord.shares.bitwise_rshift(share).bitwise_and(1)) for share in range(SHARES)
    ]
    return reduce(operator.add, asked)
