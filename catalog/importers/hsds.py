"""From HSDS CSV tables (2.0, with the names of 1.x and 3.x where they differ) to draft rows.

Reads in the order in which rows name each other: organizations, locations, programs, services,
services at locations; then the facts about them (`hsds_facts`) and the labels (`hsds_labels`).
Every row comes in or has a line in the report.
"""

import uuid
from collections import Counter

from catalog.importers import hsds_facts, hsds_labels, hsds_locations, hsds_phones
from catalog.importers.cells import first_known, one_email, one_url
from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.package import Package, SourceTable
from catalog.vocabulary import SERVICE_STATUSES

SENTENCE_LENGTH = 80  # an "alternate name" longer than this is a description


def read_hsds(package: Package, source: str, status: str | None) -> Draft:
    """All rows of the package. `status` overrides what the file says of every service."""
    draft = Draft(source, lines=list(package.lines))
    tables = package.tables
    readers = (
        ("organization", read_organizations),
        ("location", hsds_locations.read_locations),
        ("program", read_programs),
        ("service", read_services),
        ("address", hsds_facts.read_addresses),
        ("postal_address", hsds_facts.read_postal_addresses),
        ("service_at_location", read_services_at_locations),
        ("contact", hsds_phones.read_contacts),
        ("phone", hsds_phones.read_phones),
        ("schedule", hsds_facts.read_schedules),
        ("service_area", hsds_facts.read_service_areas),
        ("language", hsds_phones.read_languages),
        ("accessibility", hsds_facts.read_accessibility),
        ("cost_option", hsds_facts.read_cost_options),
        ("required_document", hsds_facts.read_required_documents),
    )
    for name, reader in readers:
        table = tables.get(name)
        if table:
            reader(draft, table)
    hsds_locations.check_points(draft)
    set_status(draft, status, tables["service"].file)
    hsds_labels.read_taxonomies(draft, tables)
    hsds_labels.read_attributes(draft, tables.get("attribute"))
    hsds_labels.add_eligibility(draft, tables.get("attribute"))
    return draft


def named_row(draft: Draft, table: str, cells: Cells, origin: Origin) -> tuple[str, str] | None:
    """Id and name of a row that must have both, or None and a line that says what is missing."""
    source_id, name = cells.line("id"), cells.line("name")
    if source_id and name:
        return source_id, name
    missing = "id" if not source_id else "name"
    draft.note(
        "error", origin, f"no_{missing}", f"The {table} has no {missing}; it cannot come in."
    )
    return None


def read_organizations(draft: Draft, table: SourceTable) -> None:
    """organizations.csv"""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        known = named_row(draft, "organization", cells, origin)
        if known is None:
            continue
        year = cells.line("year_incorporated")
        values = {
            "name": known[1],
            "alternate_name": cells.line("alternate_name") or None,
            "description": cells.text("description"),
            "email": one_email(draft, cells, origin, "email"),
            "website": one_url(draft, cells, origin, "website", "url"),
            "tax_status": cells.line("tax_status") or None,
            "tax_id": cells.line("tax_id") or None,
            "year_incorporated": int(year) if year.isdecimal() and len(year) == 4 else None,
            "legal_status": cells.line("legal_status") or None,
            "logo": one_url(draft, cells, origin, "logo"),
            "uri": one_url(draft, cells, origin, "uri"),
        }
        if year and values["year_incorporated"] is None:
            draft.note("warning", origin, "year_unclear", f"{year!r} is no year; left out.")
        draft.add_once("organization", known[0], {**values, "extra": cells.rest()}, origin)


