"""What an import would do to the catalog: compared row by row, nothing written.

Three things are compared: what the source says now, what it said last time (`imported`), and what
the catalog holds. So a change at the source comes in, an edit made here stays, and importing the
same package twice changes nothing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from catalog.bulk import current_rows
from catalog.conflicts import plain, plain_values
from catalog.db import Base
from catalog.eligibility import check_facts
from catalog.errors import CatalogValueError, NotACatalogError
from catalog.geocoding.points import geocoded_among
from catalog.importers.draft import Draft, DraftRow, Origin
from catalog.importers.flat_sheet import read_flat_sheets
from catalog.importers.hsds import read_hsds
from catalog.importers.identity import settle_ids
from catalog.importers.merged import (
    Leads,
    lead_on,
    merged_leads,
    said_before,
)
from catalog.importers.needs import add_needs, add_place_warnings
from catalog.importers.package import Package
from catalog.importers.report import Counts, ImportReport, ReportLine
from catalog.importers.retiring import KEPT_TABLES, plan_leaving, plan_merged
from catalog.importers.sheet_mapping import SheetMapping
from catalog.importers.staying_away import (
    PARENT_COLUMNS,
    Away,
    note_away,
    removed_here,
    stays_away,
)
from catalog.models.import_conflict import ImportConflict
from catalog.vocabulary import SERVICE_STATUSES

ROWS_AT_A_TIME = 2_000
POINT = frozenset({"latitude", "longitude", "point_precision"})


@dataclass(slots=True)
class ImportPlan:
    """What is to be written, by table: rows to insert, values to update by id, ids to delete.

    A row to insert has in `imported` the names of the columns that the source said, one to update
    what the source says (or None, where it says nothing more); `apply` puts that there as JSON has
    it, a part of the rows at a time: all at once would need twice the room.

    `mappings` say how each flat sheet was read, by its file's name; `dropped` since when the source
    does not list an entry that was merged here, by the merge (None: it does again).
    """

    report: ImportReport
    now: datetime
    mappings: dict[str, SheetMapping] = field(default_factory=dict)
    inserts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    updates: dict[str, list[tuple[uuid.UUID, dict[str, Any]]]] = field(default_factory=dict)
    deletes: dict[str, list[uuid.UUID]] = field(default_factory=dict)
    conflicts: list[ImportConflict] = field(default_factory=list)
    dropped: dict[uuid.UUID, datetime | None] = field(default_factory=dict)
    away: Away = field(default_factory=Away)


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of the source as the catalog has it. `is_dropped`: the source dropped it before;
    `is_same`: it says what it said last time. What that was is read again where it matters: to hold
    it of all rows would need the room of a second directory."""

    id: uuid.UUID
    parents: tuple[uuid.UUID, ...]
    is_dropped: bool
    is_same: bool


def plan_import(
    session: Session,
    package: Package,
    *,
    source: str | None = None,
    status: str | None = None,
    mappings: Mapping[str, SheetMapping] | None = None,
    now: datetime,
) -> ImportPlan:
    """What importing the package would do. `source` defaults to the package's name; `status`
    overrides that of every service; `mappings` say by file name how flat sheets are read (the
    plan has those that were guessed). Raises CatalogError for what cannot be imported at all."""
    if status is not None and status not in SERVICE_STATUSES:
        raise CatalogValueError(
            "%(status)r is no status of a service. Use one of: %(known)s.",
            status=status,
            known=", ".join(SERVICE_STATUSES),
        )
    name = (source or package.name).strip()
    if not name:
        raise CatalogValueError("The directory needs a name: give one with --source.")
    used = dict(mappings or {})
    if package.kind == "hsds":
        draft = read_hsds(package, name, status)
    else:
        draft = read_flat_sheets(package, name, status, used)
    settle_ids(session, draft)
    add_needs(draft)
    add_place_warnings(draft)
    report = ImportReport(name, lines=draft.lines, version=package.version)
    account_for_rows(draft, package, report)
    leads = merged_leads(session)
    details = lead_on(session, draft, leads)
    plan = ImportPlan(report, now, mappings=used, away=Away(leads, details))
    gone: set[uuid.UUID] = set()
    tables = [table for table in Base.metadata.sorted_tables if "imported" in table.c]
    # What others hang on comes first: an attribute names its service without a foreign key.
    for table in sorted(tables, key=lambda table: table.name not in KEPT_TABLES):
        plan_table(session, draft, plan, table, gone=gone, now=now)
    if leads:
        plan_merged(session, draft, plan, now)
    if not any(report.rows_read.values()) and not report.has_changes:
        raise NotACatalogError(
            "%(file)r holds no service, and nothing else to bring in. Nothing was changed. Look "
            "whether it is the right file, and whole.",
            file=package.name,
        )
    if not draft.rows.get("service"):
        reason = "The package holds no service: only what else is in it would come in."
        report.lines.append(ReportLine("warning", name, None, "holds_no_service", reason))
    return plan


def account_for_rows(draft: Draft, package: Package, report: ImportReport) -> None:
    """Count the rows of each file, those that came in, and those that a line says did not.

    A row that no reader spoke of gets its line here: nothing is dropped silently.
    """
    refused = {(line.file, line.row) for line in draft.lines if line.severity == "error"}
    for table in package.tables.values():
        taken = {origin.row for origin in draft.taken if origin.file == table.file}
        report.rows_read[table.file] = len(table.rows)
        report.rows_in[table.file] = sum(row.number in taken for row in table.rows)
        for row in table.rows:
            if row.number not in taken and (table.file, row.number) not in refused:
                reason = "Nothing in the row could be brought in."
                draft.note("error", Origin(table.file, row.number), "row_left_out", reason)
    for file, number in package.left_out.items():
        report.rows_read[file] = number
        report.rows_in[file] = 0


