"""Rows of HSDS tables that the catalog has no table for: kept with the row they belong to.

They stand in its `extra` under HSDS's own name ("payments_accepted", ...), as lists of objects,
and are exported again from there. Each file gets one line that says so.
"""

from collections.abc import Mapping

from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin

# Table of the package: the key in `extra`, and the columns that name an owner, nearest first.
KEPT = {
    "payment_accepted": ("payments_accepted", ("service_id",)),
    "holiday_schedule": (
        "holiday_schedules",
        ("service_at_location_id", "service_id", "location_id"),
    ),
}
RESOURCES = (
    "organization", "service", "location", "service_at_location", "program", "phone", "address",
    "schedule", "contact", "language", "accessibility", "cost_option", "required_document",
    "service_area", "attribute", "taxonomy_term", "taxonomy",
)  # fmt: skip


def keep_rows(draft: Draft, tables: Mapping[str, SourceTable]) -> None:
    """Put the rows of these tables beside what they belong to."""
    for name, (key, columns) in KEPT.items():
        if name in tables:
            keep_table(draft, tables[name], key, columns)
    if "eligibility" in tables:
        add_eligibility_words(draft, tables["eligibility"])
    for row in tables["meta_table_description"].rows if "meta_table_description" in tables else ():
        draft.note(
            "error",
            Origin(tables["meta_table_description"].file, row.number),
            "about_the_file",
            "The row describes the file, not the directory: it was not brought in.",
        )


def keep_table(draft: Draft, table: SourceTable, key: str, columns: tuple[str, ...]) -> None:
    """One table: each row as an object in the list `key` of its owner."""
    number = 0
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        found = owner_of(draft, cells, columns)
        if found is None:
            reject(draft, cells, columns, origin)
            continue
        column, owner = found
        cells.line(column)
        said = {name: cell for name, cell in cells.all().items() if name != column}
        extra = owner.values["extra"]
        owner.values["extra"] = {**extra, key: [*extra.get(key, []), said]}
        draft.take(origin)
        number += 1
    if number:
        draft.note(
            "info",
            Origin(table.file, None),
            "kept_beside",
            f"{number} rows have no table here: kept with what they belong to, as {key!r}.",
        )


def owner_of(draft: Draft, cells: Cells, columns: tuple[str, ...]) -> tuple[str, DraftRow] | None:
    """The row that this one belongs to, and the column that says so."""
    for column in columns:
        tables: tuple[str, ...] = (column.removesuffix("_id"),)
        if column == "resource_id":
            stated = cells.line("resource_type")
            tables = (stated, *RESOURCES) if stated else RESOURCES
        for table in tables:
            owner = draft.named(table, cells.line(column))
            if owner is not None and draft.find(table, owner.source_id) is owner:
                return column, owner
    return None


def reject(draft: Draft, cells: Cells, columns: tuple[str, ...], origin: Origin) -> None:
    """A line for a row of nobody."""
    stated = [
        f"{column.removesuffix('_id')} {cells.line(column)}"
        for column in columns
        if cells.line(column)
    ]
    draft.note(
        "error",
        origin,
        "not_in_package",
        f"The row belongs to {' and '.join(stated) or 'nothing'}, which is not in the package; "
        "it cannot come in.",
    )


def add_eligibility_words(draft: Draft, table: SourceTable) -> None:
    """eligibility.csv of HSDS 1: words, added to the service's own."""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        service = draft.named("service", cells.line("service_id"))
        words = cells.text("eligibility")
        if service is None or not words:
            reject(draft, cells, ("service_id",), origin)
            continue
        before = service.values["eligibility_description"]
        service.values["eligibility_description"] = f"{before}; {words}" if before else words
        draft.take(origin)
