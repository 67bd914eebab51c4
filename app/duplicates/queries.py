"""Reads of pairs that look alike, of both sides of one, and of the merges that were made."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFound
from app.security import policy
from app.security.policy import Actor
from catalog.db import Base
from catalog.exporters.eligibility_words import describe_rule
from catalog.history import BOOKKEEPING, as_text
from catalog.hours_words import hours_as_text
from catalog.merging import HOURS, differing_fields, is_blank
from catalog.models import (
    Attribute,
    DuplicatePair,
    Location,
    Merge,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
)
from catalog.taxonomy import UnknownTermError, term

MOST_LISTED = 8
# Columns that name another row: told by its name.
NAMED = {
    "organization_id": "organization",
    "parent_organization_id": "organization",
    "program_id": "program",
}
# What would lead to a confidential place.
HIDDEN = frozenset(
    {"name", "alternate_name", "description", "transportation", "latitude", "longitude", "url"}
    | {"external_identifier", "external_identifier_type"}
)


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair of the list, with both names."""

    pair: DuplicatePair
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of both; `differs`: each says something else, so that one is to be chosen."""

    name: str
    first: str
    second: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PairPage:
    """Both sides of a pair. `hanging` is (what, on the first, on the second); `suggested` is the side
    that says more: "first" or "second"."""

    pair: DuplicatePair
    first: str
    second: str
    fields: tuple[FieldRow, ...]
    hanging: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    suggested: str


def pairs(
    session: Session, actor: Actor, *, kind: str, state: str, limit: int, offset: int
) -> tuple[list[PairRow], int]:
    """Pairs of a kind, the likeliest first, and how many in all (3 statements)."""
    policy.require(actor, "catalog.merge")
    # What was merged or taken away since is not shown, whenever the search runs next.
    ids = Base.metadata.tables[kind].c.id
    shown = (
        DuplicatePair.kind == kind,
        DuplicatePair.state == state,
        DuplicatePair.first_id.in_(select(ids)),
        DuplicatePair.second_id.in_(select(ids)),
    )
    total = session.scalar(select(func.count()).select_from(DuplicatePair).where(*shown)) or 0
    found = session.scalars(
        select(DuplicatePair)
        .where(*shown)
        .order_by(DuplicatePair.score.desc(), DuplicatePair.first_id, DuplicatePair.second_id)
        .limit(limit)
        .offset(offset)
    ).all()
    names = names_of(
        session, kind, [id_ for pair in found for id_ in (pair.first_id, pair.second_id)]
    )
    return [
        PairRow(pair, names.get(pair.first_id, ""), names.get(pair.second_id, "")) for pair in found
    ], total


def waiting_by_kind(session: Session) -> dict[str, int]:
    """How many pairs of each kind wait (1 statement)."""
    rows = session.execute(
        select(DuplicatePair.kind, func.count().label("waiting"))
        .where(DuplicatePair.state == "waiting")
        .group_by(DuplicatePair.kind)
    )
    return {row.kind: row.waiting for row in rows}


def names_of(session: Session, kind: str, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What people call the rows; of a confidential place no name."""
    table = Base.metadata.tables[kind]
    columns = [table.c.id, table.c.name]
    if kind == "location":
        columns.append(table.c.is_confidential)
    rows = session.execute(select(*columns).where(table.c.id.in_(ids))).mappings()
    return {row["id"]: "" if row.get("is_confidential") else row["name"] or "" for row in rows}


def pair_for(
    session: Session, actor: Actor, pair_id: uuid.UUID, *, to_change: bool = False
) -> DuplicatePair:
    """One pair, or NotFound; locked `to_change`."""
    policy.require(actor, "catalog.merge")
    pair = session.get(DuplicatePair, pair_id, with_for_update=to_change or None)
    if pair is None:
        raise NotFound(
            "This pair is not there any more: the two were merged, or look alike no longer."
        )
    return pair


def pair_page(session: Session, actor: Actor, pair_id: uuid.UUID) -> PairPage:
    """Both sides of a pair, field by field, with what hangs on each; NotFound."""
    pair = pair_for(session, actor, pair_id)
    table = Base.metadata.tables[pair.kind]
    ids = (pair.first_id, pair.second_id)
    found = {
        row["id"]: dict(row)
        for row in session.execute(select(table).where(table.c.id.in_(ids))).mappings()
    }
    if len(found) < len(ids):
        raise NotFound("One of the two is not in the directory any more.")
    first, second = (found[id_] for id_ in ids)
    names = names_named(session, [first, second])
    differing = set(differing_fields(table, first, second))
    fields = tuple(
        FieldRow(
            column.name,
            told(column.name, first, names),
            told(column.name, second, names),
            differs=column.name in differing,
        )
        for column in table.c
        if column.name not in BOOKKEEPING
        and not (is_blank(first[column.name]) and is_blank(second[column.name]))
    )
    fields += hours_row(session, pair)
    sides = [hanging_on(session, pair.kind, id_) for id_ in ids]
    hanging = tuple(
        (what, sides[0].get(what, ()), sides[1].get(what, ()))
        for what in dict.fromkeys((*sides[0], *sides[1]))
    )
    weights = [
        sum(not is_blank(value) for value in row.values()) + sum(map(len, side.values()))
        for row, side in zip((first, second), sides, strict=True)
    ]
    return PairPage(
        pair=pair,
        first=told("name", first, names),
        second=told("name", second, names),
        fields=fields,
        hanging=hanging,
        suggested="second" if weights[1] > weights[0] else "first",
    )


