"""How pages write times, distances, money and numbers, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.settings import Settings
from app.web import formats

AT = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("instance")
    app = create_app(Settings(instance_dir=folder, secret_key="k" * 40, database_url="sqlite://"))
    with app.app_context():
        yield app


@pytest.mark.parametrize(
    ("language", "at", "words"),
    [
        ("en", AT, "Nov 23, 2026, 8:05 AM"),
        ("es", AT, "23 nov 2026, 8:05 a.m."),
        ("en", datetime(2026, 7, 1, 3, 30, tzinfo=UTC), "Jun 30, 2026, 11:30 PM"),
    ],
)
def test_a_moment_is_told_in_the_districts_zone(language: str, at: datetime, words: str) -> None:
    with force_locale(language):
        assert formats.moment(at) == words


def test_a_time_without_a_zone_is_refused() -> None:
    naive = AT.replace(tzinfo=None)
    for written in (formats.moment, formats.day, formats.ago):
        with pytest.raises(ValueError, match="without a zone"):
            written(naive)


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("en", date(2026, 2, 3), "Feb 3, 2026"),
        ("es", date(2026, 2, 3), "3 feb 2026"),
        ("en", datetime(2026, 2, 3, 2, tzinfo=UTC), "Feb 2, 2026"),
    ],
)
def test_a_day_is_the_districts_day(language: str, value: date, words: str) -> None:
    with force_locale(language):
        assert formats.day(value) == words


@pytest.mark.parametrize(
    ("language", "minutes", "words"),
    [
        ("en", 0, "12:00 AM"),
        ("en", 930, "3:30 PM"),
        ("es", 930, "3:30 p.m."),
        ("en", 1440, "12:00 AM"),
    ],
)
def test_minutes_from_midnight_are_a_time_of_day(language: str, minutes: int, words: str) -> None:
    with force_locale(language):
        assert formats.clock_time(minutes) == words


def test_weekdays_begin_on_monday() -> None:
    with force_locale("en"):
        assert [formats.weekday(n) for n in (0, 6)] == ["Monday", "Sunday"]
    with force_locale("es"):
        assert formats.weekday(0) == "lunes"


@pytest.mark.parametrize(
    ("language", "since", "words"),
    [
        ("en", timedelta(seconds=20), "just now"),
        ("en", timedelta(hours=5), "5 hours ago"),
        ("en", timedelta(days=1), "1 day ago"),
        ("en", timedelta(days=3), "3 days ago"),
        ("en", timedelta(days=9), "9 days ago"),
        ("en", timedelta(days=20), "20 days ago"),
        ("en", timedelta(days=70), "2 months ago"),
        ("en", timedelta(days=-3, seconds=-5), "in 3 days"),
        ("es", timedelta(days=3), "hace 3 días"),
        ("es", timedelta(seconds=20), "hace un momento"),
    ],
)
def test_how_long_ago_a_moment_was(language: str, since: timedelta, words: str) -> None:
    with time_machine.travel(AT, tick=False), force_locale(language):
        assert formats.ago(AT - since) == words


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("en", date(2026, 11, 23), "today"),
        ("en", date(2026, 11, 22), "yesterday"),
        ("en", date(2026, 11, 24), "tomorrow"),
        ("en", date(2026, 11, 13), "10 days ago"),
        ("es", date(2026, 11, 22), "ayer"),
    ],
)
def test_how_long_ago_a_day_was(language: str, value: date, words: str) -> None:
    with time_machine.travel(AT, tick=False), force_locale(language):
        assert formats.ago(value) == words


@pytest.mark.parametrize(
    ("language", "metres", "words"),
    [
        ("en", 1931, "1.2 miles"),
        ("en", 1609.344, "1 mile"),
        ("en", 0, "less than 0.1 miles"),
        ("en", 15_950, "9.9 miles"),
        ("en", 16_050, "10 miles"),
        ("en", 40_000, "25 miles"),
        ("en", None, "distance not known"),
        ("es", 1931, "1.2 millas"),
        ("es", 1609.344, "1 milla"),
    ],
)
def test_distances_are_in_miles(language: str, metres: float | None, words: str) -> None:
    with force_locale(language):
        assert formats.miles(metres) == words


@pytest.mark.parametrize(
    ("language", "cents", "words"),
    [
        ("en", 0, "Free"),
        ("en", 500, "$5"),
        ("en", 550, "$5.50"),
        ("en", 123_400, "$1,234"),
        ("en", 5, "$0.05"),
        ("en", None, "cost not known"),
        ("es", 0, "Gratis"),
        ("es", 550, "$5.50"),
    ],
)
def test_money_is_whole_dollars_where_it_can_be(
    language: str, cents: int | None, words: str
) -> None:
    with force_locale(language):
        assert formats.dollars(cents) == words


@given(st.integers(min_value=1, max_value=10_000_000))
def test_no_cent_is_lost_or_found(cents: int) -> None:
    with force_locale("en"):
        dollars, _, rest = formats.dollars(cents).lstrip("$").replace(",", "").partition(".")
    assert int(dollars) * 100 + int(rest or 0) == cents


@pytest.mark.parametrize(
    ("number", "words", "link"),
    [
        ("4235550100", "(423) 555-0100", "tel:+1-423-555-0100"),
        ("+1 423-555-0100", "(423) 555-0100", "tel:+1-423-555-0100"),
        ("423.555.0100 x12", "(423) 555-0100 ext. 12", "tel:+1-423-555-0100;ext=12"),
        ("+52 55 1234 5678", "+52 55 1234 5678", "tel:+52-55-1234-5678"),
        ("call the front desk", "call the front desk", ""),
        ("988", "988", "tel:988"),
        ("12345", "12345", ""),
        (None, "–", ""),
        ("", "–", ""),
    ],
)
def test_phone_numbers_are_written_and_dialled(number: str | None, words: str, link: str) -> None:
    assert formats.phone(number) == words
    assert formats.phone_link(number) == link


def test_what_is_not_known_is_shown_as_a_dash_never_as_nothing() -> None:
    for written in (formats.moment, formats.day, formats.ago, formats.clock_time):
        assert written(None) == "–"


def test_a_contact_can_be_tapped_and_is_never_markup() -> None:
    told = formats.reachable("<b>Ana</b> (mother), (423) 555-0142, ana@example.org")
    assert told == (
        "&lt;b&gt;Ana&lt;/b&gt; (mother), "
        '<a class="touch nowrap" href="tel:+1-423-555-0142">(423) 555-0142</a>, '
        '<a class="touch" href="mailto:ana@example.org">ana@example.org</a>'
    )
    assert formats.reachable("No phone at home") == "No phone at home"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Lunes, de 4:30 p. m. a 6 p. m.", "Lunes, de 4:30\xa0p.\xa0m. a 6\xa0p.\xa0m."),
        ("Monday, 8 am to 5 pm", "Monday, 8\xa0am to 5\xa0pm"),
        ("At any time", "At any time"),
    ],
)
def test_hours_stay_on_one_line(text: str, whole: str) -> None:
    assert formats.unbroken(text) == whole
