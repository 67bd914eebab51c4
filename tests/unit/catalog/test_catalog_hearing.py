"""What a listing is about: its area by providers' words, and the need in it."""

from __future__ import annotations

import pytest

from catalog.hearing import heard, listing_words
from catalog.taxonomy import term


@pytest.mark.parametrize(
    ("texts", "areas"),
    [
        ([("name", "Psychiatric Evaluation"), ("label", "Health Conditions")], ["mental-health"]),
        pytest.param(
            [("name", "Mental Health Care")], ["mental-health"], id="no health is left in it"
        ),
        ([("name", "Closet"), ("description", "Coats and shoes for children.")], ["clothing"]),
        ([("label", "Work")], ["youth-jobs"]),
        pytest.param([("label", "Care")], [], id="too wide to say anything"),
        ([("name", "Food Pantry"), ("description", "Open Fridays. Call our clinic.")], ["food"]),
        ([("name", ""), ("description", "")], []),
        ([("name", "Board meeting")], []),
    ],
)
def test_the_areas_of_a_listing(texts: list[tuple[str, str]], areas: list[str]) -> None:
    assert [term(code).area for code, _ in heard(texts)] == areas


def test_the_lexicon_names_the_need_in_the_area() -> None:
    ((code, (confidence, where)),) = heard([("name", "Free dental checkup day for children")])
    assert code == "dental-checkup"
    assert 0 < confidence < 1
    assert where == "name"


def test_more_that_agrees_is_surer() -> None:
    (_, (little, _)), *_ = heard([("name", "Pantry")])
    texts = [("name", "Pantry"), ("description", "Groceries and meals."), ("label", "Food")]
    (_, (much, _)), *_ = heard(texts)
    assert much > little


def test_every_word_belongs_to_one_area() -> None:
    patterns = [word.pattern.pattern for word in listing_words().words]
    assert len(patterns) == len(set(patterns))
