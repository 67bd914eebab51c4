"""What the history of a service shows: its own changes, its organization's and its places'. Reads."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFound
from app.security import policy
from app.security.policy import Actor
from catalog.db import Base
from catalog.exporters.fields import is_history_withheld
from catalog.history import OWNERS, PUT_BACK
from catalog.models import FieldChange, Location, Phone, Service, ServiceAtLocation

PAGE_SIZE = 50
# Of a row that came or went: to what, and as what, it is tied. The page says it otherwise.
TIES = (*OWNERS, "link_entity", "link_type")
# Fields that name a row: whose name is shown, not its id.
NAMED = {
    "organization_id": "organization",
    "parent_organization_id": "organization",
    "program_id": "program",
    "taxonomy_term_id": "taxonomy_term",
    "unit_id": "unit",
    "location_id": "location",
    "service_id": "service",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field's change as it is shown; `is_kept_back`: its values lead to a confidential place."""

    change: FieldChange
    old: str
    new: str
    is_kept_back: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done in one go to one service, organization or place. `can_go_back`: its version of
    before can be brought back."""

    owner: str
    lines: tuple[Line, ...]

    @property
    def first(self) -> FieldChange:
        """Any of its changes: who and when."""
        return self.lines[0].change

    @property
    def can_go_back(self) -> bool:
        """Not before it was there, nor before what another directory noted."""
        first = self.first
        is_birth = first.last_action_type == "create" and first.resource_id == first.owner_id
        return first.change_id is not None and not is_birth


@dataclass(frozen=True, slots=True)
class History:
    """A page of a service's history. `fields` are those to choose from, as "table.field"."""

    service: Service
    entries: tuple[Entry, ...]
    total: int
    fields: Sequence[str]


def history_of(
    session: Session,
    actor: Actor,
    service_id: uuid.UUID,
    *,
    field: str,
    limit: int,
    offset: int,
) -> History:
    """The newest first; of one field where `field` ("table.field") names one. NotFound for a service
    that is none. Ten statements at most, however much was changed."""
    policy.require(actor, "catalog.history")
    service = session.scalars(
        select(Service).where(Service.id == service_id).options(joinedload(Service.organization))
    ).first()
    if service is None:
        raise NotFound("There is no such service in the directory. Search for it by name.")
    places = session.execute(
        select(ServiceAtLocation.id, Location.id, Location.name, Location.is_confidential)
        .join(ServiceAtLocation.location)
        .where(ServiceAtLocation.service_id == service_id)
    ).all()
    owners: dict[uuid.UUID, str] = {}
    hidden: set[uuid.UUID] = set()
    for place_id, location_id, name, is_confidential in places:
        owners |= {place_id: name or "", location_id: name or ""}
        if is_confidential:
            owners |= {place_id: "", location_id: ""}
            hidden |= {place_id, location_id}
    if service.organization:
        owners[service.organization.id] = service.organization.name
    owners[service.id] = service.name
    shown = [of_these(owners), *visible()]
    fields = session.execute(
        select(FieldChange.resource_type, FieldChange.field_name)
        .where(*shown)
        .distinct()
        .order_by(FieldChange.resource_type, FieldChange.field_name)
    ).all()
    table, _, name = field.partition(".")
    if name:
        shown += [FieldChange.resource_type == table, FieldChange.field_name == name]
    total = session.scalar(select(func.count()).select_from(FieldChange).where(*shown)) or 0
    rows = session.scalars(
        select(FieldChange)
        .where(*shown)
        .order_by(
            FieldChange.last_action_date.desc(),
            FieldChange.change_id,
            FieldChange.owner_id,
            FieldChange.resource_id,
            FieldChange.position,
            FieldChange.id,
        )
        .limit(limit)
        .offset(offset)
    ).all()
    if policy.is_allowed(actor, "catalog.restore"):
        hidden = set()
    return History(
        service,
        entries_of(rows, owners, names_of(session, rows, hidden), hidden),
        total,
        [f"{row.resource_type}.{row.field_name}" for row in fields],
    )


def of_these(owners: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    """Changes of these, and of the telephones that hang on them."""
    ids = list(owners)
    phones = select(Phone.id).where(
        or_(
            Phone.service_id.in_(ids),
            Phone.organization_id.in_(ids),
            Phone.location_id.in_(ids),
            Phone.service_at_location_id.in_(ids),
        ),
        Phone.contact_id.is_(None),
    )
    return or_(FieldChange.owner_id.in_(ids), FieldChange.owner_id.in_(phones))


def visible() -> list[ColumnElement[bool]]:
    """Without the catalog's own bookkeeping of rows that came or went."""
    is_tie = and_(
        FieldChange.last_action_type != "update",
        FieldChange.field_name.in_(TIES),
        ~and_(
            FieldChange.resource_type == "service_at_location",
            FieldChange.field_name == "location_id",
        ),
    )
    return [FieldChange.field_name.not_in(PUT_BACK), ~is_tie]


def names_of(
    session: Session, rows: Iterable[FieldChange], hidden: set[uuid.UUID]
) -> dict[str, str]:
    """The names of the rows that values name, by id as text; one statement a table."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for row in rows:
        if row.field_name in NAMED:
            for text in (row.previous_value, row.replacement_value):
                if text:
                    wanted.setdefault(NAMED[row.field_name], set()).update(ids_in(text))
    names: dict[str, str] = {}
    for table_name, ids in wanted.items():
        table = Base.metadata.tables[table_name]
        found: Any = session.execute(select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
        names |= {str(id_): name or "" for id_, name in found if id_ not in hidden}
    return names


def ids_in(text: str) -> list[uuid.UUID]:
    """The id that a value is; none where it is something else."""
    try:
        return [uuid.UUID(text)]
    except ValueError:
        return []


def entries_of(
    rows: Iterable[FieldChange],
    owners: dict[uuid.UUID, str],
    names: dict[str, str],
    hidden: set[uuid.UUID],
) -> tuple[Entry, ...]:
    """Lines that belong together, in their order."""
    groups: dict[tuple[Any, ...], list[Line]] = {}
    for row in rows:
        is_kept_back = row.owner_id in hidden and is_history_withheld(
            row.resource_type, row.field_name
        )
        old, new = (
            "" if is_kept_back else names.get(text, text)
            for text in (row.previous_value, row.replacement_value)
        )
        group = (row.change_id or row.id, row.owner_id)
        groups.setdefault(group, []).append(Line(row, old, new, is_kept_back))
    return tuple(
        Entry(owners.get(owner_id, ""), tuple(lines)) for (_, owner_id), lines in groups.items()
    )


def change_of(session: Session, service_id: uuid.UUID, change_id: uuid.UUID) -> FieldChange:
    """One change that the history of this service shows, or NotFound."""
    owners = {service_id}
    for place_id, location_id in session.execute(
        select(ServiceAtLocation.id, ServiceAtLocation.location_id).where(
            ServiceAtLocation.service_id == service_id
        )
    ):
        owners |= {place_id, location_id}
    organization_id = session.scalar(
        select(Service.organization_id).where(Service.id == service_id)
    )
    owners |= {organization_id} if organization_id else set()
    change = session.scalars(
        select(FieldChange).where(FieldChange.id == change_id, of_these(owners))
    ).first()
    if change is None:
        raise NotFound("There is no such change in the history of this service.")
    return change
