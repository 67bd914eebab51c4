"""The history that a directory brings along: HSDS `metadata`, of any version. Called by `hsds`.

A row of a resource that is in the package is that resource's; of one that is gone since, it belongs
to what the row was on, as its own fields say, or to the object that it was nested in.
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from catalog.db import Base
from catalog.exporters.fields import AUTHOR_WORDS, own_history_names
from catalog.history import CARRIERS, OWNERS, has_history, owner_of
from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin, uuid_of
from catalog.importers.weekdays import read_date

KINDS = {words: kind for kind, words in AUTHOR_WORDS.items()}
ACTIONS = {"create": "create", "insert": "create", "delete": "delete"}


def read_history(draft: Draft, table: SourceTable) -> None:
    """All rows of metadata.csv, or of what was nested."""
    hung_on = dict(said_owners(draft, table))
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        place = resource_of(draft, cells, hung_on)
        day = read_date(cells.line("last_action_date"))
        if place is None or day is None:
            code, reason = (
                ("no_date", "The change has no date that can be read; it cannot come in.")
                if place
                else ("not_in_package", "The change is of something that is not in the package.")
            )
            draft.note("error", origin, code, reason)
            continue
        type_, resource_id, owner_id = place
        by, action = cells.line("updated_by"), cells.line("last_action_type").lower()
        field, before, after = own_history_names(
            type_, cells.line("field_name"), cells.text("previous_value"),
            cells.text("replacement_value"),
        )  # fmt: skip
        values = {
            "resource_id": resource_id,
            "resource_type": type_[:40],
            "last_action_date": datetime.combine(day, time(), UTC),
            "last_action_type": ACTIONS.get(action, "update"),
            "field_name": field[:60],
            "previous_value": before,
            "replacement_value": after,
            "updated_by": by or AUTHOR_WORDS["elsewhere"],
            "made_by": KINDS.get(by, "elsewhere"),
            "owner_id": owner_id,
            "change_id": None,
            "position": 0,
        }
        own_id = cells.line("id")
        key = own_id or f"{resource_id}:{field}:{day}:{row.number}"
        draft.add("metadata", key, {**values, "extra": cells.rest()}, origin, own_id=own_id)


def resource_of(
    draft: Draft, cells: Cells, hung_on: dict[str, uuid.UUID]
) -> tuple[str, uuid.UUID, uuid.UUID] | None:
    """Table and id of what was changed, and what it is shown with; None for what nobody knows."""
    own, type_ = cells.line("resource_id"), cells.line("resource_type").lower().replace(" ", "_")
    found = find(draft, own, type_)
    parent = find(draft, cells.line("parent_id"), cells.line("parent_type"))
    if found:
        return found
    known = uuid_of(own)
    if own in hung_on and known and type_:
        return type_, known, hung_on[own]
    if parent is None:
        return None
    return (type_, known, parent[2]) if known and type_ else parent


def find(draft: Draft, id_: str, type_: str) -> tuple[str, uuid.UUID, uuid.UUID] | None:
    """The row of that id, in the table named or, where none is, in any that others hang on."""
    for name in (type_,) if type_ else sorted(CARRIERS):
        table = Base.metadata.tables.get(name)
        row: DraftRow | None = draft.named(name, id_) if table is not None and id_ else None
        if table is not None and row is not None and has_history(table):
            values: dict[str, Any] = {**row.values, "id": row.id}
            return name, row.id, owner_of(table, values)
    return None


def said_owners(draft: Draft, table: SourceTable) -> Iterator[tuple[str, uuid.UUID]]:
    """What rows that came or went hung on, by their id, as their own history says."""
    owners = {f"{name}_id": name for name in CARRIERS if f"{name}_id" in OWNERS}
    for row in table.rows:
        cells = Cells(row)
        field = cells.line("field_name")
        if field not in owners and field != "link_id":
            continue
        for value in (cells.line("previous_value"), cells.line("replacement_value")):
            named = find(draft, value, owners.get(field, ""))
            if named:
                yield cells.line("resource_id"), named[1]
