"""How long seats take for a district: 32,523 students with 20 candidates each, 650,460 edges."""

from __future__ import annotations

import time
from random import Random

import pytest

from matching.allocation import Candidate, allocate
from tests.benchmarks.test_engine import tell

STUDENTS, OFFERS, CANDIDATES = 32_523, 5_000, 20


def case() -> tuple[list[Candidate], dict[str, int]]:
    """Students choose among the 200 offers of their part of town; seats for two thirds of them."""
    chance = Random(1)  # noqa: S311 - the same case every time
    keys = [f"offer-{number}" for number in range(OFFERS)]
    candidates = []
    for student in range(STUDENTS):
        part = chance.randrange(OFFERS - 200)
        urgency = chance.choice((1, 2, 2, 3))
        candidates += [
            Candidate(f"student-{student}", keys[at], chance.randrange(300_000, 900_000), urgency)
            for at in chance.sample(range(part, part + 200), CANDIDATES)
        ]
    return candidates, {key: chance.choice((1, 2, 5, 5, 10)) for key in keys}


def greedy(candidates: list[Candidate], seats: dict[str, int]) -> tuple[int, int, int]:
    """Places, urgent places and score of: the most urgent first, its best offer that is free."""
    free, served = dict(seats), set()
    places = urgent = score = 0
    for one in sorted(candidates, key=lambda one: (-one.urgency, -one.score)):
        if one.student not in served and free[one.offer]:
            free[one.offer] -= 1
            served.add(one.student)
            places, score = places + 1, score + one.score
            urgent += one.urgency == 3
    return places, urgent, score


def test_seats_of_a_district(capsys: pytest.CaptureFixture[str]) -> None:
    candidates, seats = case()
    wall, cpu = time.perf_counter(), time.process_time()
    result = allocate(candidates, seats)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    urgency = {one.student: one.urgency for one in candidates}
    urgent = sum(urgency[place.student] == 3 for place in result.places)
    places_by_greed, urgent_by_greed, score_by_greed = greedy(candidates, seats)
    assert (urgent, len(result.places)) >= (urgent_by_greed, places_by_greed)
    assert result.total_score == result.bound
    tell(
        capsys,
        f"seats: {len(candidates)} edges in {wall:.2f} s ({cpu:.2f} s of the processor);"
        f" {len(result.places)} placed, {len(result.without)} not;"
        f" greedy {places_by_greed}; score {result.total_score / score_by_greed:.3f} of greedy's",
    )
