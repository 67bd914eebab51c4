"""Listing: one that contradicts itself (youngest 12, oldest 8) is left out, with the reason.

Decision: nothing of it can be believed, so no other rule is asked; the catalog can raise a task
from the reason. Nothing that a student or a day could change makes it right.
"""

from __future__ import annotations

from matching.checks import contradiction
from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, column_of, no
from matching.types import Offer, Reason

NAME = "listing"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where the listing contradicts itself."""
    wrong = contradiction(offer)
    return None if wrong is None else no(NAME, "contradictory", field=wrong)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    return column_of(rows, no=columns.is_contradictory[rows])


WORDS = {
    "en": Words(
        name="Listing",
        no={
            "contradictory": (
                "The listing contradicts itself ({field}). The partner needs to correct it."
            ),
        },
    ),
    "es": Words(
        name="Ficha",
        no={
            "contradictory": (
                "La ficha se contradice ({field}). La organización tiene que corregirla."
            ),
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=(),
    words=WORDS,
    order=0,
)
