"""Reading what was handed over: a folder or zip of HSDS CSV files, or one flat sheet.

Nothing of the file is believed: sizes are counted while reading, a path that climbs out of a zip
is refused, and a message says what is wrong and what to do. Reads only; knows no database.
"""

import csv
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from catalog.errors import (
    BrokenFileError,
    MissingFileError,
    NotACatalogError,
    TooLargeError,
    UnsafeFileError,
    WrongEncodingError,
)
from catalog.importers.report import ReportLine

MAX_BYTES = 50 * 1024 * 1024
MAX_FILES = 200
MAX_ROWS = 500_000

PackageKind = Literal["hsds", "flat_sheet"]

# Both the plural names of HSDS 1 and 2 and the singular ones of 3.
REQUIRED_FILES = {"organization": "organizations.csv", "service": "services.csv"}
FILE_TABLES = {
    "organization": "organization",
    "organizations": "organization",
    "program": "program",
    "programs": "program",
    "service": "service",
    "services": "service",
    "location": "location",
    "locations": "location",
    "service_at_location": "service_at_location",
    "services_at_location": "service_at_location",
    "service_at_locations": "service_at_location",
    "address": "address",
    "addresses": "address",
    "physical_addresses": "address",
    "postal_addresses": "postal_address",
    "phone": "phone",
    "phones": "phone",
    "contact": "contact",
    "contacts": "contact",
    "schedule": "schedule",
    "schedules": "schedule",
    "service_area": "service_area",
    "service_areas": "service_area",
    "language": "language",
    "languages": "language",
    "accessibility": "accessibility",
    "accessibility_for_disabilities": "accessibility",
    "cost_option": "cost_option",
    "cost_options": "cost_option",
    "required_document": "required_document",
    "required_documents": "required_document",
    "taxonomy": "taxonomy",
    "taxonomies": "taxonomy",
    "taxonomy_types": "taxonomy",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_terms": "taxonomy_term",
    "taxonomy_terms_types": "taxonomy_terms_types",
    "attribute": "attribute",
    "attributes": "attribute",
    "service_attributes": "attribute",
}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as it stands: `number` as a spreadsheet counts (heading: 1), cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One CSV file."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]


@dataclass(slots=True)
class Package:
    """What was handed over, read and not yet understood. `name` is the source's default name."""

    name: str
    kind: PackageKind
    tables: dict[str, SourceTable] = field(default_factory=dict)
    lines: list[ReportLine] = field(default_factory=list)


def read_package(path: Path) -> Package:
    """Read a folder, a zip or a CSV file; an ImportFileError says what is wrong with it."""
    if not path.exists():
        raise MissingFileError(f"There is nothing at {path.name!r}. Check the path.")
    if path.is_dir():
        return assemble(path.name, dict(folder_files(path)))
    if path.stat().st_size > MAX_BYTES:
        raise TooLargeError(too_large(path.name))
    with path.open("rb") as handle:
        start = handle.read(8)
    if start.startswith(b"PK\x03\x04") and path.suffix.lower() in {".xlsx", ".xlsm", ".ods"}:
        raise NotACatalogError(
            f"{path.name!r} is a workbook, not a CSV file. Open it, choose Save as, "
            "'CSV UTF-8', and import that file."
        )
    if path.suffix.lower() == ".zip" or start.startswith(b"PK\x03\x04"):
        return assemble(path.stem, dict(zip_files(path)))
    package = Package(path.stem, "flat_sheet")
    package.tables["sheet"] = read_csv(path.name, path.read_bytes(), package.lines)
    return package


