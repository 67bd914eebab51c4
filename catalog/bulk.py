"""Writes of many rows of the directory at once, past the mapped objects, with their history.

The only door for INSERT, UPDATE and DELETE statements on its tables: what goes by another one is
missing from the history, and the tests' client complains. Called by imports, seeds and conflicts.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from catalog import history

CHUNK = 500  # ids in one IN list, well below every database's limit
NOTED = {"has_history": True}  # execution options of what this module writes


def chunks(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    """Ids, few enough for one statement."""
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def current_rows(
    session: Session, table: Table, ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """Whole rows by id."""
    rows: dict[uuid.UUID, dict[str, Any]] = {}
    for chunk in chunks(list(ids)):
        for found in session.execute(select(table).where(table.c.id.in_(chunk))).mappings():
            rows[found["id"]] = dict(found)
    return rows


def insert_rows(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Add rows, which all name the same columns. What comes with a new service, organization or
    place is no change; what comes to one that was there is."""
    if not rows:
        return
    session.execute(insert(table), rows, execution_options=NOTED)
    if not history.has_history(table):
        return
    made = history.new_rows(session)
    added = []
    for row in rows:
        owner = history.owner_of(table, row)
        is_change = owner != row["id"] and owner not in made
        if table.name in history.CARRIERS:
            made.add(row["id"])
        if is_change and not history.is_of_a_person(table, row):
            changes = history.changes_of_new(table, row)
            author = history.author_of(session)
            added += history.rows_of(author, table, row, "create", changes)
    history.note(session.connection(), added)


def update_rows(
    session: Session, table: Table, updates: Sequence[tuple[uuid.UUID, dict[str, Any]]]
) -> None:
    """Put values into rows, by id: one statement for each set of columns. A row that counts its
    versions moves its version."""
    if history.has_history(table):
        note_updates(session, table, updates)
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for id_, values in updates:
        parameters = {f"new_{name}": value for name, value in values.items()}
        groups[tuple(sorted(values))].append({"row_id": id_, **parameters})
    for names, parameters_list in groups.items():
        new: dict[str, Any] = {
            name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names
        }
        if "version" in table.c and table.name != "taxonomy":
            new["version"] = table.c.version + 1
        statement = update(table).where(table.c.id == bindparam("row_id")).values(new)
        session.connection().execute(statement, parameters_list)


def note_updates(
    session: Session, table: Table, updates: Sequence[tuple[uuid.UUID, dict[str, Any]]]
) -> None:
    """What the updates change, a part of the rows at a time."""
    fields = set(history.fields_with_history(table))
    telling = [(id_, values) for id_, values in updates if fields.intersection(values)]
    for start in range(0, len(telling), CHUNK):
        part = telling[start : start + CHUNK]
        before = current_rows(session, table, [id_ for id_, _ in part])
        noted = []
        for id_, values in part:
            row = before[id_]
            changes = history.changes_between(table, row, values)
            if changes and not history.is_of_a_person(table, row):
                author = history.author_of(session)
                noted += history.rows_of(author, table, {**row, **values}, "update", changes)
        history.note(session.connection(), noted)


def delete_rows(session: Session, table: Table, ids: Sequence[uuid.UUID]) -> None:
    """Take rows away; their history keeps what they said."""
    for chunk in chunks(ids):
        if history.has_history(table):
            noted = []
            for row in current_rows(session, table, chunk).values():
                if not history.is_of_a_person(table, row):
                    changes = history.changes_of_gone(table, row)
                    author = history.author_of(session)
                    noted += history.rows_of(author, table, row, "delete", changes)
            history.note(session.connection(), noted)
        session.execute(delete(table).where(table.c.id.in_(chunk)), execution_options=NOTED)
