"""Invented Student Success Plans: strengths, interests, needs with urgency, goals by domain.

Pure and drawn from the Random handed in. Codes are those of catalog.taxonomy; words come from
seeds/data/plans.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from catalog.taxonomy import interests
from seeds import files
from seeds.places import kind_of_grade

# The district's own figures: 77,220 goals in 32,523 plans, which is 2.37 a plan.
GOALS_A_PLAN = ((1, 200), (2, 356), (3, 314), (4, 130))
STRENGTHS_A_PLAN = ((1, 15), (2, 40), (3, 30), (4, 15))
INTERESTS_A_PLAN = ((1, 15), (2, 40), (3, 30), (4, 15))
NEEDS_A_PLAN_POOR = ((0, 10), (1, 35), (2, 35), (3, 20))
NEEDS_A_PLAN_REST = ((0, 50), (1, 35), (2, 12), (3, 3))
FAVOURITES_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class DemoNeed:
    """A need: a code of needs.yaml, urgency 1 to 3, and a short note."""

    category: str
    urgency: int
    note: str


@dataclass(frozen=True, slots=True)
class DemoGoal:
    """A goal and its domain."""

    domain: str
    text: str


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """One student's plan. `interests` are codes of interests.yaml with a strength, 1 to 3."""

    strengths: tuple[str, ...]
    interests: tuple[tuple[str, int], ...]
    needs: tuple[DemoNeed, ...]
    goals: tuple[DemoGoal, ...]
    reviewed_days_ago: int


@cache
def phrases() -> Any:
    """plans.yaml as it stands."""
    return files.read("plans.yaml")


def invent_plan(grade: int, *, is_poor: bool, rng: Random) -> DemoPlan:
    """A plan that fits the grade and the family's means."""
    return DemoPlan(
        strengths=tuple(rng.sample(phrases()["strengths"], _count(STRENGTHS_A_PLAN, rng))),
        interests=_interests(grade, rng),
        needs=_needs(grade, is_poor=is_poor, rng=rng),
        goals=_goals(grade, rng),
        reviewed_days_ago=rng.randrange(5, 200),
    )


def _count(weights: tuple[tuple[int, int], ...], rng: Random) -> int:
    return rng.choices([n for n, _ in weights], [weight for _, weight in weights])[0]


@cache
def _favourites(grade: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    fitting = [
        row
        for row in phrases()["favourite_interests"]
        if row["grades"][0] <= grade <= row["grades"][1]
    ]
    return tuple(row["code"] for row in fitting), tuple(row["weight"] for row in fitting)


@cache
def _all_interests() -> tuple[str, ...]:
    return tuple(one.code for one in interests() if one.parent is not None)


def _interests(grade: int, rng: Random) -> tuple[tuple[str, int], ...]:
    codes, weights = _favourites(grade)
    wanted = _count(INTERESTS_A_PLAN, rng)
    found: dict[str, int] = {}
    while len(found) < wanted:
        if rng.random() < FAVOURITES_SHARE:
            code = rng.choices(codes, weights)[0]
        else:
            code = rng.choice(_all_interests())
        found.setdefault(code, rng.choices((1, 2, 3), (25, 45, 30))[0])
    return tuple(found.items())


@cache
def _likely_needs(grade: int, means: str) -> tuple[tuple[Mapping[str, Any], ...], tuple[int, ...]]:
    fitting = [
        row
        for row in phrases()["needs"]
        if row["grades"][0] <= grade <= row["grades"][1] and row[means] > 0
    ]
    return tuple(fitting), tuple(row[means] for row in fitting)


def _needs(grade: int, *, is_poor: bool, rng: Random) -> tuple[DemoNeed, ...]:
    wanted = _count(NEEDS_A_PLAN_POOR if is_poor else NEEDS_A_PLAN_REST, rng)
    rows, weights = _likely_needs(grade, "poor" if is_poor else "enough")
    found: dict[str, DemoNeed] = {}
    while len(found) < wanted:
        row = rng.choices(rows, weights)[0]
        code = row["code"]
        if code not in found:
            urgency = 3 if code in _ALWAYS_URGENT else rng.choices((1, 2, 3), (35, 50, 15))[0]
            found[code] = DemoNeed(category=code, urgency=urgency, note=row["note"])
    return tuple(found.values())


_ALWAYS_URGENT = {"toothache", "emergency-shelter"}


def _goals(grade: int, rng: Random) -> tuple[DemoGoal, ...]:
    weights: Mapping[str, int] = phrases()["goal_weights"][kind_of_grade(grade)]
    wanted = _count(GOALS_A_PLAN, rng)
    found: dict[str, DemoGoal] = {}
    while len(found) < wanted:
        domain = rng.choices(tuple(weights), tuple(weights.values()))[0]
        text = rng.choice(phrases()["goals"][domain])
        found.setdefault(text, DemoGoal(domain=domain, text=text))
    return tuple(found.values())
