"""The catalog's rows as the engine's offers: each service at each of its places.

Called by engines.py when the catalog has changed. Reads rows that are already loaded, no database.
Dirty rows never stop it: a fact that cannot be used counts as not said and is told in `doubts`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from app.recommendations.eligibility import eligibility_of
from app.recommendations.hours import current, hours_of, schedules_of, season_of
from app.recommendations.profiles import point_of
from catalog.geocoding.zip_areas import radius_of
from catalog.importers.places import read_zip
from catalog.models import Location, Service, ServiceAtLocation, ServiceCapacity
from catalog.prices import fee_of, prices_of
from catalog.taxonomy import UnknownTermError, term
from catalog.vocabulary import ACCESS_NEEDS
from matching.checks import contradiction
from matching.types import Offer, Openings, TrackRecord

NEXT_DOOR_METRES = 150  # nearly all houses that stand in for another lie no further from it
ROUGH_METRES = 8_000  # of a ZIP area that the Census Bureau's list does not have
CONTRADICTORY = "{what}: what is said contradicts itself, so it is recommended to nobody"
NO_INTERPRETER = frozenset({"no", "none", "n/a", "not available"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """What could not be used in a listing as it stands: a task for who keeps the catalog."""

    service_id: uuid.UUID
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class OfferList:
    """What the engine gets, and what the listings left in doubt."""

    offers: tuple[Offer, ...]
    doubts: tuple[Doubt, ...]


NO_RECORDS: Mapping[uuid.UUID, TrackRecord] = MappingProxyType({})


def offers_of(
    services: Iterable[Service],
    *,
    on: date,
    records: Mapping[uuid.UUID, TrackRecord] = NO_RECORDS,
) -> OfferList:
    """Every listed place of every service as an Offer keyed by the id of its service_at_location.

    `on` decides which of several seasons' schedules and prices count; `records` tell what became of
    a service's referrals. Expects what
    `catalog.queries.services_on_offer` loads.
    """
    offers: list[Offer] = []
    doubts: list[Doubt] = []
    for service in services:
        found: list[str] = []
        places = [place for place in service.service_at_locations if place.is_listed]
        if not places:
            found.append("it is listed at no place, not even online, so it cannot be recommended")
        if places:
            record = records.get(service.id, TrackRecord())
            own = offers_of_service(service, places, on, record, found)
            found += [CONTRADICTORY.format(what=what) for what in map(contradiction, own) if what]
            offers += own
        doubts += [Doubt(service.id, service.name, what) for what in dict.fromkeys(found)]
    return OfferList(tuple(offers), tuple(doubts))


def offers_of_service(
    service: Service,
    places: list[ServiceAtLocation],
    on: date,
    record: TrackRecord,
    doubts: list[str],
) -> list[Offer]:
    """The service at each of `places`."""
    who = eligibility_of(service, doubts)
    categories, interests = terms_of(service)
    if not categories and not interests:
        doubts.append("no need and no interest of the district's lists is named, so none finds it")
    intake = service.intake
    at_schools = frozenset(intake.delivered_at_schools or ()) if intake else frozenset()
    schools = schools_of(at_schools, who.schools, doubts)
    offers = []
    for place in places:
        location = place.location
        schedules = current(schedules_of(place), on)
        is_virtual = location.location_type == "virtual"
        offers.append(
            Offer(
                key=str(place.id),
                service=str(service.id),
                organization=str(service.organization_id),
                categories=categories,
                interests=interests,
                is_active=is_active(service),
                season=season_of(schedules),
                mode="school" if at_schools else "virtual" if is_virtual else "place",
                # A distance to a shelter would tell where it is.
                point=None
                if location.is_confidential
                else point_of(location.latitude, location.longitude),
                point_within=point_within(location),
                provides_transport=bool(intake and intake.provides_transport),
                ages=who.ages,
                grades=who.grades,
                residence=who.residence,
                schools=schools,
                insurance=who.insurance,
                income_ceiling=who.income_ceiling,
                situations_required=who.situations_required,
                situations_barred=who.situations_barred,
                gender=who.gender,
                languages=languages_of(place),
                has_interpreter=interpreter_of(service),
                access=access_of(place),
                hours=hours_of(schedules, doubts),
                fee_cents=fee_of(prices_of(service.cost_options, on)),
                openings=openings_of(service, doubts),
                referral_cap=intake.referral_cap if intake else None,
                documents=tuple(d.document for d in service.required_documents if d.document),
                confirmed=service.assured_date,
                track_record=record,
            )
        )
    return offers


def point_within(location: Location) -> int:
    """How far the place may be from its point, in metres: next door a little; where only the ZIP area
    is known, as far as nearly all of the area lies from its middle."""
    if location.point_precision == "street" and location.latitude is not None:
        return NEXT_DOOR_METRES
    if location.point_precision != "zip" or location.latitude is None:
        return 0
    codes = [row.postal_code for row in location.addresses if row.address_type == "physical"]
    radius = radius_of(read_zip(codes[0]) or "") if codes else None
    return radius or ROUGH_METRES


def is_active(service: Service) -> bool:
    """Whether the service and its partner take referrals at all."""
    organization = service.organization
    return service.status == "active" and organization is not None and organization.is_active


def schools_of(
    at_schools: frozenset[str], restricted: frozenset[str] | None, doubts: list[str]
) -> frozenset[str] | None:
    """Whose students may come: of the schools it comes to, of those it is for, or of both."""
    if not at_schools or not restricted:
        return at_schools or restricted
    if at_schools.isdisjoint(restricted):
        doubts.append("schools: it comes to other schools than it is for; those it comes to count")
        return at_schools
    return at_schools & restricted


def terms_of(service: Service) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The needs and the interests of our own vocabularies that the service is labelled with."""
    found: dict[str, set[str]] = {"needs": set(), "interests": set()}
    for attribute in service.attributes:
        code = attribute.taxonomy_term.code
        if not code:
            continue
        try:
            found[term(code).vocabulary].add(code)
        except UnknownTermError:
            continue  # a directory's own label: kept in the catalog, nothing that a plan names
    return tuple(sorted(found["needs"])), tuple(sorted(found["interests"]))


