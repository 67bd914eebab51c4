"""Age: one of the offer's age ranges holds the student's age.

Decisions:
- "6 to 12" means until the 13th birthday; a decimal bound is the bound itself (`matching.ranges`).
- Ages not stated: asked of the partner, unless its grades are stated, which say as much, so that the
  question is for either. A range
  open at both ends, or no range, is "all ages".
- The student's age not known is asked only where the ages leave anyone out.
- Near miss: too young (or between two ranges) waits for the birthday; nobody grows younger.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.ranges import fits, lies, next_start, restricts
from matching.rule import Rule, Verdicts, Words, ask, column_of, no
from matching.types import Offer, Profile, Reason
from matching.waiting import apply_wait, day_of_age, wait_until

NAME = "age"
_CODES = {"below": "too_young", "above": "too_old", "between": "between_ages"}


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO outside every range; UNKNOWN where either side has not said."""
    age = question.profile.age
    if offer.ages is None:
        return ask(NAME, "ages_not_stated") if offer.grades is None else None
    if not restricts(offer.ages):
        return None
    if age is None:
        return ask(NAME, "age_unknown", ages=offer.ages)
    if fits(age, offer.ages):
        return None
    return no(NAME, _CODES[lies(age, offer.ages)], age=age, ages=offer.ages)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    ages = columns.ages
    restricted = ages.restricts[rows]
    unknown = ~ages.is_stated[rows] & ~columns.grades.is_stated[rows]
    if question.profile.age is None:
        return column_of(rows, unknown=unknown | restricted)
    return column_of(
        rows,
        no=restricted & np.logical_not(ages.fits(question.profile.age, rows)),
        unknown=unknown,
    )


def alike(columns: Columns, profiles: Sequence[Profile]) -> list[Hashable]:
    """Students whose ages lie between the same two bounds of any program."""
    between = columns.ages.between
    return [None if one.age is None else between(one.age) for one in profiles]


def change(offer: Offer, question: Question) -> Reason | None:
    """Wait until the student is old enough."""
    age = question.profile.age
    if age is None or not offer.ages:
        return None
    start = next_start(age, offer.ages)
    day = None if start is None else day_of_age(start, question)
    return None if day is None else wait_until(NAME, "old_enough", day, question)


WORDS = {
    "en": Words(
        name="Age",
        no={
            "too_young": "It takes ages {ages}. The student is {age}: not old enough yet.",
            "too_old": "It takes ages {ages}. The student is {age}: too old.",
            "between_ages": "It takes ages {ages}. The student is {age}.",
        },
        ask={
            "ages_not_stated": "Ask the partner: what ages or grades does it take?",
            "age_unknown": "Ask the family: how old is the student? It takes ages {ages}.",
        },
        change={
            "old_enough": "It would match from {on}, when the student is old enough.",
        },
    ),
    "es": Words(
        name="Edad",
        no={
            "too_young": (
                "Recibe estas edades: {ages}. El estudiante tiene {age}: todavía es muy joven."
            ),
            "too_old": "Recibe estas edades: {ages}. El estudiante tiene {age}: es mayor.",
            "between_ages": "Recibe estas edades: {ages}. El estudiante tiene {age}.",
        },
        ask={
            "ages_not_stated": "Pregunte a la organización: ¿qué edades o grados recibe?",
            "age_unknown": (
                "Pregunte a la familia: ¿cuántos años tiene el estudiante? Recibe estas"
                " edades: {ages}."
            ),
        },
        change={
            "old_enough": "Sería posible desde el {on}, cuando el estudiante tenga la edad.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("age",),
    compares=("ages", "grades"),
    alike=alike,
    change=change,
    apply=apply_wait,
    words=WORDS,
    order=30,
)