def hours_row(session: Session, pair: DuplicatePair) -> tuple[FieldRow, ...]:
    """The hours of both in words, to choose from where they differ; none where nobody says any."""
    if pair.kind not in {"service", "location"}:
        return ()
    owner = Schedule.service_id if pair.kind == "service" else Schedule.location_id
    first, second = (
        hours_as_text(session.scalars(select(Schedule).where(owner == id_).order_by(Schedule.id)))
        for id_ in (pair.first_id, pair.second_id)
    )
    differs = bool(first and second and first != second)
    return (FieldRow(HOURS, first, second, differs=differs),) if first or second else ()


def names_named(session: Session, rows: Sequence[dict[str, Any]]) -> dict[uuid.UUID, str]:
    """The names of rows that these name (a statement a table)."""
    found: dict[uuid.UUID, str] = {}
    for kind in dict.fromkeys(NAMED.values()):
        ids = [
            row[name] for row in rows for name, of in NAMED.items() if of == kind and row.get(name)
        ]
        if ids:
            found |= names_of(session, kind, ids)
    return found


def told(name: str, row: dict[str, Any], names: dict[uuid.UUID, str]) -> str:
    """A value as text; what leads to a confidential place is kept back."""
    if row.get("is_confidential") and name in HIDDEN:
        return ""
    return names.get(row[name], "") if name in NAMED else as_text(row[name])


def hanging_on(session: Session, kind: str, id_: uuid.UUID) -> dict[str, tuple[str, ...]]:
    """What hangs on a row, in words by kind: at most MOST_LISTED each, and how many more."""
    lines = {
        "organization": on_organization,
        "service": on_service,
        "location": on_location,
    }[kind](session, id_)
    return {
        what: (
            *words[:MOST_LISTED],
            *([f"+ {len(words) - MOST_LISTED}"] if words[MOST_LISTED:] else []),
        )
        for what, words in lines.items()
        if words
    }


def on_organization(session: Session, id_: uuid.UUID) -> dict[str, list[str]]:
    """Its services, places and telephones."""
    found = session.get_one(
        Organization,
        id_,
        options=[
            selectinload(Organization.services),
            selectinload(Organization.locations).selectinload(Location.addresses),
            selectinload(Organization.phones),
        ],
    )
    return {
        "service": sorted(service.name for service in found.services),
        "location": sorted(map(place_line, found.locations)),
        "phone": [phone.number for phone in found.phones if not phone.contact_id],
    }


def on_service(session: Session, id_: uuid.UUID) -> dict[str, list[str]]:
    """Its places with the hours there, labels, telephones, prices, and who it is for."""
    found = session.get_one(
        Service,
        id_,
        options=[
            selectinload(Service.service_at_locations)
            .joinedload(ServiceAtLocation.location)
            .selectinload(Location.addresses),
            selectinload(Service.phones),
            selectinload(Service.cost_options),
            selectinload(Service.eligibility_rules),
            selectinload(Service.required_documents),
            selectinload(Service.attributes).joinedload(Attribute.taxonomy_term),
            selectinload(Service.service_at_locations).selectinload(ServiceAtLocation.schedules),
        ],
    )
    return {
        "location": sorted(
            ": ".join(filter(None, (place_line(place.location), hours_as_text(place.schedules))))
            for place in found.service_at_locations
        ),
        "attribute": sorted({label_words(one.taxonomy_term) for one in found.attributes}),
        "phone": [phone.number for phone in found.phones if not phone.contact_id],
        "cost_option": [o.option or o.amount_description or "" for o in found.cost_options],
        "eligibility_rule": sorted(
            describe_rule({"kind": rule.kind, "effect": rule.effect, "facts": rule.facts})
            for rule in found.eligibility_rules
        ),
        "required_document": [d.document or "" for d in found.required_documents],
    }


def label_words(found: TaxonomyTerm) -> str:
    """A label in the reader's language where it is a need or interest of ours."""
    try:
        return term(found.code or "").label(str(get_locale()))
    except UnknownTermError:
        return found.name


def on_location(session: Session, id_: uuid.UUID) -> dict[str, list[str]]:
    """Its addresses, telephones, and the services there."""
    found = session.get_one(
        Location,
        id_,
        options=[
            selectinload(Location.addresses),
            selectinload(Location.phones),
            selectinload(Location.service_at_locations).joinedload(ServiceAtLocation.service),
        ],
    )
    return {
        "address": [address_line(found, address) for address in found.addresses],
        "phone": [phone.number for phone in found.phones if not phone.contact_id],
        "service": sorted(place.service.name for place in found.service_at_locations),
    }


def place_line(location: Location) -> str:
    """A place by its name and first address; of a confidential one its town."""
    address = location.addresses[0] if location.addresses else None
    if location.is_confidential:
        return address.city if address else ""
    street = address_line(location, address) if address else ""
    return ", ".join(part for part in (location.name, street) if part)


def address_line(location: Location, address: Any) -> str:
    """An address on one line; of a confidential place its town."""
    parts = (address.address_1, address.address_2, address.city, address.postal_code)
    shown = (address.city,) if location.is_confidential else parts
    return ", ".join(part for part in shown if part)


def merges(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[Merge], int]:
    """The merges that were made, the newest first, and how many in all (2 statements)."""
    policy.require(actor, "catalog.merge")
    total = session.scalar(select(func.count()).select_from(Merge).where(Merge.within.is_(None)))
    found = session.scalars(
        select(Merge)
        .where(Merge.within.is_(None))
        .order_by(Merge.merged_at.desc(), Merge.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return found, total or 0


def merge_for(session: Session, actor: Actor, merge_id: uuid.UUID) -> Merge:
    """One merge, locked, or NotFound."""
    policy.require(actor, "catalog.merge")
    found = session.get(Merge, merge_id, with_for_update=True)
    if found is None:
        raise NotFound("There is no such merge.")
    return found
