"""The facts about services and locations in HSDS CSV: addresses, phones, schedules and the rest.

Each reader takes one table of the package and adds draft rows; what cannot come in gets a line.
"""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.money import read_cents
from catalog.importers.places import POST_BOX, read_state, read_zip
from catalog.importers.schedules import read_schedule


def read_addresses(draft: Draft, table: SourceTable) -> None:
    """physical_addresses.csv: one row a location, though locations may share an id."""
    add_addresses(draft, table, "physical")


def read_postal_addresses(draft: Draft, table: SourceTable) -> None:
    """postal_addresses.csv"""
    add_addresses(draft, table, "postal")


def add_addresses(draft: Draft, table: SourceTable, kind: str) -> None:
    """Addresses of one kind."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        location = cells.line("location_id")
        if not draft.has("location", location):
            reject_unknown(draft, origin, "location", location)
            continue
        streets = [cells.line(f"address_{number}") for number in range(1, 5)]
        if not any(streets):
            draft.note("error", origin, "address_blank", "The row has no street; nothing to keep.")
            continue
        state, code = cells.line("state_province"), cells.line("postal_code")
        stated = cells.line("address_type").lower()
        values = {
            "location_id": draft.id_of("location", location),
            "attention": cells.line("attention") or None,
            "address_1": next(filter(None, streets)),
            "address_2": ", ".join(list(filter(None, streets))[1:]) or None,
            "city": cells.line("city"),
            "region": cells.line("region") or None,
            "state_province": read_state(state) or state,
            "postal_code": tidy_postal_code(code),
            "country": cells.line("country") or "US",
            "address_type": stated if stated in {"physical", "postal", "virtual"} else kind,
        }
        if kind == "physical" and not stated and POST_BOX.search(str(values["address_1"])):
            values["address_type"] = "postal"
            draft.note(
                "warning",
                origin,
                "post_box",
                f"{values['address_1']!r} is a post box: kept as a postal address.",
            )
        for column in ("city", "state_province", "postal_code"):
            if not values[column]:
                draft.note("warning", origin, "address_incomplete", f"The address has no {column}.")
        key = f"{cells.line('id')}@{location}"
        draft.add("address", key, {**values, "extra": cells.rest()}, origin)


def tidy_postal_code(code: str) -> str:
    """A ZIP code without stray marks; ZIP+4 and foreign codes as they are."""
    if re.fullmatch(r"\d{5}-\d{4}", code):
        return code
    return read_zip(code) or code


def reject_unknown(draft: Draft, origin: Origin, table: str, source_id: str) -> None:
    """A line for a row that hangs on one that is not there."""
    draft.note(
        "error",
        origin,
        "not_in_package",
        f"The row belongs to {table} {source_id or '(blank)'}, which is not in the package; "
        "it cannot come in.",
    )


def read_schedules(draft: Draft, table: SourceTable) -> None:
    """schedules.csv"""
    number = 0
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        owner = schedule_owner(draft, cells, origin)
        if owner is None:
            continue
        targets: dict[str, uuid.UUID | None] = dict.fromkeys(
            ("service_id", "location_id", "service_at_location_id")
        )
        targets[f"{owner[0]}_id"] = owner[1].id
        key = f"{cells.line('id')}:{owner[0]}:{owner[1].source_id}"
        own_id = cells.line("id")
        added = [
            draft.add("schedule", key, {**values, **targets, "extra": {}}, origin, own_id=own_id)
            for values in read_schedule(draft, cells, origin)
        ]
        number += bool(added and added[0].values["opens_at"] and not cells.line("opens_at"))
        for schedule in added[:1]:
            schedule.values["extra"] = cells.rest()
    if number:
        draft.note(
            "info",
            Origin(table.file, None),
            "hours_read",
            f"{number:,} schedules were read from words, or from times that stand where dates should.",
        )


def schedule_owner(draft: Draft, cells: Cells, origin: Origin) -> tuple[str, DraftRow] | None:
    """The service at the location where both are named and go together, else the one that is."""
    service, location = cells.line("service_id"), cells.line("location_id")
    named = draft.named("service_at_location", cells.line("service_at_location_id"))
    if named:
        return "service_at_location", named
    both = draft.find("service_at_location", f"{service}@{location}")
    if both:
        return "service_at_location", both
    for owner, id_ in (("service", service), ("location", location)):
        found = draft.find(owner, id_)
        if found:
            if service and location:
                draft.note(
                    "warning",
                    origin,
                    "schedule_owner",
                    f"The schedule names service {service} at location {location}, which are not "
                    f"together in the package; kept for the {owner}.",
                )
            return owner, found
    reject_unknown(draft, origin, "service", service)
    return None


def read_service_areas(draft: Draft, table: SourceTable) -> None:
    """service_areas.csv"""
    columns = {"name": ("name", "service_area"), "description": ("description",)}
    of_service(draft, table, "service_area", columns, required="name")


def read_required_documents(draft: Draft, table: SourceTable) -> None:
    """required_documents.csv"""
    columns = {"document": ("document",), "uri": ("uri",)}
    of_service(draft, table, "required_document", columns, required="document")


def of_service(
    draft: Draft,
    table: SourceTable,
    name: str,
    columns: Mapping[str, tuple[str, ...]],
    *,
    required: str,
) -> None:
    """Tables that hang on a service and hold plain text."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        service = cells.line("service_id")
        if not draft.has("service", service):
            reject_unknown(draft, origin, "service", service)
            continue
        values: dict[str, Any] = {
            column: cells.text(*names) or None for column, names in columns.items()
        }
        if not values[required]:
            draft.note("error", origin, "row_blank", "The row says nothing; nothing to keep.")
            continue
        values["service_id"] = draft.id_of("service", service)
        key = f"{service}:{cells.line('id')}"
        draft.add(name, key, {**values, "extra": cells.rest()}, origin)


def read_accessibility(draft: Draft, table: SourceTable) -> None:
    """accessibility_for_disabilities.csv"""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        location = cells.line("location_id")
        if not draft.has("location", location):
            reject_unknown(draft, origin, "location", location)
            continue
        description, details = cells.text("description", "accessibility"), cells.text("details")
        if not description and not details:
            draft.note("error", origin, "row_blank", "The row says nothing; nothing to keep.")
            continue
        values = {
            "location_id": draft.id_of("location", location),
            "description": description or None,
            "details": details or None,
            "url": cells.line("url") or None,
        }
        key = f"{cells.line('id')}@{location}"
        draft.add("accessibility", key, {**values, "extra": cells.rest()}, origin)


def read_cost_options(draft: Draft, table: SourceTable) -> None:
    """cost_options.csv; an amount in dollars becomes whole cents."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        service = cells.line("service_id")
        if not draft.has("service", service):
            reject_unknown(draft, origin, "service", service)
            continue
        amount = cells.line("amount")
        cents = read_cents(amount)
        if amount and cents is None:
            draft.note("warning", origin, "amount_unclear", f"{amount!r} is no amount of money.")
        values = {
            "service_id": draft.id_of("service", service),
            "option": cells.line("option") or None,
            "currency": cells.line("currency") or None,
            "amount_cents": cents,
            "amount_description": cells.text("amount_description") or None,
        }
        key = f"{service}:{cells.line('id')}"
        draft.add("cost_option", key, {**values, "extra": cells.rest()}, origin)
