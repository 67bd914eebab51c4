"""The facts of a listing in words: what is known as people write it, what is not known as a question."""

from __future__ import annotations

from datetime import date

import pytest

from app.recommendations.words import (
    PHRASES,
    cost_words,
    distance_words,
    hours_words,
    languages_words,
    openings_words,
)
from matching.types import Hours, Openings

pytestmark = [
    pytest.mark.usefixtures("app_context"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),  # no row is read
]

AFTERNOONS = tuple(Hours(day, 900, 1080) for day in range(5))
ROUND_THE_CLOCK = tuple(Hours(day, 0, 1440) for day in range(7))
TOLD = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("hours", "english"),
    [
        (None, "Ask about days and hours"),
        ((), "At any time"),
        (AFTERNOONS, "Monday to Friday, 3 pm to 6 pm"),
        ((Hours(1, 885, 975), Hours(3, 885, 975)), "Tuesday and Thursday, 2:45 pm to 4:15 pm"),
        (ROUND_THE_CLOCK, "Day and night, all week"),
    ],
)
def test_hours(hours: tuple[Hours, ...] | None, english: str) -> None:
    assert hours_words(hours, "en") == english
    assert hours_words(hours, "es") != english


@pytest.mark.parametrize(
    ("cents", "details", "english"),
    [
        (None, None, "Ask what it costs"),
        (None, "Sliding scale", "Sliding scale"),
        (0, None, "Free"),
        (2550, None, "$25.50"),
    ],
)
def test_cost(cents: int | None, details: str | None, english: str) -> None:
    assert cost_words(cents, details, "en") == english


@pytest.mark.parametrize(
    ("openings", "english"),
    [
        (Openings(), "Ask about open places"),
        (Openings(has_waitlist=True), "There is a waitlist"),
        (Openings(0, as_of=TOLD), "Full (as of Oct 1, 2026)"),
        (Openings(0, has_waitlist=True), "Full, with a waitlist"),
        (Openings(1, as_of=TOLD), "1 open place (as of Oct 1, 2026)"),
        (Openings(5), "5 open places"),
    ],
)
def test_openings(openings: Openings, english: str) -> None:
    assert openings_words(openings, "en") == english
    assert openings_words(openings, "es") != english


def test_distance_and_languages() -> None:
    assert distance_words(None, "en", is_rough=True) is None
    assert distance_words(1931, "en", is_rough=False) == "1.2 miles"
    assert distance_words(1931, "es", is_rough=False) == "1.2 millas"
    assert distance_words(1931, "en", is_rough=True) == "about 1.2 miles"
    assert distance_words(1931, "es", is_rough=True) == "a unas 1.2 millas"
    assert languages_words({"es", "xx-unknown"}, "en") == ("Spanish", "xx-unknown")
    assert languages_words(None, "es") == ()


def test_every_phrase_is_said_in_both_languages() -> None:
    assert all(label.en and label.es and label.en != label.es for label in PHRASES.values())
