"""Declined: after a decline a new try is pointless until its day comes, and not for ever.

Decision: on that day itself a new try is allowed. Near miss: wait for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, no, verdicts_of_refused
from matching.types import Offer, Profile, Reason
from matching.waiting import apply_wait, wait_until

NAME = "declined"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO before the day from which a new try makes sense."""
    until = question.profile.declined.get(offer.service)
    if until is None or question.on >= until:
        return None
    return no(NAME, "declined_lately", until=until)


def refused(columns: Columns, question: Question) -> Rows:
    """The places of the services that it names."""
    return columns.services.rows_with(
        key for key, day in question.profile.declined.items() if question.on < day
    )


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    return verdicts_of_refused(columns, rows, refused(columns, question))


def alike(_columns: Columns, profiles: Sequence[Profile]) -> list[Hashable]:
    """Students whom the same services declined until the same days."""
    return [tuple(sorted(one.declined.items())) for one in profiles]


def change(offer: Offer, question: Question) -> Reason | None:
    """Wait for the day."""
    until = question.profile.declined.get(offer.service)
    return None if until is None else wait_until(NAME, "try_again", until, question)


WORDS = {
    "en": Words(
        name="Declined before",
        no={
            "declined_lately": "It was declined. A new try makes sense from {until}.",
        },
        change={
            "try_again": "It would match from {on}.",
        },
    ),
    "es": Words(
        name="No aceptado antes",
        no={
            "declined_lately": "No fue aceptado. Se puede intentar de nuevo desde el {until}.",
        },
        change={
            "try_again": "Sería posible desde el {on}.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("declined",),
    refused=refused,
    alike=alike,
    change=change,
    apply=apply_wait,
    words=WORDS,
    order=190,
)
