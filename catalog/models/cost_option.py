"""What a service costs a family."""

import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, sourced_table_args

if TYPE_CHECKING:
    from catalog.models.service import Service


class CostOption(Sourced, Base):
    """HSDS cost_option, but money as whole cents (`amount_cents`); HSDS's `amount` is dollars."""

    __tablename__ = "cost_option"
    __table_args__ = sourced_table_args(
        CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    option: Mapped[str | None]
    currency: Mapped[str | None]
    amount_cents: Mapped[int | None]
    amount_description: Mapped[str | None]

    service: Mapped["Service"] = relationship(back_populates="cost_options")
