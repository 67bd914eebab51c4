"""This process's search index of the catalog, built anew when the catalog or the day has changed.

Called by queries.py, which asks for it in every request: that takes one cheap statement, and the
nine of `read_entries` only after a change. Safe among threads; who comes while it is built waits.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy import Connection
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from catalog.queries import current_revision
from catalog.search import SearchIndex
from catalog.search_entries import read_entries
from catalog.taxonomy import resolve

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was built from one revision of one database's catalog, for one day."""

    revision: int
    on: date
    index: SearchIndex


# By database (tests have several in one process), as long as that database is in use.
_shelves: weakref.WeakKeyDictionary[Database | Connection, Shelf] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def index_for(session: Session, *, on: date) -> SearchIndex:
    """The index of the catalog as it stands (1 statement if unchanged)."""
    revision = current_revision(session)
    database = session.get_bind()
    with _lock:
        shelf = _shelves.get(database)
        if shelf is None or (shelf.revision, shelf.on) != (revision, on):
            shelf = Shelf(revision, on, SearchIndex(read_entries(session, on=on)))
            _shelves[database] = shelf
            log.info("search_index_built", revision=revision, services=len(shelf.index.entries))
        return shelf.index


def warm_up(session: Session, *, on: date) -> None:
    """Build the index and read the lexicon before the first visitor comes."""
    index_for(session, on=on)
    resolve("dentist", "en")
    resolve("dentista", "es")


def forget() -> None:
    """Build anew at the next question: for tests, whose revisions are undone and come again."""
    with _lock:
        _shelves.clear()
