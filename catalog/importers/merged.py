"""What an import must know of entries that a person merged. Reads the database, writes only the draft.

What hangs on a merged entry in the source hangs on the one that stays here: `lead_on` writes that
into the draft before anything is compared, and `said_before` into what the source said last time.
"""

import uuid
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from catalog.bulk import chunks
from catalog.db import Base
from catalog.importers.draft import Draft
from catalog.models.duplicate import Merge

Leads = Mapping[uuid.UUID, uuid.UUID]

# New rows of these come in under the one that stays. New details of a merged entry (a telephone, a
# price) do not: a person has looked at both and said whose word counts.
FOLLOWING = frozenset({"organization", "program", "service", "location", "service_at_location"})


def merged_leads(session: Session) -> dict[uuid.UUID, uuid.UUID]:
    """The id of the row that stays by that of each row that is merged still, chains followed."""
    rows = session.execute(
        select(Merge.gone_id, Merge.kept_id).where(Merge.undone_at.is_(None))
    ).all()
    steps = {row.gone_id: row.kept_id for row in rows}
    leads = {}
    for gone_id, kept_id in steps.items():
        last = kept_id
        while last in steps:
            last = steps[last]
        leads[gone_id] = last
    return leads


def lead_on(session: Session, draft: Draft, leads: Leads) -> frozenset[uuid.UUID]:
    """Let every row of the draft name the entries that stay. Returns the ids of those that are not to
    come in if they are new: details of merged entries, and services at places that are there."""
    if not leads:
        return frozenset()
    details: set[uuid.UUID] = set()
    for name, rows in draft.rows.items():
        columns = [c.name for c in Base.metadata.tables[name].c if c.foreign_keys]
        if "link_id" in Base.metadata.tables[name].c:
            columns.append("link_id")
        led = set()
        for row in rows.values():
            for column in columns:
                kept = leads.get(row.values.get(column))  # type: ignore[arg-type]
                if kept is not None:
                    row.values[column] = None if kept == row.id else kept
                    led.add(row.id)
        if name == "service_at_location":
            details |= there_already(session, draft, led)
        elif name not in FOLLOWING:
            details |= led
    return frozenset(details)


def there_already(session: Session, draft: Draft, led: set[uuid.UUID]) -> set[uuid.UUID]:
    """Of these services at places, those whose service is at that place by another row."""
    if not led:
        return set()
    rows = [row for row in draft.of("service_at_location") if row.id in led]
    others = {
        (row.values["service_id"], row.values["location_id"])
        for row in draft.of("service_at_location")
        if row.id not in led
    }
    table = Base.metadata.tables["service_at_location"]
    for part in chunks(list({row.values["service_id"] for row in rows})):
        found = session.execute(
            select(table.c.id, table.c.service_id, table.c.location_id).where(
                table.c.service_id.in_(part)
            )
        )
        others |= {(one.service_id, one.location_id) for one in found if one.id not in led}
    twins = set()
    for row in rows:
        place = (row.values["service_id"], row.values["location_id"])
        if place in others:
            twins.add(row.id)
        others.add(place)
    return twins


def said_before(imported: Mapping[str, Any], id_: uuid.UUID, leads: Leads) -> dict[str, Any]:
    """What the source said last time, with the entries that stay in place of the merged ones."""
    if not leads:
        return dict(imported)
    return {column: led_value(value, id_, leads) for column, value in imported.items()}


def led_value(value: Any, id_: uuid.UUID, leads: Leads) -> Any:
    """One value as JSON keeps it: the id of a merged row becomes that of the one that stays."""
    if not isinstance(value, str) or len(value) != 36:  # no UUID
        return value
    try:
        kept = leads.get(uuid.UUID(value))
    except ValueError:
        return value
    if kept is None:
        return value
    return None if kept == id_ else str(kept)


@dataclass(frozen=True, slots=True)
class MergedEntry:
    """A row of a source that was merged here: into which row, and whether its source dropped it."""

    merge_id: uuid.UUID
    kind: str
    kept_id: uuid.UUID
    source: str
    source_id: str
    is_dropped: bool


def merged_into(
    session: Session, ids: Iterable[uuid.UUID], leads: Leads
) -> dict[uuid.UUID, list[MergedEntry]]:
    """The entries of sources that were merged into these rows, merges of merges too."""
    wanted = set(ids)
    found: dict[uuid.UUID, list[MergedEntry]] = {}
    for part in chunks([gone for gone, kept in leads.items() if kept in wanted]):
        for entry in entries_where(session, Merge.gone_id.in_(part), leads):
            found.setdefault(entry.kept_id, []).append(entry)
    return found


def entries_where(
    session: Session, condition: ColumnElement[bool], leads: Leads
) -> list[MergedEntry]:
    """The merged rows that came from a source, of the merges that stand and meet the condition."""
    rows = session.execute(
        select(Merge.id, Merge.kind, Merge.gone_id, Merge.removed, Merge.dropped_at).where(
            condition, Merge.undone_at.is_(None)
        )
    )
    found = []
    for id_, kind, gone_id, removed, dropped_at in rows:
        said = removed[-1][1] if removed else {}
        if said.get("source"):
            key = said["source"], said["source_id"]
            found.append(MergedEntry(id_, kind, leads[gone_id], *key, dropped_at is not None))
    return found


def still_listed(
    entries: Iterable[MergedEntry], source: str, drafted: Container[str]
) -> str | None:
    """The source id by which this source still lists one of the entries, or None."""
    return next(
        (one.source_id for one in entries if one.source == source and one.source_id in drafted),
        None,
    )
