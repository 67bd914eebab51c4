"""The facts about services and locations in HSDS CSV: addresses, phones, schedules and the rest.

Each reader takes one table of the package and adds draft rows; what cannot come in gets a line.
"""

import re
import uuid
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.package import SourceTable
from catalog.importers.places import POST_BOX, read_state, read_zip
from catalog.importers.schedules import read_schedule
from catalog.importers.text import slug

PHONE_TYPES = {"text", "voice", "fax", "cell", "video", "pager", "textphone"}
PHONE_OWNERS = ("location_id", "service_id", "organization_id", "contact_id")
SHORT_NUMBERS = re.compile(r"[2-9]11|988")

# ISO 639-1 where there is one. The languages of the district's families and of common directories.
LANGUAGE_CODES = {
    "english": "en", "spanish": "es", "french": "fr", "amharic": "am", "chinese": "zh",
    "mandarin": "zh", "cantonese": "zh", "korean": "ko", "vietnamese": "vi", "arabic": "ar",
    "russian": "ru", "tagalog": "tl", "filipino": "tl", "portuguese": "pt", "german": "de",
    "haitian creole": "ht", "swahili": "sw", "somali": "so", "hindi": "hi", "gujarati": "gu",
    "ukrainian": "uk", "japanese": "ja", "kinyarwanda": "rw", "q'anjob'al": "kjb", "k'iche'": "quc",
    "mam": "mam", "american sign language": "ase",
}  # fmt: skip


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


def read_contacts(draft: Draft, table: SourceTable) -> None:
    """contacts.csv. Never shown to families and never exported."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        source_id = cells.line("id")
        if not source_id:
            draft.note("error", origin, "no_id", "The contact has no id; it cannot come in.")
            continue
        values = {
            f"{owner}_id": next((draft.id_of(owner, id_) for id_ in cells.ids(f"{owner}_id")), None)
            for owner in ("organization", "service", "service_at_location", "location")
        }
        names = {
            name: cells.line(name) or None for name in ("name", "title", "department", "email")
        }
        draft.add_once("contact", source_id, {**values, **names, "extra": cells.rest()}, origin)


def read_phones(draft: Draft, table: SourceTable) -> None:
    """phones.csv. One row there may name many services: each owner gets a phone row of its own."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        number, extension = split_extension(cells.line("number"), cells.line("extension"))
        if not re.search(r"\d", number):
            draft.note("error", origin, "no_number", f"{number!r} holds no telephone number.")
            continue
        owners = phone_owners(draft, cells, origin)
        if not owners:
            continue
        digits = re.sub(r"\D", "", number)
        if len(digits) not in {10, 11} and not SHORT_NUMBERS.fullmatch(digits):
            draft.note(
                "warning", origin, "number_odd", f"{number!r} cannot be dialled as it stands; kept."
            )
        stated = cells.line("type").lower()
        if stated and stated not in PHONE_TYPES:
            draft.note(
                "info", origin, "phone_type_unclear", f"{stated!r} is no type of phone; left out."
            )
        values = {
            "number": number,
            "extension": extension or None,
            "type": stated if stated in PHONE_TYPES else None,
            "description": cells.line("description") or None,
        }
        phone_id, languages, extra = cells.line("id"), cells.ids("language"), cells.rest()
        for owner, owner_id in owners:
            key = f"{phone_id}:{owner}:{owner_id}"
            targets: dict[str, uuid.UUID | None] = dict.fromkeys(PHONE_OWNERS)
            targets[f"{owner}_id"] = draft.id_of(owner, owner_id)
            known = draft.find("phone", key)
            if known and all(known.values[name] == values[name] for name in values):
                continue  # the same phone of the same owner: the file repeats it a place
            phone = draft.add("phone", key, {**values, **targets, "extra": extra}, origin)
            phone.values["extra"] = {**extra, **({"language": languages} if languages else {})}


def split_extension(number: str, extension: str) -> tuple[str, str]:
    """ "(423) 555-0100 ext 12" as number and extension."""
    match = re.fullmatch(r"(.*\d)\s*(?:ext\.?|x|extension)\s*(\d+)", number, re.IGNORECASE)
    return (match[1].strip(), match[2]) if match and not extension else (number, extension)