def read_programs(draft: Draft, table: SourceTable) -> None:
    """programs.csv. HSDS 2.0 has no description there, so people put it into the other name."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        known = named_row(draft, "program", cells, origin)
        if known is None:
            continue
        other, description = cells.text("alternate_name"), cells.text("description")
        if other and not description and (len(other) > SENTENCE_LENGTH or other.endswith(".")):
            other, description = "", other
            draft.note(
                "info",
                origin,
                "name_is_description",
                "alternate_name holds a description; it was kept as the description.",
            )
        organization = first_known(draft, "organization", cells, "organization_id", origin)
        if organization is None:
            draft.note(
                "warning",
                origin,
                "no_organization",
                f"The program {known[1]!r} has no known organization; it came in without one.",
            )
        values = {
            "organization_id": draft.id_of("organization", organization or ""),
            "name": known[1],
            "alternate_name": other or None,
            "description": description,
            "extra": cells.rest(),
        }
        draft.add_once("program", known[0], values, origin)


def read_services(draft: Draft, table: SourceTable) -> None:
    """services.csv"""
    seen: Counter[tuple[uuid.UUID | None, str]] = Counter()
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        known = named_row(draft, "service", cells, origin)
        if known is None:
            continue
        organization = first_known(draft, "organization", cells, "organization_id", origin)
        # HSDS 1.0 hangs a service on its location, and only the location on an organization.
        place = draft.find("location", cells.line("location_id"))
        owner = draft.id_of("organization", organization or "") or (
            place.values["organization_id"] if place else None
        )
        if owner is None:
            draft.note(
                "warning",
                origin,
                "no_organization",
                f"Nobody in the package offers {known[1]!r}. It came in without an organization "
                "and is not recommended until you say whose it is.",
            )
        program = first_known(draft, "program", cells, "program_id", origin)
        seen[owner, known[1].casefold()] += 1
        if seen[owner, known[1].casefold()] > 1:
            draft.note(
                "warning",
                origin,
                "same_name",
                f"The organization has another service named {known[1]!r}: perhaps the same one.",
            )
        values = {
            "organization_id": owner,
            "program_id": draft.id_of("program", program or ""),
            "name": known[1],
            "alternate_name": cells.line("alternate_name") or None,
            "description": cells.text("description") or None,
            "url": one_url(draft, cells, origin, "url", "website"),
            "email": one_email(draft, cells, origin, "email"),
            "status": read_status(draft, cells, origin),
            "interpretation_services": cells.text("interpretation_services") or None,
            "application_process": cells.text("application_process") or None,
            "fees_description": cells.text("fees_description", "fees") or None,
            "wait_time": cells.text("wait_time") or None,
            "accreditations": cells.text("accreditations") or None,
            "eligibility_description": cells.text("eligibility_description", "eligibility") or None,
            "minimum_age": None,
            "maximum_age": None,
            "licenses": cells.text("licenses") or None,
            "alert": cells.text("alert") or None,
            "extra": cells.rest(),
        }
        added = draft.add_once("service", known[0], values, origin)
        if added and place:
            put_at_location(draft, added, place, origin)


def read_status(draft: Draft, cells: Cells, origin: Origin) -> str:
    """The status in HSDS's words; one that is none hides the service until somebody looks."""
    status = cells.line("status").lower()
    if status in SERVICE_STATUSES:
        return status
    draft.note(
        "warning",
        origin,
        "status_unclear",
        f"{status!r} is no status of a service; it came in as inactive.",
    )
    return "inactive"


def set_status(draft: Draft, status: str | None, file: str) -> None:
    """Apply the override, or warn where a directory would come in wholly hidden."""
    services = list(draft.of("service"))
    if status is not None:
        for row in services:
            row.values["status"] = status
    elif services and not any(row.values["status"] == "active" for row in services):
        draft.note(
            "warning",
            Origin(file, None),
            "none_active",
            f"Not one of the {len(services)} services is active, so none will be recommended. "
            "Some programs export every service as inactive. If these are running, import with "
            "--status active.",
        )


def read_services_at_locations(draft: Draft, table: SourceTable) -> None:
    """services_at_location.csv. Keyed by the pair: ids in such files are often mere row numbers."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        service, location = cells.line("service_id"), cells.line("location_id")
        missing = [
            f"{name} {id_ or '(blank)'}"
            for name, id_ in (("service", service), ("location", location))
            if not draft.has(name, id_)
        ]
        if missing:
            draft.note(
                "error",
                origin,
                "not_in_package",
                f"The row names {' and '.join(missing)}, not in the package; it cannot come in.",
            )
            continue
        description = cells.line("description")
        cells.line("id")
        put_at_location(
            draft,
            draft.rows["service"][service],
            draft.rows["location"][location],
            origin,
            description=description or None,
            extra=cells.rest(),
        )


def put_at_location(
    draft: Draft,
    service: DraftRow,
    location: DraftRow,
    origin: Origin,
    *,
    description: str | None = None,
    extra: dict[str, str] | None = None,
) -> None:
    """A service at a location."""
    values = {
        "service_id": service.id,
        "location_id": location.id,
        "description": description,
        "is_listed": True,
        "extra": extra or {},
    }
    key = f"{service.source_id}@{location.source_id}"
    draft.add_once("service_at_location", key, values, origin)
