"""The offers as an index in the instance folder, which every process maps: read once, used by all.

Called by engines.py. One process builds at a time, under a lock that ends with it; who finds the
index of its catalog and day in the folder opens it in milliseconds. The folder holds listings of
partners and no student, is for its owner alone, and may be deleted at any time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import date
from functools import cache
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

import catalog
import matching
from app.recommendations.offers import Doubt, OfferList
from catalog.queries import state_of_services
from catalog.taxonomy import broader
from matching import storage
from matching.errors import IndexFolderError
from matching.index import Index

log = structlog.get_logger(__name__)

FOLDER = "offers_folder"  # in Session.info; create_app puts it there, but not for tests
DOUBTS = "doubts.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """An index, the catalog's revision that it was built from, and what the listings left in doubt."""

    index: Index
    revision: int
    doubts: tuple[Doubt, ...]


def arranged(found: OfferList, revision: str) -> Index:
    """The offers as an index, which serves every preset."""
    return Index(found.offers, broader(), revision)


def version_of(session: Session, revision: int, on: date) -> str:
    """What an index must be of: catalog, day, program, and database (1 statement).

    A database restored from a copy counts its revisions again, so its services are looked at too.
    """
    state = hashlib.blake2b(repr(state_of_services(session)).encode(), digest_size=8)
    return f"{revision} {on} {program()} {state.hexdigest()}"


@cache
def program() -> str:
    """A mark of the code and the words that make offers and their index: another release, or a rule
    more, reads listings anew."""
    code = hashlib.blake2b(repr(sorted(broader().items())).encode(), digest_size=8)
    for file in program_files():
        code.update(file.read_bytes())
    return code.hexdigest()


def program_files() -> list[Path]:
    """The code that decides what an index holds: what reads listings, and the whole engine, whose rules
    say which facts make offers alike."""
    here, reads = Path(__file__).parent, Path(catalog.__file__).parent
    engine = Path(matching.__file__).parent.rglob("*.py")
    return sorted((*here.glob("*.py"), *reads.glob("*.py"), *engine))


def is_of_this_program(version: str) -> bool:
    """Whether an index with this mark of `version_of` was made by the code that runs."""
    return program() in version.split()


def opened(folder: Path, version: str | None) -> Kept:
    """What lies in the folder; raises IndexFolderError where it is not whole, or of another version."""
    index = storage.opened(folder, version)
    try:
        told = json.loads((folder / DOUBTS).read_text(encoding="utf-8"))
        if told["version"] != index.revision:
            raise IndexFolderError("The doubts are of another index: build it anew.")
        doubts = tuple(Doubt(uuid.UUID(id_), name, what) for id_, name, what in told["doubts"])
        return Kept(index, int(index.revision.split(maxsplit=1)[0]), doubts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexFolderError("There are no doubts beside the index: build it anew.") from error


def opened_or_built(folder: Path, version: str, build: Callable[[], OfferList]) -> Kept:
    """The index of the version: from the folder, else built and put there. Waits while another
    process builds, and then finds what that one has built.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return opened(folder, version)
        except IndexFolderError as error:
            log.info("offers_not_kept", why=str(error))
        found = build()
        index = arranged(found, version)
        try:
            save(folder, index, found.doubts)
            return opened(folder, version)  # mapped: its memory is shared by all who open it
        except (OSError, IndexFolderError) as error:  # a full disk is no reason not to answer
            log.warning("offers_not_saved", kind=type(error).__name__)
            return Kept(index, int(version.split(maxsplit=1)[0]), found.doubts)


def is_being_built(folder: Path) -> bool:
    """Whether some process builds just now. Waits for nobody."""
    try:
        with (folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no folder: nobody has ever built in it
        return False
    return False


def save(folder: Path, index: Index, doubts: tuple[Doubt, ...]) -> None:
    """Put the index and its doubts into the folder, readable by its owner alone."""
    storage.save(index, folder)
    unfinished = folder / f"{DOUBTS}.new"
    plain = [[str(id_), name, what] for id_, name, what in map(astuple, doubts)]
    unfinished.write_text(json.dumps({"version": index.revision, "doubts": plain}), "utf-8")
    for file in folder.iterdir():
        file.chmod(0o600)
    os.replace(unfinished, folder / DOUBTS)  # noqa: PTH105 - in one step


def mark_of(folder: Path) -> int:
    """Another number once another index lies in the folder; 0: none."""
    try:
        return (folder / DOUBTS).stat().st_mtime_ns
    except OSError:
        return 0
