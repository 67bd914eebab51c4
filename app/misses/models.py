"""Words that nothing understood, counted by day. No sentence, and nobody who asked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base

LONGEST_WORD = 30
SHARES = 4  # parts that all accounts are dealt into, anew for each word


class MissedWord(Base):
    """One word on one day. `times` it was searched with; `shares`: a bit for each share of the
    accounts that somebody of it asked. Bits set are a count of askers that is never too high, and
    say of none of them who it was: each bit stands for a quarter of all accounts.
    """

    __tablename__ = "missed_word"
    __table_args__ = (
        CheckConstraint("times > 0", name="times"),
        CheckConstraint(f"shares BETWEEN 1 AND {(1 << SHARES) - 1}", name="shares"),
    )

    asked_on: Mapped[date] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(LONGEST_WORD), primary_key=True)
    times: Mapped[int]
    shares: Mapped[int]
