"""What the directory's pages show: services found, and one service. Reads only.

Everyone with an account may read the whole catalog. Of a confidential place nothing is told but its
town: no street, no ZIP code, no point, no name of the place, no way there, whoever asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import day_there
from app.directory import words
from app.directory.as_of import AsOf, Told, told_of
from app.directory.index import index_for
from app.directory.prices import own_words, price_lines, says_more
from app.errors import NotFound
from app.students.queries import school_names
from catalog.errors import NotListedError
from catalog.models import (
    Funding,
    Location,
    OrganizationIdentifier,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
)
from catalog.prices import prices_of
from catalog.queries import get_service
from catalog.search import Hit, SearchIndex
from catalog.search_entries import OPEN_PLACES_STALE_AFTER, hours_of
from catalog.taxonomy import UnknownTermError, term

PAGE_SIZE = 20
SUMMARY_LENGTH = 220


@dataclass(frozen=True, slots=True)
class Seats:
    """Open places of one unit as last told; `is_stale`: too long ago to be believed."""

    available: int
    maximum: int | None
    unit: str
    as_of: datetime
    is_stale: bool


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """One place in words. `point` and `address` are None for a confidential place; `is_rough`: the point
    stands for the ZIP area alone."""

    name: str | None
    town: str
    address: str | None
    is_confidential: bool
    is_virtual: bool
    point: tuple[float, float] | None
    location_id: uuid.UUID
    is_rough: bool
    hours: tuple[str, ...] | None
    hours_text: tuple[str, ...]
    transport: str | None
    access: tuple[str, ...]
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class Card:
    """One service found, as the list shows it. `ask` are the questions, "" for none."""

    service_id: uuid.UUID
    name: str
    organization: str
    summary: str
    areas: tuple[str, ...]
    places: tuple[PlaceWords, ...]
    ages: str
    fee_cents: int | None
    languages: tuple[str, ...]
    seats: Seats | None
    metres: float | None
    status: str
    ask: str
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service with all that its page shows."""

    service: Service
    name: str
    description: str
    terms: tuple[str, ...]
    who: tuple[tuple[str, str], ...]
    who_in_their_words: str | None
    places: tuple[PlaceWords, ...]
    costs: tuple[str, ...]
    languages: tuple[str, ...]
    documents: tuple[str, ...]
    seats: tuple[Seats, ...]
    phones: tuple[Phone, ...]
    site: str
    funding: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    as_of: AsOf
    contact_as_of: Mapping[uuid.UUID | str, date | None]  # by id of a phone; "site"


def current_index(session: Session, *, now: datetime) -> SearchIndex:
    """The search index of today's catalog (1 statement if unchanged)."""
    return index_for(session, on=day_there(session, now))


def cards_of(session: Session, hits: Sequence[Hit], *, now: datetime, language: str) -> list[Card]:
    """The services found, in their order (9 statements, however many; none for none)."""
    if not hits:
        return []
    on = day_there(session, now)
    rows = session.scalars(
        select(Service)
        .where(Service.id.in_([hit.entry.id for hit in hits]))
        .options(
            joinedload(Service.organization),
            selectinload(Service.capacities).joinedload(ServiceCapacity.unit),
            selectinload(Service.schedules),
            selectinload(Service.service_at_locations).options(
                selectinload(ServiceAtLocation.schedules),
                joinedload(ServiceAtLocation.location).options(
                    selectinload(Location.addresses),
                    selectinload(Location.schedules),
                    selectinload(Location.accessibility),
                ),
            ),
        )
    ).all()
    services = {service.id: service for service in rows}
    told = told_of(session, rows)
    return [
        card_of(hit, services[hit.entry.id], told, on, language)
        for hit in hits
        if hit.entry.id in services
    ]


def card_of(hit: Hit, service: Service, told: Told, on: date, language: str) -> Card:
    """One service of the list."""
    entry = hit.entry
    seats = seats_of(service, on)
    return Card(
        service_id=service.id,
        name=in_language(service, "name", language),
        organization=service.organization.name if service.organization else "",
        summary=shortened(in_language(service, "description", language)),
        areas=tuple(dict.fromkeys(term(code).area for code in entry.terms)),
        places=places_of(service, told, on),
        ages=words.ages_words(entry.ages),
        fee_cents=entry.fee_cents,
        languages=tuple(sorted(entry.languages or ())),
        seats=seats[0] if seats else None,
        metres=hit.metres,
        status=entry.status,
        ask=words.questions(hit.doubts),
        as_of=told.as_of_service(service),
    )


