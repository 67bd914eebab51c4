"""Scores are shown in whole points that still add up, and every code has a name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.recommendations.explanations import (
    names_of_codes,
    part_rows,
    questions_of,
    refusals_of,
    whole_points,
    whole_score,
)
from catalog import vocabulary
from catalog.taxonomy import interests, label, needs
from matching.explain import sentence, words_of
from matching.types import Exclusion, Match, Offer, Part, Reason, Verdict


def part(points: int, weight: int = 200, criterion: str = "cost") -> Part:
    return Part(criterion, weight, points // max(weight, 1), points, is_known=True, code="free")


@given(st.lists(st.integers(0, 200_000), max_size=8))
def test_whole_points_add_up_to_the_whole_score(points: list[int]) -> None:
    whole = whole_points(points)
    assert sum(whole) == whole_score(sum(points))
    assert all(abs(one - exact / 1000) < 1 for one, exact in zip(whole, points, strict=True))


def test_a_part_is_told_in_both_languages() -> None:
    (english,) = part_rows([part(200_000)], "en")
    (spanish,) = part_rows([part(200_000)], "es")
    assert (english.points, english.max_points) == (200, 200)
    assert english.words == "Free for the family."
    assert spanish.words != english.words
    assert spanish.label == "Costo"


AREA = Reason("residence", Verdict.UNKNOWN, "home_area_unknown", {"counties": ("Hamilton, TN",)})
WAY = Reason("reach", Verdict.UNKNOWN, "home_unknown")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((AREA, WAY), ("Ask the family: where do you live? It serves Hamilton County, TN.",)),
        ((WAY,), ("Ask the family: where do you live? It may be too far.",)),
    ],
)
def test_where_the_family_lives_is_asked_once(
    asked: tuple[Reason, ...], said: tuple[str, ...]
) -> None:
    match = Match(Offer("key", "service", "partner"), 1, 0, (), asked)
    assert questions_of(match, "en") == said


def test_every_refusal_is_told_in_its_order() -> None:
    codes = {"active": "inactive", "season": "after_season", "gender": "other_gender"}
    reasons = tuple(
        Reason(rule, Verdict.NO, code, {"last": date(2026, 6, 1), "gender": "female"})
        for rule, code in codes.items()
    )
    told = refusals_of(Exclusion(Offer("key", "service", "partner"), reasons), "en")
    assert [told.index(sentence(reason)) for reason in reasons] == [0, 1, 2]
    assert len(told) == 3


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_code_that_a_reason_can_hold_has_a_name(language: str) -> None:
    named = names_of_codes(language).keys() | words_of(language)["terms"].keys()
    vocabularies = (
        vocabulary.SITUATIONS,
        vocabulary.ACCESS_NEEDS,
        vocabulary.GENDERS,
        vocabulary.INSURANCE_KINDS,
        {one.code: one for one in (*needs(), *interests())},
        {"en": "", "es": "", "vi": "", "gu": "", "ar": ""},
    )
    assert not {code for codes in vocabularies for code in codes} - named


def test_the_engines_own_words_go_first() -> None:
    assert "homeless" not in names_of_codes("en"), "they fit its sentences"
    assert names_of_codes("es")["dental-checkup"] == label("dental-checkup", "es")
