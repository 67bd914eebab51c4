"""History: every change of a field of the directory becomes a row of `metadata`, in this one place.

What is written through mapped objects is seen by SQLAlchemy's events below, what is written in bulk
goes through `catalog.bulk`, which calls `note` too. Who writes is said once, where the work begins
(`write_as`: a request's guard, `work_unit`, `written_by` around an import); a change of nobody is an
error. What comes in for the first time has no history: one row says who entered it by hand, none
that an import brought it (the row names its source itself).
"""

import itertools
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Column, Connection, Table, event, insert, inspect, select
from sqlalchemy.orm import Mapper, Session, object_session

from catalog.db import Base, Sourced, python_type
from catalog.errors import UnknownAuthorError
from catalog.models.field_change import FieldChange

AUTHOR = "catalog_author"  # in Session.info
NEW = "catalog_new"  # in Session.info: ids of rows that this transaction made, with all on them

# Vocabularies have versions of their own, a contact is a person, and history has no history.
WITHOUT_HISTORY = frozenset({"taxonomy", "taxonomy_term", "unit", "contact", "metadata"})
# The catalog's own business; and what a source says beyond our columns, which nobody edits here.
BOOKKEEPING = frozenset(
    {"id", "source", "source_id", "extra", "imported", "last_modified", "version"}
)
# What a row that was removed needs besides, to be the same row again.
PUT_BACK = ("source", "source_id", "extra", "imported")
# What a row may hang on, the nearest first.
OWNERS = (
    "service_id", "service_at_location_id", "location_id", "organization_id", "phone_id", "link_id",
)  # fmt: skip
# These have a page and a history of their own; all others belong to one of them.
OWN = frozenset({"organization", "service", "location"})
# What others hang on: new ones are remembered, since what comes with them is no change.
CARRIERS = OWN | {"service_at_location", "phone", "program"}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the directory, and when. `kind` is one of AUTHOR_KINDS; `change_id` binds together
    what is done in one go."""

    name: str
    kind: str
    at: datetime
    change_id: uuid.UUID = field(default_factory=uuid.uuid4)
    positions: Iterator[int] = field(default_factory=itertools.count, compare=False)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a row, from one value to another, as text."""

    field: str
    old: str
    new: str


def write_as(session: Session, author: Author) -> None:
    """From here on, this session's changes of the directory are the author's."""
    session.info[AUTHOR] = author


@contextmanager
def written_by(session: Session, author: Author) -> Iterator[None]:
    """Changes within the block are this author's."""
    before = session.info.get(AUTHOR)
    session.info[AUTHOR] = author
    try:
        yield
        session.flush()
    finally:
        session.info[AUTHOR] = before


def author_of(session: Session) -> Author:
    """Who writes in this session; UnknownAuthorError where nobody said."""
    author: Author | None = session.info.get(AUTHOR)
    if author is None:
        raise UnknownAuthorError(
            "Nobody is known to make this change of the directory. Say who at the beginning of the "
            "work: catalog.history.write_as(session, author)."
        )
    return author


def has_history(table: Table) -> bool:
    """Whether changes of the table's rows are kept."""
    return "imported" in table.c and table.name not in WITHOUT_HISTORY


def fields_with_history(table: Table) -> list[str]:
    """Its columns whose changes are kept."""
    return [column.name for column in table.c if column.name not in BOOKKEEPING]


def owner_of(table: Table, row: Row) -> uuid.UUID:
    """The row that this one is shown with: itself, or what it hangs on."""
    own_id: uuid.UUID = row["id"]
    owners: list[uuid.UUID | None] = [row.get(name) for name in OWNERS if name in table.c]
    return next((owner for owner in owners if owner and table.name not in OWN), own_id)


def is_of_a_person(table: Table, row: Row) -> bool:
    """Whether it is the telephone of a contact."""
    return table.name == "phone" and bool(row.get("contact_id"))


def new_rows(session: Session) -> set[uuid.UUID]:
    """The rows that this transaction made, of those that others hang on."""
    made: set[uuid.UUID] = session.info.setdefault(NEW, set())
    return made


def changes_between(table: Table, before: Row, after: Row) -> list[Change]:
    """The fields of `after` that differ from `before`."""
    return [
        Change(name, old, new)
        for name in fields_with_history(table)
        if name in after and (old := as_text(before.get(name))) != (new := as_text(after[name]))
    ]


def changes_of_new(table: Table, row: Row) -> list[Change]:
    """A row that came to what was there: each field that says something."""
    return changes_between(table, {}, row)


def changes_of_gone(table: Table, row: Row) -> list[Change]:
    """A row that goes: each field that said something, and what putting it back needs."""
    kept = PUT_BACK if row.get("source") else ()
    names = [*fields_with_history(table), *kept]
    return [Change(name, text, "") for name in names if (text := as_text(row.get(name)))]


