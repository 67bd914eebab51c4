"""Free time: the student is free for long enough while the program is open.

Long enough is `time.enough` minutes in a row, or a whole session where sessions are shorter.

Decisions:
- A program that comes to the school, or names no hours ("any time"), always fits.
- Free hours not known: usual after-school hours are looked at (parameters `time.*`); a program that
  fits them raises no question, any other asks the family. It is never a NO. Where the partner's
  hours are not stated either, there is nothing to compare and nothing asked.
- Free hours known, the partner's not stated: asked of the partner.
- Near miss: the shortest stretch of one day that, were the student free then as well, would be enough.
  Among equally short ones that with the least of school hours in it (parameters `time.school_day.*`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Circumstances, Rule, Verdicts, Words, ask, column_of, no, would_do
from matching.types import Hours, Offer, Profile, Reason
from matching.week import DAY_MINUTES, Stretch, Week, longest, overlap, total, week

NAME = "free_time"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where the known free hours leave too little."""
    free = question.free_week
    if offer.mode == "school" or offer.hours == ():
        return None
    if offer.hours is None:
        return None if free is None else ask(NAME, "hours_not_stated")
    run = week(offer.hours)
    enough = min(question.parameters.time_enough, longest(run))
    shared = longest(overlap(run, question.usual_week if free is None else free))
    if shared >= enough:
        return None
    if free is None:
        return ask(NAME, "free_hours_unknown", hours=offer.hours)
    return no(NAME, "too_little_time", hours=offer.hours, minutes=shared, enough=enough)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    free = question.free_week
    stated = columns.hours.is_stated[rows]
    session = columns.hours.longest[rows]
    shared, _ = columns.hours.overlaps(question.usual_week if free is None else free, rows)
    here = ~columns.comes_to_school[rows]
    short = here & (session > 0) & (shared < session)
    short &= shared < question.parameters.time_enough
    if free is None:
        return column_of(rows, unknown=short)
    return column_of(rows, no=short, unknown=here & ~stated)


def change(offer: Offer, question: Question) -> Reason | None:
    """The shortest stretch to be free in addition; among equals the least in school hours, then the
    earliest in the week."""
    run, free = week(offer.hours or ()), question.free_week or ()
    enough = min(question.parameters.time_enough, longest(run))
    school = question.school_week
    edges = [edge for stretch in (*free, *school) for edge in stretch]
    missing = [
        _missing(at, at + enough, free)
        for start, end in run
        for at in (start, end - enough, *edges, *(edge - enough for edge in edges))
        if start <= at <= end - enough
    ]
    of_one_day = [one for one in missing if one[1] <= (one[0] // DAY_MINUTES + 1) * DAY_MINUTES]
    if not of_one_day:
        return None  # over midnight is no small change
    start, end = min(
        of_one_day,
        key=lambda one: (one[1] - one[0], total(overlap((one,), school)), one),
    )
    day = start // DAY_MINUTES
    stretch = Hours(day, start - day * DAY_MINUTES, end - day * DAY_MINUTES)
    return would_do(NAME, "free_then", stretch=stretch, minutes=end - start)


def _missing(start: int, end: int, free: Week) -> Stretch:
    """What of the stretch is left when the free time at its two ends is taken off."""
    for free_start, free_end in free:
        if free_start <= start < free_end:
            start = free_end
        if free_start < end <= free_end:
            end = free_start
    return start, end


def apply(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The student, free in that stretch as well."""
    stretch = cast("Hours", change.facts["stretch"])
    return replace(profile, free_hours=(*(profile.free_hours or ()), stretch)), offer, on


WORDS = {
    "en": Words(
        name="Free time",
        no={
            "too_little_time": (
                "It is open {hours}. The student is free then for {minutes}. It takes {enough}."
            ),
        },
        ask={
            "hours_not_stated": "Ask the partner: on which days and at what time?",
            "free_hours_unknown": "Ask the family: when is the student free? It is open {hours}.",
        },
        change={
            "free_then": "It would match if the student were also free on {stretch}.",
        },
    ),
    "es": Words(
        name="Tiempo libre",
        no={
            "too_little_time": (
                "Abre: {hours}. El estudiante está libre entonces {minutes}. Hace falta {enough}."
            ),
        },
        ask={
            "hours_not_stated": "Pregunte a la organización: ¿qué días y a qué hora?",
            "free_hours_unknown": (
                "Pregunte a la familia: ¿cuándo está libre el estudiante? Abre: {hours}."
            ),
        },
        change={
            "free_then": "Sería posible si el estudiante también estuviera libre el {stretch}.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("free_hours",),
    compares=("hours", "mode"),
    change=change,
    apply=apply,
    words=WORDS,
    order=150,
)
