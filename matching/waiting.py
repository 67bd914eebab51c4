"""Waiting as a change: on a later day the student is older, and in a higher grade after summer.

Called by the rules that time alone turns (age, grade, season, openings, declined). The facts of a
wait hold the student as he or she will be, so that applying it needs nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from matching.question import Question
from matching.rule import Circumstances, would_do
from matching.types import Offer, Profile, Reason

YEAR_DAYS = 365.2425


def wait_until(
    rule: str, code: str, day: date, question: Question, **more: object
) -> Reason | None:
    """Waiting until a day, or None where that is not later than today or too long to plan for.
    `more` are further facts for the sentence."""
    days = (day - question.on).days
    if not 0 < days <= question.parameters.near_miss_longest_wait:
        return None
    age, grade = question.profile.age, question.profile.grade
    return would_do(
        rule,
        code,
        on=day,
        age_then=None if age is None else age + days / YEAR_DAYS,
        grade_then=None if grade is None else grade + school_years_begun(question, day),
        **more,
    )


def school_years_begun(question: Question, day: date) -> int:
    """How many school years begin after today and not after the day."""
    month = question.parameters.school_year_month
    return sum(
        1
        for year in range(question.on.year, day.year + 1)
        if question.on < date(year, month, 1) <= day
    )


def day_of_age(age: float, question: Question) -> date | None:
    """The first day on which the student has the age, or None where no calendar reaches."""
    now = question.profile.age
    if now is None:
        return None
    days = max(0, int((age - now) * YEAR_DAYS) - 1)
    while now + days / YEAR_DAYS < age:
        days += 1
    try:
        return question.on + timedelta(days=days)
    except OverflowError:
        return None


def day_of_school_year(years_ahead: int, question: Question) -> date | None:
    """The first day of the school year so many years after this one."""
    month = question.parameters.school_year_month
    begins_this_year = date(question.on.year, month, 1) > question.on
    year = question.on.year + years_ahead - (1 if begins_this_year else 0)
    return date(year, month, 1) if year <= date.max.year else None


def apply_wait(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The student on the day of the change's `on`."""
    later = replace(
        profile,
        age=cast("float | None", change.facts["age_then"]),
        grade=cast("int | None", change.facts["grade_then"]),
    )
    return later, offer, cast("date", change.facts["on"])
