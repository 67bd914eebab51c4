"""One schedule row of a directory as HSDS 3.1 columns.

Some directories write times of day where HSDS 2.0 has dates (dtstart, until), and days in words. A
row with days and no times means that the hours are not known: never that the place is closed.
"""

from datetime import date, time
from typing import Any

from catalog.importers.draft import Cells, Draft, Origin
from catalog.importers.hours_text import SPAN, HoursRead, read_hours_text
from catalog.importers.weekdays import (
    ROUND_THE_CLOCK,
    DaysRead,
    is_round_the_clock,
    read_date,
    read_days,
    read_time,
)
from catalog.vocabulary import WEEKDAYS

HOURS_NOT_STATED = "hours not stated"


def read_schedule(draft: Draft, cells: Cells, origin: Origin) -> list[dict[str, Any]]:
    """The row's values but its owner: one for each stretch of hours (two around a lunch break).

    None at all, and a line, where it says nothing.
    """
    day_text = cells.line("byday") or cells.line("weekday")
    weekday_text = cells.line("weekday")
    start, end = cells.line("opens_at", "dtstart"), cells.line("closes_at", "until")
    description = cells.text("description")
    if not any((day_text, weekday_text, start, end, description, cells.line("bymonthday"))):
        draft.note("error", origin, "schedule_blank", "The row has no day, no time and no words.")
        return []
    told = read_in_words(day_text, start, end, description)
    if told:
        stated = {name: read_date(cells.line(name)) for name in ("valid_from", "valid_to")}
        rows = [in_columns(hours, description or None) for hours in told]
        return [{**row, **{name: day for name, day in stated.items() if day}} for row in rows]
    if description and not any((day_text, start, end, cells.line("bymonthday"))):
        draft.note("info", origin, "hours_in_words", f"{description[:80]!r} is kept as words.")
    days = numbered_day(day_text) or read_days(day_text) or read_days(weekday_text)
    if day_text and days is None:
        draft.note(
            "warning", origin, "days_unclear", f"{day_text!r} does not name days; kept as words."
        )
    opens, closes = read_hours(draft, start, end, origin)
    if days and opens is None and not start:
        draft.note(
            "warning",
            origin,
            "hours_not_stated",
            f"{days.byday} is named without hours: kept as not known, not as closed.",
        )
    words = [text for text in (description, left_words(days, day_text, start, end, opens)) if text]
    row = {
        "valid_from": read_date(cells.line("valid_from")),
        "valid_to": read_date(cells.line("valid_to")),
        "dtstart": read_date(cells.line("dtstart")),
        "until": read_date(cells.line("until")),
        "timezone": None,
        "wkst": one_of_days(cells.line("wkst")),
        **recurrence(cells, days),
        "description": "; ".join(words) or None,
        "opens_at": opens,
        "closes_at": closes,
        "notes": HOURS_NOT_STATED if days and opens is None and not start else None,
    }
    return [row]


def read_in_words(day_text: str, start: str, end: str, description: str) -> list[HoursRead] | None:
    """Hours that stand in words where columns should hold days and times, or in the description.

    None where the columns hold what they should, or the words are not understood.
    """
    if read_time(start) or (start and is_date(start)):
        return None
    if start or SPAN.search(day_text):
        return read_hours_text(" ".join(filter(None, (day_text, start, end and f"- {end}"))))
    return None if day_text else read_hours_text(description)


def in_columns(hours: HoursRead, description: str | None) -> dict[str, Any]:
    """Hours read from words, in the columns of a schedule."""
    return {
        "valid_from": hours.valid_from,
        "valid_to": hours.valid_to,
        "freq": hours.days.freq,
        "interval": hours.days.interval if hours.days.interval > 1 else None,
        "byday": hours.days.byday,
        "description": description,
        "opens_at": hours.opens,
        "closes_at": hours.closes,
        "notes": "; ".join(filter(None, (hours.days.note, hours.note))) or None,
    }


def numbered_day(text: str) -> DaysRead | None:
    """HSDS 1.1 numbers the days of the week from Monday, 1, to Sunday, 7."""
    if text.isdecimal() and 1 <= int(text) <= 7:
        return DaysRead("WEEKLY", tuple(WEEKDAYS)[int(text) - 1])
    return None


def recurrence(cells: Cells, days: DaysRead | None) -> dict[str, Any]:
    """How it repeats: as the days say, else as the row's own columns do."""
    freq, interval = cells.line("freq").upper(), cells.line("interval")
    stated = int(interval) if interval.isdecimal() else None
    month_days = cells.line("bymonthday")
    return {
        "freq": days.freq
        if days and freq not in {"WEEKLY", "MONTHLY"}
        else (freq if freq in {"WEEKLY", "MONTHLY"} else None),
        "interval": stated or (days.interval if days and days.interval > 1 else None),
        "byday": days.byday if days else None,
        "bymonthday": month_days or None,
        "byweekno": cells.line("byweekno") or None,
        "byyearday": cells.line("byyearday") or None,
    }


def one_of_days(text: str) -> str | None:
    """A weekday's two letters, or None."""
    return text.upper() if text.upper() in WEEKDAYS else None


def read_hours(
    draft: Draft, start: str, end: str, origin: Origin
) -> tuple[time | None, time | None]:
    """Opening and closing time from two cells that may hold dates, words or nothing."""
    if is_round_the_clock(start):
        return ROUND_THE_CLOCK
    opens, closes = read_time(start), read_time(end)
    for text, read in ((start, opens), (end, closes)):
        if text and read is None and not is_date(text):
            draft.note("warning", origin, "time_unclear", f"{text!r} is no time; kept as words.")
    if opens and closes and closes <= opens and not (opens.hour >= 12 > closes.hour):
        draft.note(
            "warning",
            origin,
            "hours_reversed",
            f"It closes ({closes:%H:%M}) before it opens ({opens:%H:%M}); kept as words only.",
        )
        return None, None
    if opens and closes is None:
        draft.note("warning", origin, "no_closing_time", f"It opens at {opens:%H:%M}, no end told.")
    return opens, closes


def is_date(text: str) -> bool:
    """Whether a cell holds a date, as HSDS means these columns."""
    return isinstance(read_date(text), date)


def left_words(
    days: DaysRead | None, day_text: str, start: str, end: str, opens: time | None
) -> str:
    """What the columns cannot hold, word for word."""
    times = [text for text in (start, end) if text and not is_date(text)]
    is_plain = all(read_time(text) for text in times) and (opens is not None or not times)
    if days and days.note is None and is_plain:
        return ""
    if days and is_plain:
        return days.note or ""
    return " ".join([day_text, " - ".join(times)]).strip()
