"""A value comes back from the history's text as it went in, whatever its column."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import Column

import catalog.models  # noqa: F401 - every table is known
from catalog.conflicts import from_plain, plain
from catalog.db import Base, python_type
from catalog.history import as_text, empty_value, fields_with_history, from_text, has_history

VALUES: dict[type[Any], list[Any]] = {
    str: ["words\nof “many” kinds", "true", "12"],
    int: [0, 17],
    float: [0.0, 17.5, -85.3097],
    bool: [True, False],
    date: [date(2026, 10, 13)],
    datetime: [datetime(2026, 10, 13, 14, 0, 0, 123456, tzinfo=UTC)],
    time: [time(9, 30)],
    uuid.UUID: [uuid.UUID(int=7)],
    dict: [{"low": 6, "high": 12.5}, {"schools": ["0005"]}],
}
COLUMNS = [
    column
    for table in Base.metadata.sorted_tables
    if has_history(table)
    for column in table.c
    if column.name in fields_with_history(table)
]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_there_and_back(column: Column[Any]) -> None:
    for value in VALUES[python_type(column)]:
        assert from_text(column, as_text(value)) == value
        if not isinstance(value, dict):
            assert from_plain(column, plain(value)) == value
    if column.nullable:
        assert from_text(column, "") is None is empty_value(column)


@pytest.mark.parametrize(
    ("column", "text"),
    [("service.minimum_age", "six"), ("service.assured_date", "soon"), ("service.id", "7")],
)
def test_a_text_that_is_no_value_is_refused(column: str, text: str) -> None:
    table, _, name = column.partition(".")
    with pytest.raises(ValueError, match=r".+"):
        from_text(Base.metadata.tables[table].c[name], text)
