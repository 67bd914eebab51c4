"""Bringing back what the history holds: one value, a row that was taken away, or a whole version.

What is brought back is written like any other change: it stands in the history under whoever asked,
counts as corrected here, and so the next import leaves it. Raises CatalogValueError, which says
why, where something cannot be as it was. Called by a feature of app, which knows who may.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.db import Base
from catalog.errors import CatalogError, CatalogValueError
from catalog.history import OWN, PUT_BACK, empty_value, from_text, has_history
from catalog.models.field_change import FieldChange
from catalog.models.service import Service
from catalog.services import bump_revision, touch_service


@dataclass(slots=True)
class Target:
    """What a row is to be: there or not, and the fields that are to say something else, as text."""

    table: Table
    id: uuid.UUID
    is_there: bool = True
    fields: dict[str, str] = field(default_factory=dict)
    # Of a row that is put back: whether it was a person who had taken it away.
    was_taken_away_here: bool = True


def bring_back(session: Session, change: FieldChange, *, now: datetime) -> bool:
    """Undo one change: a field says again what it said before; of a row that came or went, the whole
    row. False where it is so already."""
    rows: Sequence[FieldChange] = [change]
    if change.last_action_type != "update":
        if change.change_id is None:
            raise CatalogValueError(
                "This was noted by another directory, which does not say what belonged together. "
                "Write the values into the listing."
            )
        rows = session.scalars(
            select(FieldChange)
            .filter_by(change_id=change.change_id, resource_id=change.resource_id)
            .order_by(FieldChange.position.desc())
        ).all()
    targets = targets_of(rows)
    if not targets:
        raise CatalogValueError(
            "A service, organization or place is not taken away: change its status instead."
        )
    is_changed = [become(session, target) for target in targets]
    settle(session, change.owner_id, now=now)
    return any(is_changed)


def bring_back_version(
    session: Session, change: FieldChange, *, now: datetime
) -> tuple[int, list[CatalogValueError]]:
    """Let the service, organization or place be as it was before what was done together with this
    change: how many rows are as they were, and for each that cannot be, why.
    """
    rows = session.scalars(
        select(FieldChange)
        .where(
            FieldChange.owner_id == change.owner_id,
            FieldChange.made_by != "elsewhere",
            or_(
                FieldChange.last_action_date > change.last_action_date,
                FieldChange.change_id == change.change_id,
            ),
        )
        .order_by(FieldChange.last_action_date.desc(), FieldChange.position.desc())
    ).all()
    number, problems = 0, list[CatalogValueError]()
    for target in in_order(targets_of(rows)):
        try:
            number += become(session, target)
        except CatalogValueError as error:
            problems.append(error)
    settle(session, change.owner_id, now=now)
    return number, problems


def targets_of(newest_first: Iterable[FieldChange]) -> list[Target]:
    """What undoing the changes, the newest first, makes of each row."""
    targets: dict[uuid.UUID, Target] = {}
    for change in newest_first:
        table = Base.metadata.tables.get(change.resource_type)
        if table is None or not has_history(table):
            raise CatalogValueError(
                "There are no rows of %(table)r here. Write what it said into the listing.",
                table=change.resource_type,
            )
        if change.last_action_type == "create" and table.name in OWN:
            continue
        target = targets.setdefault(change.resource_id, Target(table, change.resource_id))
        target.is_there = change.last_action_type != "create"
        target.fields[change.field_name] = change.previous_value
        if change.last_action_type == "delete":
            target.was_taken_away_here = change.made_by != "source"
    return list(targets.values())


def in_order(targets: list[Target]) -> list[Target]:
    """Rows to be there before what hangs on them; rows to be gone after it."""
    order = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}
    there = sorted((t for t in targets if t.is_there), key=lambda t: order[t.table.name])
    gone = sorted((t for t in targets if not t.is_there), key=lambda t: -order[t.table.name])
    return [*there, *gone]


def become(session: Session, target: Target) -> bool:
    """Make the row what it is to be; whether anything was different."""
    mapped = mapped_class(target.table)
    found = session.get(mapped, target.id)
    if not target.is_there:
        return take_away(session, target.table, found)
    if found is None:
        put_back(session, mapped, target)
        return True
    before = {name: getattr(found, key(mapped, name)) for name in known_fields(target)}
    values = {name: value_of(session, target.table, name, target) for name in before}
    different = {name: value for name, value in values.items() if value != before[name]}
    for name, value in different.items():
        setattr(found, key(mapped, name), value)
    if different:
        flush(session, target.table)
        session.expire(found)
    return bool(different)


def take_away(session: Session, table: Table, found: Any) -> bool:
    """Let a row that came be gone again. A place stays as a row, since referrals point to it."""
    if found is None:
        return False
    if table.name == "service_at_location":
        was_listed, found.is_listed = found.is_listed, False
        flush(session, table)
        return bool(was_listed)
    if table.name == "program":
        raise CatalogValueError("A program is not taken away: services may name it.")
    session.delete(found)
    flush(session, table)
    return True


def put_back(session: Session, mapped: type[Any], target: Target) -> None:
    """Make a row that is gone once more, under its own id.

    Where its source dropped it, the source has no say in it any more (`imported` is None); where it
    was taken away here, the source's next word is compared with its last, as before.
    """
    if not any(n in target.fields for n in required(target.table)):
        name = target.table.name.replace("_", " ")
        raise CatalogValueError(
            "The %(name)s is not there any more. Bring the whole %(name)s back.", name=name
        )
    values = {
        key(mapped, name): value_of(session, target.table, name, target)
        for name in known_fields(target)
    }
    kept = {name: target.fields[name] for name in PUT_BACK if name in target.fields}
    if "imported" in kept and target.was_taken_away_here:
        values["imported"] = json.loads(kept["imported"])
    values |= {name: kept[name] for name in ("source", "source_id") if name in kept}
    values["extra"] = json.loads(kept["extra"]) if "extra" in kept else {}
    session.add(mapped(id=target.id, **values))
    flush(session, target.table)


def required(table: Table) -> list[str]:
    """The columns that tell a whole row from a single field of one: what it hangs on, in all."""
    return [column.name for column in table.c if column.foreign_keys or column.name == "link_id"]


def known_fields(target: Target) -> list[str]:
    """The fields to be written that the table has."""
    names = [name for name in target.fields if name not in PUT_BACK]
    unknown = [name for name in names if name not in target.table.c]
    if unknown:
        raise CatalogValueError(
            "The catalog has no field %(field)r: write it by hand.", field=unknown[0]
        )
    return names


def value_of(session: Session, table: Table, name: str, target: Target) -> Any:
    """The value to be written, or CatalogValueError where it is none, or names what is gone."""
    column = table.c[name]
    try:
        value = from_text(column, target.fields[name])
    except (ValueError, TypeError):
        raise CatalogValueError(
            "%(field)s cannot say %(said)r here. Write it by hand.",
            field=words(column),
            said=target.fields[name][:80],
        ) from None
    named = next((reference.column for reference in column.foreign_keys), None)
    if name == "link_id":
        entity = Base.metadata.tables.get(target.fields.get("link_entity", ""))
        named = entity.c.id if entity is not None else None
    if value is not None and named is not None:
        is_there = session.scalar(select(named).where(named == value))
        if is_there is None:
            raise CatalogValueError(
                "%(field)s named a %(named)s that is no longer in the directory, so it "
                "cannot be brought back.",
                field=words(column),
                named=named.table.name.replace("_", " "),
            )
    if value is None and not column.nullable:
        value = empty_value(column)
    return value


def words(column: Column[Any]) -> str:
    """A column as people may read it."""
    return f"{column.table.name} {column.name.removesuffix('_id')}".replace("_", " ")


def flush(session: Session, table: Table) -> None:
    """Write it out; what does not go with the rest is not written, and said."""
    try:
        with session.begin_nested():
            session.flush()
    except (IntegrityError, CatalogError):
        raise CatalogValueError(
            "This does not go with what the %(entry)s says otherwise now. Bring back the "
            "version, or correct it in the listing.",
            entry=table.name.replace("_", " "),
        ) from None


def settle(session: Session, owner_id: uuid.UUID, *, now: datetime) -> None:
    """Stamp the service, and let matching and search know."""
    service = session.get(Service, owner_id)
    if service is not None:
        session.refresh(service)
        touch_service(session, service, now=now)
    else:
        session.flush()
        bump_revision(session)


def mapped_class(table: Table) -> type[Any]:
    """The class that is mapped to a table."""
    found: type[Any] = next(m.class_ for m in Base.registry.mappers if m.local_table is table)
    return found


def key(mapped: type[Any], column: str) -> str:
    """The attribute that holds a column."""
    mapper = mapped.__mapper__
    found: str = mapper.get_property_by_column(mapper.local_table.c[column]).key
    return found
