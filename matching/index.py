"""The offers arranged so that a question looks at few of them, and never twice at what is alike.

Built by the engine from a catalog's offers, or opened from a folder where `matching/storage.py` put
it. It judges nothing: it leaves out only what is out of reach for certain, which the reach rule would
have refused too (tests hold it to that).

- Rows lie by cell (a tenth of a degree; one cell more for what is reached from anywhere), kind (what
  is served), grades, and key: the cells of one latitude are one stretch of rows.
- Classes (`matching/classes.py`): the rows that are alike in what a rule or a criterion compares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

import numpy as np

from matching.bits import Bits, fill, words_for
from matching.checks import contradiction
from matching.classes import Classes, classes_of, name_of
from matching.columns import Columns
from matching.geo import Whole, box_around, box_of, box_over
from matching.lookups import Rows
from matching.question import Background
from matching.ranges import span
from matching.rules import BY_STUDENT
from matching.scorers import ASKED, PERSONAL
from matching.terms import Terms
from matching.types import Offer, Point

ANYWHERE: Final = -1
_CELLS_A_DEGREE: Final = 10
_BAND: Final = 4096  # cells of one latitude: more than there are


class Index:
    """A catalog, arranged. Safe to share among threads and processes; nothing in it changes."""

    def __init__(
        self, offers: Sequence[Offer], broader: Mapping[str, str | None], revision: str = ""
    ) -> None:
        """Arrange the offers. `broader` gives each need's and interest's parent term.

        `revision` says which state of the catalog this is.

        Raise CatalogError for a key twice or a circle in the terms.
        """
        self.revision = revision
        self.columns = Columns(offers, arrange=_arranged)
        columns = self.columns
        by_key = (columns.offers[row] for row in columns.in_order_of_keys())
        self.background = Background.of(by_key, Terms(broader))
        self.rows_of_kind: Whole = np.bincount(columns.kind, minlength=columns.kinds)
        cells = np.array(
            [
                ANYWHERE if wrong else cell_of(offer)
                for offer, wrong in zip(columns.offers, columns.is_contradictory, strict=True)
            ],
            dtype=np.int64,
        )
        self.cells: Whole
        self._starts: Rows  # the first row of each cell, and the end of the last
        self.cells, starts = np.unique(cells, return_index=True)
        self._starts = np.append(starts, len(columns))
        self.widest = int(columns.point_within[:].max(initial=0))
        self._classes = classes_of(
            columns,
            [
                *(rule.compares for rule in BY_STUDENT),
                *(criterion.compares for criterion in (*ASKED, *PERSONAL)),
            ],
        )

    @property
    def words(self) -> int:
        """How many whole numbers the bits of all rows take."""
        return words_for(len(self.columns))

    def classes(self, compares: tuple[str, ...]) -> Classes:
        """The rows that are alike in these fields of their offers; those of a rule or a criterion."""
        return self._classes[name_of(compares)]

    def near(self, places: Sequence[Point], limit: int) -> Bits:
        """The rows but for those surely farther than `limit` metres from all of the places, and those
        that share a word with them."""
        bits = np.zeros(self.words, dtype=np.uint64)
        for first, end in self.stretches(places, limit):
            fill(bits, first, end)
        return bits

    def stretches(self, places: Sequence[Point], limit: int) -> list[tuple[int, int]]:
        """`near` without its neighbours: first row and end of each stretch of rows."""
        firsts, lasts = _bands(places, limit + self.widest)
        lows = np.searchsorted(self.cells, np.append(firsts, ANYWHERE))
        highs = np.searchsorted(self.cells, np.append(lasts, ANYWHERE), side="right")
        bounds = zip(self._starts[lows].tolist(), self._starts[highs].tolist(), strict=True)
        return [(first, end) for first, end in bounds if first < end]


def cell_of(offer: Offer) -> int:
    """The cell of a sound offer's place, or ANYWHERE where its distance refuses nobody."""
    if offer.mode != "place" or offer.provides_transport or offer.point is None:
        return ANYWHERE
    return _cell(offer.point.latitude, offer.point.longitude)


def _cell(latitude: float, longitude: float) -> int:
    band = math.floor((latitude + 90) * _CELLS_A_DEGREE)
    return band * _BAND + math.floor((longitude + 180) * _CELLS_A_DEGREE)


def _bands(places: Sequence[Point], limit: int) -> tuple[Rows, Rows]:
    """First and last cell of each band of latitude that has a point within `limit` metres of one of
    the places: those in a box around all of them, and so around its corners."""
    south, north, west, east = box_of(places)
    corners = [Point(*one) for one in product((south, north), (west, east))]
    south, north, west, east = box_over([box_around(corner, limit) for corner in corners])
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
        is_sound = contradiction(offer) is None
        cell = cell_of(offer) if is_sound else ANYWHERE
        low, end = span(offer.grades[0]) if offer.grades and is_sound else (-math.inf, math.inf)
        keys.append((cell, kind, low, end))
    columns = np.array(keys, dtype=np.float64).reshape(-1, 4).T
    return np.lexsort(columns[::-1])
