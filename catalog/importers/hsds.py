"""From the tables of an HSDS package, of any version, to draft rows.

Reads in the order in which rows name each other: organizations, locations, programs, services,
services at locations; then the facts about them (`third_facts` for version 3, `hsds_facts` and
`first_facts` for what came before), the labels (`hsds_labels`), and what has no table of its own
(`kept_rows`). Every row comes in or has a line in the report.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from catalog.importers import (
    first_facts,
    history_rows,
    hsds_facts,
    hsds_labels,
    hsds_locations,
    hsds_phones,
    kept_rows,
    own_facts,
    third_facts,
)
from catalog.importers.ages import read_ages_of
from catalog.importers.cells import first_known, one_email, one_url
from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.package import Package
from catalog.importers.weekdays import read_date
from catalog.vocabulary import SERVICE_STATUSES

PARENT = "parent_organization_id"
SENTENCE_LENGTH = 80  # an "alternate name" longer than this is a description


def read_hsds(package: Package, source: str, status: str | None) -> Draft:
    """All rows of the package. `status` overrides what the file says of every service."""
    is_third = package.version.startswith("3")
    draft = Draft(source, lines=list(package.lines), keeps_ids=is_third)
    tables = package.tables
    read_tables(draft, tables, MAIN_READERS)
    if not is_third:
        read_tables(draft, tables, FACT_READERS)
    for name in third_facts.TABLES if is_third else third_facts.SAME_BEFORE:
        if name in tables:
            third_facts.read_facts(draft, name, tables[name])
    hsds_locations.check_points(draft)
    hsds_labels.read_taxonomies(draft, tables)
    hsds_labels.read_attributes(draft, tables.get("attribute"))
    first_facts.read_service_taxonomy(draft, tables.get("service_taxonomy"))
    set_status(draft, status, tables["service"].file if "service" in tables else "")
    if not own_facts.apply_own_facts(draft):
        hsds_labels.add_eligibility(draft, tables.get("attribute"))
    kept_rows.keep_rows(draft, tables)
    if "metadata" in tables:
        history_rows.read_history(draft, tables["metadata"])
    return draft


def read_tables(
    draft: Draft,
    tables: Mapping[str, SourceTable],
    readers: Iterable[tuple[str, Callable[[Draft, SourceTable], None]]],
) -> None:
    """Read those of the tables that are there, in the readers' order."""
    for name, reader in readers:
        if name in tables:
            reader(draft, tables[name])
    link_organizations(draft)


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
            "legal_status": cells.text("legal_status") or None,
            "logo": one_url(draft, cells, origin, "logo"),
            "uri": one_url(draft, cells, origin, "uri"),
        }
        if year and values["year_incorporated"] is None:
            draft.note("warning", origin, "year_unclear", f"{year!r} is no year; left out.")
            cells.give_back("year_incorporated")
        parent = cells.line("parent_organization_id")
        extra = {**cells.rest(), **({PARENT: parent} if parent else {})}
        draft.add_once("organization", known[0], {**values, "extra": extra}, origin)


def link_organizations(draft: Draft) -> None:
    """Name each organization's parent, now that all are in; an unknown one stays beside the row."""
    for row in draft.of("organization"):
        stated = row.values["extra"].get(PARENT)
        if "parent_organization_id" in row.values or not stated:
            row.values.setdefault("parent_organization_id", None)
            continue
        parent = draft.named("organization", stated)
        is_other = parent is not None and parent is not row
        row.values["parent_organization_id"] = parent.id if parent and is_other else None
        if is_other:
            row.values["extra"] = {k: v for k, v in row.values["extra"].items() if k != PARENT}
        else:
            draft.note(
                "warning",
                row.origin,
                "parent_unknown",
                f"{row.values['name']!r} belongs to organization {stated}, which is not in the "
                "package; it came in without.",
            )


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
        low, high = read_ages_of(draft, cells, origin)
        moment = third_facts.read_moment(cells.line("last_modified"))
        both_fees = cells.has_column("fees_description")
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
            "fees_description": cells.text("fees_description" if both_fees else "fees") or None,
            "wait_time": cells.text("wait_time") or None,
            "fees": (cells.text("fees") or None) if both_fees else None,
            "accreditations": cells.text("accreditations") or None,
            "eligibility_description": cells.text("eligibility_description", "eligibility") or None,
            "minimum_age": low,
            "maximum_age": high,
            "assured_date": read_date(cells.line("assured_date")),
            "assurer_email": one_email(draft, cells, origin, "assurer_email"),
            "licenses": cells.text("licenses") or None,
            "alert": cells.text("alert") or None,
            **({"last_modified": moment} if moment else {}),
            "extra": cells.rest(),
        }
        added = draft.add_once("service", known[0], values, origin)
        if added and place:
            put_at_location(draft, added, place, origin)
        if added:
            first_facts.read_service_lists(draft, added, origin)


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
        own_id = cells.line("id")
        put_at_location(
            draft,
            draft.rows["service"][service],
            draft.rows["location"][location],
            origin,
            description=description or None,
            extra=cells.rest(),
            own_id=own_id,
        )


def put_at_location(
    draft: Draft,
    service: DraftRow,
    location: DraftRow,
    origin: Origin,
    *,
    description: str | None = None,
    extra: dict[str, str] | None = None,
    own_id: str = "",
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
    draft.add_once("service_at_location", key, values, origin, own_id=own_id)


MAIN_READERS = (
    ("organization", read_organizations),
    ("location", hsds_locations.read_locations),
    ("program", read_programs),
    ("service", read_services),
    ("service_at_location", read_services_at_locations),
)
FACT_READERS = (
    ("address", hsds_facts.read_addresses),
    ("postal_address", hsds_facts.read_postal_addresses),
    ("contact", hsds_phones.read_contacts),
    ("phone", hsds_phones.read_phones),
    ("schedule", hsds_facts.read_schedules),
    ("regular_schedule", hsds_facts.read_schedules),
    ("service_area", hsds_facts.read_service_areas),
    ("language", hsds_phones.read_languages),
    ("accessibility", hsds_facts.read_accessibility),
    ("cost_option", hsds_facts.read_cost_options),
    ("required_document", hsds_facts.read_required_documents),
)
