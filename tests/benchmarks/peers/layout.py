"""The whole question, laid out flat: offers as whole-number columns, a student as a few parameters.

Every peer of the engine's benchmark (SQLite, DuckDB, PostgreSQL, polars) answers from these, so that
the question is described once. What does not depend on the student is worked out before: offers that
are shut today are not in the table, and `points` holds all of the score that is everybody's. What the
student alone decides is worked out here as well, and remembered where students share it.

The answers of rules come from their own definitions (`rule.judge`), asked of each different fact once:

- `refuses`: a bit for each value of a student's fact that the offer refuses; a student is a mask.
- `asks`: a bit for each fact that the offer must know of a student; those not known are a mask.
- `speech` and `week`: numbers of different languages (with access) and opening hours; what a student's
  facts make of each number is a column of their own, see `Answers`.
- `area`: the number of the area where a family must live; a student is the list of those that fit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import asin, cos, degrees, floor, radians, sin
from operator import attrgetter
from typing import Any

from matching.criterion import Criterion
from matching.geo import EARTH_RADIUS_METRES, unit_vector
from matching.parameters import Parameters
from matching.question import Background, Question
from matching.rules import access, free_time, judge_all, language, reach, refusals
from matching.scorers import (
    closeness,
    cost,
    hours,
    interest,
    need,
    openings,
    track_record,
    weights_of,
)
from matching.scorers import language as language_score
from matching.terms import Terms
from matching.types import Offer, Point, Profile
from matching.week import week
from tests.benchmarks.peers.facts import (
    COUNTIES,
    DRAWN,
    NOBODY,
    ZIP_CODES,
    Answers,
    Areas,
    Numbers,
    Signature,
)

NOWHERE = (9.0, 9.0, 9.0)  # no point of the globe: as far from all of them as can be
ANYWHERE = -1  # the cell of what is reached from everywhere
NO_LIMIT = 1_000_000_000  # metres
# What an offer asks of a family that has not said, in the order of the bits of `asks`.
ASKED = (
    "age_unknown",
    "grade_unknown",
    "school_unknown",
    "insurance_unknown",
    "income_unknown",
    "situation_unknown",
    "barred_situation_unknown",
    "gender_unknown",
)
# Questions that depend on the student: counted where the student's fact is compared.
_COMPARED = {"home_unknown", "home_area_unknown", "free_hours_unknown", "language_unknown"}


@dataclass(frozen=True, slots=True)
class Row:
    """An offer that is not shut today: what a question compares, filters first."""

    place: int  # in the order of keys
    cell: int  # where it is, by tenths of a degree; ANYWHERE where distance refuses nobody
    refuses: int
    required: int  # a bit for each situation of which one is needed; bit 0: none is
    area: int  # 0: anyone
    area_kinds: int
    schools: int  # number of the set; 0: any
    service: int
    speech: int
    week: int
    asks: int
    questions: int  # that stand whoever asks
    points: int  # of the score, whoever asks
    by_distance: int  # 1 where closeness is a matter of distance
    least: int  # points of closeness that transport makes sure of
    within: int  # metres by which the place may be nearer or farther
    travelled: int  # 1 where distance refuses and asks
    x: float
    y: float
    z: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A student's question. Lists hold numbers of `Layout`; `considered` is known beforehand."""

    considered: int
    needs: Mapping[int, int]  # term -> points
    interests: Mapping[int, int]
    cells: Sequence[tuple[int, int]]  # first and last of each stretch in reach
    mask: int
    unknown: int  # the bits of `asks` that nobody has answered
    situations: int
    areas: Sequence[int]
    area_doubt: int  # kinds of area that are asked about and refuse nobody
    schools: Sequence[int]
    any_school: int  # 1: the school is not known, and no program refuses
    closed: Sequence[int]  # services that are not tried again now
    speech: tuple[
        Hashable, tuple[int, ...]
    ]  # key, and for each number 4 × points + questions, or -1
    week: tuple[Hashable, tuple[int, ...]]
    places: tuple[tuple[float, float, float], tuple[float, float, float]]
    chord: float  # squared; nothing farther is near
    near: int
    far: int
    half: int
    least: int  # points of closeness for those of whom no place is known


