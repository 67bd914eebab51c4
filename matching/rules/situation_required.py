"""Situation required: a program for students in a certain situation (foster, refugee) takes those.

Decisions: any one of those named is enough. Situations not known are asked, of the family and with
care: nobody must be in a situation to be helped elsewhere. There is no near miss.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, ask, column_of, no, sorted_terms
from matching.types import Offer, Reason

NAME = "situation_required"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO for a student in none of the situations."""
    situations = question.profile.situations
    if not offer.situations_required:
        return None
    if situations is None:
        return ask(NAME, "situation_unknown", situations=sorted_terms(offer.situations_required))
    if not offer.situations_required.isdisjoint(situations):
        return None
    return no(NAME, "situation_missing", situations=sorted_terms(offer.situations_required))


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    restricted = columns.required.is_filled[rows]
    situations = question.profile.situations
    if situations is None:
        return column_of(rows, unknown=restricted)
    return column_of(rows, no=restricted & ~columns.required.has_any(situations, rows))


WORDS = {
    "en": Words(
        name="Who it is for",
        no={
            "situation_missing": "It is only for students in this situation: {situations}.",
        },
        ask={
            "situation_unknown": (
                "Ask the family, with care: does any of this apply? It is for: {situations}."
            ),
        },
    ),
    "es": Words(
        name="Para quién es",
        no={
            "situation_missing": "Es solo para estudiantes en esta situación: {situations}.",
        },
        ask={
            "situation_unknown": (
                "Pregunte a la familia, con cuidado: ¿es su caso alguno de estos? Es "
                "para: {situations}."
            ),
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("situations",),
    compares=("situations_required",),
    words=WORDS,
    order=70,
)
