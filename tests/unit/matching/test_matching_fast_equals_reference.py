"""The engine answers what the plain reference answers, bit for bit, on small and on big catalogs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.answers import is_stated, keys_of
from matching.bits import rows_of
from matching.columns import Columns
from matching.engine import Engine
from matching.parameters import load
from matching.question import Question
from matching.reference import ReferenceEngine
from matching.rule import Rule
from matching.rules import BY_STUDENT, NAMING, RULES
from matching.rules.reach import limits
from matching.scorers import ASKED, CRITERIA, PERSONAL
from matching.types import Need, Offer, Openings, Point, Profile, Verdict
from tests.benchmarks import catalogs as invented
from tests.unit.matching.strategies import (
    BROADER,
    PARAMETERS,
    TODAY,
    catalogs,
    loads,
    offers,
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


def test_the_area_leaves_out_nothing_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With few rows nothing is left out by area: here it is, as in a big catalog."""
    catalog = invented.realistic(12_000)
    monkeypatch.setattr("matching.engine._FEW_ROWS", 0)
    monkeypatch.setattr("matching.engine._MANY_ROWS", 0)
    fast = Engine(catalog, load("urgent"), invented.BROADER)
    plain = ReferenceEngine(catalog, load("urgent"), invented.BROADER)
    for profile in invented.students(120, seed=9):
        assert fast.rank(profile, 9, on=invented.TODAY) == plain.rank(profile, 9, on=invented.TODAY)


def test_an_engine_tells_each_day_what_holds_on_it() -> None:
    """Seasons begin and end, figures of open places grow old, a refusal is forgotten."""
    catalog = [
        Offer(
            "summer", "a", "o", categories=("dental",), season=(TODAY, TODAY + timedelta(days=20))
        ),
        Offer("later", "b", "o", categories=("dental",), season=(TODAY + timedelta(days=30), None)),
        Offer("open", "c", "o", categories=("dental",), openings=Openings(3, 9, TODAY)),
        Offer("full", "d", "o", categories=("dental",), openings=Openings(0, 9, TODAY)),
    ]
    student = Profile("p", needs=(Need("dental"),), declined={"c": TODAY + timedelta(days=10)})
    fast = Engine(catalog, PARAMETERS["balanced"], BROADER)
    plain = ReferenceEngine(catalog, PARAMETERS["balanced"], BROADER)
    told = []
    for number in (0, 15, 25, 40, 200, 0):
        on = TODAY + timedelta(days=number)
        found = fast.rank(student, 9, on=on)
        assert found == plain.rank(student, 9, on=on)
        assert fast.rank_many([student], 9, on=on) == [found]
        told.append(tuple((match.offer.key, match.score) for match in found.matches))
    assert len(set(told)) == 5
    assert told[0] == told[-1]


# First of each cell, and so many that what follows shares no word of bits with the cell before.
CROWD = [
    Offer(f"{at.latitude} {number}", "crowd", "o", categories=("vision",), point=at)
    for at in (Point(35.05, -85.3), Point(35.1, -85.3), Point(35.4, -85.1), Point(36.2, -86.8))
    for number in range(140)
]


@pytest.mark.parametrize("travel", ["foot", "bus", "car"])
@pytest.mark.parametrize("within", [0, 6_000, 40_000])
def test_a_crowd_of_places_hides_none_that_may_be_near(
    monkeypatch: pytest.MonkeyPatch, travel: str, within: int
) -> None:
    """Of a place that is only roughly known, the point may be farther off than the place."""
    monkeypatch.setattr("matching.engine._FEW_ROWS", -1)
    rough = [
        Offer(
            f"rough {one.key}",
            "s",
            "o",
            categories=("dental",),
            point=one.point,
            point_within=within,
        )
        for one in CROWD[::140]
    ]
    fast = Engine([*CROWD, *rough], PARAMETERS["balanced"], BROADER)
    plain = ReferenceEngine([*CROWD, *rough], PARAMETERS["balanced"], BROADER)
    home = Point(35.05, -85.3)
    student = Profile("p", home=home, travel=travel, needs=(Need("dental"),))
    found = fast.rank(student, 9, on=TODAY)
    assert found == plain.rank(student, 9, on=TODAY)
    assert fast.rank_many([student], 9, on=TODAY) == [found]
    assert found.considered == 4


@given(catalogs(max_size=8), profiles, loads, presets, st.integers(0, 9))
@LAW
def test_what_is_left_out_early_is_not_among_the_best(
    catalog: list[Offer], profile: Profile, load: dict[str, int], preset: str, k: int
) -> None:
    """As in a big catalog: by area, and by what the rest of a score can still add."""
    asked = {"on": TODAY, "load": load}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matching.engine._FEW_ROWS", -1)
        patch.setattr("matching.engine._MANY_ROWS", -1)
        fast = Engine(catalog, PARAMETERS[preset], BROADER).rank(profile, k, **asked)
    assert fast == ReferenceEngine(catalog, PARAMETERS[preset], BROADER).rank(profile, k, **asked)


