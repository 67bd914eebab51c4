"""The tabular package of HSDS 3.1: one CSV a table and a datapackage.json, in a folder or a zip.

Called by the command line and by downloads. Rows are streamed table by table, so the size of the
catalog does not matter. Only what the public may read is written (`fields`); cells that a
spreadsheet would run as a formula are led by an apostrophe, which our import takes off again.
"""

import csv
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.exporters import own_facts
from catalog.exporters.eligibility_words import describe_rules
from catalog.exporters.fields import COLUMNS, Fields, Row, fields_of, is_history_told
from catalog.exporters.reading import Shelf, read_columns, table_of
from catalog.exporters.saving import check_ending, new_file, new_folder

# The names that the standard's own data package gives the files.
FILES = {
    "organization": "organizations.csv",
    "program": "programs.csv",
    "service": "services.csv",
    "location": "locations.csv",
    "service_at_location": "service_at_location.csv",
    "address": "addresses.csv",
    "phone": "phones.csv",
    "schedule": "schedules.csv",
    "service_area": "service_areas.csv",
    "language": "languages.csv",
    "accessibility": "accessibility.csv",
    "cost_option": "cost_options.csv",
    "required_document": "required_documents.csv",
    "funding": "funding.csv",
    "organization_identifier": "organization_identifiers.csv",
    "url": "url.csv",
    "unit": "units.csv",
    "service_capacity": "service_capacity.csv",
    "taxonomy": "taxonomies.csv",
    "taxonomy_term": "taxonomy_terms.csv",
    "attribute": "attributes.csv",
    "metadata": "metadata.csv",
}
FORMULA = re.compile(r"'*[=+\-@\t\r]")
AT_A_TIME = 1000

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Withheld:
    """What rows may not be told of, or must be told of with less, by id."""

    hidden_locations: frozenset[uuid.UUID]
    hidden_places: frozenset[uuid.UUID]
    unlisted_places: frozenset[uuid.UUID]
    hidden_phones: frozenset[uuid.UUID]
    inactive_organizations: frozenset[uuid.UUID]

    def leaves_out(self, table: str, row: Row) -> bool:
        """Whether the row belongs to a person, to a place where the service is not any more, or to a
        line in a confidential house."""
        if table == "service_at_location":
            return row["id"] in self.unlisted_places
        if table == "phone" and row["id"] in self.hidden_phones:
            return True
        if table == "metadata":
            is_unlisted = {row["resource_id"], row["owner_id"]} & self.unlisted_places
            return bool(is_unlisted) or not is_history_told(row, is_confidential=self.hides(row))
        linked = row["link_id"] if table == "attribute" else row.get("phone_id")
        return (
            row.get("service_at_location_id") in self.unlisted_places
            or linked in self.hidden_phones
            or linked in self.unlisted_places
            or row.get("link_entity") in {"contact", "service_intake", "eligibility_rule"}
        )

    def hides(self, row: Row) -> bool:
        """Whether the row belongs to a confidential place."""
        return (
            row.get("location_id") in self.hidden_locations
            or row.get("service_at_location_id") in self.hidden_places
            or row.get("owner_id") in self.hidden_locations | self.hidden_places
            or row.get("resource_id") in self.hidden_places
        )


def export_csv(
    session: Session, path: Path, *, on_progress: Progress | None = None
) -> dict[str, int]:
    """Write the package to a folder, or to a zip where the name ends in .zip; rows by table.

    `on_progress` is told how many rows were just written. Raises ExportPlaceError.
    """
    check_ending(path, ".zip")
    tell = on_progress or (lambda rows: None)
    if path.suffix.lower() != ".zip":
        with new_folder(path) as folder:
            return write_package(session, folder, tell)
    with new_file(path) as made:
        folder = made.parent / "package"
        folder.mkdir()
        counts = write_package(session, folder, tell)
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)
        return counts


