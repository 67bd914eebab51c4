"""The offers arranged so that a question looks at few of them: by area, by what they serve, by grade.

Built by the engine from a catalog's offers, or opened from a folder where `matching/storage.py` put
it. It finds candidates and refuses only what is refused for certain; rules judge what is left. So
whatever it leaves out, the reference engine would have refused too (tests hold it to that).

- Rows lie by cell (a tenth of a degree; one cell more for what is reached from anywhere), kind (what
  is served), grades, and key. A group is the rows of one kind in one cell.
- A signature is 64 bits a row: who is surely refused, one bit for each grade, year of age, gender
  and for the commonest insurances and languages. A profile is a mask of the bits that it answers to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.checks import contradiction
from matching.columns import Columns
from matching.geo import Whole
from matching.lookups import Lists, Mask, Rows
from matching.parameters import Parameters
from matching.question import Background, Question
from matching.ranges import span
from matching.rules import RULE_OF
from matching.rules.reach import limits
from matching.terms import Terms
from matching.types import Offer, Point, Profile, Verdict

Signatures = npt.NDArray[np.uint64]

ANYWHERE: Final = -1
_CELLS_A_DEGREE: Final = 10
_BAND: Final = 4096  # cells of one latitude: more than there are
_METRES_A_DEGREE: Final = 110_000  # at least so many are in a degree of a great circle
_FEW, _MORE = 4, 10  # of the commonest genders; insurances and languages: 60 bits with the rest
_FEW_ROWS: Final = 2_000  # of so few, none is worth leaving out by area
_YEARS: Final = range(22)
_GRADES: Final = range(-1, 13)


class Index:
    """A catalog, arranged. Safe to share among threads and processes; nothing in it changes."""

    def __init__(
        self,
        offers: Sequence[Offer],
        broader: Mapping[str, str | None],
        parameters: Parameters,
        revision: str = "",
    ) -> None:
        """Arrange the offers. `broader` gives each need's and interest's parent term.

        `revision` says which state of the catalog this is. The parameters are those of any preset:
        nothing that is kept here goes by them.

        Raise CatalogError for a key twice or a circle in the terms.
        """
        self.revision = revision
        self.columns = Columns(offers, arrange=_arranged)
        columns = self.columns
        by_key = (columns.offers[row] for row in columns.in_order_of_keys())
        self.background = Background.of(by_key, Terms(broader))
        cells = np.array([cell_of(offer) for offer in columns.offers], dtype=np.int64)
        self.rows_of_kind: Whole = np.bincount(columns.kind, minlength=columns.kinds)
        is_first = np.ones(len(columns), dtype=np.bool_)
        is_first[1:] = (cells[1:] != cells[:-1]) | (columns.kind[1:] != columns.kind[:-1])
        starts = np.flatnonzero(is_first)
        self._rows = Lists(np.diff(starts, append=len(columns)))
        self._kind: Rows = columns.kind[starts]
        self.cells: Whole
        self._cell: Rows
        self.cells, self._cell, groups_of_cell = np.unique(
            cells[starts], return_inverse=True, return_counts=True
        )
        self._groups_of_cell = Lists(groups_of_cell)
        self._by_kind: Rows = np.argsort(self._kind, kind="stable")
        self._groups_of_kind = Lists(np.bincount(self._kind, minlength=columns.kinds))
        self.widest = int(columns.point_within.max(initial=0))
        self.bits, self.signatures = _signatures(columns, self.background, parameters)

    def candidates(self, serves: Mask, question: Question) -> Rows:
        """The rows of the kinds that `serves` marks, but for those surely out of reach."""
        kinds = np.flatnonzero(serves)
        few = self.rows_of_kind[kinds].sum() <= _FEW_ROWS
        near = None if few else self.cells_in_reach(question)
        if near is not None:
            groups, _ = self._groups_of_cell.take(near)
            if len(groups) < self._groups_of_kind.count(kinds):
                return self._rows.take(groups[serves[self._kind[groups]]])[0]
        groups = self._by_kind[self._groups_of_kind.take(kinds)[0]]
        if near is not None:
            is_near = np.zeros(len(self.cells), dtype=np.bool_)
            is_near[near] = True
            groups = groups[is_near[self._cell[groups]]]
        return self._rows.take(groups)[0]

    def cells_in_reach(self, question: Question) -> Rows | None:
        """Which of the cells with offers are not surely out of reach; None where all are in."""
        if question.profile.home is None:
            return None  # the reach rule refuses nothing then
        _, limit = limits(question)
        limit += self.widest
        bands = [_bands(place, limit) for place in question.places]
        is_near = self.cells == ANYWHERE
        for first, last in bands:
            lows = np.searchsorted(self.cells, first)
            highs = np.searchsorted(self.cells, last, side="right")
            for low, high in zip(lows, highs, strict=True):
                is_near[low:high] = True
        return np.flatnonzero(is_near)

    def mask_of(self, profile: Profile) -> np.uint64:
        """The bits of the signature that refuse this profile."""
        return np.uint64(sum(self.bits.get(fact, 0) for fact in _facts_of(profile)))

    def settles(self, profile: Profile) -> set[str]:
        """The rules of whose NO the signature leaves nothing to ask for this profile."""
        settled = {name for name, fact in _facts_of(profile) if (name, fact) in self.bits}
        return settled - {"age"}  # a year of age is not the age


def cell_of(offer: Offer) -> int:
    """The cell of the offer's place, or ANYWHERE where its distance refuses nobody."""
    if offer.mode != "place" or offer.provides_transport or offer.point is None:
        return ANYWHERE
    if contradiction(offer) is not None:
        return ANYWHERE
    return _cell(offer.point.latitude, offer.point.longitude)


