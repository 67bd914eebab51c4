"""The kinds of column: sets, ranges, weeks, points and areas, a row for each offer.

Called by `matching/columns.py` to build and by rules and scorers to look up. Each class says what a
row holds; none knows what it is for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from matching.geo import (
    Box,
    Floats,
    Whole,
    are_inside,
    box_around,
    box_of,
    box_over,
    chords_within,
    metres_from,
    metres_of_chords,
    squared_chords,
    unit_vector,
)
from matching.ranges import restricts, span
from matching.types import Point, Range, Residence
from matching.week import Week, longest, total

Rows = npt.NDArray[np.intp]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

Narrow = npt.NDArray[np.integer]
Drawn = tuple[
    Point | None, float | None, tuple[Point, ...]
]  # a circle's centre and radius, a polygon

_FEW_WORDS: Final = 4096  # so many are read into a dictionary at the first question


def narrow(numbers: Whole) -> Narrow:
    """The numbers in as few bytes each as the largest needs. To look up with, not to reckon with."""
    low, high = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    for kind in (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers


class Numbers:
    """For each row a whole number, kept in as few bytes as the largest needs, given in 64 bits."""

    def __init__(self, numbers: Sequence[int] | Whole) -> None:
        self._numbers = narrow(np.asarray(numbers, dtype=np.int64))

    def __getitem__(self, rows: Rows | Mask | slice) -> Whole:
        found: Whole = self._numbers[rows].astype(np.int64)
        return found

    def at(self, row: int) -> int:
        """The number of one row."""
        return int(self._numbers[row])

    def changed(self, changes: Mapping[int, int]) -> Numbers:
        """The same but for the rows named."""
        numbers = self[:]
        for row, number in changes.items():
            numbers[row] = number
        return Numbers(numbers)


class Words:
    """Different strings in order, found by bisection: a catalog is opened without reading them."""

    _places: dict[str, int] | None = None  # at the first question

    def __init__(self, words: Iterable[str]) -> None:
        coded = sorted(_coded(word) for word in words)  # the order of the strings themselves
        self._text: Bytes = np.frombuffer(b"".join(coded), dtype=np.uint8)
        self._ends = narrow(np.cumsum([0, *(len(word) for word in coded)], dtype=np.int64))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, at: int) -> str:
        return self._at(at).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[at] for at in range(len(self)))

    def _at(self, at: int) -> bytes:
        return self._text[self._ends[at] : self._ends[at + 1]].tobytes()

    def find(self, word: str) -> int | None:
        """The place of the word among all, or None."""
        if len(self) <= _FEW_WORDS:
            if self._places is None:
                self._places = {self[at]: at for at in range(len(self))}
            return self._places.get(word)
        coded = _coded(word)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < coded:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._at(low) == coded else None


def _coded(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


class Lists:
    """For each row a list of any length, laid end to end; `take` picks the lists of some rows."""

    def __init__(self, lengths: Iterable[int]) -> None:
        self._offsets = narrow(np.cumsum([0, *lengths], dtype=np.int64))

    def items_of(self, row: int) -> slice:
        """Where the items of one row lie."""
        return slice(self._offsets[row], self._offsets[row + 1])

    def take(self, rows: Rows | Narrow) -> tuple[Rows, Rows]:
        """Where the items of these rows lie, and for each the position of its row in `rows`."""
        starts = self._offsets[rows].astype(np.intp)
        lengths = self._offsets[rows + 1] - starts
        owners = np.repeat(np.arange(len(rows)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(owners)) + np.repeat(starts - before, lengths), owners


class Sets:
    """For each row a set of terms: each different set once, and its number for each row.

    Rows share few sets, so that a term is looked for among sets, and a row costs one look-up.
    """

    _by_number: tuple[Narrow, Narrow] | None = None  # rows in that order: at the first question

    def __init__(self, sets: Sequence[Iterable[str]]) -> None:
        number_of: dict[frozenset[str], int] = {}
        numbers = [number_of.setdefault(frozenset(terms), len(number_of)) for terms in sets]
        self.number = narrow(np.array(numbers, dtype=np.int64))
        self.different = len(number_of)
        holders: dict[str, list[int]] = {}
        for terms, number in number_of.items():
            for term in terms:
                holders.setdefault(term, []).append(number)
        self.words = Words(holders)
        in_order = [holders[term] for term in sorted(holders)]
        self._lists = Lists(len(numbers) for numbers in in_order)
        self._holders = narrow(
            np.array([n for numbers in in_order for n in numbers], dtype=np.int64)
        )
        a_word = np.full(len(number_of), -1, dtype=np.int64)
        for at, numbers in enumerate(in_order):
            a_word[numbers] = at
        self._a_word = narrow(a_word)
        self.is_filled: Mask = np.array([bool(terms) for terms in sets], dtype=np.bool_)

    def a_word(self, row: int) -> str:
        """A term of the row's set, which must not be empty; of a set of one, that one."""
        return self.words[int(self._a_word[self.number[row]])]

    def holders(self, term: str) -> Narrow:
        """The numbers of the sets that hold the term."""
        at = self.words.find(term)
        return self._holders[:0] if at is None else self._holders[self._lists.items_of(at)]

    def count(self, terms: Iterable[str], rows: Rows) -> Whole:
        """How many of the terms each row's set holds."""
        counts = np.zeros(self.different, dtype=np.int64)
        for term in set(terms):
            counts[self.holders(term)] += 1
        return counts[self.number[rows]]

    def has_any(self, terms: Iterable[str], rows: Rows) -> Mask:
        """Whether each row's set holds any of the terms."""
        found = np.zeros(self.different, dtype=np.bool_)
        for term in terms:
            found[self.holders(term)] = True
        return found[self.number[rows]]

    def rows_with(self, terms: Iterable[str]) -> Rows:
        """The rows whose set holds any of the terms, found without looking at the others."""
        wanted = [number for term in terms for number in self.holders(term).tolist()]
        if not wanted:
            return np.zeros(0, dtype=np.intp)
        if self._by_number is None:
            order = np.argsort(self.number, kind="stable")
            ends = np.searchsorted(self.number[order], np.arange(self.different + 1))
            self._by_number = narrow(order), narrow(ends)
        in_order, bounds = self._by_number
        rows = np.concatenate([in_order[bounds[at] : bounds[at + 1]] for at in wanted])
        return rows.astype(np.intp)

    def best(self, worths: Iterable[tuple[str, int]], rows: Rows) -> Whole:
        """The most that any term of each row's set is worth; 0 where none is named."""
        best = np.zeros(self.different, dtype=np.int64)
        for term, worth in worths:
            holders = self.holders(term)
            best[holders] = np.maximum(best[holders], worth)
        return best[self.number[rows]]


