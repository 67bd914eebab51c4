"""Days and times as directories write them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.weekdays import (
    DAY_CODES,
    is_round_the_clock,
    read_date,
    read_days,
    read_time,
)
from catalog.vocabulary import WEEKDAYS

ALL = "MO,TU,WE,TH,FR,SA,SU"


@pytest.mark.parametrize(
    ("text", "byday"),
    [
        ("Monday - Friday", "MO,TU,WE,TH,FR"),
        ("Monday-Friday", "MO,TU,WE,TH,FR"),
        ("Mon – Thur", "MO,TU,WE,TH"),
        ("Monday to Wednesday", "MO,TU,WE"),
        ("Monday, Wednesday, Friday", "MO,WE,FR"),
        ("Mon - Tue & Thur - Fri", "MO,TU,TH,FR"),
        ("Mon, Wed-Fri", "MO,WE,TH,FR"),
        ("Tuesday and Thursday", "TU,TH"),
        ("Thursdays", "TH"),
        ("friday,Saturday", "FR,SA"),
        ("monday", "MO"),
        ("Sunday - Saturday", ALL),
        ("Saturday - Monday", "MO,SA,SU"),
        ("Wendesday", "WE"),
        ("24-7", ALL),
        ("every day", ALL),
        ("Daily", ALL),
        ("weekdays", "MO,TU,WE,TH,FR"),
        ("MO,TU", "MO,TU"),
    ],
)
def test_weekly_days(text: str, byday: str) -> None:
    read = read_days(text)
    assert read is not None
    assert (read.freq, read.byday, read.interval) == ("WEEKLY", byday, 1)


@pytest.mark.parametrize(
    ("text", "byday"),
    [
        ("Second Saturday", "2SA"),
        ("1st Saturday of the month", "1SA"),
        ("2nd & 4th Saturday", "2SA,4SA"),
        ("4th Friday of every month", "4FR"),
        ("Last Thursday of each month", "-1TH"),
        ("First, second, and fourth Tuesday of the month", "1TU,2TU,4TU"),
    ],
)
def test_days_of_the_month(text: str, byday: str) -> None:
    read = read_days(text)
    assert read is not None
    assert (read.freq, read.byday) == ("MONTHLY", byday)


def test_every_other_week_has_interval_two() -> None:
    read = read_days("Every other Tuesday")
    assert read is not None
    assert (read.byday, read.interval) == ("TU", 2)


def test_words_in_brackets_are_kept_as_a_note() -> None:
    read = read_days("Monday, Friday (Closed 12-2pm)")
    assert read is not None
    assert (read.byday, read.note) == ("MO,FR", "Closed 12-2pm")


@pytest.mark.parametrize(
    "text",
    ["", "9:00AM", "Varies based on programs", "November 1 - March 31", "Second", "By appointment"],
)
def test_what_names_no_days_is_not_guessed(text: str) -> None:
    assert read_days(text) is None


@given(st.sets(st.sampled_from(DAY_CODES), min_size=1), st.sampled_from([", ", " & ", " and "]))
def test_any_list_of_full_names_reads_back_in_order_of_the_week(days: set[str], joint: str) -> None:
    text = joint.join(WEEKDAYS[day].en for day in days)
    read = read_days(text)
    assert read is not None
    assert read.byday == ",".join(day for day in DAY_CODES if day in days)


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_range_has_both_its_ends_and_what_lies_between(start: int, stop: int) -> None:
    read = read_days(f"{WEEKDAYS[DAY_CODES[start]].en} - {WEEKDAYS[DAY_CODES[stop]].en}")
    assert read is not None
    named = set(read.byday.split(","))
    assert {DAY_CODES[start], DAY_CODES[stop]} <= named
    assert len(named) == (stop - start) % 7 + 1


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = read_days(text)
    if read is not None:
        assert all(day[-2:] in DAY_CODES for day in read.byday.split(","))
    read_time(text)
    read_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00AM", time(9)),
        ("12:00AM", time(0)),
        ("12:30PM", time(12, 30)),
        ("5 p.m.", time(17)),
        ("17:30", time(17, 30)),
        ("08:15:00", time(8, 15)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("9", None),
        ("13:00PM", None),
        ("25:00", None),
        ("By appointment", None),
        ("", None),
    ],
)
def test_times(text: str, expected: time | None) -> None:
    assert read_time(text) == expected


def test_round_the_clock() -> None:
    assert is_round_the_clock("24 Hours")
    assert is_round_the_clock("24/7")
    assert not is_round_the_clock("24 people")


def test_dates() -> None:
    assert read_date("2026-08-07") == date(2026, 8, 7)
    assert read_date("8:00AM") is None
