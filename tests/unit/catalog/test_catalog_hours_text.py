"""Opening hours in sentences: read wholly or not at all."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.hours_text import HoursRead, read_hours_text
from catalog.importers.weekdays import DAY_CODES

WEEK = "MO,TU,WE,TH,FR"
ALL = "MO,TU,WE,TH,FR,SA,SU"


def told(text: str) -> list[tuple[str, str, str, str]] | None:
    read = read_hours_text(text)
    return read and [
        (row.days.freq, row.days.byday, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}") for row in read
    ]


@pytest.mark.parametrize(
    ("text", "byday", "opens", "closes"),
    [
        ("Mon-Fri 9-5", WEEK, "09:00", "17:00"),
        ("Mon - Thur 9-5", "MO,TU,WE,TH", "09:00", "17:00"),
        ("Mon–Fri: 9 a.m. to 5 p.m.", WEEK, "09:00", "17:00"),
        ("Monday-Friday 9:00-5:00", WEEK, "09:00", "17:00"),
        ("Mon-Fri 08:00-17:00", WEEK, "08:00", "17:00"),
        ("Open Monday through Friday from 8am to 4:30pm", WEEK, "08:00", "16:30"),
        ("10am-2pm Saturdays", "SA", "10:00", "14:00"),
        ("Tuesdays 6-8pm", "TU", "18:00", "20:00"),
        ("Daily 8am to 8pm", ALL, "08:00", "20:00"),
        ("Weekdays 3-6", WEEK, "15:00", "18:00"),
        ("Wednesday noon - 3pm", "WE", "12:00", "15:00"),
        ("Friday 10pm-6am", "FR", "22:00", "06:00"),
        ("24 hours", ALL, "00:00", "23:59"),
        ("24/7", ALL, "00:00", "23:59"),
        ("Open 24 hours a day, 7 days a week", ALL, "00:00", "23:59"),
        ("Mon-Fri 24 hours", WEEK, "00:00", "23:59"),
    ],
)
def test_one_stretch_a_week(text: str, byday: str, opens: str, closes: str) -> None:
    assert told(text) == [("WEEKLY", byday, opens, closes)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "Mon-Fri 9-12, 1-5",
            [("WEEKLY", WEEK, "09:00", "12:00"), ("WEEKLY", WEEK, "13:00", "17:00")],
        ),
        (
            "Mon-Fri 9am-12pm and 1pm-5pm; Sat 10-2",
            [
                ("WEEKLY", WEEK, "09:00", "12:00"),
                ("WEEKLY", WEEK, "13:00", "17:00"),
                ("WEEKLY", "SA", "10:00", "14:00"),
            ],
        ),
        ("2nd & 4th Tuesday 10:00AM-12:00PM", [("MONTHLY", "2TU,4TU", "10:00", "12:00")]),
        ("First Saturday of the month 10-12", [("MONTHLY", "1SA", "10:00", "12:00")]),
        (
            "Mon-Fri 9-5. Sat 10-12.",
            [("WEEKLY", WEEK, "09:00", "17:00"), ("WEEKLY", "SA", "10:00", "12:00")],
        ),
    ],
)
def test_lunch_breaks_weeks_of_the_month_and_several_days(
    text: str, rows: list[tuple[str, str, str, str]]
) -> None:
    assert told(text) == rows


def test_every_other_week() -> None:
    (row,) = read_hours_text("Every other Tuesday 5pm-7pm") or []
    assert row.days.interval == 2


def test_a_dated_season_bounds_its_rows() -> None:
    (row,) = read_hours_text("June 1, 2026 - August 15, 2026: Mon-Fri 9-5") or []
    assert (row.valid_from, row.valid_to) == (date(2026, 6, 1), date(2026, 8, 15))
    assert (row.opens, row.closes) == (time(9), time(17))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Mon-Fri 9-5, by appointment", "by appointment"),
        ("Mon-Fri 9-5, closed Sundays", "closed Sundays"),
        ("Sun: closed; Mon: 9-5", "Sun: closed"),
    ],
)
def test_what_stands_beside_the_hours_is_a_note(text: str, note: str) -> None:
    (row,) = read_hours_text(text) or []
    assert row.note == note


@pytest.mark.parametrize(
    "text",
    [
        "",
        "By appointment",
        "By appointment only",
        "Varies",
        "9-12, 1-5",  # on which days?
        "Tuesdays 6-8",  # in the morning or in the evening?
        "Mon-Fri 9-5 (June - August)",  # of every year: no columns for that
        "Summer: Mon-Fri 9-5",
        "August 15, 2026 - June 1, 2026: Mon-Fri 9-5",
        "Call 423-555-0100 9-5",
        "Mon-Fri 5pm-9am or so, call",
        "Mon-Fri 9-5, food pantry by the back door",
        "Mon-Fri 9-5; the rest of the week see the calendar",
        "x" * 100_000,
        "9-5 " * 30_000,
    ],
)
def test_what_is_not_wholly_understood_stays_text(text: str) -> None:
    assert read_hours_text(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for row in read_hours_text(text) or []:
        assert isinstance(row, HoursRead)
        assert row.opens != row.closes
        assert all(day[-2:] in DAY_CODES for day in row.days.byday.split(","))


@given(
    st.sets(st.sampled_from(DAY_CODES[:7]), min_size=1),
    st.integers(0, 22),
    st.integers(1, 23),
    st.sampled_from([" - ", "-", " to ", " – "]),
)
def test_what_is_written_plainly_reads_back(
    days: set[str], opens: int, closes: int, joint: str
) -> None:
    if opens >= closes:
        return
    ordered = [day for day in DAY_CODES if day in days]
    read = told(f"{', '.join(ordered)} {opens:02}:00{joint}{closes:02}:00")
    assert read == [("WEEKLY", ",".join(ordered), f"{opens:02}:00", f"{closes:02}:00")]
