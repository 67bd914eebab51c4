"""Facts of offers as numbers and bits, by what the rules' own definitions say of each different one.

Built by `tests/benchmarks/peers/layout.py` for the peers of the engine's benchmark.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf

import numpy as np

from matching.geo import is_inside, metres_from, unit_vector
from matching.question import Question
from matching.ranges import span
from matching.rules import age, gender, grade, income, insurance, refusals
from matching.types import Offer, Point, Profile, Range, Residence, Verdict

NOBODY = Profile("")
REFUSED = -1  # in a column of answers
ZIP_CODES, COUNTIES, DRAWN = 1, 2, 4  # kinds of area, as bits
BITS = 62  # of a whole number that are used


class Numbers:
    """Different things, numbered as they come."""

    def __init__(self, *first: Hashable) -> None:
        self.of: dict[Hashable, int] = {one: at for at, one in enumerate(first)}

    def __call__(self, thing: Hashable) -> int:
        return self.of.setdefault(thing, len(self.of))


class Answers:
    """What students' facts make of each different fact of offers: rules' NO and questions, points."""

    def __init__(self, judges: Sequence[Callable], score: Callable, weight: int) -> None:
        self._judges, self._score, self._weight = judges, score, weight
        self._numbers = Numbers()
        self._examples: list[Offer] = []
        self._known: dict[Hashable, tuple[int, ...]] = {}

    def number(self, fact: Hashable, offer: Offer) -> int:
        number = self._numbers(fact)
        if number == len(self._examples):
            self._examples.append(offer)
        return number

    def column(self, facts: Hashable, question: Question) -> tuple[Hashable, tuple[int, ...]]:
        """For each number 4 × points + questions, or REFUSED; remembered by the student's facts."""
        known = self._known.get(facts)
        if known is None:
            known = tuple(self._answer(offer, question) for offer in self._examples)
            self._known[facts] = known
        return facts, known

    def _answer(self, offer: Offer, question: Question) -> int:
        reasons = [reason for judge in self._judges if (reason := judge(offer, question))]
        if refusals(tuple(reasons)):
            return REFUSED
        return 4 * self._weight * self._score(offer, question).value + len(reasons)


class Signature:
    """Bits of what offers refuse: one for each value of a fact that catalogs tell apart."""

    def __init__(self, offers: Sequence[Offer], nobody: Question) -> None:
        self._nobody = nobody
        ages = _bounds(offer.ages for offer in offers)
        grades = _bounds(offer.grades for offer in offers)
        ceilings = sorted({one.income_ceiling for one in offers if one.income_ceiling is not None})
        genders = sorted({one.gender for one in offers if one.gender})
        insurances = sorted({term for one in offers for term in one.insurance or ()})
        situations = sorted(
            {term for one in offers for term in (*one.situations_required, *one.situations_barred)}
        )
        self.situations = {term: 2 << at for at, term in enumerate(situations)}
        # For each rule: the student's fact, its number, and an example of each number.
        self._facts: list[tuple[str, Callable, Sequence]] = [
            ("age", lambda value: bisect_right(ages, value), [-1.0, *ages]),
            ("grade", lambda value: bisect_right(grades, value), [-9, *grades]),
            (
                "income_percent",
                lambda value: bisect_left(ceilings, value),
                [*ceilings, 1 + max(ceilings, default=0)],
            ),
            ("gender", _place_in(genders), [*genders, "another"]),
            ("insurance", _place_in(insurances), [*insurances, "another"]),
        ]
        self._first: dict[str, int] = {}
        bits = 0
        for name, _, examples in self._facts:
            self._first[name] = bits
            bits += len(examples)
        self._first["situations"] = bits
        if bits + len(situations) > BITS:
            raise ValueError("This catalog tells too many facts apart for one whole number.")
        self._known: dict[Hashable, int] = {}

    def of(self, offer: Offer) -> int:
        """The bits that the offer refuses."""
        ruled = (
            ("age", age.judge, (offer.ages, offer.grades)),
            ("grade", grade.judge, offer.grades),
            ("income_percent", income.judge, offer.income_ceiling),
            ("gender", gender.judge, offer.gender),
            ("insurance", insurance.judge, offer.insurance),
        )
        refused = sum(self.situations[term] >> 1 for term in offer.situations_barred)
        refused <<= self._first["situations"]
        for (name, _, examples), (_, judge, fact) in zip(self._facts, ruled, strict=True):
            known = self._known.get((name, fact))
            if known is None:
                known = 0
                for at, example in enumerate(examples):
                    student = replace(self._nobody, profile=replace(NOBODY, **{name: example}))
                    reason = judge(offer, student)
                    if reason is not None and reason.verdict is Verdict.NO:
                        known |= 1 << at
                self._known[name, fact] = known
            refused |= known << self._first[name]
        return refused

    def required(self, offer: Offer) -> int:
        """The situations of which one is needed; bit 0 where none is."""
        return sum(self.situations[term] for term in offer.situations_required) or 1

    def mask(self, profile: Profile) -> int:
        """The bits that refuse the student."""
        mask = sum(self.situations.get(term, 0) >> 1 for term in profile.situations or ())
        mask <<= self._first["situations"]
        for name, number, _ in self._facts:
            value = getattr(profile, name)
            if value is not None:
                mask |= 1 << self._first[name] << number(value)
        return mask

    def has(self, profile: Profile) -> int:
        """The bits of `required` that the student answers to; all while nothing is known."""
        if profile.situations is None:
            return (1 << BITS) - 1
        return 1 + sum(self.situations.get(term, 0) for term in profile.situations)


