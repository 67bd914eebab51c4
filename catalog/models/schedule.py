"""When a service or a location is open: HSDS's columns, which follow RFC 5545."""

import uuid
from datetime import date, time
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, one_of, sourced_table_args
from catalog.vocabulary import SCHEDULE_FREQUENCIES, WEEKDAYS

if TYPE_CHECKING:
    from catalog.models.location import Location
    from catalog.models.service import Service
    from catalog.models.service_at_location import ServiceAtLocation


class Schedule(Sourced, Base):
    """HSDS schedule. Times are local to the place; a row without times is unknown, never closed.

    `byday` is "MO,TU" (with a number for the week of the month: "1MO"); `timezone` is the offset
    from UTC in hours, as HSDS has it.
    """

    __tablename__ = "schedule"
    __table_args__ = sourced_table_args(
        CheckConstraint(one_of("freq", tuple(SCHEDULE_FREQUENCIES)), name="freq"),
        CheckConstraint(one_of("wkst", tuple(WEEKDAYS)), name="wkst"),
    )

    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE"), index=True
    )
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[date | None]
    timezone: Mapped[float | None]
    until: Mapped[date | None]
    count: Mapped[int | None]
    wkst: Mapped[str | None]
    freq: Mapped[str | None]
    interval: Mapped[int | None]
    byday: Mapped[str | None]
    byweekno: Mapped[str | None]
    bymonthday: Mapped[str | None]
    byyearday: Mapped[str | None]
    description: Mapped[str | None]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    schedule_link: Mapped[str | None]
    attending_type: Mapped[str | None]
    notes: Mapped[str | None]

    service: Mapped["Service | None"] = relationship(back_populates="schedules")
    location: Mapped["Location | None"] = relationship(back_populates="schedules")
    service_at_location: Mapped["ServiceAtLocation | None"] = relationship(
        back_populates="schedules"
    )
