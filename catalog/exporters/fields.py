"""The columns of HSDS 3.1 and how a row of the catalog fills them: for JSON and CSV alike.

Called by the exporters. A row is a mapping of the catalog's own columns. What a confidential
place must not tell, and what belongs to a person, is left out here, so that no form of export can
forget it. Knows no database.
"""

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

Row = Mapping[str, Any]
Fields = dict[str, Any]

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
WHOLE_EXTENSION = re.compile(r"0|[1-9]\d{0,8}")
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")
CONFIDENTIAL_STREET = "Address confidential"


class Column(NamedTuple):
    """A column: HSDS's name, the type and format of its data package, and whether it must be."""

    name: str
    type: str = "string"
    format: str = "default"
    is_required: bool = False


def columns(required: str, *names: str) -> tuple[Column, ...]:
    """Columns written as "name", "name:type" or "name:string/format"; `required` lists names."""
    must = {"id", *required.split()}
    made = []
    for text in ("id:string/uuid", *names):
        name, _, kind = text.partition(":")
        type_, _, format_ = (kind or "string").partition("/")
        made.append(Column(name, type_, format_ or "default", name in must))
    return tuple(made)


ID = ":string/uuid"
URI = ":string/uri"

# What HSDS 3.1 has, in its order, but for what is a
# person's (contact, phone.contact_id, service.assurer_email), and a description of tables.
COLUMNS: dict[str, tuple[Column, ...]] = {
    "organization": columns(
        "name description", "name", "alternate_name", "description", "email:string/email",
        f"website{URI}", "tax_status", "tax_id", "year_incorporated:number", "legal_status",
        f"logo{URI}", f"uri{URI}", f"parent_organization_id{ID}",
    ),
    "program": columns(
        "name description", f"organization_id{ID}", "name", "alternate_name", "description"
    ),
    "service": columns(
        "name status", f"organization_id{ID}", f"program_id{ID}", "name", "alternate_name",
        "description", f"url{URI}", "email:string/email", "status", "interpretation_services",
        "application_process", "fees_description", "wait_time", "fees", "accreditations",
        "eligibility_description", "minimum_age:number", "maximum_age:number",
        "assured_date:date", "licenses", "alert", "last_modified:datetime",
    ),
    "location": columns(
        "location_type", "location_type", f"url{URI}", f"organization_id{ID}", "name",
        "alternate_name", "description", "transportation", "latitude:number", "longitude:number",
        "external_identifier", "external_identifier_type",
    ),
    "service_at_location": columns(
        "service_id location_id", f"service_id{ID}", f"location_id{ID}", "description"
    ),
    "address": columns(
        "address_1 country address_type", f"location_id{ID}", "attention", "address_1",
        "address_2", "city", "region", "state_province", "postal_code", "country", "address_type",
    ),
    "phone": columns(
        "number", f"location_id{ID}", f"service_id{ID}", f"organization_id{ID}",
        f"service_at_location_id{ID}", "number", "extension:number", "type", "description",
    ),
    "schedule": columns(
        "", f"service_id{ID}", f"location_id{ID}", f"service_at_location_id{ID}",
        "valid_from:date", "valid_to:date", "dtstart:date", "timezone:number", "until:date",
        "count:number", "wkst", "freq", "interval:number", "byday", "byweekno", "bymonthday",
        "byyearday", "description", "opens_at:time", "closes_at:time", f"schedule_link{URI}",
        "attending_type", "notes",
    ),
    "service_area": columns(
        "", f"service_id{ID}", f"service_at_location_id{ID}", "name", "description", "extent",
        "extent_type", "uri",
    ),
    "language": columns(
        "", f"service_id{ID}", f"location_id{ID}", f"phone_id{ID}", "name", "code", "note"
    ),
    "accessibility": columns("", f"location_id{ID}", "description", "details", f"url{URI}"),
    "cost_option": columns(
        "service_id", f"service_id{ID}", "valid_from:date", "valid_to:date", "option", "currency",
        "amount:number", "amount_description",
    ),
    "required_document": columns("", f"service_id{ID}", "document", f"uri{URI}"),
    "url": columns("url", "label", f"url{URI}", f"organization_id{ID}", f"service_id{ID}"),
    "funding": columns("", f"organization_id{ID}", f"service_id{ID}", "source"),
    "organization_identifier": columns(
        "organization_id identifier_type identifier", f"organization_id{ID}", "identifier_scheme",
        "identifier_type", "identifier",
    ),
    "unit": columns("name", "name", "scheme", "identifier", f"uri{URI}"),
    "service_capacity": columns(
        "service_id unit_id available updated", f"service_id{ID}", f"unit_id{ID}",
        "available:number", "maximum:number", "description", "updated:datetime",
    ),
    "taxonomy": columns("name description", "name", "description", f"uri{URI}", "version"),
    "taxonomy_term": columns(
        "name description", "code", "name", "description", f"parent_id{ID}", "taxonomy",
        "language", f"taxonomy_id{ID}", f"term_uri{URI}",
    ),
    "attribute": columns(
        "link_id taxonomy_term_id link_entity", f"link_id{ID}", f"taxonomy_term_id{ID}",
        "link_type", "link_entity", "value", "label",
    ),
    "metadata": columns(
        "resource_id resource_type last_action_date last_action_type field_name previous_value "
        "replacement_value updated_by", f"resource_id{ID}", "resource_type",
        "last_action_date:date", "last_action_type", "field_name", "previous_value",
        "replacement_value", "updated_by",
    ),
}  # fmt: skip

