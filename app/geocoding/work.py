"""Finding the points of places: by the parcels and the ZIP areas first, then over the network.

Called by the job `find_places` and by `catalog geocode`. No transaction is open while a geocoder is
asked. What was found is written a batch at a time, so that a run can be killed and begun again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from app.settings import Settings
from catalog.geocoding import cache, parcels, queue
from catalog.geocoding.answers import Answer, Geocoder, Point
from catalog.geocoding.online import GeocoderTroubleError, online_geocoder
from catalog.geocoding.queue import Finding, Waiting
from catalog.geocoding.zip_areas import middle_of

log = structlog.get_logger(__name__)

BATCH = 500
ASKED_AT_ONCE = 20  # over the network, in one run of the job: half a minute at the slowest

WorkUnit = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Report:
    """What a run did: places looked up, those found by each geocoder, those not found, how many of
    them moved on the map, questions over the network, and which geocoders failed."""

    looked_up: int = 0
    found: Counter[str] = field(default_factory=Counter)
    not_found: int = 0
    moved: int = 0
    asked: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Network:
    """The geocoders of the network, in order, and what may still be asked of them in this run."""

    geocoders: Sequence[Geocoder]
    budget: int
    work_unit: WorkUnit
    now: datetime
    report: Report
    rests: dict[str, datetime] = field(default_factory=dict)
    kept: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def locate(self, place: Waiting) -> tuple[Answer | None, datetime | None]:
        """Where the place is, or None; and when to ask again, where not all could be asked."""
        again: datetime | None = None
        key = place.address.key
        for geocoder in self.geocoders:
            answer = self.kept.get((geocoder.name, key))
            if answer is None:
                answer, later = self.ask(geocoder, place)
                again = min(filter(None, (again, later)), default=None)
            if answer is not None and answer.point is not None:
                return answer, None
        return None, again

    def ask(self, geocoder: Geocoder, place: Waiting) -> tuple[Answer | None, datetime | None]:
        """One question, unless the geocoder rests or this run has asked enough."""
        if geocoder.name in self.rests:
            return None, self.rests[geocoder.name]
        if self.budget <= 0:
            return None, self.now
        self.budget -= 1
        self.report.asked += 1
        try:
            answer = geocoder.locate(place.address)
        except GeocoderTroubleError as trouble:
            with self.work_unit() as session:
                self.rests[geocoder.name] = cache.let_rest(
                    session,
                    geocoder.name,
                    problem=str(trouble),
                    retry_after=trouble.retry_after,
                    is_refused=trouble.is_refused,
                    now=self.now,
                )
            self.report.failed[geocoder.name] = str(trouble)
            log.warning("geocoder_failed", geocoder=geocoder.name, problem=str(trouble))
            return None, self.rests[geocoder.name]
        with self.work_unit() as session:
            cache.keep_answer(session, place.address.key, answer, now=self.now)
        self.kept[geocoder.name, place.address.key] = answer
        return answer, None


def geocoders_of(settings: Settings) -> list[Geocoder]:
    """The geocoders that the settings name, in their order."""
    return [
        online_geocoder(
            name,
            user_agent=f"Footbridge ({settings.base_url})",
            url=settings.nominatim_url if name == "nominatim" else "",
            account=settings.arcgis_account if name == "arcgis" else "",
        )
        for name in settings.geocoder_names
    ]


def names_of(geocoders: Sequence[Geocoder]) -> str:
    """Who can be asked, as the queue remembers it."""
    offline = ["parcels"] if parcels.is_installed() else []
    return ",".join([*offline, "zip_area", *(one.name for one in geocoders)])


def find_places(
    work_unit: WorkUnit,
    geocoders: Sequence[Geocoder],
    *,
    now: datetime,
    budget: int = ASKED_AT_ONCE,
    batch: int = BATCH,
) -> Report:
    """Look up one batch of the places that wait."""
    report, names = Report(), names_of(geocoders)
    with work_unit() as session:
        waiting = queue.waiting_places(session, geocoders=names, now=now, limit=batch)
        keys = {place.address.key for place in waiting}
        network = Network(geocoders, budget, work_unit, now, report)
        network.kept = cache.kept_answers(session, keys, now=now)
        network.rests = {name: row.until for name, row in cache.resting(session, now=now).items()}
    if not waiting:
        return report
    on_parcels = parcels.find_parcels(place.address for place in waiting)
    findings = [finding_of(place, on_parcels, network) for place in waiting]
    with work_unit() as session:
        report.moved = queue.write_findings(session, findings, geocoders=names, now=now)
    report.looked_up = len(findings)
    report.found.update(one.answer.geocoder for one in findings if one.answer.point)
    report.not_found = sum(one.answer.point is None for one in findings)
    return report


def finding_of(place: Waiting, on_parcels: dict[str, Answer], network: Network) -> Finding:
    """What is found for one place: the house or its neighbor, else the middle of its ZIP area, else
    nothing."""
    address = place.address
    on_parcel = on_parcels.get(address.key)
    if on_parcel is not None:
        return Finding(place, on_parcel, None)
    again = None
    if address.has_house and network.geocoders:
        answer, again = network.locate(place)
        if answer is not None:
            return Finding(place, answer, None)
        again = again or network.now + queue.NOT_FOUND_AGAIN
    middle = middle_of(address.zip_code)
    if middle is None:
        return Finding(place, Answer("zip_area"), again)
    return Finding(place, Answer("zip_area", Point(*middle), "zip"), again)
