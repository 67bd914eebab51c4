"""Phones, people and languages in HSDS CSV: what one row may hang on several owners.

A person's number and name never pass for the office's.
"""

import re
import uuid
from typing import Any

from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, Origin
from catalog.importers.text import slug

PHONE_TYPES = {"text", "voice", "fax", "cell", "video", "pager", "textphone"}
OLDER_TYPES = {"tty": "textphone", "sms": "text", "hotline": "voice", "mobile": "cell"}
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
        stated = cells.line("type", "number_type").lower()
        stated = OLDER_TYPES.get(stated, stated)
        if stated and stated not in PHONE_TYPES:
            cells.give_back("type")
            cells.give_back("number_type")
            draft.note(
                "info",
                origin,
                "phone_type_unclear",
                f"{stated!r} is no type of phone; kept beside.",
            )
        values = {
            "number": number,
            "extension": extension or None,
            "type": stated if stated in PHONE_TYPES else None,
            "description": cells.line("description", "department") or None,
        }
        phone_id, languages, extra = cells.line("id"), cells.ids("language"), cells.rest()
        for owner, owner_id in owners:
            key = f"{phone_id}:{owner}:{owner_id}"
            targets: dict[str, uuid.UUID | None] = dict.fromkeys(PHONE_OWNERS)
            targets[f"{owner}_id"] = draft.id_of(owner, owner_id)
            known = draft.find("phone", key)
            if known and all(known.values[name] == values[name] for name in values):
                draft.take(origin)
                continue  # the same phone of the same owner: the file repeats it a place
            phone = draft.add("phone", key, {**values, **targets, "extra": extra}, origin)
            phone.values["extra"] = {**extra, **({"language": languages} if languages else {})}


def split_extension(number: str, extension: str) -> tuple[str, str]:
    """ "(423) 555-0100 ext 12" as number and extension."""
    match = re.fullmatch(
        r"(.*\d)\s*(?:ext\.?|x|extension)\s*(\d+|[A-Z]\d{0,7})", number, re.IGNORECASE
    )
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
            draft.take(origin)
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
