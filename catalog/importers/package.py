"""Reading what was handed over: an HSDS package of any version, or flat sheets.

A folder, a zip or one file; CSV, JSON or a workbook. A message says what is wrong and
what to do. Reads only; knows no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from catalog.errors import MissingFileError, NotACatalogError
from catalog.importers import files
from catalog.importers.csv_tables import SourceRow, SourceTable, read_csv
from catalog.importers.file_names import REQUIRED_FILES, file_table
from catalog.importers.json_tables import read_json
from catalog.importers.report import ReportLine
from catalog.importers.unread_files import unread_lines
from catalog.importers.versions import tell_version
from catalog.importers.workbook import workbook_files

__all__ = ["Package", "PackageKind", "SourceRow", "SourceTable", "read_package"]

PackageKind = Literal["hsds", "flat_sheet"]


@dataclass(slots=True)
class Package:
    """What was handed over, read and not yet understood. `name` is the source's default name.

    `version` is HSDS's, told by the shape; '' for flat sheets. `contents` are the bytes of flat
    sheets, which a mapping may have read anew. `left_out` counts the rows of files not brought in.
    """

    name: str
    kind: PackageKind
    tables: dict[str, SourceTable] = field(default_factory=dict)
    lines: list[ReportLine] = field(default_factory=list)
    version: str = ""
    contents: dict[str, bytes] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def read_package(path: Path, *, limit: int = files.MAX_BYTES) -> Package:
    """Read a folder, a zip, or a CSV, JSON or XLSX file of at most `limit` bytes, unpacked; an
    ImportFileError says what is wrong with it.
    """
    if not path.exists():
        raise MissingFileError("There is nothing at %(file)r. Check the path.", file=path.name)
    if path.is_dir():
        return handed_package(path.name, files.folder_files(path, limit), limit)
    if path.stat().st_size > limit:
        raise files.too_large(path.name, limit)
    with path.open("rb") as handle:
        start = handle.read(8)
    if files.ending(path.name) in files.WORKBOOK_ENDINGS:
        return workbook_package(path.stem, path.name, path.read_bytes(), limit)
    if files.ending(path.name) in {".xls", ".ods"}:
        raise NotACatalogError(
            "%(file)r is a workbook of another kind. Open it, choose Save as, XLSX or 'CSV "
            "UTF-8', and import that file.",
            file=path.name,
        )
    if files.ending(path.name) == ".zip" or start.startswith(b"PK\x03\x04"):
        return handed_package(path.stem, files.zip_files(path, limit), limit)
    content = path.read_bytes()
    if is_json(path.name) or start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return json_package(path.stem, {path.name: content})
    return flat_sheets(path.stem, {path.name: content})


def handed_package(name: str, handed: files.Handed, limit: int) -> Package:
    """What a folder or a zip holds, with a line for what of it was not read."""
    if not handed.contents:
        raise MissingFileError(
            "%(name)r holds no CSV, JSON or XLSX file. Give the folder or zip with the "
            "directory's files.",
            name=name,
        )
    file, content = next(iter(handed.contents.items()))
    if files.ending(file) in files.WORKBOOK_ENDINGS:
        package = workbook_package(name, file, content, limit)
    else:
        package = assemble(name, handed.contents)
    package.lines += unread_lines(handed.unread)
    return package


def workbook_package(name: str, file: str, content: bytes, limit: int) -> Package:
    """The sheets of a workbook."""
    lines: list[ReportLine] = []
    package = assemble(name, workbook_files(file, content, limit, lines))
    package.lines[:0] = lines
    return package


def assemble(name: str, contents: dict[str, bytes]) -> Package:
    """Tell an HSDS package, as CSV or as JSON, from flat sheets."""
    csv_files = {f: c for f, c in contents.items() if not is_json(f)}
    json_files = {f: c for f, c in contents.items() if is_json(f)}
    if not csv_files:
        return json_package(name, json_files)
    if any(file_table(file) for file in csv_files):
        package = table_package(name, csv_files)
    else:
        package = flat_sheets(name, csv_files)
    for file in json_files:
        package.lines.append(
            ReportLine(
                "info",
                file,
                None,
                "json_beside_csv",
                "The CSV tables beside it were read; JSON was not. Import it by itself if it holds "
                "something else.",
            )
        )
    return package


def table_package(name: str, contents: dict[str, bytes]) -> Package:
    """An HSDS package whose tables are files."""
    package = Package(name, "hsds")
    for file, content in contents.items():
        add_table(package, file, read_csv(file, content, package.lines))
    refuse_incomplete(package, contents)
    package.version = tell_version(package.tables)
    return package


def is_json(file: str) -> bool:
    """Whether the file is JSON by its name."""
    return files.ending(file) in files.JSON_ENDINGS


def add_table(package: Package, file: str, table: SourceTable) -> None:
    """Put a CSV file where its table belongs; one of no known name, or a second one, has a line."""
    name = file_table(file)
    if name == "taxonomy" and {"parent_id", "vocabulary"} & {c.lower() for c in table.columns}:
        name = "taxonomy_term"  # HSDS 1 calls its terms taxonomy
    if name and name not in package.tables:
        package.tables[name] = table
        return
    package.left_out[file] = len(table.rows)
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


def refuse_incomplete(package: Package, contents: Iterable[str]) -> None:
    """Refuse a package without its two main tables."""
    missing = [file for table, file in REQUIRED_FILES.items() if table not in package.tables]
    if len(missing) == len(REQUIRED_FILES):
        raise NotACatalogError(
            "%(package)r is no directory in HSDS form: it has neither organizations.csv nor "
            "services.csv, only %(files)s. Give the whole package, or one sheet as a single "
            "CSV file.",
            package=package.name,
            files=", ".join(sorted(contents)[:5]),
        )
    if missing:
        raise MissingFileError(
            "%(package)r has no %(missing)s, without which its services mean nothing. Ask "
            "for the complete package.",
            package=package.name,
            missing=missing[0],
        )


def json_package(name: str, contents: dict[str, bytes]) -> Package:
    """HSDS 3 in JSON."""
    package = Package(name, "hsds")
    package.tables = read_json(name, contents, package.lines)
    package.version = tell_version(package.tables, is_json=True)
    return package


def flat_sheets(name: str, contents: dict[str, bytes]) -> Package:
    """One or more sheets, each understood by itself; blank ones beside others are left out."""
    package = Package(name, "flat_sheet", contents=contents)
    read = [read_csv(file, content, package.lines) for file, content in contents.items()]
    for number, table in enumerate([table for table in read if table.columns] or read[:1], 1):
        package.tables["sheet" if number == 1 else f"sheet {number}"] = table
    return package
