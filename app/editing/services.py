"""Saving the form: all of it or nothing, only what was changed, and never over somebody else's change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import day_there
from app.editing import queries
from app.editing.fields import FIELDS, ORGANIZATION_FIELDS
from app.editing.queries import PLACE_KEYS, FormValues, PlaceRow
from app.errors import Conflict, Invalid, words_of
from app.security import policy
from app.security.policy import Actor
from catalog.hours_words import schedules_from_text
from catalog.models import (
    Address,
    Attribute,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
)
from catalog.services import touch_service
from catalog.taxonomy import UnknownTermError, term
from catalog.taxonomy.loading import load_vocabulary, term_id

LONGEST_PART = 300  # characters of a place's name, street, town
MOST_PLACES = 50
NEED = "need"


def save_service(
    session: Session, service_id: uuid.UUID | None, sent: FormValues, *, by: Actor, now: datetime
) -> Service:
    """Write what differs from what the form showed; a new service where `service_id` is None.

    Invalid names every field that is wrong, before anything is written; Conflict where somebody
    changed the service since the form was loaded; NotFound.
    """
    policy.require(by, "catalog.edit")
    if service_id is None:
        service, shown = Service(name=""), FormValues(dict.fromkeys(FIELDS, ""))
        shown.fields |= {"status": "active", "provides_transport": "no"}
    else:
        service = queries.service_to_edit(session, by, service_id, to_change=True)
        shown = queries.values_of(session, service, on=day_there(session, now))
        if sent.version != service.version:
            raise Conflict(changed_meanwhile(session, service))
    problems: dict[str, str] = {}
    changes = checked_fields(shown, sent, problems)
    organization = checked_organization(session, shown, sent, problems)
    of_organization = sorted(changes.keys() & {one.code for one in ORGANIZATION_FIELDS})
    if organization is not None and organization.id is not None and of_organization:
        problems[of_organization[0]] = gettext(
            "This organization is in the directory already. Choose it and save; then correct what it says."
        )
    check_terms(sent.terms - shown.terms, problems)
    check_places(sent.places, shown.places, problems)
    if problems:
        raise Invalid(gettext("Please correct what is marked below. Nothing was saved."), problems)
    with session.no_autoflush:
        if organization is not None:
            service.organization = organization
        elif of_organization and service.organization:
            session.refresh(service.organization, with_for_update=True)
            if sent.organization_version != service.organization.version:
                raise Conflict(organization_changed_meanwhile(service.organization))
        for code, value in changes.items():
            FIELDS[code].write(service, value)
    session.add(service)
    session.flush()
    write_terms(session, service, shown.terms, sent.terms)
    write_places(session, service, shown.places, sent.places)
    touch_service(session, service, now=now)
    return service


def changed_meanwhile(session: Session, service: Service) -> str:
    """Who was quicker, in words."""
    last = queries.last_change_of(session, service.id)
    who = last.updated_by if last else gettext("Somebody")
    return str(
        gettext(
            "%(who)s changed this service since you opened the form. Nothing was saved: what you wrote "
            "stands below. Open the service in another tab, look at what is there now, and save again.",
            who=who,
        )
    )


def organization_changed_meanwhile(organization: Organization) -> str:
    """The same of what the form says of the organization, which other services share."""
    return str(
        gettext(
            "Somebody changed what is said of %(name)s since you opened the form. Nothing was saved: "
            "what you wrote stands below. Open the service in another tab, look at what is there now, "
            "and save again.",
            name=organization.name,
        )
    )


def checked_fields(shown: FormValues, sent: FormValues, problems: dict[str, str]) -> dict[str, Any]:
    """The values of the fields that differ; what is wrong goes into `problems` by code."""
    changes: dict[str, Any] = {}
    for code, field in FIELDS.items():
        before, text = shown.fields.get(code), tidy(sent.fields.get(code) or "")
        is_new_name = code == "name" and not before
        if before is None or (text == tidy(before) and not is_new_name):
            continue
        if len(text) > field.longest:
            problems[code] = gettext("Write at most %(most)s characters.", most=field.longest)
            continue
        try:
            changes[code] = field.check(text)
        except Invalid as error:
            problems[code] = words_of(error)
    return changes


def tidy(text: str) -> str:
    """Text without blanks around it, with one kind of line end."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def checked_organization(
    session: Session, shown: FormValues, sent: FormValues, problems: dict[str, str]
) -> Organization | None:
    """The organization that is named, or a new one; None where it stays as it is."""
    name = tidy(sent.organization)
    if name == shown.organization and name:
        return None
    if not name or len(name) > LONGEST_PART:
        problems["organization"] = gettext("Name the organization whose service it is.")
        return None
    found = session.scalars(
        select(Organization)
        .where(func.lower(Organization.name) == name.lower())
        .order_by(Organization.id)
        .limit(2)
    ).all()
    if len(found) > 1:
        problems["organization"] = gettext(
            "Two organizations have this name. Merge them first, under “Twice in the directory?”."
        )
    elif found:
        return found[0]
    elif sent.is_new_organization:
        return Organization(name=name)
    else:
        problems["organization"] = gettext(
            "No organization has this name. Choose one of the list, or tick “It is new”."
        )
    return None


def check_terms(codes: Iterable[str], problems: dict[str, str]) -> None:
    """Only codes of our vocabularies."""
    try:
        for code in codes:
            term(code)
    except UnknownTermError:
        problems["terms"] = gettext("One of the needs is none that we know. Reload the page.")


