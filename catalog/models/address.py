"""The postal or street address of a location."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, one_of, sourced_table_args
from catalog.vocabulary import LOCATION_TYPES

if TYPE_CHECKING:
    from catalog.models.location import Location


class Address(Sourced, Base):
    """HSDS address. What a source leaves blank is the empty string: HSDS wants the columns."""

    __tablename__ = "address"
    __table_args__ = sourced_table_args(
        CheckConstraint(one_of("address_type", tuple(LOCATION_TYPES)), name="address_type"),
    )

    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    attention: Mapped[str | None]
    address_1: Mapped[str]
    address_2: Mapped[str | None]
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str | None]
    state_province: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="US")
    address_type: Mapped[str] = mapped_column(default="physical")

    location: Mapped["Location | None"] = relationship(back_populates="addresses")