def folder_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The CSV files of a folder."""
    total = 0
    root = path.resolve()
    for found in sorted(path.iterdir()):
        if found.suffix.lower() != ".csv" or not found.is_file():
            continue
        if not found.resolve().is_relative_to(root):
            raise UnsafeFileError(
                f"{found.name!r} is a link to a file outside the folder. Copy the file itself in."
            )
        total += found.stat().st_size
        if total > MAX_BYTES:
            raise TooLargeError(too_large(path.name))
        yield found.name, found.read_bytes()


def zip_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The CSV files of a zip, never unpacked to disk, counted while they are read."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_FILES:
                raise TooLargeError(
                    f"{path.name!r} holds {len(members)} files; a package has at most {MAX_FILES}. "
                    "Zip only the CSV files of the directory."
                )
            left = MAX_BYTES
            for member in members:
                name = check_member(path.name, member)
                if member.is_dir() or not name.lower().endswith(".csv") or name.startswith("."):
                    continue
                with archive.open(member) as handle:
                    content = handle.read(left + 1)
                if len(content) > left:
                    raise TooLargeError(too_large(path.name))
                left -= len(content)
                yield name, content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise BrokenFileError(
            f"{path.name!r} cannot be opened as a zip: it is damaged or cut short. "
            "Ask for it again, or download it anew."
        ) from error
    except RuntimeError as error:  # zipfile's own word for "encrypted"
        raise BrokenFileError(
            f"{path.name!r} is locked with a password. Ask for it without one."
        ) from error


def check_member(archive: str, member: zipfile.ZipInfo) -> str:
    """The bare file name of a member, or a refusal of one that points elsewhere."""
    inside = PurePosixPath(member.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if inside.is_absolute() or ".." in inside.parts or ":" in member.filename or is_link:
        raise UnsafeFileError(
            f"{archive!r} holds a file that points outside of it ({member.filename!r}). "
            "It was not opened. Ask the sender how it was made."
        )
    if "__MACOSX" in inside.parts:
        return "." + inside.name
    return inside.name


def too_large(name: str) -> str:
    """The words for it."""
    return (
        f"{name!r} is larger than {MAX_BYTES // 1024 // 1024} MB when unpacked, which is more than "
        "an import takes. Split it, or leave out what is no part of the directory."
    )


def assemble(name: str, files: dict[str, bytes]) -> Package:
    """Tell an HSDS package from a folder that holds one flat sheet."""
    if not files:
        raise MissingFileError(
            f"{name!r} holds no CSV file. Give the folder or zip with the directory's CSV files."
        )
    known = {file: FILE_TABLES.get(PurePosixPath(file).stem.lower()) for file in files}
    if len(files) == 1 and not any(known.values()):
        package = Package(name, "flat_sheet")
        file, content = next(iter(files.items()))
        package.tables["sheet"] = read_csv(file, content, package.lines)
        return package
    package = Package(name, "hsds")
    for file, content in files.items():
        table_name = known[file]
        table = read_csv(file, content, package.lines)
        if table_name is None or table_name in package.tables:
            package.lines.append(
                ReportLine(
                    "error",
                    file,
                    None,
                    "file_not_known",
                    f"The file is no part of HSDS as read here; its {len(table.rows)} rows "
                    "were not brought in.",
                )
            )
            continue
        package.tables[table_name] = table
    missing = [file for table, file in REQUIRED_FILES.items() if table not in package.tables]
    if len(missing) == len(REQUIRED_FILES):
        raise NotACatalogError(
            f"{name!r} is no directory in HSDS form: it has neither organizations.csv nor "
            f"services.csv, only {', '.join(sorted(files)[:5])}. Give the whole package, or one "
            "sheet as a single CSV file."
        )
    if missing:
        raise MissingFileError(
            f"{name!r} has no {missing[0]}, without which its services mean nothing. "
            "Ask for the complete package."
        )
    return package


def read_csv(file: str, content: bytes, lines: list[ReportLine]) -> SourceTable:
    """One CSV file as rows; ragged rows are reported and kept."""
    text = decode(file, content)
    records = parse(file, text, lines)
    while records and not any(cell.strip() for cell in records[0][1]):
        records.pop(0)
    if not records:
        lines.append(ReportLine("info", file, None, "file_empty", "The file is empty."))
        return SourceTable(file, (), ())
    columns = column_names(file, records[0][1], lines)
    body = [(number, cells) for number, cells in records[1:] if any(c.strip() for c in cells)]
    if len(body) > MAX_ROWS:
        raise TooLargeError(
            f"{file!r} has {len(body)} rows; an import takes at most {MAX_ROWS}. Split the file."
        )
    report_ragged(file, len(columns), body, lines)
    rows = tuple(
        SourceRow(number, dict(zip(columns, [*cells, *[""] * len(columns)], strict=False)))
        for number, cells in body
    )
    return SourceTable(file, columns, rows)


def decode(file: str, content: bytes) -> str:
    """UTF-8 text, with or without a byte-order mark."""
    if b"\x00" in content:
        hint = "UTF-16 text" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "no text at all"
        raise WrongEncodingError(
            f"{file!r} is {hint}. Save it as CSV in UTF-8 ('CSV UTF-8' in a spreadsheet program)."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise WrongEncodingError(
            f"{file!r} is not UTF-8: line {line} has letters in another encoding, and guessing "
            "would garble names. Save it as 'CSV UTF-8' and import that."
        ) from error


def parse(file: str, text: str, lines: list[ReportLine]) -> list[tuple[int, list[str]]]:
    """Records with their spreadsheet row number."""
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=heading.count)
    csv.field_size_limit(MAX_BYTES)
    try:
        return list(enumerate(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), 1))
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise BrokenFileError(
                f"{file!r} opens a quotation mark that is never closed, so its rows run together. "
                "It was probably cut short: ask for it again."
            ) from error
        lines.append(
            ReportLine("warning", file, None, "loose_quotes", f"Quotation marks are loose: {error}")
        )
    try:
        return list(enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1))
    except csv.Error as error:
        raise BrokenFileError(f"{file!r} cannot be read as CSV: {error}. Save it anew.") from error


def column_names(file: str, cells: list[str], lines: list[ReportLine]) -> tuple[str, ...]:
    """Headings, trimmed; an empty or repeated one gets a name of its own, and a line."""
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split())
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
                "cells were taken from the left.",
            )
        )
        return
    for number, cells in ragged:
        surplus = [cell.strip() for cell in cells[width:] if cell.strip()]
        reason = (
            f"The row has {len(cells)} cells and the heading {width}: "
            + (f"left out: {'; '.join(surplus)[:200]}" if surplus else "missing ones are blank")
            + "."
        )
        lines.append(ReportLine("warning", file, number, "row_ragged", reason))