class Areas:
    """Where families must live: numbers of areas by what makes a family fit; 0 is anywhere."""

    def __init__(self) -> None:
        self._numbers = Numbers(Residence())
        self._kinds = [0]
        self._by_zone: dict[tuple[str, str | None], list[int]] = {}
        self._circles: list[tuple[Point, float, int]] = []
        self._polygons: dict[tuple[Point, ...], list[int]] = {}
        self._known: dict[Hashable, list[int]] = {}

    def number(self, area: Residence | None) -> tuple[int, int]:
        """The area's number and the kinds of its parts."""
        number = self._numbers(area or Residence())
        if area is not None and number == len(self._kinds):
            self._add(area, number)
        return number, self._kinds[number]

    def _add(self, area: Residence, number: int) -> None:
        state = (area.statewide,) if area.statewide else ()
        for kind, terms in (("zip", area.zip_codes), ("county", area.counties), ("state", state)):
            for term in terms:
                self._by_zone.setdefault((kind, term), []).append(number)
        if area.centre is not None and area.radius_metres is not None:
            self._circles.append((area.centre, area.radius_metres, number))
        if area.polygon:
            self._polygons.setdefault(area.polygon, []).append(number)
        self._kinds.append(
            (ZIP_CODES if area.zip_codes else 0)
            | (COUNTIES if area.counties or state else 0)
            | (DRAWN if area.centre or area.polygon else 0)
        )

    def finish(self) -> None:
        """Lay the drawn areas out as columns."""
        middles = [unit_vector(centre) for centre, _, _ in self._circles]
        self._middles = tuple(np.array(middles, dtype=np.float64).reshape(-1, 3).T)
        self._radii = np.array([radius for _, radius, _ in self._circles], dtype=np.float64)
        self._shapes = tuple(self._polygons)
        corners = [[(one.latitude, one.longitude) for one in shape] for shape in self._shapes]
        self._low = np.array([np.min(one, axis=0) for one in corners]).reshape(-1, 2)
        self._high = np.array([np.max(one, axis=0) for one in corners]).reshape(-1, 2)

    def fitting(self, question: Question) -> list[int]:
        """The areas where the family lives, remembered for neighbours."""
        profile = question.profile
        key = (profile.zip_code, profile.county, profile.home)
        if key not in self._known:
            zones = (("zip", key[0]), ("county", key[1]), ("state", question.state))
            found = {number for zone in zones for number in self._by_zone.get(zone, ())}
            if profile.home is not None:
                found.update(self._drawn_around(profile.home))
            self._known[key] = sorted(found)
        return self._known[key]

    def _drawn_around(self, home: Point) -> Iterator[int]:
        for at in np.flatnonzero(metres_from(home, *self._middles) <= self._radii):
            yield self._circles[at][2]
        point = (home.latitude, home.longitude)
        boxed = (self._low <= point).all(axis=1) & (point <= self._high).all(axis=1)
        for at in np.flatnonzero(boxed):
            if is_inside(home, self._shapes[at]):
                yield from self._polygons[self._shapes[at]]


def _bounds(ranges: Iterable[tuple[Range, ...] | None]) -> list[float]:
    """Where some range begins or ends: between two of these all values fit alike."""
    ends = {end for one in ranges for bounds in one or () for end in span(bounds)}
    return sorted(end for end in ends if abs(end) != inf)


def _place_in(terms: list[str]) -> Callable[[str], int]:
    places = {term: at for at, term in enumerate(terms)}
    return lambda term: places.get(term, len(terms))
