"""Reads the directory as the records that `catalog.duplicates` compares, in a fixed number of statements.

Called by app/curation. Contacts (people) and their telephones are left out. Writes nothing.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.likeness import Record, weigh_words
from catalog.models import Address, Location, Organization, Phone, Service, ServiceAtLocation, Url
from catalog.plain_forms import Place, phone_digits, place_of, site_of, words_of

Phones = dict[uuid.UUID, set[str]]
Places = dict[uuid.UUID, list[Place]]


def read_records(session: Session, kind: str) -> list[Record]:
    """Every organization, service or location, ordered by id; KeyError for another kind."""
    readers = {"organization": organizations, "service": services, "location": locations}
    return readers[kind](session)


def organizations(session: Session) -> list[Record]:
    """With the telephones, addresses and sites of the organization itself. Four statements."""
    rows = session.execute(
        select(
            Organization.id,
            Organization.name,
            Organization.website,
            Organization.uri,
            Organization.email,
            Organization.tax_id,
        ).order_by(Organization.id)
    ).all()
    phones = phones_by(session, Phone.organization_id)
    links = urls_by(session, Url.organization_id)
    places: Places = defaultdict(list)
    for owner, place in owned_places(session):
        places[owner].append(place)
    weights = weigh_words(words_of(row.name) for row in rows)
    return [
        Record(
            id=str(row.id),
            name=row.name,
            words=words_of(row.name),
            weights=weights,
            phones=frozenset(phones[row.id]),
            sites=sites(row.website, *links[row.id]),
            emails=emails(row.email),
            identifiers=identifiers(row.tax_id, row.uri),
            places=tuple(places[row.id]),
        )
        for row in rows
    ]


def services(session: Session) -> list[Record]:
    """With their own telephones and sites, their organization's where they name none, and the
    addresses where they are given. Six statements.
    """
    rows = session.execute(
        select(
            Service.id,
            Service.name,
            Service.url,
            Service.email,
            Service.organization_id,
            Organization.name.label("owner_name"),
        )
        .outerjoin(Service.organization)
        .order_by(Service.id)
    ).all()
    own = phones_by(session, Phone.service_id)
    office = phones_by(session, Phone.organization_id)
    links = urls_by(session, Url.service_id)
    addresses = addresses_by_location(session)
    places: Places = defaultdict(list)
    for service_id, location_id in session.execute(
        select(ServiceAtLocation.service_id, ServiceAtLocation.location_id).order_by(
            ServiceAtLocation.service_id, ServiceAtLocation.location_id
        )
    ):
        places[service_id] += addresses[location_id]
    weights = weigh_words(words_of(row.name) for row in rows)
    return [
        Record(
            id=str(row.id),
            name=row.name,
            words=words_of(row.name),
            weights=weights,
            phones=frozenset(own[row.id] or office[row.organization_id]),
            sites=sites(row.url, *links[row.id]),
            emails=emails(row.email),
            places=tuple(dict.fromkeys(places[row.id])),
            **owner_of(row),
        )
        for row in rows
    ]


def locations(session: Session) -> list[Record]:
    """With their telephones, addresses and points. Three statements."""
    rows = session.execute(
        select(
            Location.id,
            Location.name,
            Location.url,
            Location.latitude,
            Location.longitude,
            Location.external_identifier,
            Location.organization_id,
            Organization.name.label("owner_name"),
        )
        .outerjoin(Location.organization)
        .order_by(Location.id)
    ).all()
    phones = phones_by(session, Phone.location_id)
    places = addresses_by_location(session)
    # A place without a name goes by its organization's.
    names = [row.name or row.owner_name or "" for row in rows]
    weights = weigh_words(words_of(name) for name in names)
    return [
        Record(
            id=str(row.id),
            name=name,
            words=words_of(name),
            weights=weights,
            phones=frozenset(phones[row.id]),
            sites=sites(row.url),
            identifiers=identifiers(row.external_identifier),
            # Some directories write the address as the place's name, and nowhere else.
            places=tuple(places[row.id] or filter(None, [place_of(row.name, None, None)])),
            point=None if row.latitude is None else (row.latitude, row.longitude),
            **owner_of(row),
        )
        for row, name in zip(rows, names, strict=True)
    ]


def owner_of(row: Any) -> dict[str, Any]:
    """The organization of a service or a location."""
    owner = str(row.organization_id) if row.organization_id else None
    return {"owner": owner, "owner_words": words_of(row.owner_name)}


def phones_by(session: Session, column: Any) -> Phones:
    """Telephones by the row that `column` names; those of people left out."""
    found: Phones = defaultdict(set)
    statement = select(column, Phone.number).where(column.is_not(None), Phone.contact_id.is_(None))
    for owner, number in session.execute(statement):
        if len(digits := phone_digits(number)) >= 7:
            found[owner].add(digits)
    return found


def urls_by(session: Session, column: Any) -> dict[uuid.UUID, list[str]]:
    """Further web addresses by the row that `column` names."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for owner, url in session.execute(select(column, Url.url).where(column.is_not(None))):
        found[owner].append(url)
    return found


def addresses_by_location(session: Session) -> Places:
    """Street addresses by location."""
    found: Places = defaultdict(list)
    for location_id, place in read_places(session, Address.location_id):
        found[location_id].append(place)
    return found


def owned_places(session: Session) -> Iterable[tuple[uuid.UUID, Place]]:
    """Street addresses of each organization's locations."""
    return read_places(session, Location.organization_id)


def read_places(session: Session, owner: Any) -> Iterable[tuple[uuid.UUID, Place]]:
    """Every address that has a house number, under the row that `owner` names."""
    statement = (
        select(owner, Address.address_1, Address.address_2, Address.postal_code)
        .join(Location, Location.id == Address.location_id)
        .where(owner.is_not(None))
        .order_by(Address.id)
    )
    for key, line, second, zip_code in session.execute(statement):
        place = place_of(line, second, zip_code)
        if place:
            yield key, place


def sites(*addresses: str | None) -> frozenset[tuple[str, str]]:
    """Those that are web addresses."""
    return frozenset(site for text in addresses if (site := site_of(text)))


def emails(*texts: str | None) -> frozenset[str]:
    """In one case, without blanks."""
    return frozenset(text.strip().casefold() for text in texts if text and "@" in text)


def identifiers(*texts: str | None) -> frozenset[str]:
    """Tax numbers and other registers' ids, by their letters and digits."""
    plain = ("".join(c for c in text or "" if c.isalnum()).casefold() for text in texts)
    return frozenset(text for text in plain if len(text) > 3)
