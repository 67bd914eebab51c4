"""What the pages about the map show: places by how exactly they are placed, and one place."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.security import policy
from app.security.policy import Actor
from catalog.geocoding.points import is_geocoded
from catalog.geocoding.queue import the_address
from catalog.models import Address, Geocoding, Location, ServiceAtLocation

# How a place is placed, in the order of the tabs: the first two want a person.
KINDS = ("missing", "rough", "found", "given")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of the list. `found_by` is a word of GEOCODERS where one found the point."""

    id: uuid.UUID
    name: str
    organization: str
    address: str
    found_by: str | None


def of_kind(kind: str) -> ColumnElement[bool]:
    """The places of a tab, in SQL: no point; the ZIP area's; a geocoder's; a person's or source's."""
    has_point = Location.latitude.is_not(None)
    looked_up = and_(Geocoding.location_id.is_not(None), is_geocoded())
    rough = Location.point_precision == "zip"
    return {
        "missing": ~has_point,
        "rough": and_(has_point, rough),
        "found": and_(has_point, ~rough, looked_up),
        "given": and_(has_point, ~rough, or_(Geocoding.location_id.is_(None), ~is_geocoded())),
    }[kind]


def offered_places(*columns: Any) -> Select[Any]:
    """Places where somebody is offered something, but for those that are kept confidential."""
    is_offered = exists().where(
        ServiceAtLocation.location_id == Location.id, ServiceAtLocation.is_listed.is_(True)
    )
    return (
        select(*columns)
        .select_from(Location)
        .outerjoin(Geocoding, Geocoding.location_id == Location.id)
        .outerjoin(Address, the_address())
        .where(
            Location.is_confidential.is_(False), Location.location_type == "physical", is_offered
        )
    )


def places_by_kind(
    session: Session, actor: Actor, kind: str, *, limit: int, offset: int = 0
) -> tuple[list[PlaceRow], dict[str, int]]:
    """One part of a tab, by the organization's name, and how many places each tab has (3 statements)."""
    policy.require(actor, "catalog.edit")
    counted = session.execute(
        offered_places(*(func.count().filter(of_kind(one)) for one in KINDS))
    ).one()
    rows = session.execute(
        offered_places(Location, Address, Geocoding.found_by)
        .options(joinedload(Location.organization), selectinload(Location.service_at_locations))
        .where(of_kind(kind))
        .order_by(func.lower(Location.name), Location.id)
        .limit(limit)
        .offset(offset)
    )
    return [place_row(*row) for row in rows], dict(zip(KINDS, counted, strict=True))


def place_row(location: Location, address: Address | None, found_by: str | None) -> PlaceRow:
    """One place as the list shows it."""
    organization = location.organization.name if location.organization else ""
    line = address_line(address)
    return PlaceRow(
        location.id, location.name or organization or line, organization, line, found_by
    )


def address_line(address: Address | None) -> str:
    """The address on one line; "" for none."""
    if address is None:
        return ""
    town = " ".join(filter(None, (address.city, address.state_province, address.postal_code)))
    return ", ".join(filter(None, (address.address_1, address.address_2, town)))


@dataclass(frozen=True, slots=True)
class Pin:
    """A place with its point: `point` None where it has none; `service_ids` are offered there."""

    id: uuid.UUID
    name: str
    organization: str
    address: str
    point: tuple[float, float] | None
    precision: str
    found_by: str | None
    version: int
    services: tuple[tuple[uuid.UUID, str], ...]


def pin_of(session: Session, actor: Actor, location_id: uuid.UUID) -> Pin:
    """One place (2 statements); NotFound for one that is confidential: nobody needs a point of it."""
    policy.require(actor, "catalog.edit")
    row = session.execute(
        select(Location, Address, Geocoding.found_by, is_geocoded())
        .select_from(Location)
        .outerjoin(Geocoding, Geocoding.location_id == Location.id)
        .outerjoin(Address, the_address())
        .options(
            joinedload(Location.organization),
            selectinload(Location.service_at_locations).joinedload(ServiceAtLocation.service),
        )
        .where(Location.id == location_id, Location.is_confidential.is_(False))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such place, or its address is kept confidential.")
    location, address, found_by, looked_up = row
    shown = place_row(location, address, found_by)
    latitude, longitude = location.latitude, location.longitude
    services = {
        one.service_id: one.service.name for one in location.service_at_locations if one.is_listed
    }
    return Pin(
        shown.id,
        shown.name,
        shown.organization,
        shown.address,
        None if latitude is None or longitude is None else (latitude, longitude),
        location.point_precision,
        found_by if looked_up else None,
        location.version,
        tuple(sorted(services.items(), key=lambda item: item[1])),
    )
