"""HSDS 3.1 as one workbook, a sheet a table: for people who work in a spreadsheet program.

The sheets hold what the tabular package's files hold (`hsds_csv`), so an import of the workbook
gives the same catalog: a text too long for a cell is continued in columns at the end (`long_cells`).
Every cell is text, without control characters, which a workbook cannot hold: nothing in it is run.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy.orm import Session

from catalog.errors import ExportFormatError
from catalog.exporters.hsds_csv import FILES, Progress, write_package
from catalog.exporters.saving import check_ending, new_file
from catalog.long_cells import split_rows

MOST_ROWS = 1_048_576


def export_xlsx(
    session: Session, path: Path, *, on_progress: Progress | None = None
) -> dict[str, int]:
    """Write the workbook; rows by table. `on_progress` is told how many rows were just written.

    Raises ExportPlaceError for a place that cannot be written, ExportFormatError for what no workbook
    can hold.
    """
    check_ending(path, ".xlsx")
    with new_file(path) as made:
        folder = made.parent / "package"
        folder.mkdir()
        counts = write_package(session, folder, on_progress or (lambda rows: None))
        if max(counts.values()) >= MOST_ROWS:
            raise ExportFormatError(
                "The catalog has more rows than a workbook holds. Export it as hsds-csv."
            )
        book = Workbook(write_only=True)
        for file in FILES.values():
            sheet = book.create_sheet(file.removesuffix(".csv"))
            longest = longest_of(rows_of(folder / file))
            for row in split_rows(rows_of(folder / file), longest):
                sheet.append([ILLEGAL_CHARACTERS_RE.sub("", text) or None for text in row])
        book.save(made)
    return counts


def rows_of(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file that was just written, however long a text of it is."""
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.reader(handle)


def longest_of(rows: Iterable[list[str]]) -> list[int]:
    """How many characters the longest cell of each column has."""
    longest: list[int] = []
    for row in rows:
        longest = list(map(max, map(len, row), longest)) if longest else list(map(len, row))
    return longest