def phone_owners(draft: Draft, cells: Cells, origin: Origin) -> list[tuple[str, str]]:
    """Whose phone it is; a person's is never taken for that of the office."""
    contacts = cells.ids("contact_id")
    listed = [
        (owner, id_)
        for owner in ("service", "location", "organization")
        for id_ in cells.ids(f"{owner}_id")
    ]
    if contacts:
        known = [("contact", id_) for id_ in contacts if draft.has("contact", id_)]
        if not known:
            draft.note(
                "error",
                origin,
                "phone_of_person",
                "The phone belongs to a person who is not in the package; a person's number is "
                "not published as the office's.",
            )
        return known
    unknown = [f"{owner} {id_}" for owner, id_ in listed if not draft.has(owner, id_)]
    owners = [(owner, id_) for owner, id_ in listed if draft.has(owner, id_)]
    if unknown:
        draft.note(
            "warning" if owners else "error",
            origin,
            "not_in_package",
            f"The phone also belongs to {', '.join(unknown)}, not in the package."
            if owners
            else "The phone belongs to nothing that is in the package; it cannot come in.",
        )
    elif not owners:
        draft.note("error", origin, "no_owner", "The row does not say whose phone it is.")
    return owners


def read_schedules(draft: Draft, table: SourceTable) -> None:
    """schedules.csv"""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        owner = schedule_owner(draft, cells, origin)
        if owner is None:
            continue
        values = read_schedule(draft, cells, origin)
        if values is None:
            continue
        targets: dict[str, uuid.UUID | None] = dict.fromkeys(
            ("service_id", "location_id", "service_at_location_id")
        )
        targets[f"{owner[0]}_id"] = owner[1].id
        key = f"{cells.line('id')}:{owner[0]}:{owner[1].source_id}"
        draft.add("schedule", key, {**values, **targets, "extra": cells.rest()}, origin)


def schedule_owner(draft: Draft, cells: Cells, origin: Origin) -> tuple[str, DraftRow] | None:
    """The service at the location where both are named and go together, else the one that is."""
    service, location = cells.line("service_id"), cells.line("location_id")
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


def read_languages(draft: Draft, table: SourceTable) -> None:
    """languages.csv: languages of services and locations, and names for numbers elsewhere."""
    names: dict[str, str] = {}
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        name, number = cells.line("name", "language"), cells.line("language_recordid")
        if number and name:
            names[number] = name
        listed = [(o, cells.line(f"{o}_id")) for o in ("service", "location")]
        owners = [(owner, id_) for owner, id_ in listed if draft.has(owner, id_)]
        if not owners:
            draft.note(
                "info",
                origin,
                "language_list",
                f"{name!r} belongs to no service or location: read as a name in a list only.",
            )
        for owner, id_ in owners:
            add_language(draft, name, owner, id_, origin)
    add_phone_languages(draft, names)


def add_language(draft: Draft, name: str, owner: str, owner_id: str, origin: Origin) -> None:
    """A language of a service, location or phone."""
    targets: dict[str, uuid.UUID | None] = dict.fromkeys(("service_id", "location_id", "phone_id"))
    targets[f"{owner}_id"] = draft.id_of(owner, owner_id)
    values: dict[str, Any] = {
        "name": name,
        "code": LANGUAGE_CODES.get(name.casefold()),
        **targets,
        "extra": {},
    }
    draft.add("language", f"{owner}:{owner_id}:{slug(name)}", values, origin)


def add_phone_languages(draft: Draft, names: dict[str, str]) -> None:
    """Turn the numbers in the phones' language lists into languages."""
    for phone in draft.of("phone"):
        unknown = []
        for number in phone.values["extra"].pop("language", []):
            if number in names:
                add_language(draft, names[number], "phone", phone.source_id, phone.origin)
            elif number.isdecimal():
                unknown.append(number)
            else:
                add_language(draft, number, "phone", phone.source_id, phone.origin)
        if unknown:
            phone.values["extra"] = {**phone.values["extra"], "language": ",".join(unknown)}
            draft.note(
                "warning",
                phone.origin,
                "language_number",
                f"No language in the package has the number {', '.join(unknown)}; kept as it is.",
            )


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


def read_cents(amount: str) -> int | None:
    """ "$12.50" as 1250; None where it is no amount or below zero."""
    try:
        cents = Decimal(amount.replace("$", "").replace(",", "").strip()) * 100
    except InvalidOperation:
        return None
    if not cents.is_finite() or cents < 0 or cents > 10**9:
        return None
    return int(cents.to_integral_value())
