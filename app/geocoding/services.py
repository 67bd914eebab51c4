"""A person places a place on the map, or has its address looked up once more."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.geocoding.pins import read_degrees
from app.security import policy
from app.security.policy import Actor
from catalog.models import Geocoding, Location
from catalog.services import bump_revision


def set_pin(
    session: Session,
    location_id: uuid.UUID,
    *,
    latitude: str,
    longitude: str,
    version: int,
    by: Actor,
) -> Location:
    """Write the point that a person chose: from now on no geocoder moves it.

    Raises Invalid with the field for what is no point of the United States, Conflict where somebody
    changed the place since it was shown.
    """
    location = place_to_change(session, location_id, version, by)
    point = read_degrees(latitude, longitude)
    location.latitude, location.longitude = point
    location.point_precision = "address"
    session.execute(delete(Geocoding).where(Geocoding.location_id == location.id))
    session.flush()
    bump_revision(session)
    return location


def look_up_again(session: Session, location_id: uuid.UUID, *, version: int, by: Actor) -> Location:
    """Take the point away, so that the address is looked up anew within a minute or two."""
    location = place_to_change(session, location_id, version, by)
    location.latitude = location.longitude = None
    location.point_precision = "unknown"
    session.execute(delete(Geocoding).where(Geocoding.location_id == location.id))
    session.flush()
    bump_revision(session)
    return location


def place_to_change(session: Session, location_id: uuid.UUID, version: int, by: Actor) -> Location:
    """The place, locked; NotFound, or Conflict where it is not as it was shown."""
    policy.require(by, "catalog.edit")
    location = session.scalar(
        select(Location)
        .where(Location.id == location_id, Location.is_confidential.is_(False))
        .with_for_update()
    )
    if location is None:
        raise NotFound("There is no such place, or its address is kept confidential.")
    if location.version != version:
        raise Conflict(
            "Someone else changed this place a moment ago. Look at where the pin is now, then move it."
        )
    return location
