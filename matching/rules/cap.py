"""Cap: the partner takes only so many open referrals at a time, over all its places.

Decisions: no cap stated is none, no question. Near miss: the partner takes one more than its cap.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Circumstances, Rule, Verdicts, Words, no, verdicts_of_refused, would_do
from matching.types import Offer, Profile, Reason

NAME = "cap"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where as many referrals are open as the partner takes."""
    open_now = question.load.get(offer.service, 0)
    if offer.referral_cap is None or open_now < offer.referral_cap:
        return None
    return no(NAME, "at_cap", open=open_now, cap=offer.referral_cap)


def refused(columns: Columns, question: Question) -> Rows:
    """Of the services with a cap, those with open referrals are few."""
    if columns not in _capped:
        _capped[columns] = (
            _by_service(columns),
            np.flatnonzero(columns.referral_cap[:] == 0).tolist(),
        )
    capped, never_takes = _capped[columns]
    load = question.load
    full = [
        row
        for service in capped.keys() & load.keys()
        for row, cap in capped[service]
        if load[service] >= cap
    ]
    return np.array(never_takes + full, dtype=np.intp)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    return verdicts_of_refused(columns, rows, refused(columns, question))


def _by_service(columns: Columns) -> dict[str, list[tuple[int, int]]]:
    """The rows with a cap, and the cap, by the key of their service."""
    found: dict[str, list[tuple[int, int]]] = {}
    for row in np.flatnonzero(columns.referral_cap[:] >= 0).tolist():
        cap = columns.referral_cap.at(row)
        found.setdefault(columns.service_of(row), []).append((row, cap))
    return found


# Read out of the columns once, because reading text is slow: the rows with a cap, and whose is 0.
_capped: WeakKeyDictionary[Columns, tuple[dict[str, list[tuple[int, int]]], list[int]]] = (
    WeakKeyDictionary()
)


def change(offer: Offer, question: Question) -> Reason | None:
    """A cap one above what is open."""
    return would_do(NAME, "one_more", cap=question.load.get(offer.service, 0) + 1)


def apply(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The program, with that cap."""
    return profile, replace(offer, referral_cap=cast("int", change.facts["cap"])), on


WORDS = {
    "en": Words(
        name="Referrals at a time",
        no={
            "at_cap": "It takes {cap} at a time and has {open} now.",
        },
        change={
            "one_more": "It would match if the partner took one more, {cap} in all.",
        },
    ),
    "es": Words(
        name="Solicitudes a la vez",
        no={
            "at_cap": "Recibe {cap} a la vez y ahora tiene {open}.",
        },
        change={
            "one_more": "Sería posible si la organización recibiera a uno más, {cap} en total.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=(),
    refused=refused,
    change=change,
    apply=apply,
    words=WORDS,
    order=170,
)