# What may be told of a confidential place: which town it is in, and nothing that leads there.
CONFIDENTIAL_COLUMNS = {
    "location": frozenset({"id", "location_type", "organization_id"}),
    "address": frozenset(
        {"id", "location_id", "city", "region", "state_province", "country", "address_type"}
    ),
    "service_at_location": frozenset({"id", "service_id", "location_id"}),
    "accessibility": frozenset({"id", "location_id"}),
}
# Words in a schedule may lead there as well ("ring at the side door of …").
SCHEDULE_WORDS = frozenset({"description", "notes", "schedule_link"})


def fields_of(table: str, row: Row, *, is_confidential: bool = False) -> Fields:
    """The row as HSDS has it, without what is not known. `is_confidential`: it belongs to a place
    whose street is shown to nobody (of a location itself, its own column says so)."""
    is_confidential = is_confidential or bool(row.get("is_confidential"))
    told = {**row, **MADE[table](row)} if table in MADE else row
    fields: Fields = {}
    for column in COLUMNS[table]:
        value = plain(column, told.get(column.name))
        if value is not None and not (is_confidential and is_withheld(table, row, column.name)):
            fields[column.name] = value
    if is_confidential and table == "address":
        fields |= {"address_1": CONFIDENTIAL_STREET, "postal_code": ""}
    return fields


def is_withheld(table: str, row: Row, column: str) -> bool:
    """Whether a column of a row that belongs to a confidential place is kept back."""
    if table == "schedule":
        return column in SCHEDULE_WORDS
    if table == "accessibility" and column == "description":
        return len(row["description"] or "") > 40  # a code or a word, not directions
    allowed = CONFIDENTIAL_COLUMNS.get(table)
    return allowed is not None and column not in allowed


def is_history_withheld(table: str, column: str) -> bool:
    """Whether what a column of a row of a confidential place said, or says, is kept back: the past
    leads there as well as the present. More than of the row itself, since words cannot be looked at
    one by one."""
    if table == "schedule":
        return column in SCHEDULE_WORDS
    allowed = CONFIDENTIAL_COLUMNS.get(table, frozenset()) if table != "accessibility" else ()
    return column not in allowed


