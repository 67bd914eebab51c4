"""From HSDS CSV tables (2.0, with the names of 1.x and 3.x where they differ) to draft rows.

Reads in the order in which rows name each other: organizations, programs, services, locations,
services at locations; then the facts about them (`hsds_facts`) and the labels (`hsds_labels`).
Every row comes in or has a line in the report.
"""

from collections import Counter, defaultdict

from catalog.importers import hsds_facts, hsds_labels, hsds_phones
from catalog.importers.draft import Cells, Draft, Origin
from catalog.importers.package import Package, SourceTable
from catalog.importers.places import Point, read_point, stray_points
from catalog.importers.text import find_emails, web_address
from catalog.vocabulary import LOCATION_TYPES, SERVICE_STATUSES

SENTENCE_LENGTH = 80  # an "alternate name" longer than this is a description


def read_hsds(package: Package, source: str, status: str | None) -> Draft:
    """All rows of the package. `status` overrides what the file says of every service."""
    draft = Draft(source, lines=list(package.lines))
    tables = package.tables
    readers = (
        ("organization", read_organizations),
        ("program", read_programs),
        ("service", read_services),
        ("location", read_locations),
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
    check_points(draft)
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


def one_email(draft: Draft, cells: Cells, origin: Origin, *names: str) -> str | None:
    """The e-mail address of a cell; of several the first, with a line."""
    text = cells.line(*names)
    if not text:
        return None
    found = find_emails(text)
    if found != [text]:
        kept = f"only {found[0]} was taken" if found else "left out"
        draft.note("warning", origin, "email_unclear", f"{text!r} is no single e-mail: {kept}.")
    return found[0] if found else None


def one_url(draft: Draft, cells: Cells, origin: Origin, *names: str) -> str | None:
    """The web address of a cell."""
    text = cells.text(*names)
    address = web_address(text)
    if text and address is None:
        draft.note("warning", origin, "url_unclear", f"{text!r} is no web address; left out.")
    return address


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


def first_known(draft: Draft, table: str, cells: Cells, column: str, origin: Origin) -> str | None:
    """The first id of a cell that came in; of several, and of unknown ones, a line."""
    listed = cells.ids(column)
    if cells.line(column) == "0":
        draft.note("info", origin, f"{table}_zero", f"{column} is 0, which stands for none.")
    known = [id_ for id_ in listed if draft.has(table, id_)]
    if len(listed) > 1:
        draft.note(
            "warning",
            origin,
            f"several_{table}s",
            f"{column} lists {', '.join(listed)}; "
            + (f"only {known[0]} was taken." if known else "none of them is in the package."),
        )
    elif listed and not known:
        draft.note(
            "warning",
            origin,
            f"{table}_not_in_package",
            f"{column} is {listed[0]}, which is not in the package; the row came in without it.",
        )
    return known[0] if known else None


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
    seen: Counter[tuple[str | None, str]] = Counter()
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        known = named_row(draft, "service", cells, origin)
        if known is None:
            continue
        organization = first_known(draft, "organization", cells, "organization_id", origin)
        if organization is None:
            draft.note(
                "warning",
                origin,
                "no_organization",
                f"Nobody in the package offers {known[1]!r}. It came in without an organization "
                "and is not recommended until you say whose it is.",
            )
        program = first_known(draft, "program", cells, "program_id", origin)
        seen[organization, known[1].casefold()] += 1
        if seen[organization, known[1].casefold()] > 1:
            draft.note(
                "warning",
                origin,
                "same_name",
                f"The organization has another service named {known[1]!r}: perhaps the same one.",
            )
        values = {
            "organization_id": draft.id_of("organization", organization or ""),
            "program_id": draft.id_of("program", program or ""),
            "name": known[1],
            "alternate_name": cells.line("alternate_name") or None,
            "description": cells.text("description") or None,
            "url": one_url(draft, cells, origin, "url"),
            "email": one_email(draft, cells, origin, "email"),
            "status": read_status(draft, cells, origin),
            "interpretation_services": cells.text("interpretation_services") or None,
            "application_process": cells.text("application_process") or None,
            "fees_description": cells.text("fees_description", "fees") or None,
            "wait_time": cells.text("wait_time") or None,
            "accreditations": cells.text("accreditations") or None,
            "eligibility_description": cells.text("eligibility_description") or None,
            "minimum_age": None,
            "maximum_age": None,
            "licenses": cells.text("licenses") or None,
            "alert": cells.text("alert") or None,
            "extra": cells.rest(),
        }
        draft.add_once("service", known[0], values, origin)


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


def read_locations(draft: Draft, table: SourceTable) -> None:
    """locations.csv"""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        source_id = cells.line("id")
        if not source_id:
            draft.note("error", origin, "no_id", "The location has no id; it cannot come in.")
            continue
        kind = cells.line("location_type").lower()
        point = location_point(draft, cells, origin)
        organization = first_known(draft, "organization", cells, "organization_id", origin)
        values = {
            "location_type": kind if kind in LOCATION_TYPES else "physical",
            "url": one_url(draft, cells, origin, "url"),
            "organization_id": draft.id_of("organization", organization or ""),
            "name": cells.line("name") or None,
            "alternate_name": cells.line("alternate_name") or None,
            "description": cells.text("description") or None,
            "transportation": cells.text("transportation") or None,
            "latitude": point.latitude if point else None,
            "longitude": point.longitude if point else None,
            "external_identifier": cells.line("external_identifier") or None,
            "external_identifier_type": cells.line("external_identifier_type") or None,
            "point_precision": "address" if point else "unknown",
            "extra": cells.rest(),
        }
        draft.add_once("location", source_id, values, origin)


def location_point(draft: Draft, cells: Cells, origin: Origin) -> Point | None:
    """The point of a location, with a line where there is none or it was converted."""
    latitude, longitude = cells.line("latitude"), cells.line("longitude")
    if not latitude and not longitude:
        draft.note(
            "info", origin, "no_point", "The location has no point: no distance can be told to it."
        )
        return None
    point = read_point(latitude, longitude)
    if point is None:
        draft.note(
            "warning",
            origin,
            "point_impossible",
            f"{latitude}, {longitude} is no place; the location came in without a point.",
        )
    elif point.was_metres:
        draft.note(
            "warning",
            origin,
            "point_in_metres",
            f"{latitude}, {longitude} are metres (Web Mercator); converted to "
            f"{point.latitude}, {point.longitude}.",
        )
    return point


def check_points(draft: Draft) -> None:
    """Take points out that lie far from the whole directory while the address does not say so.

    A geocoder that is given "Engine 1" without a town finds it in New York. A location whose
    address is in a state where no other location is (a head office) keeps its far point.
    """
    rows = [row for row in draft.of("location") if row.values["latitude"] is not None]
    points = [Point(row.values["latitude"], row.values["longitude"]) for row in rows]
    strays = stray_points(points)
    states: dict[object, set[str]] = defaultdict(set)
    for address in draft.of("address"):
        states[address.values["location_id"]].add(address.values["state_province"])
    home = {s for n, row in enumerate(rows) if n not in strays for s in states[row.id]}
    for position in strays:
        row = rows[position]
        if states[row.id] and not states[row.id] & home:
            continue
        point = points[position]
        row.values["extra"] = {
            **row.values["extra"],
            "point_left_out": [point.latitude, point.longitude],
        }
        row.values |= {"latitude": None, "longitude": None, "point_precision": "unknown"}
        draft.note(
            "warning",
            row.origin,
            "point_far_away",
            f"{point.latitude}, {point.longitude} is far from every other place of this directory "
            "and the address does not say so; the location came in without a point.",
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
        values = {
            "service_id": draft.id_of("service", service),
            "location_id": draft.id_of("location", location),
            "description": cells.text("description") or None,
            "is_listed": True,
        }
        cells.line("id")
        draft.add_once(
            "service_at_location",
            f"{service}@{location}",
            {**values, "extra": cells.rest()},
            origin,
        )
