"""The engine against databases and plain loops that answer the same whole question.

Each peer is at its best (prepared, warm, what the day decides worked out before) and gives the same
ten best offers with the same whole-number scores, in the same order, and the same count of refused
ones, or no speed is printed. The engine explains its answers besides; the peers do not.

Each student is asked of the engine and of a peer in turn, and what is told is the median of the
ratios. Times are of the processor, all threads together (peers are given one); for PostgreSQL, which
works in a process of its own, they are by the wall.
SQLite and the plain loops are always there; DuckDB, PostgreSQL and polars when they are installed.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import pytest

from matching.engine import Engine
from matching.parameters import load
from matching.reference import ReferenceEngine
from matching.types import Profile
from tests.benchmarks import catalogs
from tests.benchmarks.peers import Answer
from tests.benchmarks.peers.layout import Layout
from tests.benchmarks.peers.loop import GeodesicLoop, Loop
from tests.benchmarks.peers.sqlite import SQLite
from tests.benchmarks.test_engine import MORE_SIZES, tell
from tests.fixtures import postgresql

K = 10
STUDENTS = 60
CASES = [
    ("realistic", 500, STUDENTS),
    ("realistic", 5_000, STUDENTS),
    ("tied", 500, 20),  # every offer serves sixty needs: 30,000 rows of a table
    *((kind, size, 10) for size in MORE_SIZES for kind in ("realistic", "dense")),
]
ROUNDS = 2
DISTRICT_K = 20
TOLD = ("student", "place", "score", "fits")
LOOPED = {500: 20, 5_000: 10}  # students of whom the slow loops are asked


def told_by(engine: ReferenceEngine, profile: Any, asked: Mapping[str, Any]) -> Answer:
    """The engine's ranking, as peers tell it."""
    ranking = engine.rank(profile, K, **asked)
    best = [(match.offer.key, match.score) for match in ranking.matches]
    return Answer(best, ranking.considered, ranking.excluded)


def seconds(
    clock: Callable[[], float], work: Callable[..., object], *arguments: object, **named: object
) -> float:
    """How long the work takes by the clock."""
    begun = clock()
    work(*arguments, **named)
    return clock() - begun


def peers_of(layout: Layout) -> Iterator[tuple[str, Any]]:
    """The peers that are installed, one at a time."""
    yield "SQLite", SQLite(layout)
    if find_spec("duckdb"):
        from tests.benchmarks.peers.duck import DuckDB

        yield "DuckDB", DuckDB(layout)
    if find_spec("polars"):
        from tests.benchmarks.peers.frame import Polars

        yield "polars", Polars(layout)
    if postgresql.is_available():
        from tests.benchmarks.peers.postgres import PostgreSQL

        peer = PostgreSQL(layout, str(postgresql.running_server().query["host"]))
        yield "PostgreSQL", peer
        peer.close()


@pytest.mark.parametrize(("kind", "size", "count"), CASES)
def test_the_whole_question(
    kind: str, size: int, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    offers = getattr(catalogs, kind)(size)
    parameters, load_now = load("balanced"), catalogs.load_of(offers)
    asked = {"on": catalogs.TODAY, "load": load_now}
    engine = Engine(offers, parameters, catalogs.BROADER)
    reference = ReferenceEngine(offers, parameters, catalogs.BROADER)
    students = catalogs.students(count)
    everything = (offers, parameters, catalogs.BROADER, catalogs.TODAY, load_now)
    expected = [told_by(reference, profile, asked) for profile in students]
    assert [told_by(engine, profile, asked) for profile in students] == expected
    told = {}
    for name, peer in peers_of(Layout(*everything)):
        for profile, answer in zip(students, expected, strict=True):
            assert peer.rank(profile, K) == answer, name
        if kind != "tied":  # no catalog is so: it is for exactness alone
            told[name] = ratio(peer, engine, students, asked)
    if size in LOOPED and kind != "tied":
        some = students[: LOOPED[size]]
        loop, geodesic_loop = Loop(*everything), GeodesicLoop(*everything)
        assert [loop.rank(profile, K) for profile in some] == expected[: len(some)]
        told["plain loop"] = ratio(loop, engine, some, asked)
        told["with geodesic distances"] = ratio(geodesic_loop, engine, some, asked)
    ratios_told = ", ".join(f"{name} {times:.1f} x" for name, times in told.items()) or "not timed"
    tell(
        capsys,
        f"{kind:<10}{size:>8} offers, {count} students, every rule and criterion;"
        f" slower than the engine: {ratios_told} (load {os.getloadavg()[0]:.1f})",
    )


def ratio(
    peer: Any, engine: ReferenceEngine, students: list[Profile], asked: Mapping[str, Any]
) -> float:
    """How many times slower than the engine the peer is: the median of turns on the same students.

    Both are asked twice in a row and the second time counts: what one works with empties the
    processor's caches for the other.
    """
    clock = getattr(peer, "clock", time.process_time)
    ratios = []
    for _ in range(1 if isinstance(peer, Loop) else ROUNDS):
        for profile in students:
            engine.rank(profile, K, **asked)
            own = seconds(clock, engine.rank, profile, K, **asked)
            if not isinstance(peer, Loop):  # which takes so long that nothing of it is warm
                peer.rank(profile, K)
            ratios.append(seconds(clock, peer.rank, profile, K) / own)
    return statistics.median(ratios)


@pytest.mark.skipif(not find_spec("duckdb"), reason="DuckDB is not installed")
def test_a_district(capsys: pytest.CaptureFixture[str]) -> None:
    """Whole schools at once, without explanations. DuckDB's tables of students are made before."""
    from tests.benchmarks.peers.duck_district import DuckDBDistrict

    offers, parameters = catalogs.realistic(5_000), load("balanced")
    load_now = catalogs.load_of(offers)
    asked = {"on": catalogs.TODAY, "load": load_now}
    engine = Engine(offers, parameters, catalogs.BROADER)
    layout = Layout(offers, parameters, catalogs.BROADER, catalogs.TODAY, load_now)
    schools = set(catalogs.SCHOOLS[:3])
    students = [one for one in catalogs.students(32_523) if one.school in schools]
    peer = DuckDBDistrict(layout, students)
    first = seconds(time.process_time, engine.table, students, DISTRICT_K, **asked)
    table, told = engine.table(students, DISTRICT_K, **asked), peer.table(DISTRICT_K)
    best: list[list[tuple[str, int]]] = [[] for _ in students]
    fits = [0] * len(students)
    for at, place, score, fit in zip(*(told[name].tolist() for name in TOLD), strict=True):
        best[at].append((layout.keys[place], score))
        fits[at] = fit
    for at, considered in enumerate(peer.considered):
        rows = [row for row in table.rows[at].tolist() if row >= 0]
        keys = [engine.index.columns.offers[row].key for row in rows]
        assert best[at] == list(zip(keys, table.scores[at].tolist(), strict=False))
        assert (considered, considered - fits[at]) == (table.considered[at], table.excluded[at])
    turns = []
    for _ in range(3):
        own = seconds(time.process_time, engine.table, students, DISTRICT_K, **asked)
        turns.append((seconds(time.process_time, peer.table, DISTRICT_K) / own, own))
    times, own = sorted(turns)[1]
    tell(
        capsys,
        f"district, 5000 offers, {len(students)} students, {DISTRICT_K} best: engine {own:.2f} s of"
        f" the processor ({first:.2f} the first time), DuckDB {times:.1f} x slower"
        f" (load {os.getloadavg()[0]:.1f})",
    )
