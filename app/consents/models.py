"""A family's written permission to share named records about a student (FERPA, 34 CFR 99.30).

It names the records (`elements`), the purpose, and the party or class of parties; it is signed and
dated, and can be taken back.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, UTCDateTime


class Consent(Base):
    """One signed permission. `organization_id` NULL covers every partner of the network.

    `elements` are codes of `app.consents.elements`. `method` says how it was signed.
    """

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint("method IN ('paper', 'in_person')", name="method"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    student_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("student.id", ondelete="CASCADE"), index=True
    )
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organization.id"))
    elements: Mapped[list[str]] = mapped_column(JSON)
    purpose: Mapped[str] = mapped_column(Text)
    signed_by: Mapped[str] = mapped_column(String(120))
    relation: Mapped[str] = mapped_column(String(40))
    signed_on: Mapped[date]
    expires_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(20), default="paper")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
