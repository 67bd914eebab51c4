"""Labels of a directory as eligibility rules, and the labels that must not become one."""

from typing import Any

import pytest

from catalog.eligibility import check_facts
from catalog.importers.eligibility_terms import read_labels


def facts_of(*labels: str) -> list[tuple[str, dict[str, Any]]]:
    return [(rule.kind, check_facts(rule.kind, rule.facts)) for rule in read_labels(labels).rules]


@pytest.mark.parametrize(
    ("label", "kind", "facts"),
    [
        ("Youth (6-12)", "age", {"low": 6, "high": 12}),
        ("Seniors (55+)", "age", {"low": 55, "high": None}),
        ("Ages 21+", "age", {"low": 21, "high": None}),
        ("Ages 5 to 12", "age", {"low": 5, "high": 12}),
        ("All Ages", "anyone", {"axis": "age"}),
        ("High School Students", "grade", {"low": 9, "high": 12}),
        ("200% Federal Poverty Line", "income", {"ceiling_percent": 200}),
        ("At or below 500% FPL", "income", {"ceiling_percent": 500}),
        ("Resident of 37402 Zip Code", "residence", {"zips": ["37402"]}),
        ("DC Resident", "residence", {"statewide": "DC"}),
        ("Tennessee Residents", "residence", {"statewide": "TN"}),
        ("Hamilton County, TN Residents", "residence", {"counties": ["Hamilton, TN"]}),
        ("Homeless", "situation", {"any_of": ["homeless"]}),
        ("Medicaid Recipient", "insurance", {"accepted": ["tenncare"]}),
        ("Women/Girls", "gender", {"only": "female"}),
    ],
)
def test_one_label_one_rule(label: str, kind: str, facts: dict[str, Any]) -> None:
    assert facts_of(label) == [(kind, facts)]


@pytest.mark.parametrize(
    "label",
    ["Latinx", "African American", "Living with a Disability", "LGBTQ", "Immigrants", "Cancer",
     "Undocumented", "Parents", "Age Group", "In Danger"],
)  # fmt: skip
def test_labels_of_protected_groups_and_of_audience_make_no_rule(label: str) -> None:
    assert facts_of(label) == []


def test_labels_of_one_axis_are_alternatives() -> None:
    assert facts_of("Youth (6-12)", "Teens (13-19)") == [
        ("age", {"low": 6, "high": 12}),
        ("age", {"low": 13, "high": 19}),
    ]
    assert facts_of("Homeless", "Foster Youth") == [
        ("situation", {"any_of": ["homeless", "foster"]})
    ]
    assert facts_of("125% Federal Poverty Line", "200% Federal Poverty Line") == [
        ("income", {"ceiling_percent": 200})
    ]
    assert facts_of("Women/Girls", "Men/Boys") == [("anyone", {"axis": "gender"})]


@pytest.mark.parametrize(
    ("labels", "axis"),
    [
        (("Homeless", "Near Homeless"), "situation"),
        (("Refugees", "Immigrants"), "situation"),
        (("Homeless", "Latinx"), "situation"),
        (("DC Resident", "Ward 8 Resident"), "residence"),
        (("200% Federal Poverty Line", "Low-income"), "income"),
        (("Women/Girls", "Transgender Women"), "gender"),
        (("Uninsured", "Not eligible for Medicaid"), "insurance"),
        (("Youth (6-12)", "Elementary School Students"), "grade"),
    ],
)
def test_no_rule_turns_away_whom_an_unclear_label_welcomes(
    labels: tuple[str, ...], axis: str
) -> None:
    read = read_labels(labels)
    assert axis in read.withheld
    assert axis not in {rule.kind for rule in read.rules}


def test_the_source_text_says_what_the_rule_was_read_from() -> None:
    (rule,) = read_labels(["Homeless", "Foster Youth"]).rules
    assert rule.source_text == "Homeless, Foster Youth"


def test_two_states_are_alternatives_in_a_row_each() -> None:
    assert facts_of("Maryland Resident", "Virginia Resident") == [
        ("residence", {"statewide": "MD"}),
        ("residence", {"statewide": "VA"}),
    ]
