"""HSDS 3 in JSON as the same tables that the CSV form has.

Takes one object, a list, a page of an API ("contents"), an object a line, or tables by file name;
shaped by organization, service, location or service at location. What is nested becomes a row of
its own table that names its parent; the same object met twice is one row. Called by `package`;
knows no database.
"""

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from catalog.errors import BrokenFileError, NotACatalogError, TooLargeError
from catalog.importers import csv_tables
from catalog.importers.csv_tables import SourceRow, SourceTable, decode
from catalog.importers.file_names import file_table
from catalog.importers.report import ReportLine
from catalog.importers.versions import TABLES_NEW_IN_3_1

Json = dict[str, Any]

# Key of a nested list or object, and the table it is a row of.
NESTED = {
    "accessibility": "accessibility",
    "additional_urls": "url",
    "additional_websites": "url",
    "addresses": "address",
    "attributes": "attribute",
    "capacities": "service_capacity",
    "contacts": "contact",
    "cost_options": "cost_option",
    "funding": "funding",
    "languages": "language",
    "location": "location",
    "locations": "location",
    "metadata": "metadata",
    "organization": "organization",
    "organization_identifiers": "organization_identifier",
    "phones": "phone",
    "program": "program",
    "programs": "program",
    "required_documents": "required_document",
    "schedules": "schedule",
    "service": "service",
    "service_areas": "service_area",
    "service_at_locations": "service_at_location",
    "services": "service",
    "taxonomy_detail": "taxonomy",
    "taxonomy_term": "taxonomy_term",
    "unit": "unit",
}
# Nested as one object: its parent names it, not the other way round.
NAMED_BY_PARENT = {
    "location": "location_id",
    "organization": "organization_id",
    "program": "program_id",
    "service": "service_id",
    "taxonomy_detail": "taxonomy_id",
    "taxonomy_term": "taxonomy_term_id",
    "unit": "unit_id",
}
# How an object tells what it is, the surest first: any one of the keys.
TELLING = (
    ("service_at_location", ("service", "service_id")),
    ("location", ("location_type", "addresses", "latitude")),
    ("service", ("status", "organization", "service_at_locations", "organization_id")),
    ("taxonomy_term", ("taxonomy_detail", "term_uri", "parent_id", "taxonomy", "code")),
    ("taxonomy", ("version",)),
    ("organization", ("name",)),
)
TABLE_KEY = "\x00table"  # which table an object of a tabular file is of; no JSON key looks so
MAX_DEPTH = 30  # HSDS nests eight deep


@dataclass(slots=True)
class Flattened:
    """Rows by table, each with its cells; rows of one id that agree are one."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    by_id: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)

    def add(self, table: str, cells: dict[str, str]) -> dict[str, str]:
        """Take in a row, or complete the one of the same id that says nothing else."""
        rows = self.rows.setdefault(table, [])
        id_ = cells.get("id", "")
        same = self.by_id.setdefault((table, id_), []) if id_ else []
        for known in same:
            if all(known.get(name, "") in {"", cell} or not cell for name, cell in cells.items()):
                known.update({name: cell for name, cell in cells.items() if cell})
                return known
        rows.append(cells)
        same.append(cells)
        return cells


def read_json(
    name: str, files: dict[str, bytes], lines: list[ReportLine]
) -> dict[str, SourceTable]:
    """The tables of one or more JSON files, or an ImportFileError that says what is wrong."""
    flat = Flattened()
    for file, content in files.items():
        for found in objects_of(file, content, lines):
            table = found.pop(TABLE_KEY, None) or table_of(file, found)
            if table is None:
                raise NotACatalogError(
                    "%(file)r holds no organization, service, location or taxonomy as HSDS 3 "
                    "writes them. Its keys: %(keys)s. Ask for one in that form.",
                    file=file,
                    keys=", ".join(list(found)[:8]) or "-",
                )
            flatten(flat, table, found, file)
    total = sum(len(rows) for rows in flat.rows.values())
    if total > csv_tables.MAX_ROWS:
        raise TooLargeError(
            "%(name)r holds %(total)s objects; an import takes at most %(most)s. Split the file.",
            name=name,
            total=total,
            most=csv_tables.MAX_ROWS,
        )
    label = next(iter(files)) if len(files) == 1 else f"{len(files)} JSON files"
    return {
        table: SourceTable(
            f"{label}: {table}",
            tuple(dict.fromkeys(column for row in rows for column in row)),
            tuple(
                SourceRow(number, tuple(row), tuple(row.values()))
                for number, row in enumerate(rows, 1)
            ),
        )
        for table, rows in flat.rows.items()
    }


def objects_of(file: str, content: bytes, lines: list[ReportLine]) -> list[Json]:
    """The outermost objects of a file."""
    text = decode(file, content, lines)
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise BrokenFileError(
            "%(file)r is nested too deep for HSDS. It was not read. Ask for it as HSDS 3 has it.",
            file=file,
        ) from error
    except ValueError as error:
        listed = objects_by_line(text)
        if listed is None:
            raise BrokenFileError(
                "%(file)r is no JSON: %(error)s. It was probably cut short: ask for it again.",
                file=file,
                error=error,
            ) from error
        found = listed
    if isinstance(found, dict) and isinstance(found.get("contents"), list):
        report_page(file, found, lines)
        found = found["contents"]
    if (
        isinstance(found, dict)
        and found
        and all(is_table(key, rows) for key, rows in found.items())
    ):
        found = [{**row, TABLE_KEY: file_table(key)} for key, rows in found.items() for row in rows]
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(entry, dict) for entry in listed):
        raise NotACatalogError(
            "%(file)r holds values where HSDS has objects. It was not read. Ask for it as HSDS 3 has it.",
            file=file,
        )
    return listed


def objects_by_line(text: str) -> list[Any] | None:
    """An object a line (ndjson); None where a line is none."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()] or None
    except (ValueError, RecursionError):
        return None


