"""How a service takes referrals: the facts of the loop that HSDS has no columns for."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, sourced_table_args

if TYPE_CHECKING:
    from catalog.models.service import Service


class ServiceIntake(Sourced, Base):
    """One a service. `referral_email` is private: it never leaves in an export or a public page."""

    __tablename__ = "service_intake"
    __table_args__ = sourced_table_args(
        CheckConstraint("referral_cap >= 0", name="referral_cap_not_negative"),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), unique=True
    )
    referral_email: Mapped[str | None]
    notice_language: Mapped[str] = mapped_column(default="en")  # ISO 639-1
    referral_cap: Mapped[int | None]  # open referrals at a time; None: no cap
    has_waitlist: Mapped[bool | None]  # None: not said
    next_intake: Mapped[date | None]
    provides_transport: Mapped[bool] = mapped_column(default=False)
    # School codes; empty: not delivered at schools.
    delivered_at_schools: Mapped[list[str]] = mapped_column(default=list)

    service: Mapped["Service"] = relationship(back_populates="intake")
