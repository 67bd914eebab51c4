"""Which entries a search keeps: each filter answers yes, no, or "the listing does not say".

Called by `catalog.search` alone. A no leaves the entry out; what is not said never does: the entry
stays, below those without doubt, with the question to ask.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.search_entries import Entry, Range
from catalog.taxonomy import broader

Mask = NDArray[np.bool_]

EARTH_RADIUS_METRES = 6_371_008.8  # mean radius, IUGG
NOT_SAID = -1
DOUBTS = ("distance", "hours", "age", "grade", "language", "cost", "open_places")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; None: no matter. All must hold.

    `term`: a need or interest, or a broader one. `near`: (latitude, longitude) in degrees, with
    `within_metres`. `open_at`: weekday (0 = Monday) and minutes from midnight. `age` in whole years.
    `language`: ISO 639-1. `status` None: any.
    """

    term: str | None = None
    near: tuple[float, float] | None = None
    within_metres: float | None = None
    open_at: tuple[int, int] | None = None
    age: int | None = None
    grade: int | None = None
    language: str | None = None
    fee_at_most_cents: int | None = None
    has_open_places: bool = False
    status: str | None = "active"


@dataclass(slots=True)
class Kept:
    """`mask`: who stays. `doubts`: a bit for each of DOUBTS. `closeness`: of the nearest place.

    Closeness is the dot product of unit vectors, -inf where no point is known: see `metres_of`.
    """

    mask: Mask
    doubts: NDArray[np.uint8]
    closeness: NDArray[np.float64] | None


class FilterColumns:
    """The facts of all entries as columns, in the order of the entries."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.count = len(entries)
        self.statuses = {
            status: flags(entry.status == status for entry in entries)
            for status in {entry.status for entry in entries}
        }
        self.terms = by_word(with_broader(entry.terms) for entry in entries)
        self.languages = by_word(entry.languages or () for entry in entries)
        self.says_languages = flags(entry.languages is not None for entry in entries)
        self.has_interpreter = flags(entry.has_interpreter is True for entry in entries)
        self.fees = column(entry.fee_cents for entry in entries)
        self.open_places = column(entry.open_places for entry in entries)
        self.ages = RangeColumns([entry.ages for entry in entries])
        self.grades = RangeColumns([entry.grades for entry in entries])
        self.hours: list[NDArray[np.int32]] = [hours_on(entries, day) for day in range(7)]
        self.lacks_hours = flags(
            not entry.places or any(place.hours is None for place in entry.places)
            for entry in entries
        )
        self.is_online = flags(any(p.is_virtual for p in entry.places) for entry in entries)
        points = [
            (number, *place.point)
            for number, entry in enumerate(entries)
            for place in entry.places
            if place.point
        ]
        # The points of an entry stand together. Most have one: only the others are compared.
        self.point_of = np.array([point[0] for point in points], np.int64)
        self.not_last = np.flatnonzero(self.point_of[:-1] == self.point_of[1:])
        self.vectors = unit_vectors(np.array([point[1:] for point in points], float))

    def apply(self, filters: Filters) -> Kept:
        """Who stays, and what has to be asked of them."""
        kept = Kept(np.ones(self.count, bool), np.zeros(self.count, np.uint8), None)
        if filters.status is not None:
            kept.mask &= self.statuses.get(filters.status, np.zeros(self.count, bool))
        if filters.term is not None:
            kept.mask &= self.among(self.terms, filters.term)
        if filters.near is not None:
            kept.closeness = self.closeness(filters.near)
            if filters.within_metres is not None:
                least = math.cos(min(math.pi, filters.within_metres / EARTH_RADIUS_METRES))
                yes = (kept.closeness >= least) | self.is_online
                judge(kept, "distance", yes, np.isinf(kept.closeness))
        if filters.open_at is not None:
            judge(kept, "hours", self.open_at(*filters.open_at), self.lacks_hours)
        if filters.age is not None:
            judge(kept, "age", self.ages.holding(filters.age, whole=True), self.ages.silent)
        if filters.grade is not None:
            judge(kept, "grade", self.grades.holding(filters.grade), self.grades.silent)
        if filters.language is not None:
            speaks = self.among(self.languages, filters.language) | self.has_interpreter
            judge(kept, "language", speaks, ~self.says_languages)
        if filters.fee_at_most_cents is not None:
            cheap = (self.fees != NOT_SAID) & (self.fees <= filters.fee_at_most_cents)
            judge(kept, "cost", cheap, self.fees == NOT_SAID)
        if filters.has_open_places:
            judge(kept, "open_places", self.open_places > 0, self.open_places == NOT_SAID)
        return kept

    def among(self, lists: dict[str, NDArray[np.int32]], word: str) -> Mask:
        """Who is in the list of the word; nobody where there is no such list."""
        found = np.zeros(self.count, bool)
        if word in lists:
            found[lists[word]] = True
        return found

    def closeness(self, near: tuple[float, float]) -> NDArray[np.float64]:
        """How close each entry's nearest known place is; see `metres_of`."""
        closest = np.full(self.count, -np.inf)
        if len(self.vectors):
            dots = self.vectors @ unit_vectors(np.array([near], float))[0]
            closest[self.point_of] = dots  # of several the last
            more = self.not_last
            np.maximum.at(closest, self.point_of[more], dots[more])
        return closest

    def open_at(self, weekday: int, minute: int) -> Mask:
        """Who is known to be open then."""
        rows = self.hours[weekday]
        found = np.zeros(self.count, bool)
        found[rows[(rows[:, 1] <= minute) & (minute < rows[:, 2]), 0]] = True
        return found