def is_table(key: str, rows: Any) -> bool:
    """Whether this is a table under the name of its CSV file."""
    return key.lower().endswith(".csv") and isinstance(rows, list) and bool(file_table(key))


def report_page(file: str, page: Json, lines: list[ReportLine]) -> None:
    """One page of several is not the whole directory: say so."""
    pages, number = page.get("total_pages"), page.get("page_number")
    if isinstance(pages, int) and pages > 1:
        reason = (
            f"This is page {number} of {pages} ({page.get('total_items')} entries in all). Ask for "
            "the whole, or put all pages into one folder."
        )
        lines.append(ReportLine("warning", file, None, "one_page", reason))


def table_of(file: str, found: Json) -> str | None:
    """What an object is: by the keys it has; a bare taxonomy by its file's name."""
    if "name" not in found and "id" not in found:
        return None
    if "taxonom" in PurePosixPath(file).stem.lower() and not {"status", "services"} & set(found):
        is_term = "term" in file.lower() or {"parent_id", "taxonomy_detail", "code"} & set(found)
        return "taxonomy_term" if is_term else "taxonomy"
    if {"service_id", "location_id"} <= set(found) or {"service", "location"} <= set(found):
        return "service_at_location"
    if {"website", "services", "tax_status", "legal_status", "programs", "locations"} & set(found):
        return "organization"
    return next((table for table, keys in TELLING if set(keys) & set(found)), None)


def flatten(flat: Flattened, table: str, found: Json, file: str, depth: int = 0) -> dict[str, str]:
    """Add the object and all that is nested in it; returns its row."""
    if depth > MAX_DEPTH:
        raise BrokenFileError(
            "%(file)r is nested too deep for HSDS. It was not read. Ask for it as HSDS 3 has it.",
            file=file,
        )
    cells: dict[str, str] = {}
    children: list[tuple[str, str, Json]] = []
    for key, value in found.items():
        child = NESTED.get(key)
        entries = value if isinstance(value, list) else [value]
        if child is None or not all(isinstance(entry, dict) for entry in entries):
            cells[key] = as_cell(value)
            continue
        if child in TABLES_NEW_IN_3_1:
            flat.rows.setdefault(child, [])  # the key tells the version, an empty list too
        children += [(key, child, entry) for entry in entries]
    named = [entry for entry in children if entry[0] in NAMED_BY_PARENT]
    named.sort(key=lambda entry: entry[0] != "organization")  # the program asks for it
    for key, child, entry in named:
        row = flatten(flat, child, entry, file, depth + 1)
        cells[NAMED_BY_PARENT[key]] = row.get("id", "") or cells.get(NAMED_BY_PARENT[key], "")
        # Inside a service that holds its organization whole, a program does not repeat whose it is.
        if child == "program" and "organization" in found and not row.get("organization_id"):
            row["organization_id"] = cells.get("organization_id", "")
    row = flat.add(table, cells)
    for key, child, entry in children:
        if key not in NAMED_BY_PARENT:
            flatten(flat, child, {**entry, **owner_of(table, row, child, entry)}, file, depth + 1)
    return row


def owner_of(table: str, row: dict[str, str], child: str, entry: Json) -> Json:
    """The columns by which a nested row names its parent."""
    id_ = row.get("id", "")
    if child == "attribute":
        return {"link_id": id_, "link_entity": table}
    if child == "metadata":
        # It may tell of something that was there once, and stands with what that hung on.
        said = {} if entry.get("resource_id") else {"resource_id": id_, "resource_type": table}
        return {**said, "parent_id": id_, "parent_type": table}
    return {f"{table}_id": id_}


def as_cell(value: Any) -> str:
    """A value as CSV would have it; a list or object of no known name as its JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
