"""From one flat sheet, a row a provider or a service, to draft rows: the file people really have.

Columns are told by a mapping, guessed (`sheet_guess`) or given (`sheet_mapping`). Each service
listed in a row becomes a service of the row's provider; a provider that lists none gets one called
"General services", so that it can be found and referred to until somebody says what it does. Every
row comes in or has a line in the report.
"""

import re
from collections.abc import Mapping
from typing import Any

from catalog.importers import sheet_services
from catalog.importers.csv_tables import SourceTable, read_csv
from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.hsds_phones import split_extension
from catalog.importers.package import Package
from catalog.importers.places import POST_BOX, CountiesRead, read_counties, read_state, read_zip
from catalog.importers.sheet_guess import guess_mapping, guess_without_heading, refuse
from catalog.importers.sheet_mapping import Mark, SheetMapping
from catalog.importers.sheet_row import SheetRow
from catalog.importers.text import find_emails, slug, web_address

Mappings = Mapping[str, SheetMapping]


def read_flat_sheets(
    package: Package, source: str, status: str | None, mappings: dict[str, SheetMapping]
) -> Draft:
    """All rows of all sheets. `status` is what the services get: active, unless told otherwise.

    `mappings` are given by file name; the guesses for the other sheets are added to it.
    """
    for key, table in list(package.tables.items()):
        mapping = mappings.get(table.file) or guess(package, table)
        mappings[table.file] = mapping
        package.tables[key] = read_as(package, table, mapping)
    draft = Draft(source, lines=list(package.lines))
    for table in package.tables.values():
        read_sheet(draft, table, mappings[table.file], status)
    return draft


def guess(package: Package, table: SourceTable) -> SheetMapping:
    """What the sheet's columns surely are; UnclearSheetError where no provider can be told."""
    mapping = guess_mapping(table)
    if mapping is None:
        content = package.contents[table.file]
        bare = read_csv(table.file, content, [], has_heading=False)
        mapping = guess_without_heading(bare)
    if mapping is None:
        raise refuse(table)
    return mapping


def read_as(package: Package, table: SourceTable, mapping: SheetMapping) -> SourceTable:
    """The sheet as its mapping says: read anew where that has another delimiter or no heading."""
    if mapping.has_heading and mapping.delimiter is None:
        return table
    package.lines = [line for line in package.lines if line.file != table.file]
    return read_csv(
        table.file,
        package.contents[table.file],
        package.lines,
        delimiter=mapping.delimiter,
        has_heading=mapping.has_heading,
    )


def read_sheet(draft: Draft, table: SourceTable, mapping: SheetMapping, status: str | None) -> None:
    """The rows of one sheet."""
    report_mapping(draft, table, mapping)
    is_by_service = mapping.has("service") and not mapping.splits.get("service")
    for row in table.rows:
        cells, origin = SheetRow(Cells(row), mapping), Origin(table.file, row.number)
        name = cells.line("provider")
        if not name and mapping.has("category") and (name := cells.line("service")):
            reason = f"The row names no provider: {name!r}, its service, stands for it."
            draft.note("warning", origin, "provider_is_service", reason)
        if not name:
            draft.note("error", origin, "no_name", "The row names no provider; it cannot come in.")
            continue
        organization = add_organization(draft, cells, name, origin, is_by_service=is_by_service)
        draft.take(origin)
        place = add_place(draft, cells, organization, origin)
        services = sheet_services.add_services(draft, cells, organization, origin, status=status)
        given = [add_at_location(draft, service, place, origin) for service in services]
        sheet_services.add_facts(draft, cells, services, given, origin)
        add_counties(draft, cells, services, origin)
        at_place = place if is_by_service and not place.source_id.endswith(":unknown") else None
        add_phone(draft, cells, organization, at_place, origin)
        if rest := cells.rest():
            for owner in given if is_by_service else [organization]:
                owner.values["extra"] = joined(owner.values["extra"], rest)


