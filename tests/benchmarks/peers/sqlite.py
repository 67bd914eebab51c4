"""SQLite: one prepared statement over a table in memory, clustered by term and cell.

Columns that depend on the student's facts are texts of fixed width, in which a number is looked up.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Hashable, Sequence

from matching.types import Profile
from tests.benchmarks.peers import Answer
from tests.benchmarks.peers.layout import Layout
from tests.benchmarks.peers.sql import (
    COLUMNS,
    VECTOR,
    Dialect,
    answer,
    numbers_of,
    statement,
)

_WIDTH = 8


def _number_in(text: str, at: str) -> str:
    return f"CAST(substr(:{text}, 1 + {_WIDTH} * {at}, {_WIDTH}) AS INTEGER)"


def _is_in(column: str, numbers: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(:{numbers}))"  # noqa: S608 - our own names


_STATEMENT = statement(
    Dialect(
        source="FROM asked CROSS JOIN cells CROSS JOIN provides"
        " WHERE provides.term = asked.term AND cell BETWEEN first AND last",
        number=lambda name: f":{name}",
        is_in=_is_in,
        speech=_number_in("speech", "speech"),
        week=_number_in("week", "week"),
        least="min",
        greatest="max",
        real="REAL",
        whole="INTEGER",
    )
).replace(
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
        columns = [f"{name} {'REAL' if name in VECTOR else 'INTEGER'}" for name in COLUMNS]
        self._database.executescript(
            "PRAGMA temp_store = MEMORY;"
            f"CREATE TABLE provides ({', '.join(columns)}, PRIMARY KEY (term, cell, place))"
            " WITHOUT ROWID;"
        )
        marks = ", ".join("?" * len(COLUMNS))
        self._database.executemany(
            f"INSERT INTO provides VALUES ({marks})",  # noqa: S608 - our own names
            sorted(layout.table(COLUMNS)),
        )
        self._database.execute("ANALYZE")
        self._database.commit()
        self._texts: dict[Hashable, bytes] = {}

    def rank(self, profile: Profile, k: int) -> Answer:
        """The k best."""
        asked = self._layout.asked(profile)
        given: dict[str, object] = {
            "needs": json.dumps(asked.needs),
            "interests": json.dumps(asked.interests),
            "cells": json.dumps(asked.cells),
            "areas": json.dumps(asked.areas),
            "schools": json.dumps(asked.schools),
            "closed": json.dumps(asked.closed),
            "speech": self._text(*asked.speech),
            "week": self._text(*asked.week),
        }
        given |= numbers_of(asked, self._layout, k)
        return answer(self._database.execute(_STATEMENT, given).fetchall(), asked, self._layout)

    def _text(self, key: Hashable, column: Sequence[int]) -> bytes:
        known = self._texts.get(key)
        if known is None:
            known = self._texts[key] = "".join(f"{one:{_WIDTH}}" for one in column).encode()
        return known
