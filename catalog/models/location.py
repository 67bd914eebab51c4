"""The location: where a service is given, by post reached, or only online."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, one_of, sourced_table_args
from catalog.vocabulary import LOCATION_TYPES, POINT_PRECISIONS

if TYPE_CHECKING:
    from catalog.models.accessibility import Accessibility
    from catalog.models.address import Address
    from catalog.models.contact import Contact
    from catalog.models.language import Language
    from catalog.models.organization import Organization
    from catalog.models.phone import Phone
    from catalog.models.schedule import Schedule
    from catalog.models.service_at_location import ServiceAtLocation


class Location(Sourced, Base):
    """HSDS location, WGS 84 degrees.

    `is_confidential`: the address is shown to nobody who does not need it (a shelter).
    `point_precision`: what the point stands for, so that a distance is not believed too much.
    """

    __tablename__ = "location"
    __table_args__ = sourced_table_args(
        CheckConstraint(one_of("location_type", tuple(LOCATION_TYPES)), name="location_type"),
        CheckConstraint(one_of("point_precision", tuple(POINT_PRECISIONS)), name="point_precision"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point_whole"),
    )

    location_type: Mapped[str] = mapped_column(default="physical")
    url: Mapped[str | None]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    transportation: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    external_identifier: Mapped[str | None]
    external_identifier_type: Mapped[str | None]
    is_confidential: Mapped[bool] = mapped_column(default=False)
    point_precision: Mapped[str] = mapped_column(default="unknown")
    version: Mapped[int] = mapped_column(default=1)

    organization: Mapped["Organization | None"] = relationship(back_populates="locations")
    service_at_locations: Mapped[list["ServiceAtLocation"]] = relationship(
        back_populates="location", cascade="all, delete-orphan", passive_deletes=True
    )
    addresses: Mapped[list["Address"]] = relationship(
        back_populates="location", cascade="all, delete-orphan", passive_deletes=True
    )
    schedules: Mapped[list["Schedule"]] = relationship(
        back_populates="location", cascade="all, delete-orphan", passive_deletes=True
    )
    accessibility: Mapped[list["Accessibility"]] = relationship(
        back_populates="location", cascade="all, delete-orphan", passive_deletes=True
    )
    languages: Mapped[list["Language"]] = relationship(
        back_populates="location", cascade="all, delete-orphan", passive_deletes=True
    )
    phones: Mapped[list["Phone"]] = relationship(
        back_populates="location", cascade="all, delete-orphan", passive_deletes=True
    )
    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="location", cascade="all, delete-orphan", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy as it stands
