"""Access: the place has all that the student needs to use it (step-free entry, sign language).

Decisions:
- A student of whom no access need is told: always YES. Whether anybody asked is not known, and not a
  question on each match (decision 0028).
- What the place has not stated, or an empty statement, is asked: here nothing said is not
  "nothing in the way". Stated without what is needed is NO.
- A program that is virtual or comes to the school is not at its place, so there it is asked.
- There is no near miss: a ramp is not built for one referral.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, ask, column_of, no, sorted_terms
from matching.types import Offer, Reason

NAME = "access"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where the place states what it has, and something needed is not in it."""
    missing = question.profile.access_needs - (offer.access or frozenset())
    if not missing:
        return None
    if not offer.access or offer.mode != "place":
        return ask(NAME, "access_not_stated", access=sorted_terms(missing))
    return no(NAME, "access_missing", access=sorted_terms(missing))


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    needs = question.profile.access_needs
    missing = columns.access.count(needs, rows) < len(needs)
    elsewhere = columns.is_virtual[rows] | columns.comes_to_school[rows]
    doubtful = ~columns.access.is_filled[rows] | elsewhere
    return column_of(rows, no=missing & ~doubtful, unknown=missing & doubtful)


WORDS = {
    "en": Words(
        name="Access",
        no={
            "access_missing": "The place does not have: {access}.",
        },
        ask={
            "access_not_stated": "Ask the partner: does it have {access}?",
        },
    ),
    "es": Words(
        name="Accesibilidad",
        no={
            "access_missing": "El lugar no tiene: {access}.",
        },
        ask={
            "access_not_stated": "Pregunte a la organización: ¿tiene {access}?",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("access_needs",),
    compares=("access", "mode"),
    words=WORDS,
    order=130,
)
