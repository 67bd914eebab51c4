"""Which change of the directory tells which fact of a listing."""

from __future__ import annotations

import pytest

import catalog.models  # noqa: F401 - their tables
from catalog.as_of import EVERY_FACT, FACTS, FIELDS, TABLES, fact_of
from catalog.db import Base
from catalog.history import fields_with_history, has_history

# Kept, and shown by no page as a fact that somebody relies on.
NO_FACTS = {"attribute", "funding", "organization_identifier", "program"}
TABLES_WITH_HISTORY = {
    table.name: fields_with_history(table)
    for table in Base.metadata.sorted_tables
    if has_history(table)
}


def test_every_table_with_a_history_tells_facts_or_is_known_to_tell_none() -> None:
    assert TABLES_WITH_HISTORY.keys() == TABLES.keys() | {table for table, _ in FIELDS} | NO_FACTS


def test_every_field_named_is_one_whose_changes_are_kept() -> None:
    for table, field in FIELDS:
        assert field in TABLES_WITH_HISTORY[table], (table, field)


@pytest.mark.parametrize(
    ("table", "field", "action", "fact"),
    [
        ("schedule", "opens_at", "create", "hours"),
        ("schedule", "opens_at", "delete", "hours"),
        ("address", "city", "update", "place"),
        ("service", "fees_description", "update", "cost"),
        ("service", "name", "create", EVERY_FACT),
        ("service", "name", "update", None),
        ("location", "latitude", "update", None),
        ("funding", "funding_source", "create", None),
    ],
)
def test_a_change_tells_its_fact(table: str, field: str, action: str, fact: str | None) -> None:
    assert fact_of(table, field, action) == fact
    assert fact in {*FACTS, EVERY_FACT, None}
