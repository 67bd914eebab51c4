"""What HSDS 1 writes as lists inside a cell, or in tables that later versions no longer have.

Languages, access, areas and payments as "Spanish, Tagalog" in the row itself; labels in
services_taxonomy.csv or as ids in a cell. Called by `hsds`, `hsds_locations` and `hsds_labels`.
"""

from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin
from catalog.importers.hsds_labels import link_type
from catalog.importers.hsds_phones import add_language
from catalog.importers.text import find_emails, slug


def listed(text: object) -> list[str]:
    """The parts of a list in a cell, each once."""
    parts = (part.strip() for part in str(text or "").split(","))
    return list(dict.fromkeys(part for part in parts if part))


def pop_list(row: DraftRow, name: str) -> list[str]:
    """A list that stands in the row's `extra`, taken out of it."""
    extra = dict(row.values["extra"])
    found = listed(extra.pop(name, None))
    row.values["extra"] = extra
    return found


def read_service_lists(draft: Draft, service: DraftRow, origin: Origin) -> None:
    """The lists in a row of services.csv."""
    for language in pop_list(service, "languages"):
        add_language(draft, language, "service", service.source_id, origin)
    for area in pop_list(service, "service_areas"):
        values = {"name": area, "service_id": service.id, "extra": {}}
        draft.add("service_area", f"{service.source_id}:{slug(area)}", values, origin)
    documents = str(service.values["extra"].get("required_documents") or "")
    if documents:
        values = {"document": documents, "service_id": service.id, "extra": {}}
        draft.add("required_document", f"{service.source_id}:documents", values, origin)
        service.values["extra"] = {
            name: cell
            for name, cell in service.values["extra"].items()
            if name != "required_documents"
        }
    payments = pop_list(service, "accepted_payments")
    if payments:
        extra = service.values["extra"]
        service.values["extra"] = {
            **extra,
            "payments_accepted": [{"payment": payment} for payment in payments],
        }


def read_location_lists(draft: Draft, location: DraftRow, origin: Origin) -> None:
    """The lists in a row of locations.csv. Addresses of people who keep the listing are a
    contact's: never shown."""
    for language in pop_list(location, "languages"):
        add_language(draft, language, "location", location.source_id, origin)
    for feature in pop_list(location, "accessibility"):
        values = {"location_id": location.id, "description": feature, "extra": {}}
        draft.add("accessibility", f"{location.source_id}:{slug(feature)}", values, origin)
    for email in find_emails(", ".join(pop_list(location, "admin_emails"))):
        values = {
            "location_id": location.id,
            "organization_id": None,
            "title": "admin",
            "email": email,
            "extra": {},
        }
        draft.add("contact", f"{location.source_id}:admin:{email}", values, origin, own_id="")


def read_service_taxonomy(draft: Draft, table: SourceTable | None) -> None:
    """services_taxonomy.csv, and the ids in the services' own cells."""
    for row in table.rows if table else ():
        cells, origin = Cells(row), Origin(table.file if table else "", row.number)
        service = draft.named("service", cells.line("service_id"))
        term = draft.named("taxonomy_term", cells.line("taxonomy_id", "taxonomy_term_id"))
        if service is None or term is None:
            draft.note(
                "error",
                origin,
                "not_in_package",
                f"The label names service {cells.line('service_id') or '(blank)'} and term "
                f"{cells.line('taxonomy_id') or '(blank)'}, and one of them is not there.",
            )
            continue
        add_label(draft, service, term, origin, value=cells.line("taxonomy_detail") or None)
    for service in draft.of("service"):
        label_by_ids(draft, service)


def label_by_ids(draft: Draft, service: DraftRow) -> None:
    """The column taxonomy_ids: ids of terms, which stay beside the row where none is there."""
    ids = listed(service.values["extra"].get("taxonomy_ids"))
    unknown = []
    for id_ in ids:
        term = draft.named("taxonomy_term", id_)
        if term is None:
            unknown.append(id_)
        else:
            add_label(draft, service, term, service.origin)
    if not ids:
        return
    extra = {k: v for k, v in service.values["extra"].items() if k != "taxonomy_ids"}
    if unknown:
        extra["taxonomy_ids"] = ", ".join(unknown)
        draft.note(
            "warning",
            service.origin,
            "term_unknown",
            f"No term in the package has the id {', '.join(unknown)}; kept beside the service.",
        )
    service.values["extra"] = extra


def add_label(
    draft: Draft, service: DraftRow, term: DraftRow, origin: Origin, value: str | None = None
) -> None:
    """The service with the term as its label; said twice, it stands once."""
    key = f"service:{service.source_id}:{term.source_id}"
    draft.take(origin)
    if draft.has("attribute", key):
        return
    values = {
        "link_id": service.id,
        "taxonomy_term_id": term.id,
        "link_entity": "service",
        "link_type": link_type(term),
        "value": value,
        "extra": {},
    }
    draft.add("attribute", key, values, origin, own_id="")
