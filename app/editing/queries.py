"""What the form shows: a service with all that it can say, its places, and names to choose from."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.directory.words import hours_words
from app.editing.fields import FIELDS
from app.errors import NotFound
from app.security import policy
from app.security.policy import Actor
from catalog.models import (
    Attribute,
    FieldChange,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
)
from catalog.search_entries import hours_of

MOST_NAMES = 500  # organizations offered to choose from while typing


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of the form, as text. `id` is the service's at that place, "" for a new one.

    `hours_now` says the hours that are kept; `hours` replaces them when something is typed.
    """

    id: str = ""
    name: str = ""
    street: str = ""
    suite: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    hours: str = ""
    hours_now: tuple[str, ...] = ()
    is_virtual: str = ""
    is_confidential: str = ""
    leave: str = ""


PLACE_KEYS = ("name", "street", "suite", "city", "state", "zip", "is_virtual", "is_confidential")


@dataclass(slots=True)
class FormValues:
    """The whole form as text: `fields` by code (None: more than a line can say), the organization's
    name, the codes of needs and interests, the places, and the versions that were shown.
    """

    fields: dict[str, str | None]
    organization: str = ""
    is_new_organization: bool = False
    terms: frozenset[str] = frozenset()
    places: list[PlaceRow] = field(default_factory=list)
    version: int = 0
    organization_version: int = 0


def service_to_edit(
    session: Session, actor: Actor, service_id: uuid.UUID, *, to_change: bool = False
) -> Service:
    """The service with all that the form shows (12 statements), locked `to_change`; NotFound."""
    policy.require(actor, "catalog.edit")
    statement = select(Service).where(Service.id == service_id)
    if to_change:
        session.execute(select(Service.id).where(Service.id == service_id).with_for_update())
    service = session.scalar(
        statement.options(
            joinedload(Service.organization).selectinload(Organization.phones),
            joinedload(Service.intake),
            selectinload(Service.phones),
            selectinload(Service.languages),
            selectinload(Service.eligibility_rules),
            selectinload(Service.cost_options),
            selectinload(Service.required_documents),
            selectinload(Service.schedules),
            selectinload(Service.service_at_locations).options(
                selectinload(ServiceAtLocation.schedules),
                joinedload(ServiceAtLocation.location).options(
                    selectinload(Location.addresses), selectinload(Location.schedules)
                ),
            ),
        )
    )
    if service is None:
        raise NotFound("There is no such service in the directory. Search for it by name.")
    return service


def values_of(session: Session, service: Service, *, on: date) -> FormValues:
    """What the form shows of a service on a day (1 statement)."""
    return FormValues(
        fields={code: one.read(service) for code, one in FIELDS.items()},
        organization=service.organization.name if service.organization else "",
        terms=terms_of(session, service.id),
        places=[place_row(place, on) for place in listed_places(service)],
        version=service.version,
        organization_version=service.organization.version if service.organization else 0,
    )


def listed_places(service: Service) -> list[ServiceAtLocation]:
    """The places that are offered, in the order of their ids."""
    places = [place for place in service.service_at_locations if place.is_listed]
    return sorted(places, key=lambda place: str(place.id))


def terms_of(session: Session, service_id: uuid.UUID) -> frozenset[str]:
    """The codes of the district's needs and interests that label it."""
    return frozenset(
        code
        for code in session.scalars(
            select(TaxonomyTerm.code)
            .join(Attribute, Attribute.taxonomy_term_id == TaxonomyTerm.id)
            .where(Attribute.link_entity == "service", Attribute.link_id == service_id)
        )
        if code
    )


def place_row(place: ServiceAtLocation, on: date) -> PlaceRow:
    """One place as text."""
    location = place.location
    address = location.addresses[0] if location.addresses else None
    schedules = place.schedules or place.service.schedules or location.schedules
    said = [row.description for row in schedules if row.description]
    week = hours_of(schedules, on)
    return PlaceRow(
        id=str(place.id),
        name=location.name or "",
        street=address.address_1 if address else "",
        suite=(address.address_2 or "") if address else "",
        city=address.city if address else "",
        state=address.state_province if address else "",
        zip=address.postal_code if address else "",
        hours_now=tuple(dict.fromkeys([*(hours_words(week) if week else []), *said])),
        is_virtual="1" if location.location_type == "virtual" else "",
        is_confidential="1" if location.is_confidential else "",
    )


def organization_names(session: Session) -> Sequence[str]:
    """Names to choose from (1 statement)."""
    return session.scalars(
        select(Organization.name).order_by(Organization.name).limit(MOST_NAMES)
    ).all()


def last_change_of(session: Session, service_id: uuid.UUID) -> FieldChange | None:
    """Who changed the service last: for whoever comes second (1 statement)."""
    return session.scalars(
        select(FieldChange)
        .where(FieldChange.owner_id == service_id)
        .order_by(FieldChange.last_action_date.desc(), FieldChange.position.desc())
        .limit(1)
    ).first()