def test_a_better_place_far_off_comes_before_a_near_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no known home may live near it."""
    monkeypatch.setattr("matching.engine._FEW_ROWS", 0)
    school, far_off = Point(35.05, -85.25), Point(36.5, -83.0)
    near = Offer("near", "near", "o", categories=("food",), point=school, fee_cents=90_000)
    far = Offer("far", "far", "o", categories=("dental",), point=far_off, fee_cents=0)
    others = [  # so many that near and far rows share no word of bits
        Offer(f"{at.latitude} {number}", "other", "o", categories=("vision",), point=at)
        for at in (school, far_off)
        for number in range(100)
    ]
    catalog = [near, far, *others]
    profile = Profile("p", needs=(Need("dental", 3), Need("food", 1)), school_point=school)
    told = Engine(catalog, PARAMETERS["balanced"], BROADER).rank(profile, 1, on=TODAY)
    assert [match.offer.key for match in told.matches] == ["far"]
    plain = ReferenceEngine(catalog, PARAMETERS["balanced"], BROADER)
    assert told == plain.rank(profile, 1, on=TODAY)


def test_what_is_remembered_may_be_forgotten_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = invented.realistic(600)
    monkeypatch.setattr("matching.answers._ROOM", 3_000)
    monkeypatch.setattr("matching.tellings._ROOM", 40)
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


@given(offers("one"), offers("other"), profiles)
@LAW
def test_a_rule_compares_nothing_of_an_offer_that_it_does_not_name(
    offer: Offer, other: Offer, profile: Profile
) -> None:
    for thing in (*BY_STUDENT, *ASKED, *PERSONAL):
        same = {field: getattr(offer, field) for field in thing.compares}
        mixed = replace(other, **same)
        asked = question(profile, [offer, mixed])
        columns = Columns([replace(offer, key="a"), replace(mixed, key="b")])
        if "key" in thing.compares or columns.is_contradictory.any():
            continue
        rows = columns.in_order_of_keys()
        if isinstance(thing, Rule):
            first, second = thing.verdicts(columns, rows, asked)
            assert first == second, thing.name
            assert thing.judge(offer, asked) == thing.judge(mixed, asked), thing.name
        else:
            first, second = thing.values(columns, rows, asked)
            assert first == second, thing.name
            assert thing.value(offer, asked) == thing.value(mixed, asked), thing.name


def test_rules_that_name_whom_they_refuse_never_ask() -> None:
    """Or their questions would be missing from the order of the ranking."""
    assert [rule.name for rule in NAMING if rule.can_ask] == []


@pytest.mark.parametrize("categories", [("dental", "vision"), ("vision", "dental")])
def test_an_offer_is_told_by_its_own_words_whatever_was_told_of_its_like(
    categories: tuple[str, str],
) -> None:
    """Both serve "health" as well: what is told is the one that the partner names first."""
    turned = categories[::-1]
    catalog = [Offer("a", "a", "o", categories=turned), Offer("b", "b", "o", categories=categories)]
    built = Engine(catalog, PARAMETERS["balanced"], BROADER)
    ranking = built.rank(Profile("p", needs=(Need("health"),)), 2, on=TODAY)
    assert [match.parts[0].facts["offered"] for match in ranking.matches] == [
        turned[0],
        categories[0],
    ]


def test_places_beyond_all_reach_are_not_measured_and_rank_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a home, reach refuses nobody: the other districts' places are in every ranking."""
    catalog = invented.realistic(12_000)
    monkeypatch.setattr("matching.engine._FEW_ROWS", 0)
    monkeypatch.setattr("matching.engine._MANY_ROWS", 0)
    fast = Engine(catalog, load("balanced"), invented.BROADER)
    plain = ReferenceEngine(catalog, load("balanced"), invented.BROADER)
    for number, one in enumerate(invented.students(40, seed=10)):
        profile = replace(one, home=None)
        k = 2_000 if number % 5 == 0 else 9
        assert fast.rank(profile, k, on=invented.TODAY) == plain.rank(profile, k, on=invented.TODAY)


@given(catalogs(max_size=8), profiles, profiles)
@LAW
def test_students_alike_for_a_rule_have_its_answers_alike(
    catalog: list[Offer], profile: Profile, other: Profile
) -> None:
    columns = Columns(catalog)
    rows = columns.in_order_of_keys()
    for rule in (rule for rule in RULES if rule.facts):
        one_key, other_key = keys_of(rule, columns, [profile, other])
        if one_key == other_key:
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


@given(
    far,
    st.lists(far, max_size=8),
    st.floats(-0.5, 0.5),
    st.floats(-0.6, 0.6),
    st.integers(0, 60_000),
)
@settings(max_examples=300, deadline=None)
def test_no_place_within_reach_is_left_out_by_its_cell(
    home: Point, places: list[Point], north: float, east: float, within: int
) -> None:
    near = Point(
        max(-90.0, min(90.0, home.latitude + north)),
        max(-180.0, min(180.0, home.longitude + east)),
    )
    catalog = [
        Offer(f"{number}", "s", "o", categories=("dental",), point=point, point_within=within)
        for number, point in enumerate([near, *places])
    ]
    built = Engine(catalog, PARAMETERS["balanced"], BROADER)
    profile = Profile("p", home=home, travel="car")
    asked = Question(profile, TODAY, {}, PARAMETERS["balanced"], built.index.background)
    stretches = built.index.stretches(asked.places, limits(asked)[1])
    kept = {row for first, end in stretches for row in range(first, end)}
    assert kept <= set(rows_of(built.index.near(asked.places, limits(asked)[1])).tolist())
    for row, offer in enumerate(built.index.columns.offers):
        metres = asked.metres_to(offer)
        assert metres is not None
        if metres - within <= PARAMETERS["balanced"].reach_car:
            assert row in kept