def check_places(sent: list[PlaceRow], shown: list[PlaceRow], problems: dict[str, str]) -> None:
    """Each place is one of the service's own, and says where it is."""
    known = {row.id: row for row in shown}
    if len(sent) > MOST_PLACES:
        problems["places"] = gettext("There are more places than a form can hold.")
    for at, row in enumerate(sent):
        texts = (row.name, row.street, row.suite, row.city, row.state, row.zip)
        if row.id and row.id not in known:
            problems[f"place-{at}-street"] = gettext("This place is not there any more.")
        elif any(len(text) > LONGEST_PART for text in texts):
            problems[f"place-{at}-street"] = gettext(
                "Write at most %(most)s characters.", most=LONGEST_PART
            )
        elif is_filled(row) and differs(known.get(row.id), row) and not row.is_virtual:
            if not row.street.strip() or not row.city.strip():
                problems[f"place-{at}-street"] = gettext(
                    "Write the street and the town, or tick “Online or by phone”."
                )
            elif row.zip.strip() and not row.zip.strip()[:5].isdecimal():
                problems[f"place-{at}-zip"] = gettext("A ZIP code has five digits.")


def differs(before: PlaceRow | None, row: PlaceRow) -> bool:
    """Whether the place says something else than was shown, and is not left."""
    if before is None:
        return True
    return not row.leave and any(
        tidy(getattr(before, key)) != tidy(getattr(row, key)) for key in PLACE_KEYS
    )


def is_filled(row: PlaceRow) -> bool:
    """Whether anything was written into the row."""
    said = (row.name, row.street, row.suite, row.city, row.zip, row.hours)
    return bool(
        row.id or row.is_virtual or any(map(tidy, said))
    )  # the state is there from the start


def write_terms(
    session: Session, service: Service, shown: frozenset[str], sent: frozenset[str]
) -> None:
    """Add and take away labels of our own vocabularies; a directory's own labels stay."""
    if shown == sent:
        return
    load_vocabulary(session)
    for code in sorted(shown - sent):
        for row in session.scalars(
            select(Attribute)
            .join(Attribute.taxonomy_term)
            .where(
                Attribute.link_entity == "service",
                Attribute.link_id == service.id,
                TaxonomyTerm.code == code,
            )
        ).all():
            session.delete(row)
    for code in sorted(sent - shown):
        session.add(
            Attribute(
                link_id=service.id,
                link_entity="service",
                link_type=NEED,
                taxonomy_term_id=term_id(code),
                label=term(code).label("en"),
            )
        )
    session.flush()


def write_places(
    session: Session, service: Service, shown: list[PlaceRow], sent: list[PlaceRow]
) -> None:
    """Change the places that differ, add the new ones, stop offering those that were left."""
    before = {row.id: row for row in shown}
    for row in sent:
        if row.id:
            place = session.get_one(ServiceAtLocation, uuid.UUID(row.id))
            if row.leave:
                place.is_listed = False
                continue
            change_location(place.location, before[row.id], row)
        elif is_filled(row):
            location = known_location(session, service, row) or new_location(service, row)
            session.add(location)
            session.flush()
            place = ServiceAtLocation(service_id=service.id, location_id=location.id)
            session.add(place)
        else:
            continue
        if tidy(row.hours):
            place.schedules = schedules_from_text(tidy(row.hours))
    session.flush()


def change_location(location: Location, before: PlaceRow, row: PlaceRow) -> None:
    """Write what differs; where the street changed, the point is not known any more."""
    differing = {key for key in PLACE_KEYS if tidy(getattr(before, key)) != tidy(getattr(row, key))}
    if not differing:
        return
    if "name" in differing:
        location.name = tidy(row.name) or None
    if "is_virtual" in differing:
        location.location_type = "virtual" if row.is_virtual else "physical"
    if "is_confidential" in differing:
        location.is_confidential = bool(row.is_confidential)
    if differing & {"street", "suite", "city", "state", "zip"}:
        if location.addresses:
            write_address(location.addresses[0], row)
        elif not row.is_virtual:
            location.addresses.append(write_address(Address(), row))
        if differing & {"street", "city", "zip"}:
            location.latitude = location.longitude = None
            location.point_precision = "unknown"


def known_location(session: Session, service: Service, row: PlaceRow) -> Location | None:
    """A place of the same organization at this very address: it is not entered twice."""
    organization = service.organization
    if row.is_virtual or organization is None or organization.id is None:
        return None
    return session.scalars(
        select(Location)
        .join(Location.addresses)
        .where(
            Location.organization_id == organization.id,
            func.lower(Address.address_1) == tidy(row.street).lower(),
            func.lower(Address.city) == tidy(row.city).lower(),
        )
        .order_by(Location.id)
        .limit(1)
    ).first()


def new_location(service: Service, row: PlaceRow) -> Location:
    """A place that was not there before."""
    location = Location(
        name=tidy(row.name) or None,
        organization_id=service.organization.id if service.organization else None,
        location_type="virtual" if row.is_virtual else "physical",
        is_confidential=bool(row.is_confidential),
    )
    if tidy(row.street):
        location.addresses = [write_address(Address(), row)]
    return location


def write_address(address: Address, row: PlaceRow) -> Address:
    """Put the row's address there."""
    address.address_1, address.address_2 = tidy(row.street), tidy(row.suite) or None
    address.city, address.postal_code = tidy(row.city), tidy(row.zip)
    address.state_province = tidy(row.state).upper()[:2] or address.state_province or ""
    return address


def with_row(rows: list[PlaceRow]) -> list[PlaceRow]:
    """The rows and an empty one for a further place."""
    return [*rows, replace(PlaceRow(), state="TN")]