def plan_table(
    session: Session,
    draft: Draft,
    plan: ImportPlan,
    table: Table,
    *,
    gone: set[uuid.UUID],
    now: datetime,
) -> None:
    """Compare one table. `gone` grows by the ids of kept rows that the source no longer has."""
    drafted = draft.rows.get(table.name, {})
    if table.name == "eligibility_rule":
        for row in drafted.values():
            row.values["facts"] = check_facts(row.values["kind"], row.values["facts"])
    stored = stored_rows(session, draft.source, table, drafted, plan.away.leads)
    if not stored and not drafted:
        return
    counts = plan.report.tables.setdefault(table.name, Counts())
    changed: list[tuple[DraftRow, Stored]] = []
    inserts = plan.inserts.setdefault(table.name, [])
    shapes: dict[tuple[str, ...], tuple[str, ...]] = {}
    is_news = bool(drafted.keys() - stored.keys())
    removed = removed_here(session, table) if is_news else frozenset()
    for source_id, row in drafted.items():
        known = stored.get(source_id)
        if known and known.is_same:
            counts.unchanged += 1
            continue
        if known is None and stays_away(plan.away, row, removed):
            note_away(draft, plan.away, table, row)
        elif known is None:
            columns = tuple(row.values)
            columns = shapes.setdefault(columns, columns)
            inserts.append(insert_values(draft.source, table, row, columns, now))
            counts.added += 1
        else:
            changed.append((row, known))
            counts.changed += 1
    for start in range(0, len(changed), ROWS_AT_A_TIME):
        plan_changes(session, plan, table, changed[start : start + ROWS_AT_A_TIME], now)
    plan_leaving(session, plan, table, stored, drafted, gone, now)


def stored_rows(
    session: Session, source: str, table: Table, drafted: Mapping[str, DraftRow], leads: Leads
) -> dict[str, Stored]:
    """The source's rows in the catalog, by their id there. One statement, read as it comes."""
    parents = [table.c[name] for name in PARENT_COLUMNS if name in table.c]
    statement = select(table.c.id, table.c.source_id, table.c.imported, *parents).where(
        table.c.source == source
    )
    stored: dict[str, Stored] = {}
    for id_, source_id, imported, *above in session.execute(
        statement, execution_options={"yield_per": ROWS_AT_A_TIME}
    ):
        row = drafted.get(source_id)
        is_same = row is not None and is_said_again(row, id_, imported, leads)
        up = tuple(parent for parent in above if parent)
        stored[source_id] = Stored(id_, up, imported is None, is_same)
    return stored


def is_said_again(
    row: DraftRow, id_: uuid.UUID, imported: dict[str, Any] | None, leads: Leads
) -> bool:
    """Whether the source says of the row what it said last time."""
    said = plain_values(row.values)
    if said == imported or imported is None or not leads:
        return said == imported
    return said == said_before(imported, id_, leads)


def insert_values(
    source: str, table: Table, row: DraftRow, columns: tuple[str, ...], now: datetime
) -> dict[str, Any]:
    """The whole row for an INSERT: the draft's own dictionary, since a copy of each is too many."""
    values = row.values
    values |= {"id": row.id, "source": source, "source_id": row.source_id, "imported": columns}
    if "last_modified" in table.c:
        values.setdefault("last_modified", now)
    return values


def plan_changes(
    session: Session,
    plan: ImportPlan,
    table: Table,
    changed: list[tuple[DraftRow, Stored]],
    now: datetime,
) -> None:
    """Updates of the columns that the source changed, but for those edited here."""
    held = current_rows(session, table, [known.id for _, known in changed])
    geocoded = geocoded_among(session, held) if table.name == "location" else set()
    for row, known in changed:
        said = plain_values(row.values)
        before = said_before(held[known.id]["imported"] or {}, known.id, plan.away.leads)
        values: dict[str, Any] = {"imported": row.values}
        kept = []
        for column, value in said.items():
            if column in before and before[column] == value:
                continue
            current = plain(held[known.id][column])
            was_edited = column in before and current not in (before[column], value)
            if known.id in geocoded and column in POINT:
                was_edited = False  # looked up, not edited: the source's own point is better
            if was_edited and column != "last_modified":  # every import moves that one
                kept.append(column)
                plan.conflicts.append(
                    ImportConflict(
                        entity=table.name,
                        entity_id=known.id,
                        label=str(held[known.id].get("name") or row.source_id),
                        field=column,
                        source=plan.report.source,
                        ours=current,
                        theirs=value,
                        found_at=now,
                    )
                )
            else:
                values[column] = row.values[column]
        if kept:
            plan.report.lines.append(
                ReportLine(
                    "warning",
                    row.origin.file,
                    row.origin.row,
                    "edit_kept",
                    f"{', '.join(kept)} changed at the source, but was edited here since: "
                    "what was written here was kept, and both values wait for a decision.",
                )
            )
        if "last_modified" in table.c:
            values.setdefault("last_modified", now)
        plan.updates.setdefault(table.name, []).append((known.id, values))