class RangeColumns:
    """Ranges of ages or grades. `silent`: the listing does not say."""

    def __init__(self, ranges: Sequence[tuple[Range, ...] | None]) -> None:
        self.silent = flags(one is None for one in ranges)
        rows = [
            (number, -math.inf if low is None else low, math.inf if high is None else high)
            for number, one in enumerate(ranges)
            if one is not None
            for low, high in (one or ((None, None),))
        ]
        self.entries = np.array([row[0] for row in rows], np.int64)
        self.lows = np.array([row[1] for row in rows], float)
        self.highs = np.array([row[2] for row in rows], float)

    def holding(self, value: int, *, whole: bool = False) -> Mask:
        """Whose ranges hold the value. `whole`: a year of age, from this birthday to the next; some
        part of it is enough, so that "up to 5.5" is shown for a child of 5.
        """
        fits = (self.highs >= value) & ((self.lows < value + 1) if whole else (self.lows <= value))
        found = np.zeros(len(self.silent), bool)
        found[self.entries[fits]] = True
        return found


def metres_of(closeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres on the sphere; infinite where no point is known."""
    chords = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * np.maximum(closeness, -1.0))) / 2
    along = 2 * EARTH_RADIUS_METRES * np.arcsin(np.minimum(1.0, chords))
    return np.where(np.isinf(closeness), np.inf, along)


def judge(kept: Kept, what: str, yes: Mask, unknown: Mask) -> None:
    """Keep those who fit and those who do not say; note what to ask the latter."""
    unknown = unknown & ~yes
    kept.mask &= yes | unknown
    kept.doubts |= unknown.view(np.uint8) << np.uint8(DOUBTS.index(what))


def by_word(lists: Iterable[Iterable[str]]) -> dict[str, NDArray[np.int32]]:
    """For each word the numbers of the entries that have it, in order."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(lists):
        for word in words:
            found[word].append(number)
    return {word: np.array(numbers, np.int32) for word, numbers in sorted(found.items())}


def with_broader(terms: Iterable[str]) -> set[str]:
    """The terms and all that are broader."""
    above: Callable[[str], str | None] = broader().get
    found: set[str] = set()
    for one in terms:
        code: str | None = one
        while code is not None and code not in found:
            found.add(code)
            code = above(code)
    return found


def hours_on(entries: Sequence[Entry], weekday: int) -> NDArray[np.int32]:
    """(entry, opens, closes) of a weekday."""
    rows = [
        (number, opens, closes)
        for number, entry in enumerate(entries)
        for place in entry.places
        for day, opens, closes in place.hours or ()
        if day == weekday
    ]
    return np.array(rows, np.int32).reshape(-1, 3)


def unit_vectors(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of (latitude, longitude) as vectors of length one."""
    latitudes, longitudes = np.radians(degrees.reshape(-1, 2)).T
    return np.stack(
        [
            np.cos(latitudes) * np.cos(longitudes),
            np.cos(latitudes) * np.sin(longitudes),
            np.sin(latitudes),
        ],
        axis=1,
    )


def flags(values: Iterable[bool]) -> Mask:
    return np.fromiter(values, bool)


def column(values: Iterable[int | None]) -> NDArray[np.int32]:
    return np.fromiter((NOT_SAID if value is None else value for value in values), np.int32)
