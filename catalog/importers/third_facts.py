"""The facts of an HSDS 3 package: its tables are our tables, column by column.

What a cell cannot mean in its column stays beside the row (`extra`), with a line; a row that
belongs to nothing in the package has a line and does not come in. Called by `hsds`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Column, Date, Float, Integer, Time

from catalog.db import Base, UTCDateTime
from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.hours_text import read_hours_text
from catalog.importers.hsds_phones import split_extension
from catalog.importers.money import read_cents
from catalog.importers.schedules import in_columns
from catalog.importers.text import web_address
from catalog.importers.weekdays import read_date
from catalog.vocabulary import LOCATION_TYPES, SCHEDULE_FREQUENCIES, WEEKDAYS

# In the order in which they name each other.
TABLES = (
    "unit", "address", "contact", "phone", "schedule", "service_area", "language",
    "accessibility", "cost_option", "required_document", "service_capacity", "url", "funding",
    "organization_identifier",
)  # fmt: skip
# The same in every version that has them.
SAME_BEFORE = ("funding", "organization_identifier")
# What HSDS calls columns that have another name here.
HSDS_NAMES = {"amount_cents": "amount", "funding_source": "source"}
OURS = frozenset({"id", "source", "source_id", "extra", "imported"})
# Without these a row says nothing that could be used.
NEEDED = {
    "organization_identifier": "identifier",
    "phone": "number",
    "service_capacity": "available",
    "unit": "name",
    "url": "url",
}
CLOSED_LISTS: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("address", "address_type"): LOCATION_TYPES,
    ("schedule", "freq"): SCHEDULE_FREQUENCIES,
    ("schedule", "wkst"): WEEKDAYS,
}
# HSDS wants these columns and ours refuse NULL: what a source leaves blank.
BLANKS = {
    ("address", "address_1"): "",
    ("address", "city"): "",
    ("address", "state_province"): "",
    ("address", "postal_code"): "",
    ("address", "country"): "US",
    ("address", "address_type"): "physical",
    ("organization_identifier", "identifier_type"): "",
}


def read_facts(draft: Draft, name: str, table: SourceTable) -> None:
    """All rows of one table of facts."""
    columns = [column for column in Base.metadata.tables[name].c if column.name not in OURS]
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        own_id = cells.line("id")
        owners = find_owners(draft, name, columns, cells, origin)
        if owners is None:
            continue
        values = read_values(draft, name, columns, cells, origin)
        if values is None:
            continue
        for number, (part, said) in enumerate(
            (part, said) for part in separated(name, owners) for said in told_apart(name, values)
        ):
            ids = {column: owner.id if owner else None for column, owner in part.items()}
            named = ":".join(f"{c}={o.source_id}" for c, o in part.items() if o)
            is_first = number == 0 and not (own_id and draft.has(name, own_id))
            key = own_id if own_id and is_first else f"{own_id}:{named}"
            extra = cells.rest() if number == 0 else {}
            row_values = {**said, **dict.fromkeys(owners), **ids, "extra": extra}
            draft.add(name, key, row_values, origin, own_id=own_id)


def told_apart(name: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The row, or for a schedule that is all words those it stands for, where they are read."""
    columns = ("freq", "byday", "bymonthday", "byweekno", "byyearday", "opens_at", "closes_at")
    if name != "schedule" or any(values[column] for column in columns):
        return [values]
    told = read_hours_text(values["description"] or "")
    rows = [in_columns(hours, values["description"]) for hours in told or ()]
    kept = {column: value for column, value in values.items() if value is not None}
    return [{**values, **row, **kept} for row in rows] or [values]


