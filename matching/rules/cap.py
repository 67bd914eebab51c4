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
from matching.rule import Circumstances, Rule, Verdicts, Words, column_of, no, would_do
from matching.types import Offer, Profile, Reason

NAME = "cap"
_FEW = 32  # rows that are quicker asked one by one than by service


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where as many referrals are open as the partner takes."""
    open_now = question.load.get(offer.service, 0)
    if offer.referral_cap is None or open_now < offer.referral_cap:
        return None
    return no(NAME, "at_cap", open=open_now, cap=offer.referral_cap)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    full = columns.referral_cap[rows] >= 0
    capped = rows[full]  # few programs state a cap
    if len(capped) < _FEW:
        open_now = _open_now(columns, capped, question)
        full[full] = np.array(open_now, dtype=np.int64) >= columns.referral_cap[capped]
        return column_of(rows, no=full)
    _, examples, service = np.unique(
        columns.services.number[capped], return_index=True, return_inverse=True
    )
    open_now = _open_now(columns, capped[examples], question)
    full[full] = np.array(open_now, dtype=np.int64)[service] >= columns.referral_cap[capped]
    return column_of(rows, no=full)


def _open_now(columns: Columns, rows: Rows, question: Question) -> list[int]:
    """How many referrals each row's service has open."""
    names = _names.setdefault(columns, {})
    found = []
    for row in rows.tolist():
        name = names.get(row)
        if name is None:
            name = names[row] = columns.service_of(row)
        found.append(question.load.get(name, 0))
    return found


# The services of rows with a cap, read out of the columns once: reading text is slow.
_names: WeakKeyDictionary[Columns, dict[int, str]] = WeakKeyDictionary()


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
    change=change,
    apply=apply,
    words=WORDS,
    order=170,
)
