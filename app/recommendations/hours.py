"""HSDS schedules as the week of a service, and the days between which it runs.

Called by offers.py. What recurs in another way than weekly is not guessed at: one such row makes
the hours unknown, since a week with a hole in it would exclude those free just then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from catalog.models import Schedule, ServiceAtLocation
from catalog.search_entries import closing, is_no_night, minutes
from catalog.vocabulary import WEEKDAYS
from matching.types import Hours

DAY_MINUTES = 24 * 60
WEEKDAY_NUMBERS = {code: number for number, code in enumerate(WEEKDAYS)}
WEEKDAY_LIST = re.compile(r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*")


def schedules_of(place: ServiceAtLocation) -> Sequence[Schedule]:
    """The rows that count here: the service's at the place, else its own, else the place's."""
    return place.schedules or place.service.schedules or place.location.schedules


def current(schedules: Iterable[Schedule], on: date) -> list[Schedule]:
    """The rows that are not over yet; all of them where every one is over."""
    rows = list(schedules)
    return [row for row in rows if row.valid_to is None or row.valid_to >= on] or rows


def season_of(schedules: Sequence[Schedule]) -> tuple[date | None, date | None] | None:
    """The first and the last day, where every row has one; None: all year, or not said."""
    if not schedules:
        return None
    first = [row.valid_from for row in schedules if row.valid_from]
    last = [row.valid_to for row in schedules if row.valid_to]
    begins = min(first) if len(first) == len(schedules) else None
    ends = max(last) if len(last) == len(schedules) else None
    return None if begins is None and ends is None else (begins, ends)


def hours_of(schedules: Sequence[Schedule], doubts: list[str]) -> tuple[Hours, ...] | None:
    """The open hours of a week, in order; None where a row cannot be told by the week."""
    hours: list[Hours] = []
    for row in schedules:
        read = hours_of_row(row, doubts)
        if read is None:
            return None
        hours += read
    return tuple(merged(hours)) or None


def hours_of_row(row: Schedule, doubts: list[str]) -> list[Hours] | None:
    """One row's hours by weekday. Hours past midnight go on the next day."""
    days = (row.byday or "").upper().replace(" ", "")
    is_weekly = (
        row.freq in {None, "WEEKLY"}
        and (row.interval or 1) == 1
        and not (row.byweekno or row.bymonthday or row.byyearday)
        and WEEKDAY_LIST.fullmatch(days) is not None
    )
    if not is_weekly or row.opens_at is None or row.closes_at is None:
        return None
    opens, closes = minutes(row.opens_at), closing(row.closes_at)
    if opens == closes:
        doubts.append("schedule: it opens and closes at the same minute, so the hours are asked")
        return None
    if is_no_night(opens, closes):
        told = f"{row.opens_at:%H:%M} to {row.closes_at:%H:%M}"
        doubts.append(
            f"schedule: {told} would be open nearly round the clock, so the hours are asked"
        )
        return None
    hours = []
    for number in sorted({WEEKDAY_NUMBERS[day] for day in days.split(",")}):
        if opens < closes:
            hours.append(Hours(number, opens, closes))
        else:
            hours += [Hours(number, opens, DAY_MINUTES), Hours((number + 1) % 7, 0, closes)]
    return hours


def merged(hours: Iterable[Hours]) -> list[Hours]:
    """The same hours by weekday and time, overlapping ones as one."""
    result: list[Hours] = []
    for one in sorted(hours, key=lambda h: (h.weekday, h.opens, h.closes)):
        last = result[-1] if result else None
        if last and last.weekday == one.weekday and one.opens <= last.closes:
            result[-1] = Hours(last.weekday, last.opens, max(last.closes, one.closes))
        else:
            result.append(one)
    return result