def find_owners(
    draft: Draft, name: str, columns: list[Column[Any]], cells: Cells, origin: Origin
) -> dict[str, DraftRow | None] | None:
    """The rows that this one names, by column; None, and a line, where it belongs to nothing."""
    owners: dict[str, DraftRow | None] = {}
    unknown: list[str] = []
    is_lost = False
    for column in columns:
        key = next(iter(column.foreign_keys), None)
        if key is None:
            continue
        id_ = cells.line(column.name)
        owner = draft.named(key.column.table.name, id_)
        owners[column.name] = owner
        if id_ and owner is None:
            unknown.append(f"{column.name.removesuffix('_id')} {id_}")
            cells.give_back(column.name)
        is_lost = is_lost or (owner is None and not column.nullable)
    if owners and (is_lost or not any(owners.values())):
        draft.note(
            "error",
            origin,
            "not_in_package",
            f"The row belongs to {', '.join(unknown) or 'nothing that it names'}, which is not in "
            "the package; it cannot come in.",
        )
        return None
    if unknown:
        draft.note(
            "warning",
            origin,
            "not_in_package",
            f"The row also belongs to {', '.join(unknown)}, not in the package; it came in without.",
        )
    return owners


def separated(name: str, owners: dict[str, DraftRow | None]) -> list[dict[str, DraftRow | None]]:
    """The owners of one row, or of two where a phone is a person's and an office's too.

    A person's number is never shown; the office's is, where the package itself says it is that.
    """
    person = owners.get("contact_id") if name == "phone" else None
    others = {column: owner for column, owner in owners.items() if column != "contact_id"}
    if person is None or not any(others.values()):
        return [owners]
    return [others, {"contact_id": person}]


def read_values(
    draft: Draft, name: str, columns: list[Column[Any]], cells: Cells, origin: Origin
) -> dict[str, Any] | None:
    """The row's own columns; None, and a line, where they say nothing."""
    values: dict[str, Any] = {}
    for column in columns:
        if not column.foreign_keys:
            values[column.name] = read_value(draft, name, column, cells, origin)
    if name == "phone":
        number, extension = split_extension(values["number"] or "", values["extension"] or "")
        values |= {"number": number.strip('"') or None, "extension": extension or None}
    needed = NEEDED.get(name)
    if (needed and values[needed] is None) or not any(v is not None for v in values.values()):
        reason = f"The row has no {needed}" if needed else "The row says nothing"
        draft.note("error", origin, "row_blank", f"{reason}; nothing to keep.")
        return None
    if name == "service_capacity" and values["updated"] is None:
        reason = "The free places have no date: how old they are cannot be told; left out."
        draft.note("error", origin, "no_date", reason)
        return None
    for (table, blank_column), blank in BLANKS.items():
        if table == name and values[blank_column] is None:
            values[blank_column] = blank
    return values


def read_value(draft: Draft, name: str, column: Column[Any], cells: Cells, origin: Origin) -> Any:
    """One cell as its column holds it; what it cannot hold stays beside the row, with a line."""
    source = HSDS_NAMES.get(column.name, column.name)
    text = cells.text(source)
    if not text:
        return None
    value = as_type(column, text)
    closed = CLOSED_LISTS.get((name, column.name))
    if closed is not None and value not in closed:
        value = next((word for word in closed if word.casefold() == text.casefold()), None)
    if column.name in {"available", "maximum"} and value is not None and value < 0:
        value = None
    if column.name == "url":
        value = web_address(text)
    if value is None:
        cells.give_back(source)
        draft.note(
            "warning",
            origin,
            "value_unclear",
            f"{source} is {text[:80]!r}, which it cannot be; kept beside the row.",
        )
    return value


def as_type(column: Column[Any], text: str) -> Any:
    """The text as the column's type; None where it is none."""
    kind = column.type
    if column.name == "amount_cents":
        return read_cents(text)
    if isinstance(kind, UTCDateTime):
        return read_moment(text)
    if isinstance(kind, Date):
        return read_date(text)
    if isinstance(kind, Time):
        return read_clock(text)
    if isinstance(kind, Integer | Float):
        return read_number(text, whole=isinstance(kind, Integer))
    return text


def read_number(text: str, *, whole: bool) -> int | float | None:
    """A finite number of usual size; a whole one where it must be."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not abs(number) < 2**31 or (whole and number != int(number)):
        return None
    return int(number) if whole else number


def read_clock(text: str) -> time | None:
    """A time of day as ISO 8601 has it; seconds kept, a zone left out."""
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """A moment in UTC; one without a zone is taken for UTC, a day for its midnight."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
