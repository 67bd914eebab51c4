"""XLSX workbooks as the CSV files that a person would save from them, one a sheet.

So that a workbook goes the same way as everything else: a workbook of HSDS tables is a package, any
other a list of flat sheets. What a program computed is taken as it was last saved. Called by
`package`; nothing of the file is believed.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import load_workbook

from catalog.errors import BrokenFileError, TooLargeError, UnsafeFileError
from catalog.importers import files
from catalog.importers.report import ReportLine

ENDINGS = frozenset({".xlsx", ".xlsm"})
UNPACKED = 8  # how many times its tables' text a workbook's XML may take


def workbook_files(path: Path, limit: int, lines: list[ReportLine]) -> dict[str, bytes]:
    """The sheets by name, as CSV in UTF-8 with the workbook's own row numbers; at most `limit`
    bytes in all. Raises an ImportFileError for what is no workbook, too large or unsafe.
    """
    check_size(path, limit)
    found: dict[str, bytes] = {}
    left = limit
    try:
        values = load_workbook(path, read_only=True, data_only=True)
        formulas = load_workbook(path, read_only=True)
        try:
            for sheet in values.worksheets:
                sheet.reset_dimensions()  # programs write wrong ones, which would cut rows off
                as_entered = formulas[sheet.title]
                as_entered.reset_dimensions()
                file = f"{sheet.title}.csv"
                found[file] = sheet_text(path.name, file, (sheet, as_entered), left, lines)
                left -= len(found[file])
        finally:
            values.close()
            formulas.close()
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError, OSError, TypeError) as error:
        if isinstance(error.__cause__ or error, DefusedXmlException):  # openpyxl wraps some
            raise UnsafeFileError(
                f"{path.name!r} holds XML that asks to be expanded, which no workbook needs. "
                "It was not opened. Ask the sender how it was made."
            ) from error
        raise BrokenFileError(
            f"{path.name!r} cannot be read as a workbook: it is damaged, or no XLSX inside. "
            "Open it in a spreadsheet program and save it anew as XLSX or CSV."
        ) from error
    return found


def check_size(path: Path, limit: int) -> None:
    """Refuse what would unpack to far more than any directory, before a byte of it is unpacked.

    A member never gives more than the size that its entry states.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as error:
        raise BrokenFileError(
            f"{path.name!r} cannot be opened: it is damaged or cut short. Ask for it again."
        ) from error
    if size > limit * UNPACKED:
        raise TooLargeError(files.too_large(path.name, limit))


def sheet_text(
    workbook: str,
    file: str,
    sheets: tuple[Iterable[Any], Iterable[Any]],
    left: int,
    lines: list[ReportLine],
) -> bytes:
    """One sheet as CSV: what its cells show, row for row; formulas without a result have a line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    unknown = 0
    for row, as_entered in zip(sheets[0], sheets[1], strict=True):
        cells = [cell_text(cell.value) for cell in row]
        for cell, entered in zip(row, as_entered, strict=True):
            unknown += cell.value is None and entered.value is not None
        while cells and not cells[-1]:
            cells.pop()
        writer.writerow(cells)
        if text.tell() > left:
            raise TooLargeError(files.too_large(workbook, left))
    if unknown:
        reason = (
            f"{unknown} cells hold a formula whose result was never saved, so they are blank here. "
            "Open the workbook in a spreadsheet program, save it, and import it again."
        )
        lines.append(ReportLine("warning", file, None, "formulas_without_result", reason))
    return text.getvalue().encode()


def cell_text(value: Any) -> str:
    """A cell as its CSV would have it: days and times in ISO form, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
