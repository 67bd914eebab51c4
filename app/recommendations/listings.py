"""What people read of a listing (names, place, details), loaded for the few offers that are shown.

Called by queries.py with the keys of one page's offers. The ranking itself never needs this.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import day_there, utcnow
from app.directory.as_of import AsOf, Told, told_at
from app.directory.prices import beside_the_fee, says_more
from app.recommendations.hours import schedules_of
from app.recommendations.words import say
from catalog.models import Location, Service, ServiceAtLocation
from catalog.prices import prices_of


@dataclass(frozen=True, slots=True)
class Listing:
    """One service at one location in words. Never the street of a confidential place."""

    service_at_location_id: uuid.UUID
    service_id: uuid.UUID
    organization_id: uuid.UUID | None
    name: str
    organization: str
    description: str
    where: str
    is_confidential: bool
    transport: str | None
    cost_details: str | None
    schedule_details: str | None
    as_of: AsOf


Listings = dict[tuple[str, str], Listing]  # by offer key and language
MOST_REMEMBERED = 5_000  # about two kilobytes each


def listings_of(
    session: Session, keys: Collection[str], *, language: str, remembered: Listings
) -> dict[str, Listing]:
    """Listings by offer key: those remembered, and the others read (7 statements, or none) and
    remembered too. A row that is gone is not in it.

    `remembered` belongs to the revision of the catalog that this transaction has seen.
    """
    known = {key: remembered.get((key, language)) for key in keys}
    unread = [key for key, listing in known.items() if listing is None]
    if unread:
        read = read_listings(session, unread, language=language)
        if len(remembered) > MOST_REMEMBERED:
            remembered.clear()
        remembered.update({(key, language): listing for key, listing in read.items()})
        known |= read
    return {key: listing for key, listing in known.items() if listing is not None}


def read_listings(session: Session, keys: Collection[str], *, language: str) -> dict[str, Listing]:
    """Listings by offer key, read (7 statements)."""
    places = session.scalars(
        select(ServiceAtLocation)
        .where(ServiceAtLocation.id.in_([uuid.UUID(key) for key in keys]))
        .options(
            joinedload(ServiceAtLocation.service).joinedload(Service.organization),
            joinedload(ServiceAtLocation.service).selectinload(Service.cost_options),
            joinedload(ServiceAtLocation.service).selectinload(Service.schedules),
            joinedload(ServiceAtLocation.location).selectinload(Location.addresses),
            joinedload(ServiceAtLocation.location).selectinload(Location.schedules),
            selectinload(ServiceAtLocation.schedules),
        )
    ).all()
    told, on = told_at(session, places), day_there(session, utcnow())
    return {str(place.id): listing_of(place, told, on, language) for place in places}


def listing_of(place: ServiceAtLocation, told: Told, on: date, language: str) -> Listing:
    """The words of one place on a day. `extra` may hold a Spanish name and description."""
    service, location = place.service, place.location
    return Listing(
        service_at_location_id=place.id,
        service_id=service.id,
        organization_id=service.organization_id,
        name=in_language(service, "name", language) or "",
        organization=service.organization.name if service.organization else "",
        description=in_language(service, "description", language) or "",
        where=where_words(location, language),
        is_confidential=location.is_confidential,
        transport=None if location.is_confidential else location.transportation,
        cost_details=cost_details(service, on, language),
        schedule_details=next((s.description for s in schedules_of(place) if s.description), None),
        as_of=told.as_of_place(place),
    )


def in_language(service: Service, column: str, language: str) -> str | None:
    """The service's name or description in Spanish where the listing has it, else as it stands."""
    translated = (service.extra or {}).get(f"{column}_es") if language == "es" else None
    if isinstance(translated, str) and translated.strip():
        return translated
    value: str | None = getattr(service, column)
    return value


def where_words(location: Location, language: str) -> str:
    """The address on one line, "Online", or that the partner tells it."""
    if location.is_confidential:
        return say("confidential", language)
    if location.location_type == "virtual":
        return say("online", language)
    addresses = sorted(location.addresses, key=lambda a: (a.address_type != "physical", str(a.id)))
    if addresses:
        first = addresses[0]
        town = " ".join(part for part in (first.city, first.postal_code) if part)
        line = ", ".join(part for part in (first.address_1, first.address_2, town) if part)
        if line:
            return line
    return location.name or say("where_unknown", language)


def cost_details(service: Service, on: date, language: str) -> str | None:
    """What the listing says of its prices beside the fee: "per visit; free for families who ask"."""
    prices = prices_of(service.cost_options, on)
    said = beside_the_fee(prices, language)
    if said or not says_more(service.fees_description, prices):
        return said
    return service.fees_description
