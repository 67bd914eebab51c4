"""HSDS 3.1 as one workbook, a sheet a table: for people who work in a spreadsheet program.

The sheets hold what the tabular package's files hold (`hsds_csv`), so an import of the workbook
gives the same catalog. Every cell is text, without control
characters, which a workbook cannot hold: nothing in it is run.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy.orm import Session

from catalog.errors import ExportFormatError
from catalog.exporters.hsds_csv import FILES, Progress, write_package
from catalog.exporters.saving import check_ending, new_file

LONGEST_CELL = 32_767  # characters: what a spreadsheet program takes
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
        for file in FILES.values():  # before the workbook is begun, which must then be ended
            for row in rows_of(folder / file):
                check_row(file, row)
        book = Workbook(write_only=True)
        for file in FILES.values():
            sheet = book.create_sheet(file.removesuffix(".csv"))
            for row in rows_of(folder / file):
                sheet.append([ILLEGAL_CHARACTERS_RE.sub("", text) or None for text in row])
        book.save(made)
    return counts


def rows_of(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file that was just written."""
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.reader(handle)


def check_row(file: str, row: list[str]) -> None:
    """Refuse a text that a workbook would cut off without a word."""
    longest = max(map(len, row), default=0)
    if longest > LONGEST_CELL:
        raise ExportFormatError(
            "A text of %(sheet)s has %(longest)s characters, and a cell of a workbook holds "
            "%(most)s. Export it as hsds-csv.",
            sheet=file.removesuffix(".csv"),
            longest=f"{longest:,}",
            most=f"{LONGEST_CELL:,}",
        )
