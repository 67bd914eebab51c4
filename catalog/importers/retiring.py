"""What becomes of rows that no source lists any more: marked, never deleted.

An entry into which others were merged has several sources, and stays while one of them lists it.
Called by `plan`. Reads the database, writes only the plan.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import true
from sqlalchemy.orm import Session

from catalog.bulk import current_rows
from catalog.db import Base
from catalog.importers.draft import Draft
from catalog.importers.merged import MergedEntry, entries_where, merged_into
from catalog.importers.report import Counts, ReportLine

if TYPE_CHECKING:
    from catalog.importers.plan import ImportPlan


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
