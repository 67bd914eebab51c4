"""What becomes of rows that no source lists any more: marked, never deleted.

An entry into which others were merged has several sources, and stays while one of them lists it.
Called by `plan`. Reads the database, writes only the plan.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, true
from sqlalchemy.orm import Session

from catalog.bulk import current_rows
from catalog.conflicts import plain
from catalog.db import Base
from catalog.importers.draft import Draft, DraftRow
from catalog.importers.merged import (
    MergedEntry,
    entries_where,
    merged_into,
    said_before,
    still_listed,
)
from catalog.importers.report import Counts, ReportLine

if TYPE_CHECKING:
    from catalog.importers.plan import ImportPlan, Stored


# Rows that others point to (referrals, services, labels): marked when gone, never deleted.
KEPT_TABLES = frozenset(
    {
        "organization",
        "program",
        "service",
        "location",
        "service_at_location",
        "taxonomy",
        "taxonomy_term",
        "contact",
    }
)


def plan_leaving(
    session: Session,
    plan: ImportPlan,
    table: Table,
    stored: Mapping[str, Stored],
    drafted: Mapping[str, DraftRow],
    gone: set[uuid.UUID],
    now: datetime,
) -> None:
    """Plan what becomes of the rows of a table that the source no longer has. `gone` grows by the ids
    of those that stay."""
    absent = absent_rows(table, stored, drafted, gone)
    if table.name in KEPT_TABLES:
        gone.update(row.id for row in absent.values())
    leaving = {key: row for key, row in absent.items() if not row.is_dropped}
    leaving = without_still_listed(session, plan, table, leaving, drafted)
    plan.report.tables[table.name].removed += plan_removals(session, plan, table, leaving, now)
    if table.name == "service":
        listed = sum(not row.is_dropped for row in stored.values())
        note_mostly_gone(plan, listed=listed, leaving=len(leaving), holds_none=not drafted)


def absent_rows(
    table: Table,
    stored: Mapping[str, Stored],
    drafted: Mapping[str, DraftRow],
    gone: set[uuid.UUID],
) -> dict[str, Stored]:
    """The rows that the source no longer has, but for those that hang on one that is gone, which
    stay as they were, and changes: they happened, whether or not the source still tells."""
    if table.name == "metadata":
        return {}
    stays_with_parent = table.name not in KEPT_TABLES or table.name == "service_at_location"
    return {
        source_id: row
        for source_id, row in stored.items()
        if source_id not in drafted and not (stays_with_parent and gone.intersection(row.parents))
    }


def note_mostly_gone(plan: ImportPlan, *, listed: int, leaving: int, holds_none: bool) -> None:
    """A package under the name of another one, or an empty one, would retire all that came from
    there: somebody must say that it is meant."""
    if (leaving > 1 and leaving * 2 > listed) or (leaving and holds_none):
        plan.report.mostly_gone = leaving
        plan.report.lines.append(
            ReportLine(
                "warning",
                plan.report.source,
                None,
                "most_gone",
                f"{leaving} of the {listed} services that came from {plan.report.source!r} before "
                "are not in this package and would be marked as gone. If this is another directory, "
                "give it a name of its own. If it is meant, say so: it is not done otherwise.",
            )
        )


def without_still_listed(
    session: Session,
    plan: ImportPlan,
    table: Table,
    leaving: dict[str, Stored],
    drafted: Mapping[str, DraftRow],
) -> dict[str, Stored]:
    """The rows but for those that the source lists still by the id of an entry merged into them."""
    merged = merged_into(session, (row.id for row in leaving.values()), plan.away.leads)
    staying = {}
    for source_id, row in leaving.items():
        other = still_listed(merged.get(row.id, ()), plan.report.source, drafted)
        if other is None:
            staying[source_id] = row
            continue
        plan.report.lines.append(
            ReportLine(
                "info",
                plan.report.source,
                None,
                "listed_as_merged",
                f"The {table.name} {source_id} is not in the source any more, but {other} is, which "
                "was merged into it here: kept as it is.",
            )
        )
    return staying


def plan_removals(
    session: Session, plan: ImportPlan, table: Table, leaving: dict[str, Stored], now: datetime
) -> int:
    """Mark what others point to, delete what nobody does and nobody edited. Returns how many."""
    if not leaving:
        return 0
    held = current_rows(session, table, [row.id for row in leaving.values()])
    merged = merged_into(session, held, plan.away.leads)
    for source_id, row in leaving.items():
        current = held[row.id]
        before = said_before(current["imported"] or {}, row.id, plan.away.leads)
        others = [
            one.source
            for one in merged.get(row.id, ())
            if one.source != plan.report.source and not one.is_dropped
        ]
        was_edited = any(plain(current[column]) != value for column, value in before.items())
        if table.name not in KEPT_TABLES and not was_edited:
            plan.deletes.setdefault(table.name, []).append(row.id)
            continue
        values: dict[str, Any] = {"imported": None}
        what = "kept, since it was edited here"
        if others:
            what = f"kept as it is, since an entry of {others[0]!r} was merged into it"
        elif table.name in KEPT_TABLES:
            retired, what = retirement(table.name, now)
            values |= retired
        plan.updates.setdefault(table.name, []).append((row.id, values))
        label = current.get("name") or source_id
        plan.report.lines.append(
            ReportLine(
                "warning",
                plan.report.source,
                None,
                "gone_from_source",
                f"The {table.name} {label!r} ({source_id}) is not in the source any more: {what}.",
            )
        )
    return len(leaving)


def retirement(table: str, now: datetime) -> tuple[dict[str, Any], str]:
    """What is written into a row that no source lists any more, and how that is told."""
    if table == "service":
        retired = {"status": "inactive", "last_modified": now}
        return retired, "marked inactive, not deleted"
    if table == "service_at_location":
        return {"is_listed": False}, "no longer offered, not deleted"
    return {}, "kept, not deleted"


def plan_merged(session: Session, draft: Draft, plan: ImportPlan, now: datetime) -> None:
    """Note which of the source's entries that were merged here it drops, or lists again. The entry that
    stayed is retired when the last of its sources drops it; one that was entered here never is."""
    leads, source = plan.away.leads, plan.report.source
    own = [one for one in entries_where(session, true(), leads) if one.source == source]
    for one in own:
        is_listed = one.source_id in draft.rows.get(one.kind, {})
        if is_listed == one.is_dropped:
            plan.dropped[one.merge_id] = None if is_listed else now
    leaving = {one.kept_id: one for one in own if plan.dropped.get(one.merge_id)}
    into = merged_into(session, leaving, leads)
    for kept_id, one in leaving.items():
        gone = (other.is_dropped or other.merge_id in plan.dropped for other in into[kept_id])
        if all(gone):
            retire_merged(session, plan, one, now)


def retire_merged(session: Session, plan: ImportPlan, one: MergedEntry, now: datetime) -> None:
    """Retire an entry that stayed, if its own source dropped it before."""
    table = Base.metadata.tables[one.kind]
    held = current_rows(session, table, [one.kept_id]).get(one.kept_id)
    if held is None or held["source"] is None or held["imported"] is not None:
        return
    retired, what = retirement(one.kind, now)
    if all(held[column] == value for column, value in retired.items() if column != "last_modified"):
        return
    plan.updates.setdefault(one.kind, []).append((one.kept_id, {"imported": None, **retired}))
    plan.report.tables.setdefault(one.kind, Counts()).removed += 1
    plan.report.lines.append(
        ReportLine(
            "warning",
            plan.report.source,
            None,
            "gone_from_source",
            f"The {one.kind} {held.get('name') or one.source_id!r}, into which {one.source_id} was "
            f"merged, is in none of its sources any more: {what}.",
        )
    )
