"""What partners say of their own listings: a change of one field, live at once or waiting for a look.

Rows stay for good: they are the listing's history, and any value can be brought back from them.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, UTCDateTime
from catalog.models import Service


class ListingChange(Base):
    """One field of one service's listing, from one value to another; empty text is "not said"."""

    __tablename__ = "listing_change"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'live', 'refused')", name="state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("ix_listing_change_state_proposed_at", "state", "proposed_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    field: Mapped[str] = mapped_column(String(40))
    old_value: Mapped[str] = mapped_column(Text, default="")
    new_value: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    proposed_by: Mapped[str] = mapped_column(String(120))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    service: Mapped[Service] = relationship()


class ListingSuggestion(Base):
    """What a visitor of a public listing says is not right. `about` is a field of FIELDS, or what else
    people point at (`app/listings/suggesting.py`). `contact` is forgotten when it is decided.
    """

    __tablename__ = "listing_suggestion"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'taken', 'refused')", name="state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state = 'waiting' OR contact IS NULL", name="contact_forgotten"),
        Index("ix_listing_suggestion_state_sent_at", "state", "sent_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    about: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(String(254))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(120))

    service: Mapped[Service] = relationship()
