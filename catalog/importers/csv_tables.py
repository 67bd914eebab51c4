"""CSV files as rows: any usual encoding and delimiter, ragged rows, odd headings.

Every repair leaves a line; nothing of a row is dropped. Knows no database and no standard.
"""

import csv
import io
import re
from dataclasses import dataclass

from catalog.errors import BrokenFileError, TooLargeError, WrongEncodingError
from catalog.importers import files
from catalog.importers.mending import decode_line, mend_letters
from catalog.importers.report import ReportLine
from catalog.importers.text import has_escapes

MAX_ROWS = 500_000
# An export leads with one more apostrophe what begins so already: one taken off gives it back.
ESCAPED_FORMULA = re.compile(r"'+[=+\-@\t]")
LONG_CELL = 32_767  # characters; a spreadsheet program holds no more
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as it stands: `number` as a spreadsheet counts (heading: 1), cells by column.

    Names and cells are kept apart, since a dictionary a row takes several times their room.
    """

    number: int
    names: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def cells(self) -> dict[str, str]:
        """The cells by column."""
        return dict(zip(self.names, self.values, strict=True))


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One CSV file."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]


def read_csv(
    file: str,
    content: bytes,
    lines: list[ReportLine],
    *,
    delimiter: str | None = None,
    has_heading: bool = True,
) -> SourceTable:
    """One CSV file as rows; ragged rows are reported and kept, surplus cells and all.

    `delimiter` None: told by the first row. Without a heading, columns are named 1, 2, 3 and on.
    """
    records = parse(file, decode(file, content, lines), lines, delimiter)
    while records and not any(cell.strip() for cell in records[0][1]):
        records.pop(0)
    if not records:
        lines.append(ReportLine("info", file, None, "file_empty", "The file is empty."))
        return SourceTable(file, (), ())
    if has_heading:
        columns = column_names(file, records.pop(0)[1], lines)
    else:
        width = max(len(cells) for _, cells in records)
        columns = tuple(str(position) for position in range(1, width + 1))
    body = [(number, cells) for number, cells in records if any(c.strip() for c in cells)]
    if len(body) > MAX_ROWS:
        raise TooLargeError(
            "%(file)r has %(rows)s rows; an import takes at most %(most)s. Split the file.",
            file=file,
            rows=len(body),
            most=MAX_ROWS,
        )
    if has_heading:
        report_ragged(file, len(columns), body, lines)
    undo_formulas(file, body, lines)
    report_cells(file, columns, body, lines)
    rows = tuple(named_row(number, columns, cells) for number, cells in body)
    return SourceTable(file, columns, rows)


def named_row(number: int, columns: tuple[str, ...], cells: list[str]) -> SourceRow:
    """Cells by column; missing ones blank, those beyond the heading under a name of their own."""
    missing = len(columns) - len(cells)
    if missing >= 0:
        return SourceRow(number, columns, (*cells, *[""] * missing))
    beyond = {
        f"column ({position})": cell
        for position, cell in enumerate(cells[len(columns) :], len(columns) + 1)
        if cell.strip()
    }
    return SourceRow(number, (*columns, *beyond), (*cells[: len(columns)], *beyond.values()))


def undo_formulas(file: str, body: list[tuple[int, list[str]]], lines: list[ReportLine]) -> None:
    """Take off the apostrophe that keeps a cell from being run as a formula, as exports write."""
    number = 0
    for _, cells in body:
        for position, cell in enumerate(cells):
            if ESCAPED_FORMULA.match(cell):
                cells[position] = cell[1:]
                number += 1
    if number:
        reason = f"{number} cells began with an apostrophe before a sign of a formula; taken off."
        lines.append(ReportLine("info", file, None, "formulas_unescaped", reason))


def report_cells(
    file: str, columns: tuple[str, ...], body: list[tuple[int, list[str]]], lines: list[ReportLine]
) -> None:
    """Say which cells are very long, and how many hold signs that stand for others."""
    escaped = 0
    for number, cells in body:
        for position, cell in enumerate(cells):
            if len(cell) > LONG_CELL:
                name = columns[position] if position < len(columns) else f"column ({position + 1})"
                reason = (
                    f"The cell {name!r} has {len(cell):,} characters, more than a spreadsheet program "
                    "holds: kept whole. Look whether a quotation mark is missing there."
                )
                lines.append(ReportLine("info", file, number, "cell_long", reason))
            escaped += has_escapes(cell)
    if escaped:
        reason = (
            f"{escaped:,} cells hold HTML entities (&amp;) or line ends as two letters (\\n): read as "
            "what they stand for."
        )
        lines.append(ReportLine("info", file, None, "escapes_undone", reason))


def decode(file: str, content: bytes, lines: list[ReportLine]) -> str:
    """The text: UTF-8 with or without a byte-order mark, else line by line what it must be."""
    if b"\x00" in content:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise WrongEncodingError(
                "%(file)r is UTF-16 text. Save it as CSV in UTF-8 ('CSV UTF-8' in a "
                "spreadsheet program).",
                file=file,
            )
        raise WrongEncodingError(
            "%(file)r is no text at all. Save it as CSV in UTF-8 ('CSV UTF-8' in a "
            "spreadsheet program).",
            file=file,
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = decode_lines(file, content.removeprefix(BYTE_ORDER_MARK), lines)
    if content.startswith(BYTE_ORDER_MARK):
        reason = "The file begins with a byte-order mark, as spreadsheet programs write; left out."
        lines.append(ReportLine("info", file, None, "byte_order_mark", reason))
    mended, number = mend_letters(text)
    if number:
        reason = (
            f"{number} letters were garbled by a program before (as â€™ for ’) and were mended."
        )
        lines.append(ReportLine("info", file, None, "letters_mended", reason))
    return mended


def decode_lines(file: str, content: bytes, lines: list[ReportLine]) -> str:
    """Each line by itself: files are often put together from parts in several encodings."""
    texts, guessed = [], []
    for number, line in enumerate(content.split(b"\n"), 1):
        try:
            texts.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(decode_line(line))
            guessed.append(str(number))
    reason = (
        f"{len(guessed)} lines are not UTF-8 and were read as the letters of Windows or Mac "
        f"(line {', '.join(guessed[:5])}): look whether names there are right."
    )
    lines.append(ReportLine("warning", file, None, "encoding_guessed", reason))
    return "\n".join(texts)


def parse(
    file: str, text: str, lines: list[ReportLine], delimiter: str | None = None
) -> list[tuple[int, list[str]]]:
    """Records with their spreadsheet row number."""
    heading = text.split("\n", 1)[0]
    delimiter = delimiter or max(",;\t|", key=heading.count)
    csv.field_size_limit(files.MAX_BYTES)
    try:
        return list(enumerate(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), 1))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise BrokenFileError(
                "%(file)r opens a quotation mark that is never closed, so its rows run "
                "together. It was probably cut short: ask for it again.",
                file=file,
            ) from error
        lines.append(
            ReportLine("warning", file, None, "loose_quotes", f"Quotation marks are loose: {error}")
        )
    try:
        return list(enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1))
    except csv.Error as error:
        raise BrokenFileError(
            "%(file)r cannot be read as CSV: %(error)s. Save it anew.", file=file, error=error
        ) from error


def column_names(file: str, cells: list[str], lines: list[ReportLine]) -> tuple[str, ...]:
    """Headings, trimmed, without the apostrophe that spreadsheets write before "6-13".

    An empty or repeated one gets a name of its own, and a line.
    """
    names: list[str] = []
    quoted = [" ".join(cell.split()) for cell in cells if cell.strip().startswith("'")]
    if quoted:
        reason = f"An apostrophe before these headings was left out: {'; '.join(quoted)[:200]}."
        lines.append(ReportLine("info", file, 1, "heading_apostrophe", reason))
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split()).lstrip("'").strip()
        if not name or name in names:
            given = f"{name or 'column'} ({position})"
            lines.append(
                ReportLine(
                    "warning",
                    file,
                    1,
                    "heading_unclear",
                    f"Column {position} is headed {name!r}, "
                    f"{'which is taken' if name else 'which is nothing'}: kept as {given!r}.",
                )
            )
            name = given
        names.append(name)
    return tuple(names)


def report_ragged(
    file: str, width: int, body: list[tuple[int, list[str]]], lines: list[ReportLine]
) -> None:
    """Say which rows have more or fewer cells than the heading; once where all have."""
    ragged = [(number, cells) for number, cells in body if len(cells) != width]
    widths = {len(cells) for _, cells in ragged}
    if len(ragged) == len(body) > 1 and len(widths) == 1:
        lines.append(
            ReportLine(
                "warning",
                file,
                None,
                "rows_ragged",
                f"Every row has {widths.pop()} cells and the heading {width}: "
                "cells were taken from the left, the others kept beside.",
            )
        )
        return
    for number, cells in ragged:
        surplus = [cell.strip() for cell in cells[width:] if cell.strip()]
        reason = (
            f"The row has {len(cells)} cells and the heading {width}: "
            + (f"kept beside: {'; '.join(surplus)[:200]}" if surplus else "missing ones are blank")
            + "."
        )
        lines.append(ReportLine("warning", file, number, "row_ragged", reason))
