"""Income: the household's is at most the program's ceiling, as % of the federal poverty level.

Decisions: no ceiling stated is none, no question. Income not known is asked only where there is a
ceiling. Near miss: income goes up and down within a year, so the share that would match is told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Circumstances, Rule, Verdicts, Words, ask, column_of, no, would_do
from matching.types import Offer, Profile, Reason

NAME = "income"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO above the ceiling."""
    ceiling, income = offer.income_ceiling, question.profile.income_percent
    if ceiling is None:
        return None
    if income is None:
        return ask(NAME, "income_unknown", ceiling=ceiling)
    return None if income <= ceiling else no(NAME, "income_above", income=income, ceiling=ceiling)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    ceiling = columns.income_ceiling[rows]
    income = question.profile.income_percent
    if income is None:
        return column_of(rows, unknown=ceiling >= 0)
    return column_of(rows, no=(ceiling >= 0) & (income > ceiling))


def alike(columns: Columns, profiles: Sequence[Profile]) -> list[Hashable]:
    """Households between the same two ceilings of any program."""
    ceilings = columns.income_ceilings
    incomes = [one.income_percent for one in profiles]
    return [None if income is None else bisect_left(ceilings, income) for income in incomes]


def change(offer: Offer, question: Question) -> Reason | None:
    """An income at the ceiling."""
    return would_do(NAME, "income_at_ceiling", ceiling=offer.income_ceiling)


def apply(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The household, with that income."""
    return replace(profile, income_percent=cast("int", change.facts["ceiling"])), offer, on


WORDS = {
    "en": Words(
        name="Household income",
        no={
            "income_above": (
                "The household income is {income} of the poverty line. The limit is {ceiling}."
            ),
        },
        ask={
            "income_unknown": (
                "Ask the family: is the household income at most {ceiling} of the poverty line?"
            ),
        },
        change={
            "income_at_ceiling": (
                "It would match with a household income of {ceiling} of the poverty line or less."
            ),
        },
    ),
    "es": Words(
        name="Ingresos del hogar",
        no={
            "income_above": (
                "Los ingresos del hogar son el {income} de la línea de pobreza. El "
                "límite es {ceiling}."
            ),
        },
        ask={
            "income_unknown": (
                "Pregunte a la familia: ¿los ingresos del hogar son como máximo el "
                "{ceiling} de la línea de pobreza?"
            ),
        },
        change={
            "income_at_ceiling": (
                "Sería posible con ingresos del hogar del {ceiling} de la línea de pobreza o menos."
            ),
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("income_percent",),
    compares=("income_ceiling",),
    alike=alike,
    change=change,
    apply=apply,
    words=WORDS,
    order=110,
)
