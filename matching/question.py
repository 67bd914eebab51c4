"""One question put to the engine: a profile on a day, against a catalog's background.

Built by the engine for every call, handed to every rule and scorer. It only holds and derives;
it judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from matching.geo import metres_between
from matching.parameters import Parameters
from matching.terms import Terms
from matching.types import Hours, Offer, Point, Profile, TrackRecord
from matching.week import Week, week


@dataclass(frozen=True, slots=True)
class Background:
    """What a judgement needs to know of the catalog beyond the one offer."""

    terms: Terms
    records: Mapping[str, TrackRecord]  # by need or interest, over all services that serve it
    overall: TrackRecord

    @classmethod
    def of(cls, offers: Iterable[Offer], terms: Terms) -> Background:
        """Add up the track records, each service once however many places it has."""
        services: dict[str, Offer] = {}
        for offer in offers:
            services.setdefault(offer.service, offer)
        closed: dict[str, int] = {}
        connected: dict[str, int] = {}
        for offer in services.values():
            for term in {*offer.categories, *offer.interests}:
                closed[term] = closed.get(term, 0) + offer.track_record.closed
                connected[term] = connected.get(term, 0) + offer.track_record.connected
        return cls(
            terms=terms,
            records={term: TrackRecord(closed[term], connected[term]) for term in closed},
            overall=TrackRecord(
                sum(offer.track_record.closed for offer in services.values()),
                sum(offer.track_record.connected for offer in services.values()),
            ),
        )


@dataclass(frozen=True)
class Question:
    """`load` is the number of open referrals now, by service key.

    What it derives is derived once: rules and scorers ask for it again with every offer.
    """

    profile: Profile
    on: date
    load: Mapping[str, int]
    parameters: Parameters
    background: Background

    @cached_property
    def places(self) -> tuple[Point, ...]:
        """Where the student sets out from: home and school, as far as they are known."""
        return tuple(
            point for point in (self.profile.home, self.profile.school_point) if point is not None
        )

    @cached_property
    def free_week(self) -> Week | None:
        """The student's free hours, or None where they are not known."""
        return None if self.profile.free_hours is None else week(self.profile.free_hours)

    @cached_property
    def usual_week(self) -> Week:
        """When a student is usually free: after school, and in the day at weekends."""
        figures = self.parameters
        school_day = (figures.time_school_day_opens, figures.time_school_day_closes)
        weekend = (figures.time_weekend_opens, figures.time_weekend_closes)
        return week(Hours(day, *(school_day if day < 5 else weekend)) for day in range(7))

    @cached_property
    def school_week(self) -> Week:
        """School hours, when a student is hardly to be free for anything else."""
        figures = self.parameters
        school_day = (figures.time_school_day_begins, figures.time_school_day_opens)
        return week(Hours(day, *school_day) for day in range(5))

    @property
    def is_homeless(self) -> bool:
        """Whether the student has no home to ask for, or to hold against him or her."""
        return "homeless" in (self.profile.situations or ())

    @cached_property
    def state(self) -> str | None:
        """The state of residence, told by the county ("Hamilton, TN")."""
        county = self.profile.county
        return None if county is None else county.rpartition(", ")[2]

    def metres_to(self, offer: Offer) -> int | None:
        """Distance from the nearer of home and school, or None where an end is not known."""
        if offer.point is None or not self.places:
            return None
        metres = self._metres.get(offer.point)
        if metres is None:
            metres = min(metres_between(place, offer.point) for place in self.places)
            self._metres[offer.point] = metres
        return metres

    def remember(self, offer: Offer, metres: int) -> None:
        """Take over a distance that the columns have given already."""
        if offer.point is not None:
            self._metres[offer.point] = metres

    @cached_property
    def _metres(self) -> dict[Point, int]:
        """Distances worked out so far: reach and closeness ask for the same one."""
        return {}