class Ranges:
    """For each row its age or grade ranges: each different tuple of them once."""

    def __init__(self, ranges: Sequence[tuple[Range, ...] | None]) -> None:
        spans = [tuple(span(bounds) for bounds in one or ()) for one in ranges]
        number_of: dict[tuple[tuple[float, float], ...], int] = {}
        numbers = [number_of.setdefault(one, len(number_of)) for one in spans]
        self.number = narrow(np.array(numbers, dtype=np.int64))
        self._lists = Lists(len(one) for one in number_of)
        self._low: Floats = np.array([low for one in number_of for low, _ in one], dtype=np.float64)
        self._end: Floats = np.array([end for one in number_of for _, end in one], dtype=np.float64)
        self._owner: Rows = np.repeat(np.arange(len(number_of)), [len(one) for one in number_of])
        self._different = len(number_of)
        self._bounds: Floats = np.unique(np.concatenate((self._low, self._end)))
        self.is_stated: Mask = np.array([one is not None for one in ranges], dtype=np.bool_)
        self.restricts: Mask = np.array([restricts(one) for one in ranges], dtype=np.bool_)

    def fits(self, value: float, rows: Rows) -> Mask:
        """Whether any range of each row holds the value."""
        fits = np.zeros(self._different, dtype=np.bool_)
        fits[self._owner[(self._low <= value) & (value < self._end)]] = True
        return fits[self.number[rows]]

    def meets(self, low: float, end: float, rows: Rows) -> Mask:
        """Whether any range of each row holds a value from `low` to below `end`."""
        meets = np.zeros(self._different, dtype=np.bool_)
        meets[self._owner[(self._low < end) & (low < self._end)]] = True
        return meets[self.number[rows]]

    def between(self, value: float) -> int:
        """Between which two bounds the value lies: values with one answer fit the same rows."""
        return bisect_right(self._bounds, value)


class Weeks:
    """For each row its hours of the week: each different week once."""

    def __init__(self, weeks: Sequence[Week | None]) -> None:
        number_of: dict[Week, int] = {}
        numbers = [number_of.setdefault(one or (), len(number_of)) for one in weeks]
        self.number = narrow(np.array(numbers, dtype=np.int64))
        self._different = len(number_of)
        stretches = [stretch for one in number_of for stretch in one]
        self._start: Whole = np.array([start for start, _ in stretches], dtype=np.int64)
        self._end: Whole = np.array([end for _, end in stretches], dtype=np.int64)
        self._lists = Lists(len(one) for one in number_of)
        self.is_stated: Mask = np.array([one is not None for one in weeks], dtype=np.bool_)
        self.longest = Numbers([longest(one or ()) for one in weeks])
        self.total = Numbers([total(one or ()) for one in weeks])

    def overlaps(self, free: Week, rows: Rows) -> tuple[Whole, Whole]:
        """Minutes that each row shares with `free`: of the longest stretch, and of all together."""
        if len(rows) < self._different:
            return self._shared(free, self.number[rows])
        best, shared = self._shared(free, np.arange(self._different))
        return best[self.number[rows]], shared[self.number[rows]]

    def _shared(self, free: Week, numbers: Rows | Narrow) -> tuple[Whole, Whole]:
        items, owners = self._lists.take(numbers)
        starts, ends = self._start[items], self._end[items]
        best = np.zeros(len(numbers), dtype=np.int64)
        shared = np.zeros(len(numbers), dtype=np.int64)
        for start, end in free:
            minutes = np.minimum(ends, end) - np.maximum(starts, start)
            some = np.flatnonzero(minutes > 0)
            np.maximum.at(best, owners[some], minutes[some])
            np.add.at(shared, owners[some], minutes[some])
        return best, shared


