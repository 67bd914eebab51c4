"""The files of what was handed over, out of a folder or a zip, as bytes.

Nothing of them is believed: sizes are counted while reading, nothing is unpacked to disk, and a
path or a link that points elsewhere is refused. Called by `package`; understands no content.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from catalog.errors import BrokenFileError, NotACatalogError, TooLargeError, UnsafeFileError

MAX_BYTES = 50 * 1024 * 1024
MAX_FILES = 200
JSON_ENDINGS = frozenset({".json", ".ndjson", ".jsonl"})
TABLE_ENDINGS = JSON_ENDINGS | {".csv", ".tsv", ".tab"}
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm"})
# Describes the CSV files beside it, in words for programs; holds no row of the directory.
DESCRIPTIONS = frozenset({"datapackage.json"})


@dataclass(slots=True)
class Handed:
    """What a folder or a zip holds: the bytes of what is read, by bare file name, and the names of
    what is not. A folder in a folder is named with a slash, a hidden file with a dot first."""

    contents: dict[str, bytes] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def ending(file: str) -> str:
    """The ending of a file's name, with its dot, in lower case."""
    return PurePosixPath(file).suffix.lower()


def wanted(name: str, files: Iterable[str]) -> set[str]:
    """Which files of a folder or zip are read: its tables; where it has none, its one workbook."""
    seen = {file for file in files if not file.startswith(".")}
    tables = {f for f in seen if ending(f) in TABLE_ENDINGS and f.lower() not in DESCRIPTIONS}
    workbooks = {file for file in seen if ending(file) in WORKBOOK_ENDINGS}
    if not tables and len(workbooks) > 1:
        raise NotACatalogError(
            "%(name)r holds several workbooks (%(files)s). Import each by itself, under a name of "
            "its own.",
            name=name,
            files=", ".join(sorted(workbooks)[:5]),
        )
    return tables or workbooks


def folder_files(path: Path, limit: int = MAX_BYTES) -> Handed:
    """The files of a folder. Folders in it are not looked into."""
    handed, total, root = Handed(), 0, path.resolve()
    found = {entry.name + "/" * entry.is_dir(): entry for entry in sorted(path.iterdir())}
    chosen = wanted(path.name, [name for name, entry in found.items() if entry.is_file()])
    for name, entry in found.items():
        if name not in chosen:
            handed.unread.append(name)
            continue
        if not entry.resolve().is_relative_to(root):
            raise UnsafeFileError(
                "%(file)r is a link to a file outside the folder. Copy the file itself in.",
                file=name,
            )
        total += entry.stat().st_size
        if total > limit:
            raise too_large(path.name, limit)
        handed.contents[name] = entry.read_bytes()
    return handed


# What zipfile raises for an archive whose bytes are not as they were written.
ZIP_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a version or a method that does not exist
    UnicodeDecodeError,  # a name that is no UTF-8
    OSError,
)


def zip_files(path: Path, limit: int = MAX_BYTES) -> Handed:
    """The files of a zip and of the folders in it, never unpacked to disk, counted while they are
    read."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_FILES:
                raise TooLargeError(
                    "%(file)r holds %(number)s files; a package has at most %(most)s. Zip "
                    "only the CSV files of the directory.",
                    file=path.name,
                    number=len(members),
                    most=MAX_FILES,
                )
            return members_of(path.name, archive, limit)
    except ZIP_DAMAGE as error:
        raise BrokenFileError(
            "%(file)r cannot be opened as a zip: it is damaged or cut short. Ask for it "
            "again, or download it anew.",
            file=path.name,
        ) from error
    except RuntimeError as error:  # zipfile's own word for "encrypted"
        raise BrokenFileError(
            "%(file)r is locked with a password. Ask for it without one.", file=path.name
        ) from error


def members_of(name: str, archive: zipfile.ZipFile, limit: int) -> Handed:
    """What is in the zip; two files of one name in different folders cannot be told apart."""
    handed, left = Handed(), limit
    inside = [(check_member(name, member), member) for member in archive.infolist()]
    files = [(file, member) for file, member in inside if not member.is_dir()]
    chosen = wanted(name, [file for file, _ in files])
    for file, member in files:
        if file not in chosen:
            handed.unread.append(file)
            continue
        if file in handed.contents:
            raise NotACatalogError(
                "%(name)r holds %(file)r twice, in different folders. Give one directory at "
                "a time.",
                name=name,
                file=file,
            )
        with archive.open(member) as handle:
            content = handle.read(left + 1)
        if len(content) > left:
            raise too_large(name, limit)
        left -= len(content)
        handed.contents[file] = content
    return handed


def check_member(archive: str, member: zipfile.ZipInfo) -> str:
    """The bare file name of a member, or a refusal of one that points elsewhere."""
    inside = PurePosixPath(member.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if inside.is_absolute() or ".." in inside.parts or ":" in member.filename or is_link:
        raise UnsafeFileError(
            "%(archive)r holds a file that points outside of it (%(inside)r). It was not "
            "opened. Ask the sender how it was made.",
            archive=archive,
            inside=member.filename,
        )
    if "__MACOSX" in inside.parts:
        return "." + inside.name.lstrip(".")
    return inside.name


def too_large(name: str, limit: int) -> TooLargeError:
    """The refusal of it; `limit` in bytes."""
    return TooLargeError(
        "%(file)r is larger than %(limit).3g MB when unpacked, which is more than an import takes. "
        "Split it, or leave out what is no part of the directory.",
        file=name,
        limit=limit / 1024 / 1024,
    )
