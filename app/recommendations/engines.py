"""The engines of this process: one a preset, over one index of the offers that they share.

Called by queries.py, which asks for one in every request: that takes one cheap statement. After a
change of the catalog the index is built anew, once for all processes (kept.py), by the worker's job,
a command, or whoever asks where nothing was ever built. A web process never waits for that: it answers
from the index that it has, with open places and closed listings put right, and opens the newer one
when it is there; where no worker builds, it has that done beside it. Tests keep nothing in a folder and
build in memory. Safe among threads.
"""

from __future__ import annotations

import gc
import threading
import time
import uuid
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import Connection
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from app.clock import begin_of_day
from app.recommendations.changes import put_right
from app.recommendations.kept import (
    FOLDER,
    Kept,
    arranged,
    is_being_built,
    is_of_this_program,
    mark_of,
    opened,
    opened_or_built,
    version_of,
)
from app.recommendations.listings import Listings
from app.recommendations.offers import Doubt, OfferList, offers_of
from app.referrals.queries import track_records
from catalog.queries import current_revision, services_on_offer
from matching.engine import Engine
from matching.errors import IndexFolderError
from matching.index import Index
from matching.parameters import PRESETS, Parameters, load
from matching.types import TrackRecord

log = structlog.get_logger(__name__)

RECORD_KEPT = timedelta(days=730)  # a partner is judged by what it does now
PARAMETERS = "matching_parameters"  # in Session.info; create_app puts the district's there

# In Session.info of a web process, which never waits for a build: what has one done beside it.
NEVER_WAITS = "offers_never_waited_for"
OVERDUE_S = 60.0  # so long a web process waits for the worker's build; then no worker is at work

HaveBuilt = Callable[[], object]  # returns at once, and starts nothing that is being done already


@dataclass(slots=True)
class Shelf:
    """What one database's catalog of a revision and a day is answered from.

    `kept` is what was built; where that is of an older revision (or day), `behind_since` says since
    when somebody is waited for who builds, by the monotonic clock, and `mark` which folder was seen
    last.
    """

    revision: int
    on: date
    kept: Kept
    index: Index
    behind_since: float | None = None
    mark: int = 0
    engines: dict[str, Engine] = field(default_factory=dict)
    listings: Listings = field(default_factory=dict)


class Standing(NamedTuple):
    """What a question is answered from: `revision` is that which the engine was built from."""

    engine: Engine
    revision: int
    listings: Listings


# By database (tests have several in one process), as long as that database is in use.
_shelves: weakref.WeakKeyDictionary[Database | Connection, Shelf] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def engine_for(session: Session, preset: str, *, on: date) -> tuple[Engine, int]:
    """The engine of `standing_for`, and the revision that it was built from."""
    standing = standing_for(session, preset, on=on)
    return standing.engine, standing.revision


def standing_for(session: Session, preset: str, *, on: date) -> Standing:
    """The engine for the catalog as it stands, and what is remembered of it (1 statement if
    unchanged; in a web process 4 once after a change).

    Raises matching's ParameterError for an unknown preset.
    """
    with _lock:
        shelf = shelf_for(session, on)
        if preset not in shelf.engines:
            own: Mapping[str, Parameters] = session.info.get(PARAMETERS, {})
            parameters = own.get(preset) or load(preset)
            shelf.engines[preset] = Engine.over(shelf.index, parameters)
        return Standing(shelf.engines[preset], shelf.kept.revision, shelf.listings)


def shelf_for(session: Session, on: date) -> Shelf:
    """The shelf that answers for the catalog as it stands. The caller holds the lock."""
    revision = current_revision(session)
    database = session.get_bind()
    shelf = _shelves.get(database)
    if shelf is None or (shelf.revision, shelf.on) != (revision, on) or has_news(session, shelf):
        shelf = _shelves[database] = next_shelf(session, shelf, revision, on)
    if shelf.behind_since is not None and time.monotonic() - shelf.behind_since > OVERDUE_S:
        see_to_a_build(session, shelf)
    return shelf


def has_news(session: Session, shelf: Shelf) -> bool:
    """Whether a shelf that is behind need not be any more, or must not be any longer."""
    if shelf.behind_since is None:
        return False
    return not session.info.get(NEVER_WAITS) or mark_of(session.info[FOLDER]) != shelf.mark