def write_package(session: Session, folder: Path, tell: Progress) -> dict[str, int]:
    """All files of the package; tables without rows have their heading."""
    withheld = read_withheld(session)
    counts = {}
    for table, file in FILES.items():
        names = [column.name for column in COLUMNS[table]]
        counts[table] = 0
        with (folder / file).open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, names, lineterminator="\r\n")
            writer.writeheader()
            for fields in table_fields(session, table, withheld):
                writer.writerow(cells_of(table, fields))
                counts[table] += 1
                if counts[table] % AT_A_TIME == 0:
                    tell(AT_A_TIME)
        tell(counts[table] % AT_A_TIME)
    package = json.dumps(data_package(), ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(package + "\n", encoding="utf-8")
    return counts


def read_withheld(session: Session) -> Withheld:
    """The few ids that decide what is kept back; five statements."""
    location, place = table_of("location"), table_of("service_at_location")
    phone, organization = table_of("phone"), table_of("organization")

    def ids(*where: Any, of: Any) -> frozenset[uuid.UUID]:
        return frozenset(session.scalars(select(of.c.id).where(*where)))

    hidden = select(location.c.id).where(location.c.is_confidential)
    return Withheld(
        hidden_locations=ids(location.c.is_confidential, of=location),
        hidden_places=ids(place.c.location_id.in_(hidden), of=place),
        unlisted_places=ids(~place.c.is_listed, of=place),
        hidden_phones=ids(
            phone.c.contact_id.is_not(None) | phone.c.location_id.in_(hidden), of=phone
        ),
        inactive_organizations=ids(~organization.c.is_active, of=organization),
    )


def table_fields(session: Session, table: str, withheld: Withheld) -> Iterator[Fields]:
    """The rows of a table in HSDS's columns, ours after the source's."""
    for rows in row_batches(session, table):
        told = [row for row in rows if not withheld.leaves_out(table, row)]
        if table == "service":
            yield from service_fields(session, told, withheld)
            continue
        for row in told:
            hidden = withheld.hides(row) if table != "location" else row["is_confidential"]
            yield fields_of(table, row, is_confidential=hidden)
    if table == "taxonomy":
        yield fields_of("taxonomy", own_facts.own_taxonomy())
    if table == "taxonomy_term":
        yield from (fields_of("taxonomy_term", term) for term in own_facts.own_terms())
    if table == "attribute":
        yield from own_attributes(session, withheld)


def service_fields(session: Session, rows: list[Row], withheld: Withheld) -> Iterator[Fields]:
    """Services: prose of the rules where the partner wrote none, not running while the
    organization is not."""
    shelf = Shelf(session)
    shelf.fetch("eligibility_rule", service_id=[row["id"] for row in rows])
    for row in rows:
        told = dict(row)
        if row["organization_id"] in withheld.inactive_organizations and row["status"] == "active":
            told["status"] = "inactive"
        if not row["eligibility_description"]:
            told["eligibility_description"] = describe_rules(
                shelf.of("eligibility_rule", "service_id", row["id"])
            )
        yield fields_of("service", told)


def own_attributes(session: Session, withheld: Withheld) -> Iterator[Fields]:
    """What HSDS has no column for, as labels."""
    for rows in row_batches(session, "eligibility_rule"):
        yield from own_facts.eligibility_attributes(rows)
    for rows in row_batches(session, "service_intake"):
        for row in rows:
            service = {"id": row["service_id"]}
            yield from own_facts.fact_attributes("service", service, own_facts.intake_facts(row))
    for rows in row_batches(session, "location"):
        for row in rows:
            yield from own_facts.fact_attributes("location", row, own_facts.location_facts(row))
    for id_ in sorted(withheld.inactive_organizations):
        yield from own_facts.fact_attributes("organization", {"id": id_}, {"is_active": False})
    for table in FILES:
        for rows in row_batches(session, table):
            for row in rows:
                is_hidden = withheld.hides(row) or row["id"] in withheld.hidden_locations
                if not is_hidden and not withheld.leaves_out(table, row):
                    yield from own_facts.extra_attributes(table, row)


def row_batches(session: Session, table: str) -> Iterator[list[Row]]:
    """A table's rows by id, a batch at a time; an open result would hold the whole in memory."""
    found = table_of(table)
    names = [column.name for column in read_columns(found)]
    statement = select(*read_columns(found)).order_by(found.c.id).limit(AT_A_TIME)
    last: uuid.UUID | None = None
    while True:
        after = statement if last is None else statement.where(found.c.id > last)
        rows: list[Row] = [
            dict(zip(names, row, strict=True)) for row in session.execute(after).all()
        ]
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def cells_of(table: str, fields: Fields) -> dict[str, Any]:
    """Fields as cells; text that a spreadsheet would run is led by an apostrophe."""
    kinds = {column.name: column.type for column in COLUMNS[table]}
    return {
        name: escaped(value) if kinds[name] == "string" and isinstance(value, str) else value
        for name, value in fields.items()
    }


def escaped(text: str) -> str:
    """Text that is not taken for a formula; taking one apostrophe off gives it back."""
    return f"'{text}" if FORMULA.match(text) else text


def data_package() -> dict[str, Any]:
    """The description of the files. HSDS's own, mended: a key for each table, an organization may
    have several programs, a code may be in several taxonomies, and what directories leave blank is
    not demanded."""
    return {
        "name": "human_services_data",
        "title": "Human Services Data Specification",
        "profile": "tabular-data-package",
        "version": "3.1.0",
        "homepage": "http://docs.openreferral.org",
        "resources": [resource(table, file) for table, file in FILES.items()],
    }


def resource(table: str, file: str) -> dict[str, Any]:
    """One file of the package with its columns and what they refer to."""
    named = {
        column.name: target
        for column in COLUMNS[table]
        if (target := column.name.removesuffix("_id")) in FILES and column.name != target
    }
    named |= {
        name: table for name in ("parent_id", "parent_organization_id") if name in kinds(table)
    }
    return {
        "name": table,
        "path": file,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {
            "primaryKey": "id",
            "fields": [
                {
                    "name": column.name,
                    "type": column.type,
                    "format": column.format,
                    **({"constraints": {"required": True}} if demanded(table, column.name) else {}),
                }
                for column in COLUMNS[table]
            ],
            "foreignKeys": [
                {
                    "fields": name,
                    "reference": {"resource": "" if target == table else target, "fields": "id"},
                }
                for name, target in sorted(named.items())
            ],
        },
    }


def kinds(table: str) -> dict[str, str]:
    """The types of a table's columns by name."""
    return {column.name: column.type for column in COLUMNS[table]}


def demanded(table: str, name: str) -> bool:
    """Whether every row has it; descriptions are often blank where HSDS wants one."""
    blank = {"description", "previous_value", "replacement_value"}
    return name not in blank and any(
        column.is_required for column in COLUMNS[table] if column.name == name
    )
