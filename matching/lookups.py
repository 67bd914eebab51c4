"""The kinds of column: sets, ranges, weeks, points and areas, a row for each offer.

Called by `matching/columns.py` to build and by rules and scorers to look up. Each class says what a
row holds; none knows what it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from matching.geo import Floats, Whole, metres_from, unit_vector
from matching.ranges import restricts, span
from matching.types import Point, Range, Residence
from matching.week import Week, longest, total

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


class Lists:
    """For each row a list of any length, laid end to end; `take` picks the lists of some rows."""

    def __init__(self, lengths: Iterable[int]) -> None:
        self._offsets = np.concatenate(([0], np.cumsum(np.fromiter(lengths, dtype=np.intp))))

    def take(self, rows: Rows) -> tuple[Rows, Rows]:
        """Where the items of these rows lie, and for each the position of its row in `rows`."""
        starts = self._offsets[rows]
        lengths = self._offsets[rows + 1] - starts
        owners = np.repeat(np.arange(len(rows)), lengths)
        before = np.cumsum(lengths) - lengths
        return np.arange(len(owners)) + np.repeat(starts - before, lengths), owners


class Sets:
    """For each row a set of terms, kept as the rows of each term."""

    def __init__(self, sets: Sequence[Iterable[str]]) -> None:
        rows_of: dict[str, list[int]] = {}
        for row, terms in enumerate(sets):
            for term in set(terms):
                rows_of.setdefault(term, []).append(row)
        self._rows_of = {term: np.array(rows, dtype=np.intp) for term, rows in rows_of.items()}
        self._length = len(sets)
        self.is_filled: Mask = np.array([bool(terms) for terms in sets], dtype=np.bool_)

    def rows(self, term: str) -> Rows:
        """The rows whose set holds the term, in order."""
        return self._rows_of.get(term, np.empty(0, dtype=np.intp))

    def count(self, terms: Iterable[str], rows: Rows) -> Whole:
        """How many of the terms each row's set holds."""
        counts = np.zeros(self._length, dtype=np.int64)
        for term in set(terms):
            counts[self.rows(term)] += 1
        return counts[rows]

    def has_any(self, terms: Iterable[str], rows: Rows) -> Mask:
        """Whether each row's set holds any of the terms."""
        return self.count(terms, rows) > 0


class Ranges:
    """For each row its age or grade ranges."""

    def __init__(self, ranges: Sequence[tuple[Range, ...] | None]) -> None:
        spans = [span(bounds) for one in ranges for bounds in one or ()]
        self._low: Floats = np.array([low for low, _ in spans], dtype=np.float64)
        self._end: Floats = np.array([end for _, end in spans], dtype=np.float64)
        self._lists = Lists(len(one or ()) for one in ranges)
        self.is_stated: Mask = np.array([one is not None for one in ranges], dtype=np.bool_)
        self.restricts: Mask = np.array([restricts(one) for one in ranges], dtype=np.bool_)

    def fits(self, value: float, rows: Rows) -> Mask:
        """Whether any range of each row holds the value."""
        items, owners = self._lists.take(rows)
        fits = np.zeros(len(rows), dtype=np.bool_)
        fits[owners[(self._low[items] <= value) & (value < self._end[items])]] = True
        return fits


class Weeks:
    """For each row its hours of the week."""

    def __init__(self, weeks: Sequence[Week | None]) -> None:
        stretches = [stretch for one in weeks for stretch in one or ()]
        self._start: Whole = np.array([start for start, _ in stretches], dtype=np.int64)
        self._end: Whole = np.array([end for _, end in stretches], dtype=np.int64)
        self._lists = Lists(len(one or ()) for one in weeks)
        self.is_stated: Mask = np.array([one is not None for one in weeks], dtype=np.bool_)
        self.longest: Whole = np.array([longest(one or ()) for one in weeks], dtype=np.int64)
        self.total: Whole = np.array([total(one or ()) for one in weeks], dtype=np.int64)

    def overlaps(self, free: Week, rows: Rows) -> tuple[Whole, Whole]:
        """Minutes that each row shares with `free`: of the longest stretch, and of all together."""
        items, owners = self._lists.take(rows)
        best = np.zeros(len(rows), dtype=np.int64)
        shared = np.zeros(len(rows), dtype=np.int64)
        for start, end in free:
            minutes = np.minimum(self._end[items], end) - np.maximum(self._start[items], start)
            some = minutes > 0
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
        x, y, z = self._xyz
        return metres_from(origin, x[rows], y[rows], z[rows])


class Areas:
    """For each row where a person must live."""

    def __init__(self, areas: Sequence[Residence | None]) -> None:
        stated = [area or Residence() for area in areas]
        self.is_stated: Mask = np.array([area is not None for area in areas], dtype=np.bool_)
        self.zip_codes = Sets([area.zip_codes for area in stated])
        self.counties = Sets([area.counties for area in stated])
        self.states = Sets([(area.statewide,) if area.statewide else () for area in stated])
        self.centres = Points([area.centre for area in stated])
        self.radius: Floats = np.array(
            [-1.0 if area.radius_metres is None else area.radius_metres for area in stated],
            dtype=np.float64,
        )
        shapes = {area.polygon: 0 for area in stated if area.polygon}
        self.polygons = tuple(shapes)  # each once: many programs share one boundary
        numbers = {polygon: number for number, polygon in enumerate(self.polygons)}
        self.polygon: Rows = np.array(
            [numbers.get(area.polygon, -1) for area in stated], dtype=np.intp
        )
