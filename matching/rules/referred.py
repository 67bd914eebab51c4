"""Referred: the student has no open referral to this service already, at whatever place.

Decision: there is no near miss; the referral that is open is the one to follow.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, no, verdicts_of_refused
from matching.types import Offer, Reason

NAME = "referred"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where a referral is open."""
    return no(NAME, "already_referred") if offer.service in question.profile.referred else None


def refused(columns: Columns, question: Question) -> Rows:
    """The places of the services that it names."""
    return columns.services.rows_with(question.profile.referred)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    return verdicts_of_refused(columns, rows, refused(columns, question))


WORDS = {
    "en": Words(
        name="Already referred",
        no={
            "already_referred": "The student already has an open referral to it.",
        },
    ),
    "es": Words(
        name="Ya enviado",
        no={
            "already_referred": "El estudiante ya tiene una solicitud abierta allí.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("referred",),
    refused=refused,
    words=WORDS,
    order=180,
)
