"""DuckDB: one prepared statement over a table in memory, one thread.

Columns that depend on the student's facts are in a table of their own, kept from the first student
who needs them. The offers are looked through whole, sorted by area: a column at a time.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import duckdb
import numpy as np

from matching.types import Profile
from tests.benchmarks.peers import Answer
from tests.benchmarks.peers.layout import Layout
from tests.benchmarks.peers.sql import (
    COLUMNS,
    FLOATS,
    VECTOR,
    WIDE,
    WIDE_NUMBERS,
    Dialect,
    answer,
    numbers_of,
    statement,
)


def _number(name: str) -> str:
    kind = "BIGINT" if name in WIDE_NUMBERS else "DOUBLE" if name in FLOATS else "INTEGER"
    return f"${name}::{kind}"


_DIALECT = Dialect(
    source="FROM (SELECT unnest($terms) AS term, unnest($needs) AS need,"
    " unnest($interests) AS interest) AS asked JOIN provides USING (term)"
    " JOIN answers AS by_speech ON by_speech.id = $speech AND by_speech.number = speech"
    " JOIN answers AS by_week ON by_week.id = $week AND by_week.number = week"
    " WHERE (cell = -1 OR cell BETWEEN $first AND $last)",
    number=_number,
    is_in=lambda column, numbers: f"list_contains(${numbers}::INTEGER[], {column})",
    speech="by_speech.value",
    week="by_week.value",
    divide="//",
    real="DOUBLE",
    materialized="NOT MATERIALIZED",
)
_STATEMENT = statement(_DIALECT)


class DuckDB:
    """A database in memory."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._database = duckdb.connect(":memory:", config={"threads": 1})
        self._database.execute("CREATE TABLE answers (id INTEGER, number INTEGER, value INTEGER)")
        by_area = sorted(layout.table(COLUMNS), key=lambda row: (row[1], row[0]))
        given = dict(zip(COLUMNS, map(np.array, zip(*by_area, strict=True)), strict=True))
        kinds = {
            name: "BIGINT" if name in WIDE else "DOUBLE" if name in VECTOR else "INTEGER"
            for name in COLUMNS
        }
        columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in kinds.items())
        self._database.register("given", given)
        self._database.execute(f"CREATE TABLE provides AS SELECT {columns} FROM given")  # noqa: S608
        self._database.unregister("given")
        self._ids: dict[Hashable, int] = {}
        (self._prepared,) = self._database.extract_statements(_STATEMENT)

    def rank(self, profile: Profile, k: int) -> Answer:
        """The k best."""
        asked = self._layout.asked(profile)
        stretches = asked.cells[1:] or asked.cells  # the first is of what is reached from anywhere
        given: dict[str, object] = {
            "terms": [*asked.needs, *asked.interests],
            "needs": [*asked.needs.values(), *(0 for _ in asked.interests)],
            "interests": [*(0 for _ in asked.needs), *asked.interests.values()],
            "first": min(first for first, _ in stretches),
            "last": max(last for _, last in stretches),
            "areas": asked.areas,
            "schools": asked.schools,
            "closed": asked.closed,
            "speech": self._id(*asked.speech),
            "week": self._id(*asked.week),
        }
        given |= numbers_of(asked, self._layout, k)
        found = self._database.execute(self._prepared, given).fetchall()
        return answer(found, asked, self._layout)

    def _id(self, key: Hashable, column: Sequence[int]) -> int:
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = len(self._ids)
            self._database.execute(
                "INSERT INTO answers SELECT ?, unnest(range(?)), unnest(?)",
                [known, len(column), list(column)],
            )
        return known
