"""How fast the engine ranks, against its reference; first, that it is right.

For every catalog: (1) the engine's rankings equal the reference's, or nothing is timed and no speed
is printed; (2) counters that no busy machine changes are within their bounds (rows that fit, rows
scored to the end, rows that may be in reach, answers worked out again for who asks again); (3)
clocks are compared as the median of ratios of runs that take turns on the same students. Times are
of the processor and printed for information; what fails is a mismatch or a counter. Databases and
plain loops are in tests/benchmarks/test_peers.py.

Sizes: 500, 5,000 and 50,000 offers, realistic and dense, and one catalog where every score ties;
`SIZES=500000 make bench` takes one more.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matching.engine
from matching.answers import Answers
from matching.bits import number_of
from matching.engine import Engine
from matching.parameters import load
from matching.reference import ReferenceEngine
from matching.rules.reach import limits
from matching.types import Profile
from tests.benchmarks import catalogs

K = 10
STUDENTS = 120
CHECKED = 40
MORE_SIZES = [int(size) for size in os.environ.get("SIZES", "").split(",") if size]


CASES = [
    ("realistic", 500),
    ("realistic", 5_000),
    ("realistic", 50_000),
    ("dense", 50_000),
    ("tied", 5_000),
    *((kind, size) for size in MORE_SIZES for kind in ("realistic", "dense")),
]


def tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n{line}", end="")  # noqa: T201


def milliseconds(work: Callable[..., object], *arguments: object, **named: object) -> float:
    """How long the work takes of this thread's processor: what else the machine does is left out."""
    begun = time.thread_time()
    work(*arguments, **named)
    return 1000 * (time.thread_time() - begun)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def calibration() -> float:
    """Milliseconds of a fixed piece of numpy and Python work: how fast this machine is just now."""
    numbers = np.arange(1_000_000, dtype=np.int64)
    return statistics.median(
        milliseconds(lambda: (np.sort(numbers * 7919 % 1_000_003), sum(range(300_000))))
        for _ in range(5)
    )


def test_calibration(capsys: pytest.CaptureFixture[str]) -> None:
    told = calibration()
    tell(capsys, f"calibration: {told:.1f} ms for a fixed piece of work")
    assert told > 0


@pytest.mark.parametrize(("kind", "size"), CASES)
def test_one_student(kind: str, size: int, capsys: pytest.CaptureFixture[str]) -> None:
    offers = getattr(catalogs, kind)(size)
    parameters, load_now = load("balanced"), catalogs.load_of(offers)
    begun = time.thread_time()
    engine = Engine(offers, parameters, catalogs.BROADER)
    built = time.thread_time() - begun
    reference = ReferenceEngine(offers, parameters, catalogs.BROADER)
    students = catalogs.students(STUDENTS)
    asked = {"on": catalogs.TODAY, "load": load_now}

    for profile in students[: CHECKED if size <= 50_000 else 5]:
        assert engine.rank(profile, K, **asked) == reference.rank(profile, K, **asked)

    considered, fitting, scored = counters(engine, students, load_now)
    assert fitting <= considered
    if kind != "tied":
        assert fitting < 0.5 * considered, "the invented catalog refuses most"
        assert scored < 500, (
            "what cannot be among the best is left out before it is scored to the end"
        )

    assert worked_out_again(engine, students, asked) == 0, "what students share is remembered"
    if size >= 50_000 and kind == "realistic":
        share = near_share(engine, students)
        assert share < 0.4, "most of a county is farther than a ride by car, and not looked at"

    own, ratios = [], []
    for profile in students:
        took = milliseconds(engine.rank, profile, K, **asked)
        own.append(took)
        ratios.append(milliseconds(reference.rank, profile, K, **asked) / took)
    tell(
        capsys,
        f"{kind:<10}{size:>8} offers: p50 {statistics.median(own):7.3f} ms"
        f"  p95 {percentile(own, 0.95):7.3f} ms, again {asked_again(engine, students, asked)}"
        f"  index {built:6.2f} s"
        f"  reference {statistics.median(ratios):5.1f} x slower"
        f"  rows considered {considered:8.0f}, fit {fitting:8.0f}, scored {scored:6.0f}",
    )


def asked_again(engine: Engine, students: list[Profile], asked: dict[str, object]) -> str:
    """The same students asked again, with nothing between that empties the processor's caches: the
    median of five rounds by their sum. So it is in a day's use, when what students share is known."""
    rounds = [
        [milliseconds(engine.rank, profile, K, **asked) for profile in students] for _ in range(5)
    ]
    usual = sorted(rounds, key=sum)[2]
    return f"p50 {statistics.median(usual):6.3f} p95 {percentile(usual, 0.95):6.3f} ms"


def worked_out_again(engine: Engine, students: list[Profile], asked: dict[str, object]) -> int:
    """How many answers are worked out for students who were asked just before."""
    new: list[object] = []
    for profile in students[:CHECKED]:
        engine.rank(profile, K, **asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Answers, "_remember", lambda _self, key, *_: new.append(key))
        for profile in students[:CHECKED]:
            engine.rank(profile, K, **asked)
    return len(new)


def near_share(engine: Engine, students: list[Profile]) -> float:
    """The share of all rows that may be in reach, the mean of students whose home is known."""
    shares = []
    for profile in students[:CHECKED]:
        if profile.home is not None:
            question = engine.question(profile, catalogs.TODAY, {})
            near = engine.index.near(question.places, limits(question)[1])
            shares.append(number_of(near) / len(engine.index.columns))
    return statistics.mean(shares)


def counters(
    engine: Engine, students: list[Profile], load_now: dict[str, int]
) -> tuple[float, float, float]:
    """Offers considered, fitting, and scored to the end: the mean of the students."""
    scored: list[int] = []

    def noted(left: Any, score: Any, k: int, less: int) -> Any:
        if less == 0:
            scored.append(len(score))
        return highest(left, score, k, less)

    highest = matching.engine._highest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.engine._highest", noted)
        rankings = [
            engine.rank(profile, K, on=catalogs.TODAY, load=load_now)
            for profile in students[:CHECKED]
        ]
    return (
        statistics.mean(ranking.considered for ranking in rankings),
        statistics.mean(ranking.considered - ranking.excluded for ranking in rankings),
        sum(scored) / len(rankings),
    )


@pytest.mark.parametrize("size", [5_000])
def test_district(size: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A whole district: from nothing, as in a nightly run, and when what students share is known."""
    offers = catalogs.realistic(size)
    load_now = catalogs.load_of(offers)
    students = catalogs.students(32_523)
    gc.collect()
    engine = Engine(offers, load("balanced"), catalogs.BROADER)
    asked = {"on": catalogs.TODAY, "load": load_now}
    told = []
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        table = engine.table(students, 20, **asked)
        told.append((time.perf_counter() - wall, time.process_time() - cpu))
    for at in range(0, len(students), 250):
        ranking = engine.rank(students[at], 20, **asked)
        keys = [engine.index.columns.offers[row].key for row in table.rows[at] if row >= 0]
        assert keys == [match.offer.key for match in ranking.matches]
        assert table.excluded[at] == ranking.excluded
    (first, first_cpu), (again, again_cpu) = told
    tell(
        capsys,
        f"district, {size} offers: {len(students):,} students from nothing {first:.2f} s"
        f" ({first_cpu:.2f} s of the processor), again {again:.2f} s ({again_cpu:.2f} s)",
    )
