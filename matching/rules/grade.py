"""Grade: one of the offer's grade ranges holds the student's grade.

Decisions:
- Grades not stated are no question: most programs go by age, and the age rule asks about that. A
  range open at both ends, or no range, is "all grades".
- The student's grade not known is asked only where the grades leave anyone out.
- Near miss: a lower grade waits for the school year in which it is reached.
"""

from __future__ import annotations

import math

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.ranges import fits, lies, next_start, restricts
from matching.rule import Rule, Verdicts, Words, ask, column_of, no
from matching.types import Offer, Reason
from matching.waiting import apply_wait, day_of_school_year, wait_until

NAME = "grade"
_CODES = {"below": "below_grades", "above": "above_grades", "between": "between_grades"}


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO outside every range; UNKNOWN where the student's grade is not known."""
    grade = question.profile.grade
    if offer.grades is None or not restricts(offer.grades):
        return None
    if grade is None:
        return ask(NAME, "grade_unknown", grades=offer.grades)
    if fits(grade, offer.grades):
        return None
    return no(NAME, _CODES[lies(grade, offer.grades)], grade=grade, grades=offer.grades)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    restricted = columns.grades.restricts[rows]
    grade = question.profile.grade
    if grade is None:
        return column_of(rows, unknown=restricted)
    return column_of(rows, no=restricted & ~columns.grades.fits(grade, rows))


def change(offer: Offer, question: Question) -> Reason | None:
    """Wait for the school year in which the student is in the lowest grade above."""
    grade = question.profile.grade
    if grade is None or not offer.grades:
        return None
    start = next_start(grade, offer.grades)
    if start is None or start > grade + 100:
        return None
    day = day_of_school_year(math.ceil(start) - grade, question)
    return None if day is None else wait_until(NAME, "in_grade", day, question)


WORDS = {
    "en": Words(
        name="Grade",
        no={
            "below_grades": "It takes {grades}. The student is in {grade}.",
            "above_grades": "It takes {grades}. The student is in {grade}.",
            "between_grades": "It takes {grades}. The student is in {grade}.",
        },
        ask={
            "grade_unknown": "Ask the school: what grade is the student in? It takes {grades}.",
        },
        change={
            "in_grade": "It would match from {on}, when the student is in {grade_then}.",
        },
    ),
    "es": Words(
        name="Grado",
        no={
            "below_grades": "Recibe: {grades}. El estudiante está en {grade}.",
            "above_grades": "Recibe: {grades}. El estudiante está en {grade}.",
            "between_grades": "Recibe: {grades}. El estudiante está en {grade}.",
        },
        ask={
            "grade_unknown": (
                "Pregunte a la escuela: ¿en qué grado está el estudiante? Recibe: {grades}."
            ),
        },
        change={
            "in_grade": "Sería posible desde el {on}, cuando el estudiante esté en {grade_then}.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("grade",),
    compares=("grades",),
    change=change,
    apply=apply_wait,
    words=WORDS,
    order=40,
)
