"""Rows of an import that must not come in, since a person took them away or merged them here.

Called by `plan`. Reads only.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from catalog.importers.draft import Draft, DraftRow
from catalog.importers.merged import Leads
from catalog.models.field_change import FieldChange

# What a row of these hangs on; when that is gone from the source, the row stays as it was.
PARENT_COLUMNS = (
    "service_id",
    "location_id",
    "organization_id",
    "service_at_location_id",
    "phone_id",
    "contact_id",
    "link_id",
)


@dataclass(slots=True)
class Away:
    """Of entries that were merged here: where they went (`leads`), and rows that must not come in
    beside that. `ids` grows by the rows that stay away, for what hangs on them."""

    leads: Leads = field(default_factory=dict)
    merged_details: frozenset[uuid.UUID] = frozenset()
    ids: set[uuid.UUID] = field(default_factory=set)


def removed_here(session: Session, table: Table) -> frozenset[uuid.UUID]:
    """The ids of the table's rows that a person took away, and no source since."""
    rows = session.execute(
        select(FieldChange.resource_id, FieldChange.made_by)
        .where(FieldChange.resource_type == table.name, FieldChange.last_action_type == "delete")
        .order_by(FieldChange.last_action_date, FieldChange.position)
    )
    gone = {row.resource_id: row.made_by for row in rows}  # the last word counts
    people = {"staff", "partner", "system"}
    return frozenset(id_ for id_, made_by in gone.items() if made_by in people)


def stays_away(away: Away, row: DraftRow, removed: frozenset[uuid.UUID]) -> bool:
    """Whether a row that is not here must not come in."""
    return (
        row.id in removed
        or row.id in away.leads
        or row.id in away.merged_details
        or hangs_on(row.values, away.ids)
    )


def note_away(draft: Draft, away: Away, table: Table, row: DraftRow) -> None:
    """Say why a row stays away, and remember it for what hangs on it."""
    away.ids.add(row.id)
    if row.id in away.leads:
        draft.note(
            "info",
            row.origin,
            "merged_here",
            f"The {table.name} was merged into another one here, and stays merged. "
            "The list of merges undoes it.",
        )
    elif row.id in away.merged_details:
        draft.note(
            "info",
            row.origin,
            "merged_here",
            f"The {table.name} belongs to an entry that was merged into another one here, whose own "
            "word counts. Undo the merge to bring it in.",
        )
    else:
        draft.note(
            "warning",
            row.origin,
            "removed_here",
            f"The {table.name} was taken away here since the last import, and stays away. "
            "The service's history puts it back.",
        )


def hangs_on(values: Mapping[str, Any], ids: set[uuid.UUID]) -> bool:
    """Whether the row names one of these as what it belongs to."""
    return bool(ids) and any(values.get(column) in ids for column in PARENT_COLUMNS)