def service_page(
    session: Session, service_id: uuid.UUID, *, now: datetime, language: str
) -> ServicePage:
    """One service, whatever its status; NotFound where there is none."""
    try:
        service = get_service(session, service_id)
    except NotListedError:
        raise NotFound(
            "There is no such service in the directory. Search for it by name."
        ) from None
    on = day_there(session, now)
    told = told_of(session, [service])
    phones = phones_of(session, service)
    codes = {code for rule in service.eligibility_rules for code in rule.facts.get("schools", ())}
    who = words.who_words(service.eligibility_rules, school_names(session, codes))
    has_age_rule = any("age" in (r.kind, r.facts.get("axis")) for r in service.eligibility_rules)
    if not has_age_rule and (service.minimum_age, service.maximum_age) != (None, None):
        who.insert(0, words.stated_ages(service.minimum_age, service.maximum_age))
    return ServicePage(
        service=service,
        name=in_language(service, "name", language),
        description=in_language(service, "description", language),
        terms=terms_of(service),
        who=tuple(who),
        who_in_their_words=service.eligibility_description,
        places=places_of(service, told, on),
        costs=costs_of(service, on, language),
        languages=languages_of(service),
        documents=tuple(
            words.document_words(row.document, language)
            for row in service.required_documents
            if row.document
        ),
        seats=seats_of(service, on),
        phones=phones,
        site=site_of(service),
        funding=funding_of(session, service),
        identifiers=identifiers_of(session, service),
        as_of=told.as_of_service(service),
        contact_as_of=contact_as_of(service, phones, told),
    )


def phones_of(session: Session, service: Service) -> tuple[Phone, ...]:
    """The public numbers, the service's own first, then its places', then its organization's; each
    once. Never a person's. One statement.
    """
    places = [place for place in service.service_at_locations if place.is_listed]
    open_locations = [p.location_id for p in places if not p.location.is_confidential]
    rows = session.scalars(
        select(Phone).where(
            Phone.contact_id.is_(None),
            or_(
                Phone.service_id == service.id,
                Phone.service_at_location_id.in_([place.id for place in places]),
                Phone.location_id.in_(open_locations),
                Phone.organization_id == service.organization_id,
            ),
        )
    ).all()

    def rank(phone: Phone) -> tuple[int, str]:
        owners = (phone.service_id, phone.service_at_location_id, phone.location_id)
        return next((n for n, owner in enumerate(owners) if owner), len(owners)), str(phone.id)

    return tuple({row.number: row for row in sorted(rows, key=rank, reverse=True)}.values())[::-1]


def site_of(service: Service) -> str:
    """The service's web page, else its organization's; "" for none."""
    return service.url or (service.organization.website if service.organization else None) or ""


def contact_as_of(
    service: Service, phones: Sequence[Phone], told: Told
) -> dict[uuid.UUID | str, date | None]:
    """As of when each number holds, by the phone's id, and the "site": each by what it hangs on."""
    owners: dict[uuid.UUID | str, uuid.UUID | None] = {
        phone.id: phone.service_id
        or phone.service_at_location_id
        or phone.location_id
        or phone.organization_id
        for phone in phones
    }
    owners["site"] = service.id if service.url else service.organization_id
    confirmed = service.assured_date
    return {which: told.as_of(confirmed, owner)["contact"] for which, owner in owners.items()}


def funding_of(session: Session, service: Service) -> tuple[str, ...]:
    """Who pays for the service, then for its organization; each once. One statement."""
    rows = session.scalars(
        select(Funding)
        .where(
            or_(
                Funding.service_id == service.id,
                Funding.organization_id == service.organization_id,
            )
        )
        .order_by(Funding.id)
    ).all()
    ordered = sorted(rows, key=lambda row: row.service_id != service.id)
    return tuple(dict.fromkeys(row.funding_source for row in ordered if row.funding_source))


