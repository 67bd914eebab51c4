"""Finding the points of places: what was made of each address, what geocoders said, which one rests."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, one_of
from catalog.vocabulary import POINT_PRECISIONS


class Geocoding(Base):
    """What became of looking a location's address up. Its point is a geocoder's as long as the
    location's point is the one written here: a person's or a source's point differs from it, and is
    never looked up again.

    `address` is the text that was looked up, as `catalog.geocoding.queue.written` puts it together;
    `geocoders` are those that were there to ask. `again_at`: when to try once more (None: when the
    address or the geocoders change).
    """

    __tablename__ = "geocoding"
    __table_args__ = (
        CheckConstraint(one_of("precision", tuple(POINT_PRECISIONS)), name="precision"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point_whole"),
        Index("ix_geocoding_again_at", "again_at"),
    )

    location_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), primary_key=True
    )
    address: Mapped[str] = mapped_column(Text)
    geocoders: Mapped[str]
    found_by: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    precision: Mapped[str] = mapped_column(default="unknown")
    at: Mapped[datetime]
    again_at: Mapped[datetime | None]


class GeocoderAnswer(Base):
    """What a geocoder of the network said of an address, kept so that it is asked once: no point,
    where it does not know it. Holds addresses of partners alone."""

    __tablename__ = "geocoder_answer"
    __table_args__ = (Index("ix_geocoder_answer_expires_at", "expires_at"),)

    geocoder: Mapped[str] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(Text, primary_key=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class GeocoderRest(Base):
    """A geocoder that failed is left alone for a while, longer each time."""

    __tablename__ = "geocoder_rest"

    geocoder: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    until: Mapped[datetime]
    problem: Mapped[str]
