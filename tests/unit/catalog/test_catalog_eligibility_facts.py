"""The one place that checks what an eligibility rule may say."""

from typing import Any

import pytest

from catalog.eligibility import CHECKERS, check_facts
from catalog.errors import EligibilityFactsError
from catalog.vocabulary import ELIGIBILITY_KINDS


def test_every_kind_has_a_check() -> None:
    assert set(CHECKERS) == set(ELIGIBILITY_KINDS)


@pytest.mark.parametrize(
    ("kind", "facts", "checked"),
    [
        ("age", {"low": 5.5}, {"low": 5.5, "high": None}),
        ("age", {"low": None, "high": 12}, {"low": None, "high": 12}),
        ("grade", {"low": -1, "high": 12.0}, {"low": -1, "high": 12}),
        ("residence", {"zips": ["37402", "37402"]}, {"zips": ["37402"]}),
        ("residence", {"statewide": "TN"}, {"statewide": "TN"}),
        (
            "residence",
            {"centre": [35, -85.3], "radius_metres": 800},
            {"centre": [35.0, -85.3], "radius_metres": 800},
        ),
        ("school", {"schools": ["03300005"]}, {"schools": ["03300005"]}),
        ("situation", {"any_of": ["homeless"]}, {"any_of": ["homeless"]}),
        ("insurance", {"accepted": ["none"]}, {"accepted": ["none"]}),
        ("income", {"ceiling_percent": 185}, {"ceiling_percent": 185}),
        ("gender", {"only": "male"}, {"only": "male"}),
        ("anyone", {"axis": "residence"}, {"axis": "residence"}),
    ],
)
def test_right_facts_pass(kind: str, facts: dict[str, Any], checked: dict[str, Any]) -> None:
    assert check_facts(kind, facts) == checked


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("height", {"low": 1}),
        ("age", {}),
        ("age", {"low": 12, "high": 6}),
        ("age", {"low": -1}),
        ("age", {"low": True}),
        ("age", {"low": float("nan")}),
        ("age", {"lowest": 6}),
        ("grade", {"low": 6.5}),
        ("grade", {"high": 13}),
        ("residence", {}),
        ("residence", {"zips": ["3740"]}),
        ("residence", {"counties": ["Hamilton"]}),
        ("residence", {"counties": ["Hamilton, XX"]}),
        ("residence", {"statewide": "Tennessee"}),
        ("residence", {"centre": [35, -85]}),
        ("residence", {"centre": [135, -85], "radius_metres": 5}),
        ("residence", {"centre": [35, -85], "radius_metres": 0}),
        ("residence", {"polygon": [[35, -85], [36, -85]]}),
        ("school", {"schools": []}),
        ("situation", {"any_of": ["rich"]}),
        ("situation", {"any_of": "homeless"}),
        ("insurance", {"accepted": []}),
        ("income", {"ceiling_percent": 0}),
        ("income", {"ceiling_percent": "200"}),
        ("income", {"ceiling_percent": 99.5}),
        ("gender", {"only": "girls"}),
        ("anyone", {"axis": "anyone"}),
    ],
)
def test_wrong_facts_are_refused_with_words(kind: str, facts: dict[str, Any]) -> None:
    with pytest.raises(EligibilityFactsError) as refused:
        check_facts(kind, facts)
    assert len(str(refused.value)) > 20