def languages_of(place: ServiceAtLocation) -> frozenset[str] | None:
    """ISO codes spoken for the service, or else at the place; None: not said."""
    rows = place.service.languages or place.location.languages
    return frozenset(row.code.strip().lower() for row in rows if row.code) or None


def interpreter_of(service: Service) -> bool | None:
    """Whether `interpretation_services` names one; None: not said."""
    words = (service.interpretation_services or "").strip().lower()
    return words.rstrip(".") not in NO_INTERPRETER if words else None


def access_of(place: ServiceAtLocation) -> frozenset[str] | None:
    """What the place has, in the vocabulary's words; None where nothing of it is said."""
    rows = place.location.accessibility
    return frozenset(r.description for r in rows if r.description in ACCESS_NEEDS) or None


def openings_of(service: Service, doubts: list[str]) -> Openings:
    """Free places as last told. Rows of one unit are added up, dated by the oldest of them."""
    intake = service.intake
    unknown = Openings(
        has_waitlist=intake.has_waitlist if intake else None,
        next_intake=intake.next_intake if intake else None,
    )
    return openings_told(service.capacities, unknown, doubts)


def openings_told(
    rows: Sequence[ServiceCapacity | Row[Any]], unknown: Openings, doubts: list[str]
) -> Openings:
    """What the rows of one service tell; `unknown`: its waitlist and next intake."""
    if len({row.unit_id for row in rows}) > 1:
        doubts.append("openings: they are told in several units, so the latest counts alone")
        rows = [max(rows, key=lambda row: row.updated)]
    if not rows:
        return unknown
    maximum = [row.maximum for row in rows if row.maximum is not None]
    return replace(
        unknown,
        available=sum(row.available for row in rows),
        maximum=sum(maximum) if len(maximum) == len(rows) else None,
        as_of=min(row.updated for row in rows).date(),
    )