def report_mapping(draft: Draft, table: SourceTable, mapping: SheetMapping) -> None:
    """Say which column was read as what, and which column of the mapping is not there."""
    told = [
        f"{heading!r} is {said.kind if isinstance(said, Mark) else said}{look_of(mapping, heading)}"
        for heading, said in mapping.columns.items()
        if said != "extra"
    ]
    origin = Origin(table.file, 1 if mapping.has_heading else None)
    draft.note("info", origin, "columns_read_as", "; ".join(told) + ".")
    there = {column.casefold() for column in table.columns}
    if absent := [name for name in mapping.columns if name.casefold() not in there]:
        reason = f"The mapping names {', '.join(map(repr, absent))}, which the sheet does not have."
        draft.note("warning", origin, "column_absent", reason)


def look_of(mapping: SheetMapping, heading: str) -> str:
    """Why a column was taken for that, where its heading does not say it."""
    if heading not in mapping.by_cells:
        return ""
    fitting, filled = mapping.by_cells[heading]
    return f" (guessed: {fitting} of {filled} cells look so)"


def joined(before: Mapping[str, Any], rest: Mapping[str, str]) -> dict[str, Any]:
    """What rows about the same thing say besides: each different word once, in their order."""
    told = dict(before)
    for name, cell in rest.items():
        said = str(told[name]).split("; ") if name in told else []
        told[name] = "; ".join([*said, cell]) if cell not in said else told[name]
    return told


def add_organization(
    draft: Draft, cells: SheetRow, name: str, origin: Origin, *, is_by_service: bool
) -> DraftRow:
    """The provider; several rows of one name are one provider."""
    email, url = cells.line("email"), cells.text("url")
    found, address = find_emails(email), web_address(url)
    if email and not found:
        draft.note("warning", origin, "email_unclear", f"{email!r} is no e-mail; left out.")
    if url and address is None:
        draft.note("warning", origin, "url_unclear", f"{url!r} is no web address; left out.")
    known = draft.find("organization", slug(name))
    if known:
        draft.note("info", origin, "provider_again", f"{name!r} stands above too: one provider.")
        return known
    values: dict[str, Any] = {
        "name": name,
        "description": "" if is_by_service else cells.text("description"),
        "email": found[0] if found else None,
        "website": address,
        "extra": {},
    }
    return draft.add("organization", slug(name), values, origin)


def add_place(draft: Draft, cells: SheetRow, organization: DraftRow, origin: Origin) -> DraftRow:
    """Where the provider gives its services: its street address, or a place that is not known.

    A post box is where letters go, not where a service is given.
    """
    street, city = cells.line("street"), cells.line("city")
    state_text, code_text = cells.line("state"), cells.line("zip")
    if not street:
        said = ", ".join(filter(None, (city, state_text, code_text)))
        draft.note(
            "warning",
            origin,
            "no_address",
            f"{organization.values['name']!r} has no street address"
            + (f" (only {said})" if said else "")
            + ": its place is not known, and families will be asked to call.",
        )
        if said:
            organization.values["extra"] = {**organization.values["extra"], "address": said}
        return unknown_place(draft, organization, origin)
    state, code = read_state(state_text), read_zip(code_text)
    for word, text, read in (("state", state_text, state), ("ZIP code", code_text, code)):
        if read is None:
            draft.note(
                "warning", origin, "address_incomplete", f"{text!r} is no {word} of an address."
            )
    kind = "postal" if POST_BOX.search(street) else "physical"
    key = f"{organization.source_id}:{slug(street)}"
    name = cells.line("place")
    location = draft.find("location", key)
    if location is None:
        location = add_location(draft, organization, key, kind, origin, name=name)
        address = {
            "location_id": location.id,
            "address_1": street,
            "city": city,
            "state_province": state or state_text,
            "postal_code": code or code_text,
            "country": "US",
            "address_type": kind,
            "extra": {},
        }
        draft.add("address", key, address, origin)
    if kind == "physical":
        return location
    draft.note(
        "warning",
        origin,
        "post_box",
        f"{street!r} is a post box: kept as the postal address; the place is not known.",
    )
    return unknown_place(draft, organization, origin)


