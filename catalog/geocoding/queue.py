"""Places whose point is to be found, and writing down what was found.

The queue is no list: a place waits as long as nobody placed it and its address has not been looked up
as it stands, by the geocoders that there are. So an import, a correction and a new setting need to
tell nobody. A confidential place never waits.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from catalog.geocoding.addresses import StreetAddress, read_address
from catalog.geocoding.answers import Answer
from catalog.geocoding.points import is_geocoded
from catalog.models import Address, Geocoding, Location
from catalog.services import bump_revision

NOT_FOUND_AGAIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place to look up. `written` is its address as the tables have it, to tell a change by."""

    location_id: uuid.UUID
    written: str
    address: StreetAddress


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a place. `again_at`: when to look once more, None for never."""

    place: Waiting
    answer: Answer
    again_at: datetime | None


def written() -> ColumnElement[str]:
    """A location's address as one text, in SQL."""
    bar = literal("|")
    return (
        Address.address_1 + bar + func.coalesce(Address.address_2, "") + bar + Address.city
        + bar + Address.state_province + bar + Address.postal_code
    )  # fmt: skip


def the_address() -> ColumnElement[bool]:
    """Of a location's addresses the one where it is, not where its letters go."""
    own = Address.__table__.alias("own_address")
    first = (
        select(own.c.id)
        .where(own.c.location_id == Location.id, own.c.address_type == "physical")
        .order_by(own.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return Address.id == first


def places_to_find(*columns: Any) -> Select[Any]:
    """Places with an address that no person and no source gave a point to."""
    return (
        select(*columns)
        .select_from(Location)
        .join(Address, the_address())
        .outerjoin(Geocoding, Geocoding.location_id == Location.id)
        .where(
            Location.is_confidential.is_(False),
            Location.location_type == "physical",
            or_(Location.latitude.is_(None), is_geocoded()),
        )
    )


def is_due(geocoders: str, now: datetime) -> ColumnElement[bool]:
    """Whether one of them is to be looked up now."""
    return or_(
        Geocoding.location_id.is_(None),
        Geocoding.address != written(),
        Geocoding.again_at <= now,
        and_(Geocoding.precision != "address", Geocoding.geocoders != geocoders),
    )


def waiting_places(session: Session, *, geocoders: str, now: datetime, limit: int) -> list[Waiting]:
    """The places whose turn it is, those never looked up first (1 statement)."""
    rows = session.execute(
        places_to_find(
            Location.id,
            written(),
            Address.address_1,
            Address.city,
            Address.state_province,
            Address.postal_code,
        )
        .where(is_due(geocoders, now))
        .order_by(
            case((Geocoding.location_id.is_(None), 0), else_=1), Geocoding.again_at, Location.id
        )
        .limit(limit)
    )
    return [Waiting(id_, text, read_address(*columns)) for id_, text, *columns in rows]


def count_waiting(session: Session, *, geocoders: str, now: datetime) -> int:
    """How many places wait (1 statement)."""
    counted = places_to_find(func.count()).where(is_due(geocoders, now))
    return session.scalar(counted) or 0


def write_findings(
    session: Session, findings: Iterable[Finding], *, geocoders: str, now: datetime
) -> int:
    """Put the points there, where nobody else has meanwhile; returns how many places changed.

    What was looked up is noted even where nothing was found. Moves the catalog's revision once.
    """
    found = {one.place.location_id: one for one in findings}
    moved = 0
    still = select(Location, Geocoding, written()).select_from(Location)
    rows = session.execute(
        still.join(Address, the_address())
        .outerjoin(Geocoding, Geocoding.location_id == Location.id)
        .where(
            Location.id.in_(found),
            Location.is_confidential.is_(False),
            or_(Location.latitude.is_(None), is_geocoded()),
        )
        .with_for_update(of=Location)
    ).all()
    for location, known, text in rows:
        finding = found[location.id]
        if text != finding.place.written:
            continue  # corrected meanwhile: it waits again
        moved += place_location(location, finding.answer)
        note_finding(session, known, finding, geocoders, now)
    session.flush()
    if moved:
        bump_revision(session)
    return moved


def place_location(location: Location, answer: Answer) -> bool:
    """Write the point, or take an outdated one away; whether that changed anything."""
    point = answer.point
    values = (
        (point.latitude, point.longitude, answer.precision) if point else (None, None, "unknown")
    )
    if (location.latitude, location.longitude, location.point_precision) == values:
        return False
    location.latitude, location.longitude, location.point_precision = values
    return True


def note_finding(
    session: Session, known: Geocoding | None, finding: Finding, geocoders: str, now: datetime
) -> None:
    """Remember what was looked up, and what came of it."""
    answer = finding.answer
    row = known or Geocoding(location_id=finding.place.location_id)
    row.address, row.geocoders, row.at = finding.place.written, geocoders, now
    row.found_by = answer.geocoder if answer.point else None
    row.latitude = answer.point.latitude if answer.point else None
    row.longitude = answer.point.longitude if answer.point else None
    row.precision, row.again_at = answer.precision, finding.again_at
    session.add(row)
