"""The vocabularies say one thing once, in both languages, and refuse a file that does not."""

from __future__ import annotations

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


def test_every_need_is_defined_in_both_languages() -> None:
    undefined = [one.code for one in needs() if not (one.definition and one.definition_es)]
    assert undefined == []


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


def test_labels_in_both_languages() -> None:
    assert label("glasses") == "Glasses"
    assert label("glasses", "es") == "Lentes"


def test_an_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(UnknownTermError, match="'tooth-fairy'"):
        term("tooth-fairy")


def _row(**fields: Any) -> dict[str, Any]:
    return {"code": "a", "parent": None, "en": "A", "es": "A"} | fields


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], "holds none"),
        ([{"en": "A"}], "no code"),
        ([_row(code="Not A Slug")], "no slug"),
        ([_row(es=" ")], "no label in 'es'"),
        ([_row(), _row()], "two terms"),
        ([_row(parent="b")], "no term here"),
        ([_row(parent="b"), _row(code="b", parent="a")], "broader than itself"),
        ([_row(definition="Only English")], "one language only"),
        ([_row(colour="red")], "mean nothing"),
        ([{"code": "a", "en": "A", "es": "A"}], "states no parent"),
    ],
)
def test_a_faulty_file_is_refused_with_the_fault(rows: list[Any], fault: str) -> None:
    with pytest.raises(VocabularyError, match=fault):
        terms_from_rows(rows, "needs")
