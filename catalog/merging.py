"""Two rows of the directory become one, and two again: organizations, services and locations.

Called by a feature of app, which knows who may. All that hangs on the row that goes moves to the one
that stays, in whatever table it is (referrals and accounts too: every foreign key of the product is
followed); what both say alike, and what cannot stand twice, is kept with the merge. Nothing is lost:
`catalog.unmerging` makes it as it was, as far as nobody changed it since, and tells what it left.

The next import finds the merged row taken away by a person, and leaves it so; what moved still
comes from its source. Writes through `catalog.bulk`, so that each changed field has its history.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, select
from sqlalchemy.orm import Session

from catalog.bulk import delete_rows, update_rows
from catalog.conflicts import plain, plain_values
from catalog.db import Base
from catalog.errors import CatalogValueError
from catalog.history import BOOKKEEPING, has_history
from catalog.models.duplicate import DuplicatePair, Merge
from catalog.services import bump_revision

KINDS = ("organization", "service", "location")
HOURS = "schedule"

# Columns that name a row without a foreign key, and the column that says of which table.
SOFT_REFERENCES: Mapping[tuple[str, str], tuple[str, Mapping[str, str]]] = {
    ("attribute", "link_id"): ("link_entity", {}),
    ("import_conflict", "entity_id"): ("entity", {}),
    ("access_link", "subject_id"): ("kind", {"listing": "service"}),
}
# Named for good: what was done, and to which row, stays true. And what is worked out anew by itself.
LEFT_ALONE = frozenset({"metadata", "merge", "duplicate_pair", "need_reading", "geocoding"})
# Said as a whole: the kept row's own word stands where it has one; two together would be another.
WHOLE = frozenset(
    {
        "address",
        "cost_option",
        "eligibility_rule",
        "schedule",
        "service_area",
        "service_capacity",
        "service_intake",
    }
)
# Of each, one row for the same of these, besides what hangs on the merged rows.
ONCE: Mapping[str, tuple[str, ...]] = {
    "family_response": ("student_id",),
    "need_proposal": ("code",),
    "suggestion": ("student_id",),
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """A column by which rows of a table hang on rows of another. `kind`: (column, value) that must
    hold besides, where there is no foreign key."""

    column: Column[Any]
    kind: tuple[Column[Any], str] | None = None

    @property
    def table(self) -> Table:
        """The table of those that hang."""
        return self.column.table


def references_to(name: str) -> Iterator[Reference]:
    """Every column of the product by which a row hangs on a row of the table, in a stable order."""
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        if table.name in LEFT_ALONE:
            continue
        for column in table.c:
            if any(key.column.table.name == name for key in column.foreign_keys):
                yield Reference(column)
            soft = SOFT_REFERENCES.get((table.name, column.name))
            if soft:
                says, named = soft
                words = [word for word, target in named.items() if target == name] or [name]
                if not named or name in named.values():
                    yield Reference(column, (table.c[says], words[0]))


def merge(
    session: Session,
    kind: str,
    *,
    kept_id: uuid.UUID,
    gone_id: uuid.UUID,
    take: Sequence[str] = (),
    by: str,
    now: datetime,
) -> Merge:
    """Merge the row `gone_id` into `kept_id`. `take` are the columns whose value is the merged row's;
    in all others the kept row's value stands, or the merged row's where it has none. HOURS among
    them: the merged row's hours stand, where it has any.

    Raises CatalogValueError for a kind, a row or a column that is none, the same row twice, and
    where both have something open that can stand only once.
    """
    if kind not in KINDS:
        raise CatalogValueError(
            "%(kind)r cannot be merged. Use one of: %(known)s.", kind=kind, known=", ".join(KINDS)
        )
    if kept_id == gone_id:
        raise CatalogValueError("An entry cannot be merged into itself. Choose two different ones.")
    session.flush()
    table = Base.metadata.tables[kind]
    kept, gone = locked_rows(session, table, (kept_id, gone_id))
    record = Merge(
        id=uuid.uuid4(),
        kind=kind,
        gone_id=gone_id,
        kept_id=kept_id,
        label=str(gone.get("name") or ""),
        kept_label=str(kept.get("name") or ""),
        fields={},
        moved=[],
        removed=[],
        merged_at=now,
        merged_by=by,
    )
    records = [record]
    fields = [name for name in take if name != HOURS]
    settle_fields(session, table, kept, gone, fields, record, now)
    absorb(session, records, record, takes_hours=HOURS in take)
    session.add_all(records)
    forget_pairs(session, gone_id)
    session.flush()
    session.expire_all()
    bump_revision(session)
    return record


def locked_rows(session: Session, table: Table, ids: tuple[uuid.UUID, uuid.UUID]) -> list[Row]:
    """Both whole rows, in the order asked, locked in one order so that two merges cannot wait for
    each other; CatalogValueError where one is not there any more."""
    rows = {
        row["id"]: dict(row)
        for row in session.execute(
            select(table).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update()
        ).mappings()
    }
    for id_ in ids:
        if id_ not in rows:
            into = kept_ids(session, [id_]).get(id_)
            if into:
                raise CatalogValueError(
                    "One of the two was merged already. Look at the one that stays."
                )
            raise CatalogValueError(
                "One of the two is not in the directory any more. Nothing was merged."
            )
    return [rows[id_] for id_ in ids]


def differing_fields(table: Table, kept: Row, gone: Row) -> list[str]:
    """The columns in which both say something, and not the same."""
    return [
        column.name
        for column in table.c
        if column.name not in BOOKKEEPING
        and not is_blank(kept[column.name])
        and not is_blank(gone[column.name])
        and kept[column.name] != gone[column.name]
    ]


def is_blank(value: Any) -> bool:
    """Whether a value says nothing."""
    return value is None or value in ("", [], {})


def settle_fields(
    session: Session,
    table: Table,
    kept: Row,
    gone: Row,
    take: Sequence[str],
    record: Merge,
    now: datetime,
) -> None:
    """Write what the kept row says from now on, and note it in the record."""
    choices = differing_fields(table, kept, gone)
    unknown = [name for name in take if name not in choices]
    if unknown:
        raise CatalogValueError(
            "The field %(field)r is none in which the two differ now. Look at both again.",
            field=unknown[0],
        )
    filled = [
        column.name
        for column in table.c
        if column.name not in BOOKKEEPING
        and is_blank(kept[column.name])
        and not is_blank(gone[column.name])
        and not (column.name == "parent_organization_id" and gone[column.name] == kept["id"])
    ]
    values = {name: gone[name] for name in (*take, *filled)}
    if kept.get("parent_organization_id") == gone["id"]:
        values["parent_organization_id"] = None
    record.fields = {name: [plain(kept[name]), plain(value)] for name, value in values.items()}
    if values:
        if "last_modified" in table.c:
            values["last_modified"] = now
        update_rows(session, table, [(kept["id"], values)])


def absorb(session: Session, records: list[Merge], record: Merge, *, takes_hours: bool) -> None:
    """Move what hangs on the merged row, keep what cannot move, and take the row away."""
    for reference in references_to(record.kind):
        absorb_rows(session, records, record, reference, takes_hours=takes_hours)
    remove(session, record, Base.metadata.tables[record.kind], [record.gone_id])


def absorb_rows(
    session: Session,
    records: list[Merge],
    record: Merge,
    reference: Reference,
    *,
    takes_hours: bool,
) -> None:
    """What hangs on the merged row by one column."""
    table, name = reference.table, reference.column.name
    rows = hanging(session, reference, record.gone_id)
    if not rows:
        return
    own = hanging(session, reference, record.kept_id)
    refuse_twice_open(table, rows, own)
    if takes_hours and table.name == HOURS:
        remove(session, record, table, [row["id"] for row in own])
        own = []
    moving, staying = [], []
    for row in rows:
        twin = twin_of(table, name, row, own)
        if twin is None:
            moving.append(row)
        elif table.name == "service_at_location":
            absorb_place(session, records, record, row, twin, takes_hours=takes_hours)
        else:
            staying.append(row["id"])
    values = {name: record.kept_id}
    update_rows(session, table, [(row["id"], dict(values)) for row in moving])
    record.moved = [*record.moved, *([table.name, str(row["id"]), name] for row in moving)]
    remove(session, record, table, staying)


def hanging(session: Session, reference: Reference, id_: uuid.UUID) -> list[Row]:
    """Whole rows that hang on a row, by id."""
    table = reference.table
    statement = select(table).where(reference.column == id_).order_by(table.c.id)
    if reference.kind:
        says, word = reference.kind
        statement = statement.where(says == word)
    return [dict(row) for row in session.execute(statement).mappings()]


def refuse_twice_open(table: Table, rows: list[Row], own: list[Row]) -> None:
    """A student has one open referral to a service: two must be one before the services are."""
    if table.name != "referral" or not rows or "service_id" not in table.c:
        return
    closed = {"declined", "completed", "not_completed", "withdrawn", "expired"}
    both = {row["student_id"] for row in rows if row["state"] not in closed} & {
        row["student_id"] for row in own if row["state"] not in closed
    }
    if both:
        raise CatalogValueError(
            "Students with an open referral to each of the two: %(number)s. Close one referral "
            "of each first, then merge.",
            number=len(both),
        )


def twin_of(table: Table, column: str, row: Row, own: list[Row]) -> Row | None:
    """The kept row's own row that stands for this one, or None where it may move."""
    if table.name in WHOLE:
        return own[0] if own else None
    if table.name in ONCE:
        names: Sequence[str] = ONCE[table.name]
    elif table.name == "service_at_location":
        names = [name for name in ("service_id", "location_id") if name != column]
    elif has_history(table):
        names = [one.name for one in table.c if one.name not in BOOKKEEPING and one.name != column]
    else:
        return None
    said = [row[name] for name in names]
    return next((one for one in own if [one[name] for name in names] == said), None)