def identifiers_of(session: Session, service: Service) -> tuple[tuple[str, str], ...]:
    """The organization's numbers with others, each with its kind. One statement."""
    rows = session.scalars(
        select(OrganizationIdentifier)
        .where(OrganizationIdentifier.organization_id == service.organization_id)
        .order_by(OrganizationIdentifier.identifier_type, OrganizationIdentifier.id)
    )
    return tuple(
        (row.identifier_type or row.identifier_scheme or "", row.identifier) for row in rows
    )


def places_of(service: Service, told: Told, on: date) -> tuple[PlaceWords, ...]:
    """The listed places in words, in the order of their ids."""
    listed = [place for place in service.service_at_locations if place.is_listed]
    ordered = sorted(listed, key=lambda one: str(one.id))
    return tuple(place_words(place, told, on) for place in ordered)


def place_words(place: ServiceAtLocation, told: Told, on: date) -> PlaceWords:
    """One place; of a confidential one its town and its hours alone."""
    location = place.location
    addresses = sorted(location.addresses, key=lambda a: (a.address_type != "physical", str(a.id)))
    first = addresses[0] if addresses else None
    hidden = location.is_confidential
    schedules = place.schedules or place.service.schedules or location.schedules
    hours = hours_of(schedules, on)
    town = first.city if first else ""
    street = [first.address_1, first.address_2] if first else []
    line = [*street, " ".join(part for part in (town, first.postal_code if first else "") if part)]
    has_point = location.latitude is not None and location.longitude is not None
    return PlaceWords(
        name=None if hidden else location.name,
        town=town,
        address=None if hidden else ", ".join(part for part in line if part) or None,
        is_confidential=hidden,
        is_virtual=location.location_type == "virtual",
        point=(location.latitude, location.longitude) if has_point and not hidden else None,  # type: ignore[arg-type]
        location_id=location.id,
        is_rough=has_point and location.point_precision == "zip",
        hours=tuple(words.hours_words(hours)) if hours else None,
        hours_text=tuple(dict.fromkeys(row.description for row in schedules if row.description)),
        transport=None if hidden else location.transportation,
        access=() if hidden else words.access_words(location.accessibility),
        as_of=told.as_of_place(place),
    )


def seats_of(service: Service, on: date) -> tuple[Seats, ...]:
    """Open places by unit, those told last first."""
    latest = sorted(service.capacities, key=lambda row: (row.updated, str(row.id)), reverse=True)
    return tuple(
        Seats(
            available=row.available,
            maximum=row.maximum,
            unit=row.unit.name,
            as_of=row.updated,
            is_stale=(on - row.updated.date()).days > OPEN_PLACES_STALE_AFTER,
        )
        for row in latest
    )


def terms_of(service: Service) -> tuple[str, ...]:
    """Its needs and interests, then what else it is labelled with in its source's own words."""
    ours, others = set(), set()
    for attribute in service.attributes:
        label = attribute.taxonomy_term
        try:
            ours.add(term(label.code or "").code)
        except UnknownTermError:
            others.add(label.name)
    return (*sorted(ours), *sorted(others))


def languages_of(service: Service) -> tuple[str, ...]:
    """Codes or names of the languages spoken, at the service or else at its places."""
    rows = service.languages or [
        row for place in service.service_at_locations for row in place.location.languages
    ]
    return tuple(sorted({row.code or row.name or "" for row in rows} - {""}))


def costs_of(service: Service, on: date, language: str) -> tuple[str, ...]:
    """A line a price, the usual fee first, then what the listing says more of them in its own words."""
    prices = prices_of(service.cost_options, on)
    texts = (service.fees_description, service.fees)
    more = [own_words(text, language) for text in texts if text and says_more(text, prices)]
    return tuple(dict.fromkeys((*price_lines(prices, language), *more)))


def in_language(service: Service, column: str, language: str) -> str:
    """The name or description in Spanish where the listing has it, else as it stands."""
    translated = (service.extra or {}).get(f"{column}_es") if language == "es" else None
    if isinstance(translated, str) and translated.strip():
        return translated
    return getattr(service, column) or ""


def shortened(text: str) -> str:
    """The beginning of a description, up to a word's end."""
    flat = " ".join(text.split())
    if len(flat) <= SUMMARY_LENGTH:
        return flat
    return flat[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"
