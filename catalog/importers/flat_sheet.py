"""From one flat sheet, a row a provider or a service, to draft rows: the file people really have.

Columns are told by their headings, whatever they are called. Each service listed in a row becomes
a service of the row's provider; a provider that lists none gets one called "General services", so
that it can be found and referred to until somebody says what it does. Every row comes in or has a
line in the report.
"""

import re
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from catalog.errors import NotACatalogError
from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.hsds_phones import split_extension
from catalog.importers.package import Package
from catalog.importers.places import POST_BOX, CountiesRead, read_counties, read_state, read_zip
from catalog.importers.text import find_emails, slug, web_address

GENERAL = "General services"

HEADINGS = {
    "provider": ("provider", "organization", "organization name", "agency", "agency name",
                 "partner", "name", "company", "nonprofit"),
    "service": ("service", "services", "service type", "category", "categories", "program",
                "program name", "what they offer", "type of service"),
    "counties": ("counties served", "county", "counties", "service area", "area served"),
    "phone": ("phone", "phone number", "telephone", "tel", "contact number"),
    "email": ("email", "e-mail", "email address", "contact email"),
    "url": ("website/url", "website", "url", "web", "web site", "web address", "link"),
    "street": ("street", "address", "street address", "address 1", "location"),
    "city": ("city", "town"),
    "state": ("state", "st", "state/province"),
    "zip": ("zip", "zip code", "zipcode", "postal code"),
    "description": ("description", "notes", "about", "details"),
}  # fmt: skip
HEADING_SCORE = 85  # of 100: "Phone #" passes as phone, "Status" does not as state
TELLING = ("service", "phone", "email", "url", "street")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which heading holds what; a meaning without a heading is absent."""

    names: dict[str, str]

    def __getitem__(self, meaning: str) -> str:
        return self.names.get(meaning, "").casefold()


def read_flat_sheet(package: Package, source: str, status: str | None) -> Draft:
    """All rows of the sheet. `status` is what the services get: active, unless told otherwise."""
    draft = Draft(source, lines=list(package.lines))
    table = package.tables["sheet"]
    columns = guess_columns(table)
    draft.note(
        "info",
        Origin(table.file, 1),
        "columns_read_as",
        "; ".join(f"{heading!r} is {meaning}" for meaning, heading in columns.names.items()) + ".",
    )
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        name = cells.line(columns["provider"])
        if not name:
            draft.note("error", origin, "no_name", "The row names no provider; it cannot come in.")
            continue
        draft.take(origin)
        organization = add_organization(draft, cells, columns, name, origin)
        place = add_place(draft, cells, columns, organization, origin)
        services = add_services(draft, cells, columns, organization, origin, status=status)
        for service in services:
            add_at_location(draft, service, place, origin)
        add_counties(draft, cells, columns, services, origin)
        add_phone(draft, cells, columns, organization, origin)
        if rest := cells.rest():
            organization.values["extra"] = {**organization.values["extra"], **rest}
    return draft


def guess_columns(table: SourceTable) -> Columns:
    """Tell the columns by their headings; NotACatalogError where no provider can be told."""
    words = {word: meaning for meaning, listed in HEADINGS.items() for word in listed}
    scored: list[tuple[float, str, str]] = []
    for heading in table.columns:
        plain = " ".join(re.sub(r"[^a-z0-9/ -]", " ", heading.lower()).split())
        best = process.extractOne(
            plain, words.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=HEADING_SCORE
        )
        if best:
            scored.append((best[1], heading, words[best[0]]))
    chosen: dict[str, str] = {}
    for _, heading, meaning in sorted(scored, key=lambda entry: -entry[0]):
        chosen.setdefault(meaning, heading)
    if "provider" not in chosen or not any(meaning in chosen for meaning in TELLING):
        headings = ", ".join(table.columns[:8]) or "none"
        raise NotACatalogError(
            f"{table.file!r} does not look like a list of providers. It needs a heading such as "
            "'Provider' or 'Organization', and at least one of Service, Phone, Email, Website and "
            f"Street. Its headings: {headings}."
        )
    return Columns({meaning: chosen[meaning] for meaning in HEADINGS if meaning in chosen})


def add_organization(
    draft: Draft, cells: Cells, columns: Columns, name: str, origin: Origin
) -> DraftRow:
    """The provider; several rows of one name are one provider."""
    email, url = cells.line(columns["email"]), cells.text(columns["url"])
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
        "description": cells.text(columns["description"]),
        "email": found[0] if found else None,
        "website": address,
        "extra": {},
    }
    return draft.add("organization", slug(name), values, origin)


def add_place(
    draft: Draft, cells: Cells, columns: Columns, organization: DraftRow, origin: Origin
) -> DraftRow:
    """Where the provider gives its services: its street address, or a place that is not known.

    A post box is where letters go, not where a service is given.
    """
    street, city = cells.line(columns["street"]), cells.line(columns["city"])
    state_text, code_text = cells.line(columns["state"]), cells.line(columns["zip"])
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
    location = draft.find("location", key)
    if location is None:
        location = add_location(draft, organization, key, kind, origin)
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
    draft: Draft, organization: DraftRow, key: str, kind: str, origin: Origin
) -> DraftRow:
    """A location of the provider, without a point: a geocoder finds that later."""
    values: dict[str, Any] = {
        "location_type": kind,
        "organization_id": organization.id,
        "name": organization.values["name"],
        "point_precision": "unknown",
        "extra": {},
    }
    return draft.add("location", key, values, origin)


def unknown_place(draft: Draft, organization: DraftRow, origin: Origin) -> DraftRow:
    """The one place of a provider whose address nobody told: near or far is then a question."""
    key = f"{organization.source_id}:unknown"
    known = draft.find("location", key)
    return known or add_location(draft, organization, key, "physical", origin)


def add_services(
    draft: Draft,
    cells: Cells,
    columns: Columns,
    organization: DraftRow,
    origin: Origin,
    *,
    status: str | None,
) -> list[DraftRow]:
    """A service for each one listed, labelled with the sheet's own word for it."""
    listed = re.split(r"[,;]", cells.line(columns["service"]))
    names = list(dict.fromkeys(" ".join(name.split()) for name in listed if name.strip()))
    if not names:
        draft.note(
            "warning",
            origin,
            "no_service",
            f"{organization.values['name']!r} says no service: it got one called {GENERAL!r}. "
            "Say what it does, and it can be matched.",
        )
    services = []
    for name in names or [GENERAL]:
        key = f"{organization.source_id}:{slug(name)}"
        values = {
            "organization_id": organization.id,
            "name": name,
            "url": organization.values["website"],
            "email": organization.values["email"],
            "status": status or "active",
            "extra": {},
        }
        service = draft.find("service", key) or draft.add("service", key, values, origin)
        services.append(service)
        if names:
            add_label(draft, service, name, origin)
    return services