class Layout:
    """A catalog on one day: `rows`, and `provides`, pairs of a term's number and a row's."""

    def __init__(
        self,
        offers: Sequence[Offer],
        parameters: Parameters,
        broader: Mapping[str, str | None],
        on: date,
        load: Mapping[str, int],
    ) -> None:
        background = Background.of(offers, Terms(broader))
        self._nobody = Question(NOBODY, on, load, parameters, background)
        self._signature = Signature(offers, self._nobody)
        weights = parameters.weights
        self._speech = Answers(
            (language.judge, access.judge), language_score.value, weights["language"]
        )
        self._week = Answers((free_time.judge,), hours.value, weights["hours"])
        self._areas = Areas()
        self._schools, self._services, self._terms = Numbers(frozenset()), Numbers(), Numbers()
        self._kinds = Numbers()
        self._offers_of_kind: list[int] = []
        self._kinds_of_term: dict[int, set[int]] = {}
        self._worths: dict[Hashable, dict[int, int]] = {}
        self.close_weight = weights["closeness"]
        self.keys: list[str] = []
        self.rows: list[Row] = []
        self.provides: list[tuple[int, int]] = []
        self._widest = max((offer.point_within for offer in offers), default=0)
        for place, offer in enumerate(sorted(offers, key=lambda offer: offer.key)):
            self.keys.append(offer.key)
            terms = self._count(offer)
            reasons = judge_all(offer, self._nobody)
            if not refusals(reasons):
                self.provides += [(term, len(self.rows)) for term in terms]
                self.rows.append(self._row(place, offer, [reason.code for reason in reasons]))
        self._areas.finish()
        self._sets_of_school: dict[str, list[int]] = {}
        for names, number in self._schools.of.items():
            for name in names:
                self._sets_of_school.setdefault(name, []).append(number)

    def _count(self, offer: Offer) -> list[int]:
        """The numbers of the terms that the offer serves; it counts among those considered."""
        kind = self._kinds((frozenset(offer.categories), frozenset(offer.interests)))
        if kind == len(self._offers_of_kind):
            self._offers_of_kind.append(0)
        self._offers_of_kind[kind] += 1
        named = [("needs", one) for one in offer.categories]
        named += [("interests", one) for one in offer.interests]
        terms = sorted({self._terms(one) for one in named})
        for term in terms:
            self._kinds_of_term.setdefault(term, set()).add(kind)
        return terms

    def _row(self, place: int, offer: Offer, codes: list[str]) -> Row:
        question, weights = self._nobody, self._nobody.parameters.weights
        known = [code for code in codes if code not in ASKED and code not in _COMPARED]
        area, area_kinds = self._areas.number(offer.residence)
        by_distance = offer.mode == "place" and offer.point is not None
        close = closeness.value(offer, question).value * weights["closeness"]
        points = sum(
            weights[one.CRITERION.name] * one.value(offer, question).value
            for one in (cost, openings, track_record)
        )
        has_here = offer.access or frozenset()
        at_school = offer.mode == "school"
        open_hours = None if offer.hours is None or at_school else week(offer.hours)
        x, y, z = unit_vector(offer.point) if offer.point else NOWHERE
        return Row(
            place=place,
            cell=_cell_of(offer),
            refuses=self._signature.of(offer),
            required=self._signature.required(offer),
            area=area,
            area_kinds=area_kinds,
            schools=self._schools(offer.schools or frozenset()),
            service=self._services(offer.service),
            speech=self._speech.number(
                (offer.languages, offer.has_interpreter, has_here, offer.mode == "place"), offer
            ),
            week=self._week.number((at_school, open_hours), offer),
            asks=sum(1 << ASKED.index(code) for code in codes if code in ASKED),
            questions=len(known),
            points=points if by_distance else points + close,
            by_distance=int(by_distance),
            least=close if offer.provides_transport else 0,
            within=offer.point_within,
            travelled=int(by_distance and not offer.provides_transport),
            x=x,
            y=y,
            z=z,
        )

    def table(self, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of every term that is served, with the columns named."""
        rest = attrgetter(*(name for name in columns if name != "term"))
        assert columns[0] == "term"
        return ((term, *rest(self.rows[row])) for term, row in self.provides)

    def asked(self, profile: Profile) -> Asked:
        """The student's question as parameters."""
        question = replace(self._nobody, profile=profile)
        weights = weights_of(question)
        needs = self._worths_of(need.CRITERION, "needs", question)
        interests = self._worths_of(interest.CRITERION, "interests", question)
        kinds: set[int] = set()
        for term in (*needs, *interests):
            kinds |= self._kinds_of_term.get(term, set())
        near, far = reach.limits(question)
        if profile.home is None:
            far = NO_LIMIT
        vectors = [unit_vector(place) for place in question.places] or [NOWHERE]
        unknown = (
            profile.age,
            profile.grade,
            profile.school,
            profile.insurance,
            profile.income_percent,
            profile.situations,
            profile.situations,
            profile.gender,
        )
        return Asked(
            considered=sum(map(self._offers_of_kind.__getitem__, kinds)),
            needs={term: weights["need"] * worth for term, worth in needs.items()},
            interests={term: weights["interest"] * worth for term, worth in interests.items()},
            cells=_cells_in_reach(question.places, far + self._widest),
            mask=self._signature.mask(profile),
            unknown=sum(1 << at for at, fact in enumerate(unknown) if fact is None),
            situations=self._signature.has(profile),
            areas=self._areas.fitting(question),
            area_doubt=_area_doubt(profile),
            schools=self._sets_of_school.get(profile.school or "", []),
            any_school=int(profile.school is None),
            closed=[
                self._services.of[one]
                for one in {
                    *profile.referred,
                    *(one for one, day in profile.declined.items() if question.on < day),
                }
                if one in self._services.of
            ],
            speech=self._speech.column(
                ("speech", profile.languages, profile.access_needs), question
            ),
            week=self._week.column(("week", profile.free_hours), question),
            places=(vectors[0], vectors[-1]),
            chord=_chord(far + self._widest),
            near=near,
            far=far,
            half=closeness.half_distance(question),
            least=0
            if question.places
            else weights["closeness"] * question.parameters.closeness_neutral,
        )

    def _worths_of(self, criterion: Criterion, field: str, question: Question) -> dict[int, int]:
        """What each term that is served is worth to the student: the best of what was asked."""
        best: dict[int, int] = {}
        for one in getattr(question.profile, field):
            for term, worth in self._worth_of(criterion, field, one).items():
                if worth > best.get(term, 0):
                    best[term] = worth
        return best

    def _worth_of(self, criterion: Criterion, field: str, one: Any) -> dict[int, int]:
        known = self._worths.get(one)
        if known is None:
            alone = replace(self._nobody, profile=replace(NOBODY, **{field: (one,)}))
            served = "categories" if field == "needs" else "interests"
            known = self._worths[one] = {}
            asked = one.category if field == "needs" else one.term
            for term, _ in alone.background.terms.related(asked):
                offer = replace(_NOTHING, **{served: (term,)})
                worth = criterion.value(offer, alone).value
                if worth and (field, term) in self._terms.of:
                    known[self._terms.of[field, term]] = worth
        return known


_NOTHING = Offer("", "", "")


def _area_doubt(profile: Profile) -> int:
    """The kinds of area outside which the student is not surely: asked, and refused by nobody."""
    if "homeless" in (profile.situations or ()):
        return ZIP_CODES | COUNTIES | DRAWN
    return (
        (ZIP_CODES if profile.zip_code is None else 0)
        | (COUNTIES if profile.county is None else 0)
        | (DRAWN if profile.home is None else 0)
    )


def _cell_of(offer: Offer) -> int:
    if offer.mode != "place" or offer.provides_transport or offer.point is None:
        return ANYWHERE
    return _cell(offer.point.latitude, offer.point.longitude)


def _cell(latitude: float, longitude: float) -> int:
    return floor((latitude + 90) * 10) * 4096 + floor((longitude + 180) * 10)


def _cells_in_reach(places: Sequence[Point], limit: int) -> list[tuple[int, int]]:
    """Stretches of cells that hold all within the limit: one for each tenth of a degree north."""
    if limit >= NO_LIMIT:
        return [(ANYWHERE, NO_LIMIT)]
    found: dict[int, tuple[int, int]] = {}
    for place in places:
        north = limit / 110_000 + 0.001
        east = degrees(asin(sin(radians(north)) / cos(radians(place.latitude)))) + 0.001
        for band in range(
            floor((place.latitude - north + 90) * 10), floor((place.latitude + north + 90) * 10) + 1
        ):
            first = band * 4096 + floor((place.longitude - east + 180) * 10)
            last = band * 4096 + floor((place.longitude + east + 180) * 10)
            known = found.get(band, (first, last))  # home and school are near each other
            found[band] = (min(first, known[0]), max(last, known[1]))
    return [(ANYWHERE, ANYWHERE), *found.values()]


def _chord(metres: int) -> float:
    """The square of the chord between points so far apart, and a little more."""
    if metres >= NO_LIMIT:
        return 1e9
    return (2 * sin((metres + 2) * 1.0001 / EARTH_RADIUS_METRES / 2)) ** 2
