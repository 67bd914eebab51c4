"""Reading what was handed over: an HSDS package of any version, or flat sheets.

A folder, a zip or one file; CSV, JSON or a workbook. A message says what is wrong and
what to do. Reads only; knows no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from catalog.errors import MissingFileError, NotACatalogError
from catalog.importers import files
from catalog.importers.csv_tables import SourceRow, SourceTable, read_csv
from catalog.importers.file_names import REQUIRED_FILES, file_table
from catalog.importers.json_tables import read_json
from catalog.importers.report import ReportLine
from catalog.importers.versions import tell_version
from catalog.importers.workbook import ENDINGS as WORKBOOK_ENDINGS
from catalog.importers.workbook import workbook_files

__all__ = ["Package", "PackageKind", "SourceRow", "SourceTable", "read_package"]

PackageKind = Literal["hsds", "flat_sheet"]
JSON_ENDINGS = frozenset({".json", ".ndjson", ".jsonl"})
# Describes the CSV files beside it, in words for programs; holds no row of the directory.
DESCRIPTIONS = frozenset({"datapackage.json"})


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
        return assemble(path.name, unrepeated(path.name, files.folder_files(path, limit)))
    if path.stat().st_size > limit:
        raise files.too_large(path.name, limit)
    with path.open("rb") as handle:
        start = handle.read(8)
    if path.suffix.lower() in WORKBOOK_ENDINGS:
        lines: list[ReportLine] = []
        package = assemble(path.stem, workbook_files(path, limit, lines))
        package.lines[:0] = lines
        return package
    if path.suffix.lower() in {".xls", ".ods"}:
        raise NotACatalogError(
            "%(file)r is a workbook of another kind. Open it, choose Save as, XLSX or 'CSV "
            "UTF-8', and import that file.",
            file=path.name,
        )
    if path.suffix.lower() == ".zip" or start.startswith(b"PK\x03\x04"):
        return assemble(path.stem, unrepeated(path.name, files.zip_files(path, limit)))
    content = path.read_bytes()
    if path.suffix.lower() in JSON_ENDINGS or start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        return json_package(path.stem, {path.name: content})
    return flat_sheets(path.stem, {path.name: content})


def unrepeated(name: str, found: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """The files by name; two of one name in different folders cannot be told apart."""
    contents: dict[str, bytes] = {}
    for file, content in found:
        if file in contents:
            raise NotACatalogError(
                "%(name)r holds %(file)r twice, in different folders. Give one directory at "
                "a time.",
                name=name,
                file=file,
            )
        contents[file] = content
    return contents


def assemble(name: str, contents: dict[str, bytes]) -> Package:
    """Tell an HSDS package, as CSV or as JSON, from flat sheets."""
    csv_files = {f: c for f, c in contents.items() if not is_json(f)}
    json_files = {f: c for f, c in contents.items() if is_json(f) and f.lower() not in DESCRIPTIONS}
    if not csv_files and json_files:
        return json_package(name, json_files)
    if not csv_files:
        raise MissingFileError(
            "%(name)r holds no CSV file. Give the folder or zip with the directory's CSV files.",
            name=name,
        )
    if not any(file_table(file) for file in csv_files):
        return flat_sheets(name, csv_files)
    package = Package(name, "hsds")
    for file, content in csv_files.items():
        add_table(package, file, read_csv(file, content, package.lines))
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
    refuse_incomplete(package, contents)
    package.version = tell_version(package.tables)
    return package


def is_json(file: str) -> bool:
    """Whether the file is JSON by its name."""
    return PurePosixPath(file).suffix.lower() in JSON_ENDINGS


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
    """One or more sheets, each understood by itself."""
    package = Package(name, "flat_sheet", contents=contents)
    for number, (file, content) in enumerate(contents.items(), 1):
        key = "sheet" if number == 1 else f"sheet {number}"
        package.tables[key] = read_csv(file, content, package.lines)
    return package