def plain(column: Column, value: Any) -> Any:
    """A value as JSON has it; None for nothing, and for what the format forbids."""
    if value is None or (value == "" and not column.is_required and column.name not in BLANK):
        return None
    if column.type == "number":
        return int(value) if value == int(value) else float(value)
    if column.format == "uri":
        return web_address(value)
    if column.format == "email":
        return value if EMAIL.fullmatch(value) else None
    return moment(value) if isinstance(value, datetime) else written(value)


def written(value: Any) -> Any:
    """Ids, days and times as text."""
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def moment(value: datetime) -> str:
    """A moment in UTC, to the millisecond as HSDS wants it."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def web_address(text: str) -> str | None:
    """A web address with its scheme; None for words that are none."""
    if re.search(r"\s", text) or "." not in text:
        return None
    return text if "://" in text else f"http://{text}"


# Columns that HSDS wants in every address, though a source may leave them blank.
BLANK = frozenset({"city", "state_province", "postal_code"})


def phone_fields(row: Row) -> Fields:
    """HSDS 3 has the extension as a number: one that is none ("012", "B") stays with the number."""
    extension = row["extension"] or ""
    if not extension or WHOLE_EXTENSION.fullmatch(extension):
        return {"extension": int(extension) if extension else None}
    return {"number": f"{row['number']} ext. {extension}", "extension": None}


def cost_fields(row: Row) -> Fields:
    """Whole cents as dollars."""
    cents = row["amount_cents"]
    return {"amount": None if cents is None else Decimal(cents) / 100}


# Who made a change, as the public is told: never a person's name.
AUTHOR_WORDS = {
    "staff": "District or school staff",
    "partner": "Partner",
    "source": "Import",
    "system": "Footbridge",
    "elsewhere": "Another directory",
}
# Fields that HSDS has by another name, and how their values differ.
HISTORY_NAMES = {
    ("cost_option", "amount_cents"): "amount",
    ("funding", "funding_source"): "source",
}
# What the history keeps of a row besides, to put it back: the catalog's own business.
KEPT_BESIDE = frozenset({"source", "source_id", "extra", "imported"})


def history_fields(row: Row) -> Fields:
    """A change as HSDS has it: its day, whose kind of person made it, dollars for cents."""
    told = {
        "last_action_date": row["last_action_date"].astimezone(UTC).date(),
        "updated_by": AUTHOR_WORDS[row["made_by"]],
    }
    name = HISTORY_NAMES.get((row["resource_type"], row["field_name"]))
    if name == "amount":
        told["previous_value"] = dollars(row["previous_value"])
        told["replacement_value"] = dollars(row["replacement_value"])
    return told | ({"field_name": name} if name else {})


def dollars(cents: str) -> str:
    """Whole cents as dollars, in text; what is no number stays as it is."""
    return str(Decimal(cents) / 100) if cents.isdecimal() else cents


def own_history_names(table: str, name: str, before: str, after: str) -> tuple[str, str, str]:
    """The way back: our name of the field, and the two values as we have them."""
    own = next((ours for (where, ours), theirs in HISTORY_NAMES.items()
                if (where, theirs) == (table, name)), name)  # fmt: skip
    if own == "amount_cents":
        before, after = (
            str(int(Decimal(text) * 100)) if AMOUNT.fullmatch(text) else text
            for text in (before, after)
        )
    return own, before, after


def is_history_told(row: Row, *, is_confidential: bool) -> bool:
    """Whether a change may be told outside: of a column that is told itself, and of a confidential
    place nothing that leads there."""
    table = row["resource_type"]
    name = HISTORY_NAMES.get((table, row["field_name"]), row["field_name"])
    if (
        table == "metadata"
        or row["field_name"] in KEPT_BESIDE
        or name not in {column.name for column in COLUMNS.get(table, ())}
    ):
        return False
    return not (is_confidential and is_history_withheld(table, row["field_name"]))


def funding_fields(row: Row) -> Fields:
    """Where the money comes from, under HSDS's name."""
    return {"source": row["funding_source"]}


MADE = {
    "phone": phone_fields,
    "cost_option": cost_fields,
    "funding": funding_fields,
    "metadata": history_fields,
}
