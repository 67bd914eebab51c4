"""The record of disclosures (FERPA, 34 CFR 99.32): who was shown what about a student, when and why.

Disclosures under consent are exempt from the record; they are kept all the same, marked so. Kept as
long as the student's record.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, UTCDateTime


class Disclosure(Base):
    """One disclosure. `basis` is consent or none (nothing that identifies the student was shown)."""

    __tablename__ = "disclosure"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    student_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("student.id", ondelete="CASCADE"), index=True
    )
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="SET NULL")
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    party: Mapped[str] = mapped_column(String(200))
    interest: Mapped[str] = mapped_column(Text)
    elements: Mapped[list[str]] = mapped_column(JSON)
    basis: Mapped[str] = mapped_column(String(20))
    consent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("consent.id", ondelete="SET NULL")
    )
    by_name: Mapped[str] = mapped_column(String(120))
