"""The files of what was handed over, out of a folder or a zip, as bytes.

Nothing of them is believed: sizes are counted while reading, nothing is unpacked to disk, and a
path or a link that points elsewhere is refused. Called by `package`; understands no content.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from catalog.errors import BrokenFileError, TooLargeError, UnsafeFileError

MAX_BYTES = 50 * 1024 * 1024
MAX_FILES = 200
ENDINGS = frozenset({".csv", ".json", ".ndjson", ".jsonl"})


def folder_files(path: Path, limit: int = MAX_BYTES) -> Iterator[tuple[str, bytes]]:
    """The tables of a folder: CSV and JSON."""
    total = 0
    root = path.resolve()
    for found in sorted(path.iterdir()):
        if found.suffix.lower() not in ENDINGS or not found.is_file():
            continue
        if not found.resolve().is_relative_to(root):
            raise UnsafeFileError(
                "%(file)r is a link to a file outside the folder. Copy the file itself in.",
                file=found.name,
            )
        total += found.stat().st_size
        if total > limit:
            raise too_large(path.name, limit)
        yield found.name, found.read_bytes()


# What zipfile raises for an archive whose bytes are not as they were written.
ZIP_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a version or a method that does not exist
    UnicodeDecodeError,  # a name that is no UTF-8
    OSError,
)


def zip_files(path: Path, limit: int = MAX_BYTES) -> Iterator[tuple[str, bytes]]:
    """The tables of a zip, never unpacked to disk, counted while they are read."""
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
            left = limit
            for member in members:
                name = check_member(path.name, member)
                is_table = PurePosixPath(name).suffix.lower() in ENDINGS
                if member.is_dir() or not is_table or name.startswith("."):
                    continue
                with archive.open(member) as handle:
                    content = handle.read(left + 1)
                if len(content) > left:
                    raise too_large(path.name, limit)
                left -= len(content)
                yield name, content
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
        return "." + inside.name
    return inside.name


def too_large(name: str, limit: int) -> TooLargeError:
    """The refusal of it; `limit` in bytes."""
    return TooLargeError(
        "%(file)r is larger than %(limit).3g MB when unpacked, which is more than an import takes. "
        "Split it, or leave out what is no part of the directory.",
        file=name,
        limit=limit / 1024 / 1024,
    )