class Points:
    """For each row a point, or none."""

    def __init__(self, points: Sequence[Point | None]) -> None:
        vectors = [(0.0, 0.0, 0.0) if point is None else unit_vector(point) for point in points]
        self._xyz: Floats = np.array(vectors, dtype=np.float64).reshape(-1, 3).T.copy()
        self.is_known: Mask = np.array([point is not None for point in points], dtype=np.bool_)

    def metres(self, origin: Point, rows: Rows) -> Whole:
        """Distance of each row from the origin; without meaning where `is_known` is False."""
        x, y, z = self.vectors(rows)
        return metres_from(origin, x, y, z)

    def nearest(self, origins: Sequence[Point], rows: Rows) -> Whole:
        """`metres` from the nearest of the origins, of which there must be one."""
        ends = self.vectors(rows)
        squares = squared_chords(unit_vector(origins[0]), ends)
        for origin in origins[1:]:
            np.minimum(squares, squared_chords(unit_vector(origin), ends), out=squares)
        return metres_of_chords(squares)

    def vectors(self, rows: Rows) -> tuple[Floats, Floats, Floats]:
        """The unit vectors of rows, as x, y and z."""
        x, y, z = self._xyz
        return x[rows], y[rows], z[rows]


class Each:
    """Things that many rows share, each once, and its number for each row: that after the last is of
    a row without one."""

    def __init__(self, things: Iterable[Any]) -> None:
        number_of: dict[Any, int] = {}
        numbers = [
            -1 if one is None else number_of.setdefault(one, len(number_of)) for one in things
        ]
        self.different: tuple[Any, ...] = tuple(number_of)
        whole = np.array(numbers, dtype=np.int64)
        self.number = narrow(np.where(whole < 0, len(number_of), whole))


class Areas:
    """For each row where a person must live. What is drawn on the map (a circle, a polygon) is kept
    once, however many rows share it."""

    def __init__(self, areas: Sequence[Residence | None]) -> None:
        stated = [area or Residence() for area in areas]
        self.is_stated: Mask = np.array([area is not None for area in areas], dtype=np.bool_)
        self.zip_codes = Sets([area.zip_codes for area in stated])
        self.counties = Sets([area.counties for area in stated])
        self.states = Sets([(area.statewide,) if area.statewide else () for area in stated])
        drawn = Each(
            (one.centre, one.radius_metres, one.polygon) if one.centre or one.polygon else None
            for one in stated
        )
        self.drawn: tuple[Drawn, ...] = drawn.different
        self.number_drawn = drawn.number  # of the row's, or their count where it has none
        self._centres = Points([centre for centre, _, _ in self.drawn])
        radii = [-1.0 if radius is None else radius for _, radius, _ in self.drawn]
        self._chords = chords_within(np.array(radii, dtype=np.float64))
        self._has_polygon: Mask = np.array([bool(one) for *_, one in self.drawn], dtype=np.bool_)
        boxes = np.array([_box_of(shape) for shape in self.drawn], dtype=np.float64)
        self._sides: Floats = boxes.reshape(-1, 4).T.copy()  # south, north, west, east

    def drawn_around(self, homes: Sequence[Point]) -> Mask:
        """Which of the drawn areas hold each home: homes × areas. Only those are looked at whose box
        does."""
        south, north, west, east = self._sides
        places = np.array([(home.latitude, home.longitude) for home in homes]).reshape(-1, 2, 1)
        latitude, longitude = places[:, 0], places[:, 1]
        holds: Mask = (south <= latitude) & (latitude <= north)
        holds &= (west <= longitude) & (longitude <= east)
        at, area = holds.nonzero()
        if not len(at):
            return holds
        x, y, z = np.array([unit_vector(home) for home in homes]).T
        chords = squared_chords((x[at], y[at], z[at]), self._centres.vectors(area))
        holds[at, area] = chords <= self._chords[area]
        for number in set(area[self._has_polygon[area]].tolist()):
            near = at[area == number]
            _, _, polygon = self.drawn[number]
            holds[near, number] |= are_inside([homes[one] for one in near.tolist()], polygon)
        return holds


def _box_of(shape: Drawn) -> Box:
    centre, radius, polygon = shape
    boxes = [box_around(centre, radius)] if centre is not None and radius is not None else []
    return box_over([*boxes, box_of(polygon)] if polygon else boxes)