def absorb_place(
    session: Session,
    records: list[Merge],
    record: Merge,
    row: Row,
    twin: Row,
    *,
    takes_hours: bool,
) -> None:
    """The same service at the same place, twice: merged like the rest, within this merge."""
    inner = Merge(
        id=uuid.uuid4(),
        kind="service_at_location",
        gone_id=row["id"],
        kept_id=twin["id"],
        within=record.id,
        label="",
        kept_label="",
        fields={},
        moved=[],
        removed=[],
        merged_at=record.merged_at,
        merged_by=record.merged_by,
    )
    records.append(inner)
    if row["is_listed"] and not twin["is_listed"]:
        inner.fields = {"is_listed": [False, True]}
        update_rows(session, Base.metadata.tables[inner.kind], [(twin["id"], {"is_listed": True})])
    absorb(session, records, inner, takes_hours=takes_hours)


def remove(session: Session, record: Merge, table: Table, ids: Sequence[uuid.UUID]) -> None:
    """Take rows away and keep them, whole, with the merge; and what hangs on them, before."""
    for id_ in ids:
        for reference in references_to(table.name):
            if reference.table is not table:
                below = [row["id"] for row in hanging(session, reference, id_)]
                remove(session, record, reference.table, below)
        row = session.execute(select(table).where(table.c.id == id_)).mappings().one_or_none()
        if row is None:
            continue
        record.removed = [*record.removed, [table.name, plain_values(dict(row))]]
        if table.name == "location":
            keep_looked_up(session, record, id_)
        if has_history(table):
            delete_rows(session, table, [id_])
        else:
            session.execute(delete(table).where(table.c.id == id_))


