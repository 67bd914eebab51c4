"""Needs proposed for services that have none, and what a person made of each proposal."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Identified, UTCDateTime
from catalog.models.service import Service


class NeedProposal(Identified, Base):
    """One need for one service. `confidence` in whole percent; `heard_in` label, name or
    description; `heard` the words that were heard there. Decided ones stay: a refused need is not
    proposed for that service again."""

    __tablename__ = "need_proposal"
    __table_args__ = (
        UniqueConstraint("service_id", "code"),
        CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name="state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        # All that the page's lists and counts ask: 300,000 that wait are counted from it alone.
        Index("ix_need_proposal_waiting", "state", "confidence", "code", "service_id", "found_at"),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    confidence: Mapped[int] = mapped_column(Integer)
    heard_in: Mapped[str] = mapped_column(String(20))
    heard: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(120))

    service: Mapped[Service] = relationship()


class NeedReading(Base):
    """That a service's words were read for needs: `digest` of the words, so that the same are not
    read again."""

    __tablename__ = "need_reading"

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), primary_key=True
    )
    digest: Mapped[str] = mapped_column(String(64))
