"""XLSX workbooks as the CSV files that a person would save from them, one a sheet.

So that a workbook goes the same way as everything else: a workbook of HSDS tables is a package, any
other a list of flat sheets. What a program computed is taken as it was last saved. Called by
`package`; nothing of the file is believed.
"""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import load_workbook

from catalog.errors import BrokenFileError, TooLargeError, UnsafeFileError
from catalog.importers import files
from catalog.importers.report import ReportLine
from catalog.long_cells import Joining

UNPACKED = 8  # how many times its tables' text a workbook's XML may take
MOST_ROWS = 1_048_576  # of a sheet; a few bytes of XML can claim any number of them
OLD_OR_LOCKED = bytes.fromhex("d0cf11e0a1b11ae1")  # how XLS, and XLSX with a password, begin
ALL_ZEROS = re.compile(r"0{2,}")  # the number format that keeps a ZIP code's leading zeros
# What openpyxl and zipfile raise over damaged bytes: neither has one error for it.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ParseError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    OSError,
    NotImplementedError,
)


def workbook_files(
    name: str, content: bytes, limit: int, lines: list[ReportLine]
) -> dict[str, bytes]:
    """The sheets by name, as CSV in UTF-8 with the workbook's own row numbers; at most `limit`
    bytes in all. Raises an ImportFileError for what is no workbook, too large or unsafe.
    """
    check_size(name, content, limit)
    found: dict[str, bytes] = {}
    room = Room(name, limit)
    try:
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True)
        try:
            for sheet in values.worksheets:
                sheet.reset_dimensions()  # programs write wrong ones, which would cut rows off
                as_entered = formulas[sheet.title]
                as_entered.reset_dimensions()
                file = f"{sheet.title}.csv"
                found[file] = sheet_text(file, (sheet, as_entered), room, lines)
        finally:
            values.close()
            formulas.close()
    except DAMAGE as error:
        if isinstance(error.__cause__ or error, DefusedXmlException):  # openpyxl wraps some
            raise UnsafeFileError(
                "%(file)r holds XML that asks to be expanded, which no workbook needs. It "
                "was not opened. Ask the sender how it was made.",
                file=name,
            ) from error
        raise BrokenFileError(
            "%(file)r cannot be read as a workbook: it is damaged, or no XLSX inside. Open "
            "it in a spreadsheet program and save it anew as XLSX or CSV.",
            file=name,
        ) from error
    except RuntimeError as error:  # zipfile's own word for "encrypted"
        raise BrokenFileError(
            "%(file)r is locked with a password. Ask for it without one.", file=name
        ) from error
    return found


class Room:
    """How much of the limit is left, over all sheets; cells that hold nothing take room too."""

    def __init__(self, workbook: str, limit: int) -> None:
        """The room of one workbook; `limit` in bytes."""
        self.workbook, self.limit, self.left = workbook, limit, limit

    def take(self, size: int) -> None:
        """Take `size` bytes of it, or refuse the workbook."""
        self.left -= size
        if self.left < 0:
            raise files.too_large(self.workbook, self.limit)


def check_size(name: str, content: bytes, limit: int) -> None:
    """Refuse what would unpack to far more than any directory, before a byte of it is unpacked.

    A member never gives more than the size that its entry states.
    """
    if content.startswith(OLD_OR_LOCKED):
        raise BrokenFileError(
            "%(file)r is locked with a password, or in the old XLS form. Ask for it as "
            "XLSX without a password.",
            file=name,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except files.ZIP_DAMAGE as error:
        raise BrokenFileError(
            "%(file)r cannot be opened: it is damaged or cut short. Ask for it again.",
            file=name,
        ) from error
    if size > limit * UNPACKED:
        raise files.too_large(name, limit)


def sheet_text(
    file: str,
    sheets: tuple[Iterable[Any], Iterable[Any]],
    room: Room,
    lines: list[ReportLine],
) -> bytes:
    """One sheet as CSV: what its cells show, row for row; formulas without a result have a line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    joining = Joining()
    unknown = 0
    for number, (row, as_entered) in enumerate(zip(sheets[0], sheets[1], strict=True), start=1):
        if number > MOST_ROWS:
            raise TooLargeError(
                "%(sheet)r of %(workbook)r claims more than %(most)s rows, which no sheet "
                "has. Save it anew, without its empty rows.",
                sheet=file.removesuffix(".csv"),
                workbook=room.workbook,
                most=f"{MOST_ROWS:,}",
            )
        cells = [shown_text(cell) for cell in row]
        for cell, entered in zip(row, as_entered, strict=True):
            unknown += cell.value is None and entered.value is not None
        while cells and not cells[-1]:
            cells.pop()
        room.take(max(len(row), 1) + sum(len(cell.encode()) for cell in cells))
        writer.writerow(joining.joined(cells))
    if unknown:
        reason = (
            f"{unknown} cells hold a formula whose result was never saved, so they are blank here. "
            "Open the workbook in a spreadsheet program, save it, and import it again."
        )
        lines.append(ReportLine("warning", file, None, "formulas_without_result", reason))
    return text.getvalue().encode()


def shown_text(cell: Any) -> str:
    """A cell's text, with the leading zeros that its format shows: 02134 is no 2134."""
    text = cell_text(cell.value)
    if text.isdigit() and ALL_ZEROS.fullmatch(cell.number_format or ""):
        return text.zfill(len(cell.number_format))
    return text


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
