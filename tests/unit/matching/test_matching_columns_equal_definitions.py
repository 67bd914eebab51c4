"""Every column version of a rule or a criterion answers what its scalar definition answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching.checks import contradiction
from matching.columns import Columns
from matching.decay import halving, halvings
from matching.geo import EARTH_RADIUS_METRES, metres_between, metres_from, unit_vector
from matching.rules import RULES
from matching.scorers import CRITERIA, parts_of, scores
from matching.terms import Terms
from matching.types import Offer, Point, Profile, Verdict
from tests.unit.matching.strategies import BROADER, catalogs, loads, presets, profiles, question

everywhere = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(catalog=catalogs(), profile=profiles, load=loads)
@settings(max_examples=200, deadline=None)
def test_each_rule_answers_the_same_for_columns(
    catalog: list[Offer], profile: Profile, load: dict[str, int]
) -> None:
    columns = Columns(catalog)
    asked = question(profile, catalog, load=load)
    rows = np.arange(len(columns))
    for rule in RULES:
        answers = rule.verdicts(columns, rows, asked)
        assert answers.dtype == np.int8
        for offer, answer in zip(columns.offers, answers, strict=True):
            if rule.name == "listing" or contradiction(offer) is None:
                reason = rule.judge(offer, asked)
                expected = Verdict.YES if reason is None else reason.verdict
                assert answer == expected, (rule.name, reason)
                assert reason is None or (reason.rule == rule.name and reason.code in rule.codes)


@given(catalog=catalogs(), profile=profiles, preset=presets)
@settings(max_examples=200, deadline=None)
def test_each_criterion_answers_the_same_for_columns(
    catalog: list[Offer], profile: Profile, preset: str
) -> None:
    sound = [offer for offer in catalog if contradiction(offer) is None]
    columns = Columns(sound)
    asked = question(profile, sound, preset=preset)
    for criterion in CRITERIA:
        values = criterion.values(columns, np.arange(len(columns)), asked)
        for offer, value in zip(columns.offers, values, strict=True):
            said = criterion.value(offer, asked)
            assert (value, 0 <= value <= 1000) == (said.value, True), (criterion.name, said)
            assert said.code in criterion.codes


@given(catalog=catalogs(), profile=profiles, preset=presets)
@settings(max_examples=60, deadline=None)
def test_scores_of_some_rows_are_the_sums_of_their_parts(
    catalog: list[Offer], profile: Profile, preset: str
) -> None:
    sound = [offer for offer in catalog if contradiction(offer) is None]
    columns = Columns(sound)
    asked = question(profile, sound, preset=preset)
    rows = np.arange(len(columns))[::2]
    told = scores(columns, rows, asked)
    for row, score in zip(rows, told, strict=True):
        parts = parts_of(columns.offers[row], asked)
        assert score == sum(part.points for part in parts)
        assert sum(part.weight for part in parts) == 1000
        assert all(part.points == part.weight * part.value for part in parts)


@given(everywhere, st.lists(everywhere, min_size=1, max_size=20))
@settings(max_examples=200, deadline=None)
@example(Point(35.0, -85.3), [Point(-35.0, 94.7), Point(35.0, -85.3), Point(90, 0)])
def test_distance_is_the_same_to_the_metre_for_a_column(origin: Point, ends: list[Point]) -> None:
    x, y, z = np.array([unit_vector(end) for end in ends]).T
    assert metres_from(origin, x, y, z).tolist() == [metres_between(origin, end) for end in ends]


@given(everywhere, everywhere)
@settings(max_examples=200, deadline=None)
@example(Point(0.0, 0.0), Point(0.0, 179.99))
@example(Point(0.0, 0.0), Point(0.0, 60.0))
def test_distance_is_that_of_the_arc_sine_to_the_metre(one: Point, other: Point) -> None:
    chord = math.dist(unit_vector(one), unit_vector(other))
    by_asin = 2 * EARTH_RADIUS_METRES * math.asin(min(1.0, chord / 2))
    assert metres_between(one, other) == pytest.approx(by_asin, abs=1)


@given(st.lists(st.integers(0, 2**50), max_size=20), st.integers(1, 10_000_000))
def test_halving_is_the_same_for_a_column(amounts: list[int], half: int) -> None:
    column = halvings(np.array(amounts, dtype=np.int64), half)
    assert column.tolist() == [halving(amount, half) for amount in amounts]


def test_related_terms_are_those_with_a_relation() -> None:
    tree = Terms(BROADER)
    for asked in [*BROADER, "unheard of"]:
        told = list(tree.related(asked))
        assert len(dict(told)) == len(told), "each term once"
        for offered in [*BROADER, "unheard of"]:
            assert dict(told).get(offered) == tree.relation(asked, offered)
