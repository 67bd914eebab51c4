"""The vocabularies say one thing once, in both languages, and refuse a file that does not."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from catalog.taxonomy import (
    UnknownTermError,
    VocabularyError,
    broader,
    interests,
    label,
    needs,
    term,
)
from catalog.taxonomy.open_eligibility import open_eligibility
from catalog.taxonomy.terms import terms_from_rows

# The six areas that the people who asked for this named.
AREAS_OF_THE_BRIEF = {
    "clubs-activities",
    "healthcare",
    "dental",
    "vision",
    "housing",
    "emergency-aid",
}


def test_the_six_areas_of_the_brief_are_areas_of_need() -> None:
    assert {one.code for one in needs() if one.parent is None} >= AREAS_OF_THE_BRIEF


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("toothache", "dental"),
        ("glasses", "vision"),
        ("volleyball", "sports"),
        ("lego", "stem"),
    ],
)
def test_what_the_principal_speaks_of_has_a_term(code: str, area: str) -> None:
    assert term(code).area == area


def test_codes_are_unique_across_both_vocabularies() -> None:
    codes = [one.code for one in (*needs(), *interests())]
    assert len(codes) == len(set(codes))


def test_labels_are_unique_within_a_vocabulary() -> None:
    for vocabulary in (needs(), interests()):
        for language in ("en", "es"):
            labels = [one.label(language).casefold() for one in vocabulary]
            assert len(labels) == len(set(labels))


def test_every_term_is_defined_in_both_languages_in_a_sentence_of_its_own() -> None:
    for said in ("definition", "definition_es"):
        texts = {one.code: getattr(one, said) for one in (*needs(), *interests())}
        assert [code for code, text in texts.items() if not text.endswith(".")] == []
        assert len(set(texts.values())) == len(texts)


def test_every_term_has_its_broader_term_before_it() -> None:
    seen: set[str] = set()
    for one in (*needs(), *interests()):
        assert one.parent is None or one.parent in seen
        seen.add(one.code)


def test_broader_leads_from_every_term_to_its_area() -> None:
    tree = broader()
    for one in (*needs(), *interests()):
        code = one.code
        while (above := tree[code]) is not None:
            code = above
        assert code == one.area


def test_open_eligibility_is_whole_and_has_its_notice() -> None:
    """Version 2: eleven branches, 290 ids of services (one stands twice), 94 of situations."""
    found = open_eligibility()
    kinds = Counter(one.kind for one in found.values())
    assert kinds == {"service": 290, "situation": 94}
    assert len({one.title for one in found.values() if one.kind == "service"}) >= 182
    branches = [one for one in found.values() if one.kind == "service" and one.parent_id is None]
    assert len(branches) == 11
    assert all(one.description for one in branches)
    assert all(one.parent_id is None or one.parent_id in found for one in found.values())
    notice = files("catalog.taxonomy").joinpath("open_eligibility_v2.NOTICE").read_text("utf-8")
    assert "Aunt Bertha, Inc." in notice
    assert "https://creativecommons.org/licenses/by-sa/3.0/" in notice


def test_open_eligibility_says_what_the_published_one_says(real_data: Path) -> None:
    text = (real_data / "taxonomies" / "open_eligibility_v2_2013.xml").read_text("utf-8")
    published = re.findall(r"level id=[\"'](\d+)[\"'] title=\"([^\"]+)\"", text)
    ours = open_eligibility()
    assert len(published) == len(ours) + 1
    assert {int(id_) for id_, _ in published} == set(ours)
    differing = [id_ for id_, title in published if ours[int(id_)].title != unescape(title).strip()]
    assert differing == ["1206"], "which stands twice there, with two titles"


def test_every_need_names_services_of_open_eligibility_where_it_has_any() -> None:
    without = [one.code for one in needs() if not one.open_eligibility]
    assert without == ["internet-device"], "which that taxonomy does not have"
    kinds = {open_eligibility()[id_].kind for one in needs() for id_ in one.open_eligibility}
    assert kinds == {"service"}


def test_the_gravity_code_stands_where_there_is_one() -> None:
    codes = {one.gravity for one in needs() if one.gravity}
    assert codes >= {"food-insecurity", "homelessness", "housing-instability"}
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)
    areas = {one.area for one in needs() if one.gravity}
    assert areas >= {"food", "housing", "transportation"}


def test_there_are_about_150_interests() -> None:
    assert 120 <= len(interests()) <= 180
    areas = {one.code for one in interests() if one.parent is None}
    assert areas >= {
        *("sports", "dance", "visual-arts", "music", "stem", "outdoors", "civic", "languages"),
        "games",
    }


def test_what_a_plan_needs_around_the_six_areas_is_there() -> None:
    """Mental health, food, clothing, transport, tutoring, mentoring, family support, legal, jobs for
    youth, childcare."""
    assert {one.code for one in needs() if one.parent is None} - AREAS_OF_THE_BRIEF == {
        *("mental-health", "food", "clothing", "transportation", "tutoring", "mentoring"),
        *("family-support", "legal", "youth-jobs", "childcare"),
    }


def test_labels_in_both_languages() -> None:
    assert label("glasses") == "Glasses"
    assert label("glasses", "es") == "Lentes"


def test_an_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(UnknownTermError, match="'tooth-fairy'"):
        term("tooth-fairy")


def _row(**fields: Any) -> dict[str, Any]:
    said = {"en": "A", "es": "A", "definition": "It is A.", "definition_es": "Es A."}
    return {"code": "a", "parent": None} | said | fields


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], "holds none"),
        ([{"en": "A"}], "no code"),
        ([_row(code="Not A Slug")], "no slug"),
        ([_row(es=" ")], "no 'es'"),
        ([_row(), _row()], "two terms"),
        ([_row(parent="b")], "no term here"),
        ([_row(parent="b"), _row(code="b", parent="a")], "broader than itself"),
        ([_row(definition_es="")], "no 'definition_es'"),
        ([_row(colour="red")], "mean nothing"),
        ([_row(open_eligibility=[1101, 7])], r"does not have: \{7\}"),
        ([{"code": "a", "en": "A", "es": "A"}], "states no parent"),
    ],
)
def test_a_faulty_file_is_refused_with_the_fault(rows: list[Any], fault: str) -> None:
    with pytest.raises(VocabularyError, match=fault):
        terms_from_rows(rows, "needs")
