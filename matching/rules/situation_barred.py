"""Situation barred: a program that cannot take students in a certain situation does not.

Decisions: any one of those named bars. Situations not known are asked. There is no near miss.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, ask, column_of, no, sorted_terms
from matching.types import Offer, Reason

NAME = "situation_barred"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO for a student in any of the situations."""
    situations = question.profile.situations
    if not offer.situations_barred:
        return None
    if situations is None:
        return ask(
            NAME, "barred_situation_unknown", situations=sorted_terms(offer.situations_barred)
        )
    met = offer.situations_barred & situations
    return no(NAME, "in_barred_situation", situations=sorted_terms(met)) if met else None


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    situations = question.profile.situations
    if situations is None:
        return column_of(rows, unknown=columns.barred.is_filled[rows])
    return column_of(rows, no=columns.barred.has_any(situations, rows))


WORDS = {
    "en": Words(
        name="Who it cannot take",
        no={
            "in_barred_situation": "It cannot take students in this situation: {situations}.",
        },
        ask={
            "barred_situation_unknown": (
                "Ask the family, with care: does any of this apply? It cannot take: {situations}."
            ),
        },
    ),
    "es": Words(
        name="A quién no puede recibir",
        no={
            "in_barred_situation": (
                "No puede recibir a estudiantes en esta situación: {situations}."
            ),
        },
        ask={
            "barred_situation_unknown": (
                "Pregunte a la familia, con cuidado: ¿es su caso alguno de estos? No "
                "puede recibir: {situations}."
            ),
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("situations",),
    compares=("situations_barred",),
    words=WORDS,
    order=80,
)
