"""DuckDB ranks a district: the same statement over a table of students, all of them at once.

Students are laid out before: what each asks, and lists that many of them share, are tables.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np

from matching.types import Profile
from tests.benchmarks.peers.duck import _DIALECT, DuckDB
from tests.benchmarks.peers.layout import Layout
from tests.benchmarks.peers.sql import FLOATS, NUMBERS, fitting, numbers_of

_TILE = 2_000  # students at once: all 6,760 of a benchmark in one took seven times as long
_LATER = ("chord", "near", "far", "half", "least", "weight")  # asked for after the first step
_IN_LISTS = {
    "areas": "in_areas.area IS NOT NULL",
    "schools": "in_schools.set IS NOT NULL",
    "closed": "closed.service IS NOT NULL",
}
_STATEMENT = (
    fitting(
        replace(
            _DIALECT,
            source="FROM asked JOIN provides USING (term) JOIN students USING (student)"
            " JOIN answers AS by_speech ON by_speech.id = s_speech AND by_speech.number = speech"
            " JOIN answers AS by_week ON by_week.id = s_week AND by_week.number = week"
            " LEFT JOIN in_areas ON in_areas.id = s_areas AND in_areas.area = provides.area"
            " LEFT JOIN in_schools ON in_schools.id = s_schools AND in_schools.set = schools"
            " LEFT JOIN closed ON closed.student = students.student"
            " AND closed.service = provides.service"
            " WHERE asked.student BETWEEN $first AND $last"
            " AND (cell = -1 OR (cell BETWEEN $south AND $north"
            " AND (cell & 4095) BETWEEN $west AND $east))",
            number=lambda name: f"s_{name}",
            is_in=lambda _, numbers: f"({_IN_LISTS[numbers]})",
            student=("student", *(f"s_{name}" for name in _LATER)),
        )
    )
    + """
SELECT student, place, score, count(*) OVER (PARTITION BY student) AS fits,
    row_number() OVER (PARTITION BY student ORDER BY score DESC, questions, place) AS rank
FROM fitting QUALIFY rank <= $k ORDER BY student, rank
"""
)


class DuckDBDistrict(DuckDB):
    """The district's students in tables of their own."""

    def __init__(self, layout: Layout, profiles: Sequence[Profile]) -> None:
        super().__init__(layout)
        given = [layout.asked(profile) for profile in profiles]
        self.considered = [asked.considered for asked in given]
        # Those who travel alike reach about the same cells; those without a home all of them.
        self._order = sorted(range(len(given)), key=lambda at: (given[at].far, at))
        every = [given[at] for at in self._order]
        self._cells = [asked.cells for asked in every]
        self._tiles: list[tuple[int, int]] = []
        for _, alike in groupby(range(len(every)), key=lambda at: every[at].far):
            some = list(alike)
            starts = range(some[0], some[-1] + 1, _TILE)
            self._tiles += [(start, min(start + _TILE - 1, some[-1])) for start in starts]
        lists: dict[str, dict[Hashable, int]] = {"areas": {}, "schools": {}}
        columns: dict[str, list[Any]] = {name: [] for name in NUMBERS if name != "k"}
        columns |= {"speech": [], "week": [], "areas": [], "schools": []}
        for asked in every:
            numbers = numbers_of(asked, layout, 0)
            for name in columns:
                if name in lists:
                    known = lists[name]
                    columns[name].append(known.setdefault(tuple(getattr(asked, name)), len(known)))
                elif name in {"speech", "week"}:
                    columns[name].append(self._id(*getattr(asked, name)))
                else:
                    columns[name].append(numbers[name])
        self._table(
            "students",
            {"student": np.arange(len(every))}
            | {f"s_{name}": np.array(values) for name, values in columns.items()},
        )
        asks = [
            (student, term, asked.needs.get(term, 0), asked.interests.get(term, 0))
            for student, asked in enumerate(every)
            for term in (*asked.needs, *asked.interests)
        ]
        self._pairs("asked", ("student", "term", "need", "interest"), asks)
        for table, name, column in (
            ("in_areas", "areas", "area"),
            ("in_schools", "schools", "set"),
        ):
            held = [(at, one) for held, at in lists[name].items() for one in held]
            self._pairs(table, ("id", column), held)
        closed = [(at, one) for at, asked in enumerate(every) for one in asked.closed]
        self._pairs("closed", ("student", "service"), closed)

    def table(self, k: int) -> dict[str, np.ndarray]:
        """The k best of each student: student, place, score, fits, rank."""
        tiles = []
        for first, last in self._tiles:
            cells = [one for some in self._cells[first : last + 1] for one in some[1:] or some]
            everywhere = len(self._cells[first]) == 1
            given = {
                "k": k,
                "first": first,
                "last": last,
                "south": min(low for low, _ in cells),
                "north": max(high for _, high in cells),
                "west": 0 if everywhere else min(low % 4096 for low, _ in cells),
                "east": 4095 if everywhere else max(high % 4096 for _, high in cells),
            }
            tiles.append(self._database.execute(_STATEMENT, given).fetchnumpy())
        found = {name: np.concatenate([tile[name] for tile in tiles]) for name in tiles[0]}
        return found | {"student": np.array(self._order)[found["student"]]}

    def _pairs(self, table: str, names: Sequence[str], rows: list[tuple[int, ...]]) -> None:
        columns = np.array(rows, dtype=np.int32).reshape(-1, len(names)).T
        self._table(table, dict(zip(names, columns, strict=True)))

    def _table(self, table: str, given: dict[str, np.ndarray]) -> None:
        def kind(name: str) -> str:
            number = name.removeprefix("s_")
            wide = number in {"mask", "situations"}
            return "BIGINT" if wide else "DOUBLE" if number in FLOATS else "INTEGER"

        columns = ", ".join(f"{name}::{kind(name)} AS {name}" for name in given)
        self._database.register("given", given)
        self._database.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM given")  # noqa: S608
        self._database.unregister("given")
