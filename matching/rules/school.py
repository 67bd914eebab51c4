"""School: a program for the students of certain schools takes only those.

Decisions: none named is "of any school", no question. The student's school not known is asked.
There is no near miss: changing schools is not a thing to suggest.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, ask, column_of, no
from matching.types import Offer, Reason

NAME = "school"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO for the students of other schools."""
    if not offer.schools:
        return None
    if question.profile.school is None:
        return ask(NAME, "school_unknown")
    if question.profile.school in offer.schools:
        return None
    return no(NAME, "other_school", count=len(offer.schools))


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    restricted = columns.schools.is_filled[rows]
    if question.profile.school is None:
        return column_of(rows, unknown=restricted)
    return column_of(
        rows, no=restricted & ~columns.schools.has_any((question.profile.school,), rows)
    )


WORDS = {
    "en": Words(
        name="School",
        no={
            "other_school": "It is only for students of other schools.",
        },
        ask={
            "school_unknown": (
                "Ask the family: which school does the student go to? It is only for some schools."
            ),
        },
    ),
    "es": Words(
        name="Escuela",
        no={
            "other_school": "Es solo para estudiantes de otras escuelas.",
        },
        ask={
            "school_unknown": (
                "Pregunte a la familia: ¿a qué escuela va el estudiante? Es solo para "
                "algunas escuelas."
            ),
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("school",),
    compares=("schools",),
    words=WORDS,
    order=50,
)
