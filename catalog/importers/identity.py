"""The UUIDs of rows that keep the ones they have in the source: settled against the catalog.

A row that came in before keeps the id it has here; one whose id another row of the catalog has
already gets a new one. Called by `plan` before anything is compared. Reads only.
"""

import uuid
from collections.abc import Mapping

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from catalog.db import Base
from catalog.importers.draft import Draft, Origin, stable_id

CHUNK = 500  # ids in one IN list, well below every database's limit


def settle_ids(session: Session, draft: Draft) -> None:
    """Give every row its final id, and name it by that everywhere."""
    if not draft.keeps_ids:
        return
    settled: dict[str, dict[uuid.UUID, uuid.UUID]] = {}
    taken = 0
    for table in Base.metadata.sorted_tables:
        if "imported" in table.c and draft.rows.get(table.name):
            settled[table.name], others = settle_table(session, draft, table)
            taken += others
    if taken:
        draft.note(
            "warning",
            Origin(draft.source, None),
            "ids_taken",
            f"{taken} rows have ids that the catalog has from another directory, or from here: "
            "they came in beside those, with new ids. If this is our own export, there is nothing "
            "to import.",
        )
    if any(settled.values()):
        rename(draft, settled)


def settle_table(
    session: Session, draft: Draft, table: Table
) -> tuple[dict[uuid.UUID, uuid.UUID], int]:
    """New ids by old ones, and how many ids the rest of the catalog has already."""
    drafted = draft.rows[table.name]
    statement = select(table.c.source_id, table.c.id).where(table.c.source == draft.source)
    stored = {row.source_id: row.id for row in session.execute(statement)}
    new = {row.id: key for key, row in drafted.items() if key not in stored}
    ids = list(new)
    elsewhere: set[uuid.UUID] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        elsewhere.update(session.scalars(select(table.c.id).where(table.c.id.in_(chunk))))
    renamed = {id_: stable_id(draft.source, table.name, new[id_]) for id_ in elsewhere}
    renamed |= {
        row.id: stored[key] for key, row in drafted.items() if stored.get(key, row.id) != row.id
    }
    return renamed, len(elsewhere)


def rename(draft: Draft, settled: Mapping[str, Mapping[uuid.UUID, uuid.UUID]]) -> None:
    """Put the new ids into the rows and into whatever names them."""
    for name, rows in draft.rows.items():
        targets = {
            column.name: next(iter(column.foreign_keys)).column.table.name
            for column in Base.metadata.tables[name].c
            if column.foreign_keys
        }
        for row in rows.values():
            row.id = settled.get(name, {}).get(row.id, row.id)
            linked = row.values.get("link_entity")
            for column, value in row.values.items():
                target = str(linked) if column == "link_id" else targets.get(column)
                if target and value is not None:
                    row.values[column] = settled.get(target, {}).get(value, value)
