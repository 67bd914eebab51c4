"""Openings: there is a free place, or a waitlist.

Decisions:
- A waitlist is YES, dated or not (the openings criterion marks it and counts it low).
- Free places not told, without a date, or told longer ago than `openings.stale_after`: asked. One
  in three callers that a 211 sent met an agency without means, so it is worth the call.
- None free: NO only if there is no waitlist; whether there is one is asked where it is not stated,
  and so is the figure once an intake has begun that it does not know of.
- A figure dated in the future is as good as today's.
- Near miss: the next intake; or the day on which the figure is too old to believe and it is worth asking
  again, where that comes first. Without an intake to wait for, a place that opens.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from matching.columns import Columns
from matching.lookups import Mask, Rows
from matching.question import Question
from matching.rule import Circumstances, Rule, Verdicts, Words, ask, column_of, no, would_do
from matching.types import Offer, Openings, Profile, Reason
from matching.waiting import apply_wait, wait_until

NAME = "openings"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where a fresh figure says none, and the partner keeps no waitlist."""
    told = offer.openings
    if told.has_waitlist:
        return None
    doubt = _doubt(told, question)
    if doubt is not None or told.available:
        return doubt
    return no(NAME, "full", as_of=told.as_of)


def _doubt(told: Openings, question: Question) -> Reason | None:
    """What keeps the figure from being believed."""
    if told.available is None:
        return ask(NAME, "openings_not_stated")
    if told.as_of is None:
        return ask(NAME, "openings_undated", available=told.available)
    if (question.on - told.as_of).days > question.parameters.openings_stale_after:
        return ask(NAME, "openings_stale", available=told.available, as_of=told.as_of)
    return None if told.available else _doubt_of_none(told, question)


def _doubt_of_none(told: Openings, question: Question) -> Reason | None:
    """What keeps "none free" from being the last word."""
    intake = told.next_intake
    if intake is not None and told.as_of is not None and told.as_of < intake <= question.on:
        return ask(NAME, "intake_begun", first=intake)
    if told.has_waitlist is None:
        return ask(NAME, "waitlist_not_stated", as_of=told.as_of)
    return None


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    today = question.on.toordinal()
    available, as_of = columns.available[rows], columns.as_of[rows]
    intake, waitlist = columns.next_intake[rows], columns.has_waitlist[rows]
    stale: Mask = (as_of < 0) | (today - as_of > question.parameters.openings_stale_after)
    begun: Mask = (intake >= 0) & (as_of < intake) & (intake <= today)
    without = waitlist != 1
    doubtful = (available < 0) | stale | ((available == 0) & (begun | (waitlist < 0)))
    return column_of(
        rows,
        no=without & (available == 0) & ~doubtful,
        unknown=without & doubtful,
    )


def change(offer: Offer, question: Question) -> Reason | None:
    """Wait for the next intake, or ask again before; where none is to come, one place that opens."""
    told = offer.openings
    intake, as_of = told.next_intake, told.as_of
    wait = None
    if intake is not None and as_of is not None and intake > as_of:
        wait = wait_until(NAME, "next_intake", intake, question)
        believed = question.parameters.openings_stale_after - (question.on - as_of).days
        if believed + 1 < (intake - question.on).days:
            first_doubt = question.on + timedelta(days=believed + 1)
            wait = wait_until(NAME, "ask_again", first_doubt, question, first=intake)
    return wait or would_do(NAME, "place_opens")


def apply(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The day waited for, or the program with one place free."""
    if change.code == "place_opens":
        return profile, replace(offer, openings=replace(offer.openings, available=1, as_of=on)), on
    return apply_wait(profile, offer, on, change)


WORDS = {
    "en": Words(
        name="Open places",
        no={
            "full": "It was full on {as_of}, and it keeps no waitlist.",
        },
        ask={
            "openings_not_stated": "Ask the partner: is there an open place now?",
            "openings_undated": (
                "Ask the partner: is there an open place now? It told {available}, but not when."
            ),
            "openings_stale": (
                "Ask the partner: is there an open place now? It told {available} on {as_of}."
            ),
            "intake_begun": "Ask the partner: are there open places since the intake of {first}?",
            "waitlist_not_stated": "Ask the partner: is there a waitlist? It was full on {as_of}.",
        },
        change={
            "next_intake": "It would match from {on}, the next intake.",
            "ask_again": (
                "It is worth asking again from {on}, when what it told is old. Its next intake is on "
                "{first}."
            ),
            "place_opens": "It would match as soon as a place opens.",
        },
    ),
    "es": Words(
        name="Lugares libres",
        no={
            "full": "Estaba lleno el {as_of} y no tiene lista de espera.",
        },
        ask={
            "openings_not_stated": "Pregunte a la organización: ¿hay un lugar libre ahora?",
            "openings_undated": (
                "Pregunte a la organización: ¿hay un lugar libre ahora? Dijo "
                "{available}, pero no cuándo."
            ),
            "openings_stale": (
                "Pregunte a la organización: ¿hay un lugar libre ahora? Dijo "
                "{available} el {as_of}."
            ),
            "intake_begun": (
                "Pregunte a la organización: ¿hay lugares libres desde las "
                "inscripciones del {first}?"
            ),
            "waitlist_not_stated": (
                "Pregunte a la organización: ¿hay lista de espera? Estaba lleno el {as_of}."
            ),
        },
        change={
            "next_intake": "Sería posible desde el {on}, las próximas inscripciones.",
            "ask_again": (
                "Vale la pena preguntar de nuevo desde el {on}, cuando lo que dijo ya sea antiguo. "
                "Sus próximas inscripciones son el {first}."
            ),
            "place_opens": "Sería posible en cuanto haya un lugar libre.",
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
    order=160,
)
