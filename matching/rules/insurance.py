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
from matching.rule import Circumstances, Rule, Verdicts, ask, column_of, no, sorted_terms, would_do
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


RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("insurance",),
    codes=("insurance_unknown", "insurance_not_taken", "uninsured_not_taken"),
    change_codes=("get_insured",),
    change=change,
    apply=apply,
)
