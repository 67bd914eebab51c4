"""Gender: only where the program itself restricts by it (a girls' choir).

Decisions: none stated is no restriction, no question. The student's gender not known is asked only
by a program that restricts. No scorer reads it. There is no near miss.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, ask, column_of, no
from matching.types import Offer, Reason

NAME = "gender"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO for another gender than the program's."""
    if not offer.gender or offer.gender == question.profile.gender:
        return None
    if question.profile.gender is None:
        return ask(NAME, "gender_unknown", gender=offer.gender)
    return no(NAME, "other_gender", gender=offer.gender)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    restricted = columns.genders.is_filled[rows]
    gender = question.profile.gender
    if gender is None:
        return column_of(rows, unknown=restricted)
    return column_of(rows, no=restricted & ~columns.genders.has_any((gender,), rows))


WORDS = {
    "en": Words(
        name="Gender",
        no={
            "other_gender": "It is only for {gender}.",
        },
        ask={
            "gender_unknown": (
                "Ask the family: is the program right for the student? It is only for {gender}."
            ),
        },
    ),
    "es": Words(
        name="Género",
        no={
            "other_gender": "Es solo para {gender}.",
        },
        ask={
            "gender_unknown": (
                "Pregunte a la familia: ¿es adecuado para el estudiante? Es solo para {gender}."
            ),
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("gender",),
    compares=("gender",),
    words=WORDS,
    order=90,
)
