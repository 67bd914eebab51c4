"""What happened before the demonstration's first day, as steps in time, from seeds/data/history.yaml.

Pure and drawn from the Random handed in: no database, no services. Called by history.py, which plays
the steps.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from seeds import files

PLACES = ("tour", "elsewhere")
SCHOOLS_OPEN = time(13, 30, tzinfo=UTC)  # half past eight or nine in Chattanooga
STEP_MINUTES = 50  # steps of one day stand apart, in their order
DAYS_OF_DIFFERENCE = 3  # two tellings of a story begin up to so many days apart
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One telling of a story: what happens to one student. `place` is "tour" or "elsewhere"."""

    number: int
    telling: int  # 0 for the first of this story at this place
    kind: str  # "referral" or "family"
    place: str
    partner: str | None


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of a case at one moment. `why` is a reason, an outcome or an answer."""

    at: datetime
    case: Case
    do: str
    why: str | None
    by: str | None
    note: str


@cache
def _history() -> Any:
    return files.read("history.yaml")


def scenes(now: datetime, rng: Random, *, room: Mapping[str, int] | None = None) -> list[Scene]:
    """Every step of every case, in the order of time; all lie before `now`.

    `room` is how many cases of referral each place has students for: where that is less than there
    is to tell, each story is told once before any is told twice, in the order of the file.
    """
    found = [scene for case, story in _cases(room) for scene in _told(case, story, now, rng)]
    return sorted(found, key=lambda scene: (scene.at, scene.case.number))


def _cases(room: Mapping[str, int] | None) -> list[tuple[Case, Mapping[str, Any]]]:
    numbers = itertools.count(1)
    referrals, families = (
        [
            (Case(next(numbers), telling, kind, place, story.get("partner")), story)
            for story in stories
            for place in PLACES
            for telling in range(story[place])
        ]
        for kind, stories in (
            ("referral", _history()["stories"]),
            ("family", _history()["families"]),
        )
    )
    if room is None:
        return referrals + families
    kept = []
    for place in PLACES:
        here = [pair for pair in referrals if pair[0].place == place]
        here.sort(key=lambda pair: (pair[0].telling, pair[0].number))
        kept += here[: room[place]]
    return kept + families


def _told(case: Case, story: Mapping[str, Any], now: datetime, rng: Random) -> Iterator[Scene]:
    older = rng.randrange(DAYS_OF_DIFFERENCE)
    tries = story.get("tries") or [story["steps"]]
    steps = [step for one in tries for step in _with_draft(case, one)]
    for place, step in enumerate(steps):
        why = step.get("why")
        yield Scene(
            at=_moment(now, step, older, place, rng),
            case=case,
            do=step["do"],
            why=why,
            by=step.get("by"),
            note=_note(step["do"], why, rng),
        )


def _with_draft(case: Case, steps: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A referral that is sent was begun before, on the same day."""
    if case.kind == "family" or steps[0]["do"] == "draft":
        return steps
    return [{"days": steps[0]["days"], "do": "draft"}, *steps]


def _moment(
    now: datetime, step: Mapping[str, Any], older: int, place: int, rng: Random
) -> datetime:
    """When a step happens: in school hours of a weekday, later steps of a case later."""
    if step["days"] < 1:
        return now - timedelta(days=step["days"], minutes=rng.randrange(60))
    day = (now - timedelta(days=step["days"] + older)).date()
    if step["do"] == "expire":  # done by the nightly job, weekends too
        return datetime.combine(day, time(6, 0, tzinfo=UTC))
    day -= timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    minutes = place * STEP_MINUTES + rng.randrange(STEP_MINUTES)
    return datetime.combine(day, SCHOOLS_OPEN) + timedelta(minutes=minutes)


def _note(do: str, why: str | None, rng: Random) -> str:
    notes = _history()["notes"]
    return str(rng.choice(notes.get(f"{do}:{why}") or notes.get(do) or [""]))