def rows_of(
    author: Author, table: Table, row: Row, action: str, changes: Iterable[Change]
) -> list[dict[str, Any]]:
    """Changes of one row as rows of `metadata`."""
    return [
        {
            "id": uuid.uuid4(),
            "resource_id": row["id"],
            "resource_type": table.name,
            "last_action_date": author.at,
            "last_action_type": action,
            "field_name": change.field,
            "previous_value": change.old,
            "replacement_value": change.new,
            "updated_by": author.name,
            "made_by": author.kind,
            "owner_id": owner_of(table, row),
            "change_id": author.change_id,
            "position": next(author.positions),
            "extra": {},
        }
        for change in changes
    ]


def note(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write rows of `metadata`."""
    if rows:
        connection.execute(insert(Base.metadata.tables[FieldChange.__tablename__]), rows)


# Values as HSDS has them


def as_text(value: Any) -> str:
    """A value as text; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    return str(value)


def from_text(column: Column[Any], text: str) -> Any:
    """The value that the column takes for the text; ValueError for a text that is none."""
    kind = python_type(column)
    if kind is dict:
        return json.loads(text) if text else empty_value(column)
    if text == "":
        return empty_value(column)
    if kind is bool:
        return text == "true"
    if kind is str:
        return text
    if kind in {date, datetime, time}:
        return kind.fromisoformat(text)
    return kind(text)


def empty_value(column: Column[Any]) -> Any:
    """What stands in a column that says nothing."""
    default: Any = column.default
    if column.nullable:
        return None
    if default is None:
        if python_type(column) is str:
            return ""
        raise ValueError(f"{column.name} must say something")
    return default.arg(None) if default.is_callable else default.arg


# What is written through mapped objects

Listener = Callable[[Mapper[Any], Connection, Any], None]


def row_of(target: Any) -> dict[str, Any]:
    """A mapped object's columns."""
    return {
        prop.columns[0].name: getattr(target, prop.key)
        for prop in inspect(target).mapper.column_attrs
        if prop.key != "imported"  # deferred: not read for a look at the rest
    }


def session_of(target: Any) -> Session:
    """The session that is writing the object."""
    session = object_session(target)
    assert session is not None  # noqa: S101 - it is being flushed
    return session


@event.listens_for(Sourced, "after_insert", propagate=True)
def note_new(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    """An object entered by hand: one row for what has a page of its own, and nothing for what came
    with it; one a field for what came to something that was there."""
    table: Table = mapper.local_table  # type: ignore[assignment]
    if not has_history(table):
        return
    session, row = session_of(target), row_of(target)
    made = new_rows(session)
    is_with_new = owner_of(table, row) in made
    if table.name in CARRIERS:
        made.add(row["id"])
    if is_with_new or is_of_a_person(table, row):
        return
    changes = changes_of_new(table, row)
    if owner_of(table, row) == row["id"]:
        changes = [Change("name", "", as_text(row.get("name")))]
    note(connection, rows_of(author_of(session), table, row, "create", changes))


@event.listens_for(Sourced, "before_update", propagate=True)
def note_changed(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    """Fields that an object changes; one that was set unread is compared with the database."""
    table: Table = mapper.local_table  # type: ignore[assignment]
    if not has_history(table):
        return
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    unread = []
    for name in fields_with_history(table):
        changed = inspect(target).attrs[mapper.get_property_by_column(table.c[name]).key].history
        if changed.added:
            after[name] = changed.added[0]
            before[name] = changed.deleted[0] if changed.deleted else None
            if not changed.deleted:
                unread.append(table.c[name])
    if unread:
        stored = connection.execute(select(*unread).where(table.c.id == target.id)).mappings()
        before |= dict(stored.one())
    changes = changes_between(table, before, after)
    if not changes:
        return
    session, row = session_of(target), row_of(target)
    if owner_of(table, row) not in new_rows(session) and not is_of_a_person(table, row):
        note(connection, rows_of(author_of(session), table, row, "update", changes))


@event.listens_for(Sourced, "before_delete", propagate=True)
def note_gone(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    """An object that is taken away: all it said, so that it can be put back."""
    table: Table = mapper.local_table  # type: ignore[assignment]
    if not has_history(table):
        return
    stored = connection.execute(select(table).where(table.c.id == target.id)).mappings().first()
    found = dict(stored or {})
    if not found or is_of_a_person(table, found):
        return
    session = session_of(target)
    changes = changes_of_gone(table, found)
    note(connection, rows_of(author_of(session), table, found, "delete", changes))


@event.listens_for(Session, "after_commit")
def forget_new(session: Session) -> None:
    """What was made in a transaction that ended is new no more."""
    if not session.in_nested_transaction():
        session.info.pop(NEW, None)