def see_to_a_build(session: Session, shelf: Shelf) -> None:
    """Whoever should have built has not: have it done beside this process, unless somebody has begun.
    Asked for again after as long, should that come to nothing too."""
    shelf.behind_since = time.monotonic()
    if not is_being_built(session.info[FOLDER]):
        log.warning(
            "offers_overdue",
            revision=shelf.revision,
            built_from=shelf.kept.revision,
            why="no worker has built what matching reads; it is built beside this web process now",
        )
        have_built: HaveBuilt = session.info[NEVER_WAITS]
        have_built()


def next_shelf(session: Session, shelf: Shelf | None, revision: int, on: date) -> Shelf:
    """The shelf of this revision and day: opened, built, or the last one put right."""
    folder: Path | None = session.info.get(FOLDER)
    if folder is None:
        found = read_offers(session, on)
        kept = Kept(arranged(found, str(revision)), revision, found.doubts)
        return new_shelf(kept, revision, on)
    version = version_of(session, revision, on)
    if session.info.get(NEVER_WAITS):
        mark = mark_of(folder)
        try:
            return new_shelf(opened(folder, version), revision, on)
        except IndexFolderError:
            last = latest(folder) or (shelf.kept if shelf else None)
        if last is not None:
            since = time.monotonic()
            if shelf and shelf.behind_since is not None and is_same(shelf.kept, last):
                since = shelf.behind_since
            index = put_right(session, last.index)
            log.info("offers_put_right", revision=revision, built_from=last.revision)
            return Shelf(revision, on, last, index, since, mark)
    kept = opened_or_built(folder, version, lambda: read_offers(session, on))
    return new_shelf(kept, revision, on)


def new_shelf(kept: Kept, revision: int, on: date) -> Shelf:
    """A shelf that is not behind."""
    offers, doubts = len(kept.index.columns), len(kept.doubts)
    log.info("offers_ready", revision=revision, offers=offers, doubts=doubts)
    return Shelf(revision, on, kept, kept.index)


def is_same(one: Kept, other: Kept) -> bool:
    """Whether both were built at once, so that nobody has built since."""
    return one.index.revision == other.index.revision


def latest(folder: Path) -> Kept | None:
    """What was built last by this program, of whatever revision: which may be newer than
    what this process has, and still not the newest."""
    try:
        found = opened(folder, None)
    except IndexFolderError:
        return None
    return found if is_of_this_program(found.index.revision) else None


def district_parameters(folder: Path) -> Mapping[str, Parameters]:
    """Every preset with what the district's `folder` changes of it. Raises ParameterError."""
    return {preset: load(preset, overrides=folder) for preset in PRESETS}


def warm_up(session: Session, *, on: date) -> None:
    """Build every preset's engine now: before serving, so that no first visitor waits, and before
    the processes are forked, so that they share it.
    """
    for preset in PRESETS:
        engine_for(session, preset, on=on)


def read_offers(session: Session, on: date) -> OfferList:
    """The offers of the catalog as it stands, and what their listings left in doubt.

    Without the cyclic garbage collector, which finds nothing in tens of thousands of rows that all
    stay until the end, and takes half the time (1,282 services: 0.97 s of CPU with, 0.47 without).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return offers_of(services_on_offer(session), on=on, records=records_on(session, on))
    finally:
        if was_enabled:
            gc.enable()


def records_on(session: Session, on: date) -> Mapping[uuid.UUID, TrackRecord]:
    """What became of each service's referrals, up to yesterday's end: so that all who rank on one day
    rank by the same figures, whichever process they ask (1 statement)."""
    today = begin_of_day(session, on)
    found = track_records(session, since=today - RECORD_KEPT, before=today)
    return {service_id: TrackRecord(*figures) for service_id, figures in found.items()}


def doubts_on(session: Session, on: date) -> tuple[Doubt, ...]:
    """What the listings leave in doubt, as the index of the day was built."""
    with _lock:
        return shelf_for(session, on).kept.doubts


def forget() -> None:
    """Build anew at the next question: for tests, whose revisions are undone and come again."""
    with _lock:
        _shelves.clear()