def add_label(draft: Draft, service: DraftRow, name: str, origin: Origin) -> None:
    """The sheet's word as a term of a taxonomy of its own, so that it can be mapped to needs."""
    title = f"Services in {draft.source}"
    taxonomy = draft.find("taxonomy", "services") or draft.add(
        "taxonomy", "services", {"name": title, "description": "", "extra": {}}, origin
    )
    term = draft.find("taxonomy_term", slug(name)) or draft.add(
        "taxonomy_term",
        slug(name),
        {
            "name": name,
            "description": "",
            "taxonomy": title,
            "taxonomy_id": taxonomy.id,
            "extra": {},
        },
        origin,
    )
    key = f"service:{service.source_id}:{slug(name)}"
    values = {
        "link_id": service.id,
        "taxonomy_term_id": term.id,
        "link_entity": "service",
        "link_type": "category",
        "extra": {},
    }
    if not draft.has("attribute", key):
        draft.add("attribute", key, values, origin)


def add_at_location(draft: Draft, service: DraftRow, place: DraftRow, origin: Origin) -> None:
    """The service at the provider's address."""
    key = f"{service.source_id}@{place.source_id}"
    values = {"service_id": service.id, "location_id": place.id, "is_listed": True, "extra": {}}
    if not draft.has("service_at_location", key):
        draft.add("service_at_location", key, values, origin)


def add_counties(
    draft: Draft, cells: Cells, columns: Columns, services: list[DraftRow], origin: Origin
) -> None:
    """The counties served: areas to read, and a residence rule if every one was understood."""
    said = cells.line(columns["counties"])
    if not said:
        return
    text = cells.text(columns["counties"])
    read = read_counties(text, read_state(cells.line(columns["state"])))
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
    draft: Draft, cells: Cells, columns: Columns, organization: DraftRow, origin: Origin
) -> None:
    """The provider's telephone."""
    number, extension = split_extension(cells.line(columns["phone"]), "")
    if not number:
        return
    digits = re.sub(r"\D", "", number)
    if not digits:
        draft.note("warning", origin, "number_odd", f"{number!r} holds no number; left out.")
        return
    if len(digits) not in {3, 10, 11}:
        draft.note("warning", origin, "number_odd", f"{number!r} is no usual number; kept as is.")
    key = f"{organization.source_id}:{slug(number)}"
    values = {
        "organization_id": organization.id,
        "number": number,
        "extension": extension or None,
        "type": "voice",
        "extra": {},
    }
    if not draft.has("phone", key):
        draft.add("phone", key, values, origin)
