"""SQLite: one prepared statement over a table in memory, clustered by term and cell.

Columns that depend on the student's facts are texts of fixed width, in which a number is looked up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Hashable, Sequence

from tests.benchmarks.peers import Answer
from tests.benchmarks.peers.layout import Layout
from tests.benchmarks.peers.sql import PROVIDES, VECTOR, Dialect, statement

_WIDTH = 8
_NUMBERS = ("mask", "situations", "unknown", "area_doubt", "any_school", "chord", "near", "far")
_NUMBERS += ("half", "least", "k", "x1", "y1", "z1", "x2", "y2", "z2")


def _at(column: str, number: str) -> str:
    """The number in a text of fixed width."""
    if column == "close":
        number = f"min({number}, :last)"
    return f"CAST(substr(:{column}, 1 + {_WIDTH} * ({number}), {_WIDTH}) AS INTEGER)"


def _is_in(column: str, numbers: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(:{numbers}))"  # noqa: S608 - our own names


_DIALECT = Dialect(
    source="FROM asked CROSS JOIN cells CROSS JOIN provides"
    " WHERE provides.term = asked.term AND cell BETWEEN first AND last",
    parameters={name: f":{name}" for name in _NUMBERS},
    is_in=_is_in,
    at=_at,
    least="min",
    greatest="max",
    whole="INTEGER",
)
_STATEMENT = statement(_DIALECT).replace(
    "WITH near",
    "WITH asked(term, need, interest) AS MATERIALIZED ("
    "SELECT CAST(key AS INTEGER), value, 0 FROM json_each(:needs) UNION ALL"
    " SELECT CAST(key AS INTEGER), 0, value FROM json_each(:interests)),"
    " cells(first, last) AS MATERIALIZED ("
    "SELECT value ->> 0, value ->> 1 FROM json_each(:cells)), near",
)


class SQLite:
    """A database in memory."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._database = sqlite3.connect(":memory:", cached_statements=16)
        columns = (*PROVIDES, *VECTOR)
        self._database.executescript(
            "PRAGMA temp_store = MEMORY;"
            "CREATE TABLE keys (place INTEGER PRIMARY KEY, key TEXT);"
            f"CREATE TABLE provides ({' INTEGER, '.join(PROVIDES)} INTEGER,"
            " x REAL, y REAL, z REAL, PRIMARY KEY (term, cell, place)) WITHOUT ROWID;"
        )
        self._database.executemany("INSERT INTO keys VALUES (?, ?)", enumerate(layout.keys))
        marks = ", ".join("?" * len(columns))
        self._database.executemany(
            f"INSERT INTO provides VALUES ({marks})",  # noqa: S608 - our own names
            sorted(layout.table(columns)),
        )
        self._database.execute("ANALYZE")
        self._database.commit()
        self._texts: dict[Hashable, bytes] = {}
        self._close = _text(layout.close)

    def rank(self, profile: object, k: int) -> Answer:
        """The k best."""
        asked = self._layout.asked(profile)
        numbers = {name: getattr(asked, name) for name in _NUMBERS[:10]}
        (x1, y1, z1), (x2, y2, z2) = asked.places
        found = self._database.execute(
            _STATEMENT,
            numbers
            | {
                "needs": json.dumps(asked.needs),
                "interests": json.dumps(asked.interests),
                "cells": json.dumps(asked.cells),
                "areas": json.dumps(asked.areas),
                "schools": json.dumps(asked.schools),
                "closed": json.dumps(asked.closed),
                "speech": self._column(*asked.speech),
                "week": self._column(*asked.week),
                "close": self._close,
                "last": len(self._layout.close) - 1,
                "k": k,
            }
            | {"x1": x1, "y1": y1, "z1": z1, "x2": x2, "y2": y2, "z2": z2},
        ).fetchall()
        fitting = found[0][2] if found else 0
        return Answer(
            [(key, score) for key, score, _ in found], asked.considered, asked.considered - fitting
        )

    def _column(self, key: Hashable, column: Sequence[int]) -> bytes:
        known = self._texts.get(key)
        if known is None:
            known = self._texts[key] = _text(column)
        return known


def _text(column: Sequence[int]) -> bytes:
    return "".join(f"{number:{_WIDTH}}" for number in column).encode()
