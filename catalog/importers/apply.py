"""Writing an import plan, in the caller's one transaction: all of it or nothing.

In bulk, table by table: parents before children on the way in, children first on the way out.
"""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Table, update
from sqlalchemy.orm import Session

from catalog.bulk import chunks, delete_rows, insert_rows, update_rows
from catalog.conflicts import note_conflicts, plain_values
from catalog.db import Base, count_anew
from catalog.errors import MostGoneError
from catalog.history import Author, written_by
from catalog.importers.plan import ImportPlan
from catalog.importers.report import ImportReport
from catalog.models.duplicate import Merge
from catalog.services import bump_revision
from catalog.taxonomy.loading import load_vocabulary

# Columns that name a row of their own table: the row above must be there first.
SELF_REFERENCES = {"taxonomy_term": "parent_id", "organization": "parent_organization_id"}

ROWS_AT_A_TIME = 5_000  # in one INSERT: each is copied for it
MANY_ROWS = 1_000  # that came to a table: the database's counts of before tell nothing any more

Progress = Callable[[int], None]


def apply_import(
    session: Session,
    plan: ImportPlan,
    *,
    agreed_gone: int = 0,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Write what the plan says, move the catalog's revision if anything changed, and return the
    report. `on_progress` is told how many rows were just written. In the history it is the source
    that changed what differs.

    Where it marks most of the directory's services as gone, somebody must have agreed to as many
    (`agreed_gone`): else MostGoneError, and nothing is written."""
    if plan.report.mostly_gone > agreed_gone:
        raise MostGoneError(
            "Most services that came from %(source)r before (%(gone)s) are not in this file, and "
            "would be marked as gone. Nothing was changed. If this is another directory, give it a "
            "name of its own; if it is meant, check the file again and say so.",
            gone=plan.report.mostly_gone,
            source=plan.report.source,
        )
    tell = on_progress or (lambda rows: None)
    with written_by(session, Author(plan.report.source, "source", plan.now)):
        write_plan(session, plan, tell)
        grown = [name for name, rows in plan.inserts.items() if rows]
        if any(len(plan.inserts[name]) >= MANY_ROWS for name in grown):
            count_anew(session, grown)
    if plan.report.has_changes:
        bump_revision(session)
    session.expire_all()
    return plan.report


def write_plan(session: Session, plan: ImportPlan, tell: Progress) -> None:
    """Table by table, and the differences that wait for a person."""
    if plan.inserts.get("attribute"):
        load_vocabulary(session)  # the needs that labels stand for must be there to be named
    # Labels come last: they name what they are on without a foreign key.
    tables = sorted(
        (table for table in Base.metadata.sorted_tables if "imported" in table.c),
        key=lambda table: table.name == "attribute",
    )
    for table in tables:
        rows = parents_first(table, plan.inserts.get(table.name, []))
        for start in range(0, len(rows), ROWS_AT_A_TIME):
            part = rows[start : start + ROWS_AT_A_TIME]
            insert_rows(session, table, whole_rows(table, [said_row(row) for row in part]))
            tell(len(part))
    for table in tables:
        updates = plan.updates.get(table.name, [])
        for start in range(0, len(updates), ROWS_AT_A_TIME):
            changed = updates[start : start + ROWS_AT_A_TIME]
            update_rows(session, table, [(id_, said_values(values)) for id_, values in changed])
            tell(len(changed))
    for table in reversed(tables):
        ids = plan.deletes.get(table.name, [])
        for chunk in chunks(ids):
            delete_rows(session, table, chunk)
            tell(len(chunk))
    written = {id_: values for rows in plan.updates.values() for id_, values in rows}
    note_conflicts(session, plan.conflicts, written)
    for merge_id, since in plan.dropped.items():
        session.execute(update(Merge).where(Merge.id == merge_id).values(dropped_at=since))


def said_row(row: dict[str, Any]) -> dict[str, Any]:
    """The row with what the source said, by column, in `imported`."""
    return {**row, "imported": plain_values({name: row[name] for name in row["imported"]})}


def said_values(values: dict[str, Any]) -> dict[str, Any]:
    """The same for values to update; None stays, where the source says nothing more."""
    said = values["imported"]
    return {**values, "imported": None if said is None else plain_values(said)}


def whole_rows(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the same columns each, as one bulk INSERT needs: the first row's columns are the
    statement's, so what another row says in a further column would be lost. Absent ones are NULL,
    or the column's default where it cannot be."""
    names = {name for row in rows for name in row}
    blank = {name: blank_value(table.c[name]) for name in names}
    return [{**blank, **row} for row in rows]


def blank_value(column: Column[Any]) -> Any:
    """What stands in a column that a row says nothing of."""
    default: Any = column.default
    if column.nullable or default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def parents_first(table: Table, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order in which every row comes after the row it names."""
    column = SELF_REFERENCES.get(table.name)
    if column is None:
        return rows
    by_id = {row["id"]: row for row in rows}
    ordered: dict[uuid.UUID, dict[str, Any]] = {}
    for row in rows:
        line = [row]
        while (above := by_id.get(line[-1].get(column))) and above["id"] not in ordered:
            line.append(above)
        for waiting in reversed(line):
            ordered.setdefault(waiting["id"], waiting)
    return list(ordered.values())
