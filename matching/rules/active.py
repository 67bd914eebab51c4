"""Active: the service and its organization are open for referrals.

Decision: there is no near miss; when a closed program opens again is not in the listing.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, column_of, no
from matching.types import Offer, Reason

NAME = "active"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where the offer is not active."""
    return None if offer.is_active else no(NAME, "inactive")


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    return column_of(rows, no=~columns.is_active[rows])


WORDS = {
    "en": Words(
        name="Open for referrals",
        no={
            "inactive": "It is not taking referrals now.",
        },
    ),
    "es": Words(
        name="Recibe estudiantes",
        no={
            "inactive": "Ahora no recibe estudiantes.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=(),
    words=WORDS,
    order=10,
)