def _cell(latitude: float, longitude: float) -> int:
    band = math.floor((latitude + 90) * _CELLS_A_DEGREE)
    return band * _BAND + math.floor((longitude + 180) * _CELLS_A_DEGREE)


def _bands(place: Point, limit: int) -> tuple[Rows, Rows]:
    """First and last cell of each band of latitude that has a point within `limit` metres."""
    degrees = limit / _METRES_A_DEGREE + 0.001
    south, north = place.latitude - degrees, place.latitude + degrees
    west, east = -180.0, 180.0
    if south > -89 and north < 89:
        # The widest that a circle on the globe gets, east to west.
        sine = math.sin(math.radians(degrees)) / math.cos(math.radians(place.latitude))
        around = math.degrees(math.asin(min(1.0, sine))) + 0.001
        if place.longitude - around >= -180 and place.longitude + around <= 180:
            west, east = place.longitude - around, place.longitude + around
    first, last = _cell(max(-90.0, south), west), _cell(max(-90.0, south), east)
    count = _cell(min(90.0, north), west) // _BAND - first // _BAND + 1
    steps = np.arange(count) * _BAND
    return first + steps, last + steps


def _arranged(offers: Sequence[Offer]) -> Rows:
    """The order of rows, as places in the order of keys."""
    kinds: dict[tuple[frozenset[str], frozenset[str]], int] = {}
    keys = []
    for offer in offers:
        serves = (frozenset(offer.categories), frozenset(offer.interests))
        kind = kinds.setdefault(serves, len(kinds))
        grades = offer.grades[0] if offer.grades and contradiction(offer) is None else None
        low, end = (-math.inf, math.inf) if grades is None else span(grades)
        keys.append((cell_of(offer), kind, low, end))
    columns = np.array(keys, dtype=np.float64).reshape(-1, 4).T
    return np.lexsort(columns[::-1])


def _facts_of(profile: Profile) -> Iterable[tuple[str, object]]:
    """Rule and fact, as the signature's bits are named."""
    yield "grade", profile.grade
    yield "gender", profile.gender
    yield "insurance", profile.insurance
    if len(profile.languages) == 1:
        yield "language", profile.languages[0]
    if profile.age is not None:
        yield "age", math.floor(profile.age)


def _signatures(
    columns: Columns, background: Background, parameters: Parameters
) -> tuple[dict[tuple[str, object], int], Signatures]:
    """The bits by rule and fact, and each row's: what the rules themselves refuse."""
    genders = columns.genders.commonest(_FEW)
    insurances = columns.insurance.commonest(_MORE)
    languages = columns.languages.commonest(_MORE)
    samples: list[tuple[str, object, Profile]] = [
        *(("grade", grade, Profile("", grade=grade)) for grade in _GRADES),
        *(("gender", gender, Profile("", gender=gender)) for gender in genders),
        *(("insurance", name, Profile("", insurance=name)) for name in insurances),
        *(("language", name, Profile("", languages=(name,))) for name in languages),
    ]
    every: Rows = np.arange(len(columns))
    signatures = np.zeros(len(columns), dtype=np.uint64)
    bits: dict[tuple[str, object], int] = {}

    def sign(name: str, fact: object, refused: Mask) -> None:
        bits[name, fact] = 1 << len(bits)
        signatures[refused] |= np.uint64(bits[name, fact])

    for name, fact, profile in samples:
        question = Question(profile, date.min, {}, parameters, background)
        sign(name, fact, RULE_OF[name].verdicts(columns, every, question) == Verdict.NO)
    for year in _YEARS:
        sign("age", year, columns.ages.restricts & ~columns.ages.meets(year, year + 1, every))
    return bits, signatures