def keep_looked_up(session: Session, record: Merge, location_id: uuid.UUID) -> None:
    """What geocoders found of a place goes with it and comes back with it: without, its point would
    count as one that somebody gave, and never be looked up again."""
    table = Base.metadata.tables["geocoding"]
    found = session.execute(select(table).where(table.c.location_id == location_id)).mappings()
    record.removed = [*record.removed, *([table.name, plain_values(dict(row))] for row in found)]


def forget_pairs(session: Session, gone_id: uuid.UUID) -> None:
    """No pair with the merged row waits any more. What a person called different stays known, for
    the one that stays, and for when the merge is undone."""
    pair = DuplicatePair
    session.execute(
        delete(pair).where(
            (pair.first_id == gone_id) | (pair.second_id == gone_id), pair.state == "waiting"
        ),
        execution_options={"synchronize_session": False},
    )


def kept_ids(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Where merged rows went, by old id; through merges of merges. Those never merged are not in it."""
    found: dict[uuid.UUID, uuid.UUID] = {}
    looking = {id_: id_ for id_ in ids}  # the id reached so far, by the one asked
    while looking:
        merges = select(Merge.gone_id, Merge.kept_id).where(
            Merge.gone_id.in_(set(looking.values())), Merge.undone_at.is_(None)
        )
        steps = {row.gone_id: row.kept_id for row in session.execute(merges)}
        looking = {asked: steps[at] for asked, at in looking.items() if at in steps}
        found |= looking
    return found
