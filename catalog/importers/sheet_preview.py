"""The first rows of sheets, for a page that asks which column holds what.

Called by app/imports. Cells are cut short; what is shown is as the sheet's mapping has it read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.errors import UnclearSheetError
from catalog.importers.csv_tables import SourceTable
from catalog.importers.flat_sheet import guess, read_as
from catalog.importers.package import Package
from catalog.importers.sheet_guess import guess_columns
from catalog.importers.sheet_mapping import MARK_WORDS, SheetMapping

ROWS = 5
COLUMNS = 100  # more are read, and named in the mapping file; a page of them helps nobody
LONGEST = 120  # characters of a cell


@dataclass(frozen=True, slots=True)
class SheetPreviews:
    """`mappings` by file: given, or guessed. `sheets` are plain data: file, columns, rows, marks
    (the columns that hold nothing but marks), by_cells (of columns guessed by the look of their cells:
    how many of how many), rows_in_all, more_columns. `problem` where a sheet
    cannot be understood without a person."""

    mappings: dict[str, SheetMapping]
    sheets: list[dict[str, Any]]
    problem: UnclearSheetError | None = None


def preview_sheets(package: Package, given: Mapping[str, SheetMapping]) -> SheetPreviews:
    """How each sheet of the package is read, with its first rows. A given mapping that finds no
    provider in its sheet is left out: the sheet has changed since."""
    mappings: dict[str, SheetMapping] = {}
    sheets, problem = [], None
    for table in package.tables.values():
        mapping = given.get(table.file)
        read = read_as(package, table, mapping) if mapping else table
        if mapping is None or not finds_provider(mapping, read.columns):
            try:
                mapping = guess(package, table)
            except UnclearSheetError as error:
                mapping, problem = guess_columns(table), problem or error
            read = read_as(package, table, mapping)
        mappings[table.file] = mapping
        sheets.append(preview_of(read) | {"by_cells": dict(mapping.by_cells)})
    return SheetPreviews(mappings, sheets, problem)


def preview_of(table: SourceTable) -> dict[str, Any]:
    """One sheet."""
    shown = table.columns[:COLUMNS]
    return {
        "file": table.file,
        "columns": list(shown),
        "rows": [
            [" ".join(row.cells[name].split())[:LONGEST] for name in shown]
            for row in table.rows[:ROWS]
        ],
        "marks": mark_columns(table, shown),
        "rows_in_all": len(table.rows),
        "more_columns": len(table.columns) - len(shown),
    }


def finds_provider(mapping: SheetMapping, columns: tuple[str, ...]) -> bool:
    """Whether the sheet has a column that the mapping calls the provider, or needs none."""
    there = {column.casefold() for column in columns}
    return "provider" in mapping.constants or bool(there.intersection(mapping.of("provider")))


def mark_columns(table: SourceTable, shown: tuple[str, ...]) -> list[str]:
    """Those of the columns that hold nothing but marks (X), and one at least."""
    possible, marked = set(shown), set()
    for row in table.rows:
        for name, cell in zip(row.names, row.values, strict=True):
            said = cell.strip().casefold() if name in possible else ""
            if said in MARK_WORDS:
                marked.add(name)
            elif said:
                possible.discard(name)
    return [name for name in shown if name in possible & marked]
