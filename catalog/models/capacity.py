"""Free places: HSDS 3.1 service_capacity and unit."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, sourced_table_args

if TYPE_CHECKING:
    from catalog.models.service import Service


class Unit(Sourced, Base):
    """HSDS unit: what a capacity counts (seats, beds, hours)."""

    __tablename__ = "unit"

    name: Mapped[str]
    scheme: Mapped[str | None]
    identifier: Mapped[str | None]
    uri: Mapped[str | None]


class ServiceCapacity(Sourced, Base):
    """HSDS service_capacity. `updated` is when the partner said so: trust decays from there."""

    __tablename__ = "service_capacity"
    __table_args__ = sourced_table_args(
        CheckConstraint("available >= 0", name="available_not_negative"),
        CheckConstraint("maximum >= 0", name="maximum_not_negative"),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    available: Mapped[int]
    maximum: Mapped[int | None]
    description: Mapped[str | None]
    updated: Mapped[datetime]

    service: Mapped["Service"] = relationship(back_populates="capacities")
    unit: Mapped["Unit"] = relationship()
