"""Making two again of what was merged: `undo_merge`, from what `catalog.merging` kept in the record.

Called by a feature of app, which knows who may. Writes through `catalog.bulk`, so that each changed
field has its history.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from catalog.bulk import insert_rows, update_rows
from catalog.conflicts import from_plain, plain
from catalog.db import Base
from catalog.errors import CatalogValueError
from catalog.history import has_history
from catalog.models.duplicate import Merge
from catalog.services import bump_revision


@dataclass(slots=True)
class Undone:
    """What undoing did: rows as they were, and for each that is not, why."""

    restored: int = 0
    left: list[str] = field(default_factory=list)


def undo_merge(session: Session, record: Merge, *, by: str, now: datetime) -> Undone:
    """Make the merged row be there again with all that moved, and the kept one say what it said.

    What was changed, moved on or taken away since stays as it is, and is told. Raises
    CatalogValueError for a merge that was undone, is part of another, or whose kept row was itself
    merged since.
    """
    if record.undone_at:
        raise CatalogValueError("This merge was undone already. Nothing more is needed.")
    if record.within:
        raise CatalogValueError("This was part of another merge. Undo that one.")
    table = Base.metadata.tables[record.kind]
    if (
        session.scalar(select(table.c.id).where(table.c.id == record.kept_id).with_for_update())
        is None
    ):
        raise CatalogValueError(
            "“%(name)s” was itself merged or taken away since. Undo that first.",
            name=record.kept_label,
        )
    parts = [
        record,
        *session.scalars(select(Merge).where(Merge.within == record.id).order_by(Merge.id)),
    ]
    undone = Undone()
    put_back(session, [row for part in parts for row in part.removed], undone)
    for part in parts:
        move_back(session, part, undone)
        unsettle_fields(session, part, undone, now)
        part.undone_at, part.undone_by = now, by
    session.flush()
    session.expire_all()
    bump_revision(session)
    return undone


def put_back(session: Session, removed: Sequence[Any], undone: Undone) -> None:
    """Insert the rows that were kept with the merge, each after what it hangs on."""
    tables = [table.name for table in Base.metadata.sorted_tables if table.name != "attribute"]
    order = {name: at for at, name in enumerate(tables)}  # a label names what it is on by word only
    last = len(order)
    for name, values in sorted(removed, key=lambda one: order.get(one[0], last)):
        table = Base.metadata.tables[name]
        row = {key: from_plain(table.c[key], value) for key, value in values.items()}
        missing = next(
            (
                key.column.table.name
                for column in table.c
                for key in column.foreign_keys
                if row[column.name] is not None
                and session.scalar(select(key.column).where(key.column == row[column.name])) is None
            ),
            None,
        )
        if missing:
            what, on = name.replace("_", " "), missing.replace("_", " ")
            undone.left.append(f"A {what} is not put back: its {on} is not there any more.")
            continue
        if has_history(table):
            insert_rows(session, table, [row])
        else:
            session.execute(insert(table).values(row))
        undone.restored += 1


def move_back(session: Session, record: Merge, undone: Undone) -> None:
    """Let what moved hang on the merged row again, unless it went elsewhere since."""
    for name, id_, column in record.moved:
        table = Base.metadata.tables[name]
        now_on = session.scalar(select(table.c[column]).where(table.c.id == uuid.UUID(id_)))
        if now_on == record.kept_id:
            update_rows(session, table, [(uuid.UUID(id_), {column: record.gone_id})])
            undone.restored += 1
        else:
            what = name.replace("_", " ")
            undone.left.append(f"A {what} was moved on or taken away since, and stays so.")


def unsettle_fields(session: Session, record: Merge, undone: Undone, now: datetime) -> None:
    """The kept row says again what it said, where nobody wrote something else since."""
    table = Base.metadata.tables[record.kind]
    row = (
        session.execute(select(table).where(table.c.id == record.kept_id)).mappings().one_or_none()
    )
    if row is None:
        return
    values = {}
    for name, (before, after) in record.fields.items():
        if plain(row[name]) == after:
            values[name] = from_plain(table.c[name], before)
        else:
            undone.left.append(f"“{name.replace('_', ' ')}” was changed since, and stays so.")
    if values:
        undone.restored += 1
        if "last_modified" in table.c:
            values["last_modified"] = now
        update_rows(session, table, [(record.kept_id, values)])
