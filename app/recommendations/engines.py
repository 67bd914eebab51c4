"""The engines of this process: one a preset, built anew when the catalog or the day has changed.

Called by queries.py, which asks for one in every request: that takes one cheap statement, and the
whole catalog only after a change. The offers are shared by the presets and hold no rows of the
database. Safe among threads; who comes while the offers are built waits for them once.
"""

from __future__ import annotations

import gc
import threading
import uuid
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from app.clock import begin_of_day
from app.recommendations.offers import Doubt, OfferList, offers_of
from app.referrals.queries import track_records
from catalog.queries import current_revision, services_on_offer
from catalog.taxonomy import broader
from matching.engine import Engine
from matching.parameters import PRESETS, Parameters, load
from matching.types import TrackRecord

log = structlog.get_logger(__name__)

RECORD_KEPT = timedelta(days=730)  # a partner is judged by what it does now
PARAMETERS = "matching_parameters"  # in Session.info; create_app puts the district's there


@dataclass(slots=True)
class Shelf:
    """What was built from one revision of one database's catalog, for one day."""

    revision: int
    on: date
    offers: OfferList
    engines: dict[str, Engine] = field(default_factory=dict)


# By database (tests have several in one process), as long as that database is in use.
_shelves: weakref.WeakKeyDictionary[Database | Connection, Shelf] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def engine_for(session: Session, preset: str, *, on: date) -> tuple[Engine, int]:
    """The engine for the catalog as it stands, and its revision (1 statement if unchanged).

    Raises matching's ParameterError for an unknown preset.
    """
    revision = current_revision(session)
    database = session.get_bind()
    with _lock:
        shelf = _shelves.get(database)
        if shelf is None or (shelf.revision, shelf.on) != (revision, on):
            shelf = Shelf(revision, on, read_offers(session, on))
            _shelves[database] = shelf
            log.info(
                "offers_built",
                revision=revision,
                offers=len(shelf.offers.offers),
                doubts=len(shelf.offers.doubts),
            )
        if preset not in shelf.engines:
            own: Mapping[str, Parameters] = session.info.get(PARAMETERS, {})
            parameters = own.get(preset) or load(preset)
            shelf.engines[preset] = Engine(shelf.offers.offers, parameters, broader())
        return shelf.engines[preset], revision


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
    """What the listings leave in doubt, as the engine of the day was built."""
    engine_for(session, PRESETS[0], on=on)
    with _lock:
        return _shelves[session.get_bind()].offers.doubts


def forget() -> None:
    """Build anew at the next question: for tests, whose revisions are undone and come again."""
    with _lock:
        _shelves.clear()
