"""Whose a location's point is: a geocoder's, or a source's or a person's, which is never looked up anew."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from catalog.models import Geocoding, Location


def is_geocoded() -> ColumnElement[bool]:
    """Whether a location's point is the one that a geocoder found."""
    return and_(Geocoding.latitude == Location.latitude, Geocoding.longitude == Location.longitude)


def geocoded_among(session: Session, location_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the locations whose point a geocoder found: a source that tells the point is believed
    before it (1 statement)."""
    return set(
        session.scalars(
            select(Location.id)
            .join(Geocoding, Geocoding.location_id == Location.id)
            .where(Location.id.in_(location_ids), is_geocoded())
        )
    )
