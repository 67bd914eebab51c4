"""What each criterion counts, as tables; weights; and that the registry is the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matching import parameters, scorers
from matching.decay import halving
from matching.geo import is_inside, metres_between
from matching.scorers import CRITERIA, weights_of
from matching.scorers.track_record import mean_of_kind
from matching.types import Interest, Need, Point, Profile, TrackRecord
from tests.unit.matching.cases import SCORER_CASES, offer_with, profile_with
from tests.unit.matching.strategies import POLYGON, question

CRITERION_OF = {criterion.name: criterion for criterion in CRITERIA}
ROWS = [
    pytest.param(name, *row, id=f"{name}-{number}-{row[2]}")
    for name, rows in SCORER_CASES.items()
    for number, row in enumerate(rows)
]


@pytest.mark.parametrize(("name", "offer_facts", "facts", "code", "value"), ROWS)
def test_a_criterion_counts_by_its_policy(
    name: str, offer_facts: dict[str, Any], facts: dict[str, Any], code: str, value: int
) -> None:
    offer, profile = offer_with(offer_facts), profile_with(facts)
    said = CRITERION_OF[name].value(offer, question(profile, [offer]))
    assert (said.code, said.value) == (code, value)
    if not said.is_known:
        assert code.endswith(("_unknown", "_too_short"))


def test_every_code_of_every_criterion_stands_in_the_tables() -> None:
    for criterion in CRITERIA:
        told = {row[2] for row in SCORER_CASES[criterion.name]}
        assert told == set(criterion.codes), criterion.name


def test_every_file_of_the_folder_is_a_criterion_and_named_so() -> None:
    files = {path.stem for path in Path(scorers.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {criterion.name for criterion in CRITERIA}
    assert tuple(criterion.name for criterion in CRITERIA) == parameters.CRITERIA


@pytest.mark.parametrize("needs", [(), (Need("dental"),)])
@pytest.mark.parametrize("interests", [(), (Interest("chess"),)])
def test_weights_sum_to_1000_whatever_is_asked(
    needs: tuple[Need, ...], interests: tuple[Interest, ...]
) -> None:
    profile = Profile("student", needs=needs, interests=interests)
    for preset in parameters.PRESETS:
        weights = weights_of(question(profile, [], preset=preset))
        assert sum(weights.values()) == 1000
        assert (weights["interest"] == 0) == (not interests)


def test_a_service_with_many_labels_weighs_no_more_in_the_mean_of_one() -> None:
    facts = {"service": "good", "track_record": TrackRecord(20, 20)}
    good = offer_with({"key": "a", "categories": ("dental", "glasses", "food"), **facts})
    poor = offer_with({"key": "b", "service": "poor", "categories": ("dental",)})
    poor = replace(poor, track_record=TrackRecord(20, 0))
    asked = question(profile_with({}), [good, poor])
    assert mean_of_kind(poor, asked) == 500, "dental: 20 of 40"
    assert mean_of_kind(good, asked) == (500 + 1000 + 1000) // 3


def test_a_record_is_shrunk_to_the_mean_of_its_category_and_a_service_counts_once() -> None:
    one = offer_with({"key": "a", "categories": ("dental",), "track_record": TrackRecord(20, 20)})
    same = offer_with({"key": "b", "categories": ("dental",), "track_record": TrackRecord(20, 20)})
    weak = offer_with(
        {
            "key": "c",
            "service": "other",
            "categories": ("dental",),
            "track_record": TrackRecord(60, 20),
        }
    )
    asked = question(profile_with({}), [one, same, weak])
    said = CRITERION_OF["track_record"].value(one, asked)
    # 40 of 80 closed in the category: a mean of 500; (1000 × 20 + 20 × 500) / (20 + 20)
    assert said.value == 750


def test_distance_is_that_of_known_places() -> None:
    chattanooga, nashville = Point(35.0456, -85.3097), Point(36.1627, -86.7816)
    assert metres_between(chattanooga, nashville) == pytest.approx(181_500, rel=0.01)
    assert metres_between(Point(0, 0), Point(0, 180)) == pytest.approx(20_015_115, abs=2)
    assert metres_between(chattanooga, chattanooga) == 0


def test_a_place_is_inside_its_boundary() -> None:
    assert is_inside(Point(35.1, -85.3), POLYGON)
    assert not is_inside(Point(35.1, -85.1), POLYGON)
    assert not is_inside(Point(35.3, -85.3), POLYGON)


def test_halving_halves() -> None:
    assert [halving(amount, 21) for amount in (0, 21, 42, 63, 10_000)] == [1000, 500, 250, 125, 0]
