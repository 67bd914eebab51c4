"""PostgreSQL: one prepared statement, planned once, over a table clustered by term and cell.

Columns that depend on the student's facts are in a table of their own, kept from the first student
who needs them. The server is the one of the tests, which keeps no log of what it writes.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence

import psycopg

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
    kind = "bigint" if name in WIDE_NUMBERS else "float8" if name in FLOATS else "int"
    return f"%({name})s::{kind}"


_STATEMENT = statement(
    Dialect(
        source="FROM unnest(%(terms)s::int[], %(needs)s::int[], %(interests)s::int[])"
        " AS asked(term, need, interest)"
        " CROSS JOIN unnest(%(first)s::int[], %(last)s::int[]) AS cells(first, last)"
        " JOIN provides ON provides.term = asked.term AND cell BETWEEN first AND last"
        " JOIN answers AS by_speech ON by_speech.id = %(speech)s AND by_speech.number = speech"
        " JOIN answers AS by_week ON by_week.id = %(week)s AND by_week.number = week WHERE TRUE",
        number=_number,
        is_in=lambda column, numbers: f"{column} = ANY(%({numbers})s::int[])",
        speech="by_speech.value",
        week="by_week.value",
    )
).replace("% 15", "%% 15")


class PostgreSQL:
    """Tables of a connection's own: they go when it is closed."""

    clock = staticmethod(time.perf_counter)

    def __init__(self, layout: Layout, host: str) -> None:
        self._layout = layout
        self._connection = psycopg.connect(
            f"host={host} user=postgres dbname=postgres", autocommit=True
        )
        run = self._connection.execute
        run("SET temp_buffers = '512MB'")
        run("SET jit = off")
        run("SET plan_cache_mode = force_generic_plan")
        run(
            "CREATE TEMPORARY TABLE answers (id int, number int, value int,"
            " PRIMARY KEY (id, number) INCLUDE (value))"
        )
        kinds = {
            name: "bigint" if name in WIDE else "float8" if name in VECTOR else "int"
            for name in COLUMNS
        }
        columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in kinds.items())
        run(f"CREATE TEMPORARY TABLE provides ({columns}, PRIMARY KEY (term, cell, place))")
        cursor = self._connection.cursor()
        with cursor.copy(f"COPY provides ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in sorted(layout.table(COLUMNS)):
                copy.write_row(row)
        run("VACUUM ANALYZE provides")
        self._ids: dict[Hashable, int] = {}

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def rank(self, profile: Profile, k: int) -> Answer:
        """The k best."""
        asked = self._layout.asked(profile)
        given: dict[str, object] = {
            "terms": [*asked.needs, *asked.interests],
            "needs": [*asked.needs.values(), *(0 for _ in asked.interests)],
            "interests": [*(0 for _ in asked.needs), *asked.interests.values()],
            "first": [first for first, _ in asked.cells],
            "last": [last for _, last in asked.cells],
            "areas": asked.areas,
            "schools": asked.schools,
            "closed": asked.closed,
            "speech": self._id(*asked.speech),
            "week": self._id(*asked.week),
        }
        given |= numbers_of(asked, self._layout, k)
        found = self._connection.execute(_STATEMENT, given, prepare=True).fetchall()
        return answer(found, asked, self._layout)

    def _id(self, key: Hashable, column: Sequence[int]) -> int:
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = len(self._ids)
            self._connection.execute(
                "INSERT INTO answers SELECT %s, number - 1, value"
                " FROM unnest(%s::int[]) WITH ORDINALITY AS given(value, number)",
                [known, list(column)],
            )
            self._connection.execute("VACUUM ANALYZE answers")
        return known
