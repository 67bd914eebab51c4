"""One service at one location: what a student is matched with and sent to."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.location import Location
    from catalog.models.phone import Phone
    from catalog.models.schedule import Schedule
    from catalog.models.service import Service
    from catalog.models.service_area import ServiceArea


class ServiceAtLocation(Sourced, Base):
    """HSDS service_at_location.

    `is_listed` is ours: False when the source no longer gives the service here. The row stays,
    since referrals point to it, and is not offered any more.
    """

    __tablename__ = "service_at_location"

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    description: Mapped[str | None]
    is_listed: Mapped[bool] = mapped_column(default=True)

    service: Mapped["Service"] = relationship(back_populates="service_at_locations")
    location: Mapped["Location"] = relationship(back_populates="service_at_locations")
    schedules: Mapped[list["Schedule"]] = relationship(
        back_populates="service_at_location", cascade="all, delete-orphan", passive_deletes=True
    )
    phones: Mapped[list["Phone"]] = relationship(
        back_populates="service_at_location", cascade="all, delete-orphan", passive_deletes=True
    )
    service_areas: Mapped[list["ServiceArea"]] = relationship(
        back_populates="service_at_location", cascade="all, delete-orphan", passive_deletes=True
    )
