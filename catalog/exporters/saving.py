"""Writing an export so that nobody ever meets half of it: beside its place first, then renamed.

Called by the exporters. A file of that name is replaced; a folder that holds something is not.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.errors import ExportPlaceError

# Endings by which people and programs tell a kind of file; any other says nothing.
TELLING_ENDINGS = frozenset(
    {".csv", ".json", ".jsonl", ".ndjson", ".ods", ".xls", ".xlsm", ".xlsx", ".zip"}
)


def check_ending(path: Path, ending: str) -> None:
    """Refuse a name that says it is another kind of file than one in `ending`, which is written:
    nobody could open it, and something of that kind may be there."""
    if path.suffix.lower() in TELLING_ENDINGS - {ending}:
        raise ExportPlaceError(
            "%(name)s ends in %(other)s, and this export makes a %(ending)s. Nothing was written. "
            "Name it %(example)s, or choose the format that the name says.",
            name=path.name,
            other=path.suffix,
            ending=ending,
            example=path.with_suffix(ending).name,
        )


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A place to write to; it becomes `path` when the block ends well, and is gone otherwise."""
    if path.is_dir():
        raise ExportPlaceError(
            "%(path)s is a folder. Name a file in it, for instance %(example)s.",
            path=path,
            example=path / "catalog.json",
        )
    with beside(path) as folder:
        made = folder / path.name
        yield made
        made.replace(path)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write into; it becomes `path` when the block ends well, and is gone otherwise."""
    if path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise ExportPlaceError(
            "There is something at %(path)s already. Name a new folder, or a file ending in .zip.",
            path=path,
        )
    with beside(path) as folder:
        made = folder / "package"
        made.mkdir()
        yield made
        if path.is_dir():
            path.rmdir()
        made.rename(path)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A hidden folder next to `path`, on the same disk so that renaming is one step."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.absolute().parent))
    except OSError as error:
        raise ExportPlaceError(
            "Nothing can be written to %(folder)s: %(why)s. Name another place.",
            folder=path.absolute().parent,
            why=error.strerror,
        ) from error
    try:
        yield folder
    except OSError as error:
        raise ExportPlaceError(
            "The export could not be written to %(path)s: %(why)s. What was there before is "
            "as it was. Make room, or name another place.",
            path=path,
            why=error.strerror or error,
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
