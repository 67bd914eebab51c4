"""The fixtures of every test; each kind has its module in tests/fixtures. See tests/README.md."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

import pytest

pytest_plugins = [
    "tests.fixtures.loud",
    "tests.fixtures.real_data",
    "tests.fixtures.postgresql",
    "tests.fixtures.database",
    "tests.fixtures.client",
    "tests.fixtures.statements",
]

# A school day in the middle of a term, at ten in the morning in Chattanooga.
NOW = datetime(2026, 10, 13, 14, 0, tzinfo=UTC)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: let the garbage collector not look through it again and
    again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def now() -> datetime:
    """The moment at which every test with an `app` happens: the clock stands still there."""
    return NOW