def add_location(
    draft: Draft, organization: DraftRow, key: str, kind: str, origin: Origin, *, name: str = ""
) -> DraftRow:
    """A location of the provider, without a point: a geocoder finds that later."""
    values: dict[str, Any] = {
        "location_type": kind,
        "organization_id": organization.id,
        "name": name or organization.values["name"],
        "point_precision": "unknown",
        "extra": {},
    }
    return draft.add("location", key, values, origin)


def unknown_place(draft: Draft, organization: DraftRow, origin: Origin) -> DraftRow:
    """The one place of a provider whose address nobody told: near or far is then a question."""
    key = f"{organization.source_id}:unknown"
    known = draft.find("location", key)
    return known or add_location(draft, organization, key, "physical", origin)


def add_at_location(draft: Draft, service: DraftRow, place: DraftRow, origin: Origin) -> DraftRow:
    """The service at the provider's address."""
    key = f"{service.source_id}@{place.source_id}"
    values = {"service_id": service.id, "location_id": place.id, "is_listed": True, "extra": {}}
    known = draft.find("service_at_location", key)
    return known or draft.add("service_at_location", key, values, origin)


def add_counties(draft: Draft, cells: SheetRow, services: list[DraftRow], origin: Origin) -> None:
    """The counties served: areas to read, and a residence rule if every one was understood."""
    said = cells.line("counties")
    if not said:
        return
    text = cells.text("counties")
    read = read_counties(text, read_state(cells.line("state")))
    if read.figured:
        draft.note(
            "info",
            origin,
            "county_state_figured",
            f"More than one state has such a county; read as {'; '.join(read.figured)}, "
            "from the row's state or the counties beside it.",
        )
    if read.not_understood:
        draft.note(
            "warning",
            origin,
            "county_unclear",
            f"No county near Chattanooga, or one of several states: "
            f"{', '.join(read.not_understood)}. Kept as words; no residence rule was made, "
            "so families will be asked.",
        )
    for service in services:
        add_areas(draft, service, read, origin)
        key = f"{service.source_id}:residence"
        if read.not_understood or draft.has("eligibility_rule", key):
            continue
        rule = {
            "service_id": service.id,
            "kind": "residence",
            "effect": "require",
            "facts": {"counties": list(dict.fromkeys(read.counties))},
            "source_text": said,
            "extra": {},
        }
        draft.add("eligibility_rule", key, rule, origin)


def add_areas(draft: Draft, service: DraftRow, read: CountiesRead, origin: Origin) -> None:
    """A service area for each county, understood or not."""
    names = {county: county.replace(", ", " County, ") for county in read.counties}
    names |= {name: name for name in read.not_understood}
    for county, name in names.items():
        key = f"{service.source_id}:{slug(county)}"
        values = {"service_id": service.id, "name": name, "extra": {}}
        if not draft.has("service_area", key):
            draft.add("service_area", key, values, origin)


def add_phone(
    draft: Draft,
    cells: SheetRow,
    organization: DraftRow,
    place: DraftRow | None,
    origin: Origin,
) -> None:
    """The telephone of the provider, or of the `place` in a sheet that has a row a place."""
    number, extension = split_extension(cells.line("phone"), "")
    if not number:
        return
    digits = re.sub(r"\D", "", number)
    if not digits:
        draft.note("warning", origin, "number_odd", f"{number!r} holds no number; left out.")
        return
    if len(digits) not in {3, 10, 11}:
        draft.note("warning", origin, "number_odd", f"{number!r} is no usual number; kept as is.")
    owner = place or organization
    key = f"{owner.source_id}:{slug(number)}"
    values: dict[str, Any] = {
        "organization_id": None if place else organization.id,
        "location_id": place.id if place else None,
        "number": number,
        "extension": extension or None,
        "type": "voice",
        "extra": {},
    }
    if not draft.has("phone", key):
        draft.add("phone", key, values, origin)
