"""The engine answers what the plain reference answers, bit for bit, on small and on big catalogs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.columns import Columns
from matching.engine import Engine, is_stated
from matching.index import ANYWHERE, cell_of
from matching.parameters import load
from matching.question import Question
from matching.reference import ReferenceEngine
from matching.rules import RULES
from matching.scorers import CRITERIA
from matching.types import Offer, Point, Profile, Verdict
from tests.benchmarks import catalogs as invented
from tests.unit.matching.strategies import (
    BROADER,
    PARAMETERS,
    TODAY,
    catalogs,
    loads,
    presets,
    profiles,
    question,
)

LAW = settings(max_examples=60, deadline=None)
KS = (0, 1, 7, 100)


@given(catalogs(max_size=8), profiles, loads, presets, st.integers(0, 9))
@LAW
def test_a_ranking_is_the_references(
    catalog: list[Offer], profile: Profile, load: dict[str, int], preset: str, k: int
) -> None:
    fast = Engine(catalog, PARAMETERS[preset], BROADER)
    plain = ReferenceEngine(catalog, PARAMETERS[preset], BROADER)
    asked = {"on": TODAY, "load": load}
    assert fast.rank(profile, k, **asked) == plain.rank(profile, k, **asked)
    assert fast.exclusions(profile, **asked) == plain.exclusions(profile, **asked)
    assert fast.near_misses(profile, **asked) == plain.near_misses(profile, **asked)
    assert fast.offers == plain.offers
    for offer in catalog:
        assert fast.explain_absence(profile, offer.key, **asked) == plain.explain_absence(
            profile, offer.key, **asked
        )


@given(catalogs(max_size=8), st.lists(profiles, max_size=4), st.lists(profiles, max_size=4))
@LAW
def test_what_was_asked_before_changes_no_answer(
    catalog: list[Offer], before: list[Profile], after: list[Profile]
) -> None:
    used = Engine(catalog, PARAMETERS["balanced"], BROADER)
    used.rank_many(before, 5, on=TODAY)
    for profile in after:
        fresh = Engine(catalog, PARAMETERS["balanced"], BROADER)
        assert used.rank(profile, 5, on=TODAY) == fresh.rank(profile, 5, on=TODAY)


@pytest.mark.parametrize(
    "catalog",
    [
        pytest.param([], id="empty"),
        pytest.param(invented.realistic(1), id="one offer"),
        pytest.param(invented.tied(3_000), id="all equal"),
        pytest.param(invented.realistic(11_000), id="three districts"),
        pytest.param(invented.dense(6_000), id="one dense district"),
    ],
)
def test_big_catalogs_rank_as_the_reference_ranks_them(catalog: list[Offer]) -> None:
    parameters = load("balanced")
    fast = Engine(catalog, parameters, invented.BROADER)
    plain = ReferenceEngine(catalog, parameters, invented.BROADER)
    load_now = invented.load_of(catalog)
    for number, profile in enumerate(invented.students(40)):
        k = KS[number % len(KS)]
        asked = {"on": invented.TODAY, "load": load_now}
        assert fast.rank(profile, k, **asked) == plain.rank(profile, k, **asked)


@pytest.mark.parametrize("shared_rows", [0, 50_000])
def test_remembered_answers_and_those_for_the_candidates_alone_are_the_same(
    monkeypatch: pytest.MonkeyPatch, shared_rows: int
) -> None:
    """Above `_SHARED` rows no answer is remembered, above `_MANY` rows are dropped on the way."""
    catalog = invented.dense(4_000)
    monkeypatch.setattr("matching.engine._SHARED", shared_rows)
    monkeypatch.setattr("matching.engine._MANY", 20)
    monkeypatch.setattr("matching.index._FEW_ROWS", 0)
    fast = Engine(catalog, load("urgent"), invented.BROADER)
    plain = ReferenceEngine(catalog, load("urgent"), invented.BROADER)
    for profile in invented.students(40, seed=9):
        assert fast.rank(profile, 9, on=invented.TODAY) == plain.rank(profile, 9, on=invented.TODAY)


@given(catalogs(max_size=8), st.lists(profiles, max_size=6), loads, presets, st.integers(0, 9))
@LAW
def test_a_district_is_ranked_as_its_students_are(
    catalog: list[Offer], students: list[Profile], load: dict[str, int], preset: str, k: int
) -> None:
    fast = Engine(catalog, PARAMETERS[preset], BROADER)
    plain = ReferenceEngine(catalog, PARAMETERS[preset], BROADER)
    asked = {"on": TODAY, "load": load}
    assert fast.rank_many(students, k, **asked) == plain.rank_many(students, k, **asked)
    table = fast.table(students, k, **asked)
    for at, ranking in enumerate(plain.rank_many(students, k, **asked)):
        told = [(fast.index.columns.offers[row].key) for row in table.rows[at] if row >= 0]
        assert told == [match.offer.key for match in ranking.matches]
        scores = [match.score for match in ranking.matches]
        assert table.scores[at].tolist() == scores + [0] * (k - len(scores))


@pytest.mark.parametrize(
    "catalog",
    [
        pytest.param([], id="empty"),
        pytest.param(invented.tied(600), id="all equal"),
        pytest.param(invented.realistic(6_000), id="two districts"),
        pytest.param(invented.dense(3_000), id="one dense district"),
    ],
)
def test_a_big_district_is_ranked_as_its_students_are(catalog: list[Offer]) -> None:
    fast = Engine(catalog, load("balanced"), invented.BROADER)
    students = invented.students(300)
    table = fast.table(students, 20, on=invented.TODAY)
    for at in range(0, 300, 3):
        ranking = fast.rank(students[at], 20, on=invented.TODAY)
        told = [fast.index.columns.offers[row].key for row in table.rows[at] if row >= 0]
        assert told == [match.offer.key for match in ranking.matches]
        assert table.considered[at] == ranking.considered
        assert table.excluded[at] == ranking.excluded


@given(catalogs(max_size=8), profiles, profiles)
@LAW
def test_a_rule_goes_by_no_other_facts_than_it_names(
    catalog: list[Offer], profile: Profile, other: Profile
) -> None:
    columns = Columns(catalog)
    rows = columns.in_order_of_keys()
    for thing in (*RULES, *CRITERIA):
        same = {fact: getattr(profile, fact) for fact in thing.facts}
        mixed = replace(other, **same)
        answers = [
            (thing.verdicts if hasattr(thing, "verdicts") else thing.values)(
                columns, rows, question(one, catalog)
            ).tolist()
            for one in (profile, mixed)
        ]
        assert answers[0] == answers[1], thing.name


@given(catalogs(max_size=8), profiles, profiles)
@LAW
def test_students_alike_for_a_rule_have_its_answers_alike(
    catalog: list[Offer], profile: Profile, other: Profile
) -> None:
    columns = Columns(catalog)
    rows = columns.in_order_of_keys()
    for rule in RULES:
        if rule.alike and rule.alike(columns, profile) == rule.alike(columns, other):
            one = rule.verdicts(columns, rows, question(profile, catalog))
            assert one.tolist() == rule.verdicts(columns, rows, question(other, catalog)).tolist()


@given(catalogs(max_size=8), profiles)
@LAW
def test_a_rule_none_of_whose_facts_is_known_refuses_nobody(
    catalog: list[Offer], profile: Profile
) -> None:
    columns = Columns(catalog)
    rows = columns.in_order_of_keys()
    for rule in RULES:
        if rule.facts and not any(is_stated(profile, fact) for fact in rule.facts):
            verdicts = rule.verdicts(columns, rows, question(profile, catalog))
            assert (verdicts != Verdict.NO).all(), rule.name


far = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(far, st.lists(far, max_size=8), st.floats(-0.5, 0.5), st.floats(-0.6, 0.6))
@settings(max_examples=300, deadline=None)
def test_no_place_within_reach_is_left_out_by_its_cell(
    home: Point, places: list[Point], north: float, east: float
) -> None:
    near = Point(
        max(-90.0, min(90.0, home.latitude + north)),
        max(-180.0, min(180.0, home.longitude + east)),
    )
    catalog = [
        Offer(f"{number}", "s", "o", categories=("dental",), point=point)
        for number, point in enumerate([near, *places])
    ]
    built = Engine(catalog, PARAMETERS["balanced"], BROADER)
    profile = Profile("p", home=home, travel="car")
    asked = Question(profile, TODAY, {}, PARAMETERS["balanced"], built.index.background)
    cells = built.index.cells_in_reach(asked)
    assert cells is not None
    kept = {int(built.index.cells[cell]) for cell in cells} | {ANYWHERE}
    for offer in catalog:
        metres = asked.metres_to(offer)
        assert metres is not None
        if metres <= PARAMETERS["balanced"].reach_car:
            assert cell_of(offer) in kept
