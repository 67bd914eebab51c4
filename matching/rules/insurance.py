"""Insurance: the partner accepts what the student has.

Decisions:
- None stated, or none named, is no question: most programs bill nobody, and what they charge is
  the cost criterion's matter.
- "none" among the accepted takes the uninsured; the student's insurance "none" is known to be none.
- Near miss: an uninsured student could be enrolled in an accepted one (TennCare, often). Changing
  the insurance of an insured family is not a thing to suggest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import (
    Circumstances,
    Rule,
    Verdicts,
    Words,
    ask,
    column_of,
    no,
    sorted_terms,
    would_do,
)
from matching.types import Offer, Profile, Reason

NAME = "insurance"
UNINSURED = "none"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO for another insurance, or for none where that is not taken."""
    insurance = question.profile.insurance
    if not offer.insurance or insurance in offer.insurance:
        return None
    if insurance is None:
        return ask(NAME, "insurance_unknown", accepted=sorted_terms(offer.insurance))
    if insurance == UNINSURED:
        return no(NAME, "uninsured_not_taken", accepted=sorted_terms(offer.insurance))
    return no(
        NAME, "insurance_not_taken", insurance=insurance, accepted=sorted_terms(offer.insurance)
    )


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    restricted = columns.insurance.is_filled[rows]
    insurance = question.profile.insurance
    if insurance is None:
        return column_of(rows, unknown=restricted)
    return column_of(rows, no=restricted & ~columns.insurance.has_any((insurance,), rows))


def change(offer: Offer, question: Question) -> Reason | None:
    """Get covered by an accepted insurance, for the uninsured."""
    if question.profile.insurance != UNINSURED or not offer.insurance:
        return None
    return would_do(
        NAME, "get_insured", insurance=min(offer.insurance), accepted=sorted_terms(offer.insurance)
    )


def apply(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The student, insured."""
    return replace(profile, insurance=cast("str", change.facts["insurance"])), offer, on


WORDS = {
    "en": Words(
        name="Insurance",
        no={
            "insurance_not_taken": "It accepts {accepted}. The student has {insurance}.",
            "uninsured_not_taken": "It accepts {accepted}. The student has no insurance.",
        },
        ask={
            "insurance_unknown": (
                "Ask the family: which insurance does the student have? It accepts {accepted}."
            ),
        },
        change={
            "get_insured": "It would match with {accepted}. The family may be able to sign up.",
        },
    ),
    "es": Words(
        name="Seguro médico",
        no={
            "insurance_not_taken": "Acepta {accepted}. El estudiante tiene {insurance}.",
            "uninsured_not_taken": "Acepta {accepted}. El estudiante no tiene seguro médico.",
        },
        ask={
            "insurance_unknown": (
                "Pregunte a la familia: ¿qué seguro médico tiene el estudiante? Acepta {accepted}."
            ),
        },
        change={
            "get_insured": "Sería posible con {accepted}. Quizás la familia puede inscribirse.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("insurance",),
    compares=("insurance",),
    change=change,
    apply=apply,
    words=WORDS,
    order=100,
)
