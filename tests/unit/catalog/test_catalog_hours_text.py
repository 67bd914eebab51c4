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
        ("M-F 9am-5pm", WEEK, "09:00", "17:00"),
        ("M-F 8:30a-5p", WEEK, "08:30", "17:00"),
        ("MWF 9-5", "MO,WE,FR", "09:00", "17:00"),
        ("M, W, F 9-5", "MO,WE,FR", "09:00", "17:00"),
        ("MTWThF 9-5", WEEK, "09:00", "17:00"),
        ("T/Th 3-5pm", "TU,TH", "15:00", "17:00"),
        ("TTh 3-5pm", "TU,TH", "15:00", "17:00"),
        ("M-Th 3-5pm", "MO,TU,WE,TH", "15:00", "17:00"),
        ("Mon-Fri 9am-5PM EST", WEEK, "09:00", "17:00"),
        ("Mon-Fri 9am-5PM (Eastern Time)", WEEK, "09:00", "17:00"),
        ("Lunes a viernes 9-5", WEEK, "09:00", "17:00"),
        ("Lunes a viernes de 9 a 5", WEEK, "09:00", "17:00"),
        ("Lunes a viernes, 8:00 a. m. a 4:30 p. m.", WEEK, "08:00", "16:30"),
        ("De lunes a viernes de 8:00 a 17:00 horas", WEEK, "08:00", "17:00"),
        ("lunes a viernes de 9 de la mañana a 5 de la tarde", WEEK, "09:00", "17:00"),
        ("Lun-Vie 9am-5pm", WEEK, "09:00", "17:00"),
        ("L-V 9-5", WEEK, "09:00", "17:00"),
        ("lunes, miércoles y viernes de 3 a 6 pm", "MO,WE,FR", "15:00", "18:00"),
        ("Mar y jue 3-6pm", "TU,TH", "15:00", "18:00"),
        ("sábados 10 a 12", "SA", "10:00", "12:00"),
        ("Sabado desde las 10 hasta el mediodía", "SA", "10:00", "12:00"),
        ("Todos los días 8am-8pm", ALL, "08:00", "20:00"),
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
        *(
            (text, [("WEEKLY", WEEK, "09:00", "12:00"), ("WEEKLY", WEEK, "13:00", "17:00")])
            for text in (
                "Mon-Fri 9-5, closed 12-1 for lunch",
                "Mon-Fri 9-5 (closed for lunch 12-1)",
                "Mon-Fri 9am-5pm; closed from noon to 1pm",
                "Lunes a viernes 9-5, cerrado de 12 a 1 por almuerzo",
            )
        ),
        (
            "Mon-Fri 9-5, closed 12-1 for lunch; Sat 10-2",
            [
                ("WEEKLY", WEEK, "09:00", "12:00"),
                ("WEEKLY", WEEK, "13:00", "17:00"),
                ("WEEKLY", "SA", "10:00", "14:00"),
            ],
        ),
        ("primer sábado del mes 10 a 12", [("MONTHLY", "1SA", "10:00", "12:00")]),
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
        ("Mon-Fri 9-5; Sat by appointment", "Sat by appointment"),
        ("Mon-Fri 9-5, Sat & Sun by appt. only", "Sat & Sun by appt. only"),
        ("Mon-Fri 9-5 (closed holidays)", "closed holidays"),
        ("Mon-Fri 9-5 except federal holidays", "except federal holidays"),
        ("Mon-Fri 9-5, closed weekends and holidays", "closed weekends and holidays"),
        ("Mon-Fri 9-5 EST", "EST"),
        ("Lunes a viernes 9-5; sábados con cita previa", "saturday by appointment"),
    ],
)
def test_what_stands_beside_the_hours_is_a_note(text: str, note: str) -> None:
    (row,) = read_hours_text(text) or []
    assert row.note == note


@pytest.mark.parametrize(
    ("text", "byday"),
    [
        ("Daily 9-5, closed Sundays", "MO,TU,WE,TH,FR,SA"),
        ("Daily 9-5, closed weekends and holidays", WEEK),
        ("Mon-Fri 9-5 (closed Wednesdays)", "MO,TU,TH,FR"),
        ("Todos los días 9-5, cerrado domingos", "MO,TU,WE,TH,FR,SA"),
    ],
)
def test_days_that_are_said_to_be_closed_are_not_open(text: str, byday: str) -> None:
    assert told(text) == [("WEEKLY", byday, "09:00", "17:00")]


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
        "Mon-Fri 9am-5pm CST",  # an hour later at the place, or not?
        "9am-5pm MT",  # Mountain time, or Monday and Tuesday?
        "T-Th 3-5pm",  # on Wednesday too?
        "M-S 9-5",
        "mar 9-5",  # Tuesday in Spanish, or March?
        "martes 6 a 8",
        "Lunes a viernes 9-5 en la iglesia",
        "Lunes a viernes 9-5, cerrado en verano",
        "Mon-Fri 9-5, lunch 12-1",  # closed then, or given then?
        "Mon-Fri 9-5, Sat 10-2, closed 12-1",  # on Saturday too?
        "Mon-Fri 9-5, closed 5-6",
        "Mon-Fri 9-5, closed in July and holidays",
        "Mon-Fri 9-5, closed school holidays",
        "Mon-Fri 9-5 except Tuesdays and holidays",
        "Mon-Fri 9-5, closed first Monday of the month",
        "Mon 9-5, closed Mondays",
        "Tue 9-12, Wed by appointment, 1-3",
        "Sat by appointment",
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
