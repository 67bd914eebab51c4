"""What each rule promises, as tables; and that the registry is the folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching import rules
from matching.rules import RULE_OF, RULES, apply_change, judge_all, smallest_change
from matching.types import Hours, Range, Reason, Verdict
from tests.unit.matching.cases import (
    CHANGE_CASES,
    MIDDLE_SCHOOL,
    RULE_CASES,
    TUESDAY_AFTERNOON,
    offer_with,
    profile_with,
)
from tests.unit.matching.strategies import TODAY, question

LOAD = {"service": 2}


def flat(cases: dict[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(rule, *row, id=f"{rule}-{number}-{row[2]}")
        for rule, rows in cases.items()
        for number, row in enumerate(rows)
    ]


def change_of(rule: str, offer_facts: dict[str, Any], facts: dict[str, Any]) -> Reason | None:
    offer, profile = offer_with(offer_facts), profile_with(facts)
    asked = question(profile, [offer], load=LOAD)
    reason = RULE_OF[rule].judge(offer, asked)
    assert reason is not None
    assert reason.verdict is Verdict.NO
    return smallest_change(offer, reason, asked)


@pytest.mark.parametrize(("rule", "offer_facts", "facts", "code"), flat(RULE_CASES))
def test_a_rule_answers_by_its_policy(
    rule: str, offer_facts: dict[str, Any], facts: dict[str, Any], code: str | None
) -> None:
    offer, profile = offer_with(offer_facts), profile_with(facts)
    reason = RULE_OF[rule].judge(offer, question(profile, [offer], load=LOAD))
    assert (None if reason is None else reason.code) == code


@pytest.mark.parametrize(("rule", "offer_facts", "facts", "code"), flat(CHANGE_CASES))
def test_a_change_turns_the_rule(
    rule: str, offer_facts: dict[str, Any], facts: dict[str, Any], code: str | None
) -> None:
    change = change_of(rule, offer_facts, facts)
    assert (None if change is None else change.code) == code
    if change is not None:
        profile, offer, on = apply_change(
            profile_with(facts), offer_with(offer_facts), TODAY, change
        )
        after = RULE_OF[rule].judge(offer, question(profile, [offer], load=LOAD, on=on))
        assert after is None or after.verdict is Verdict.UNKNOWN


def test_every_code_of_every_rule_stands_in_the_tables() -> None:
    for rule in RULES:
        told = {row[2] for row in RULE_CASES[rule.name]} - {None}
        assert told == set(rule.codes), rule.name
        changes = {row[2] for row in CHANGE_CASES.get(rule.name, [])} - {None}
        assert changes == set(rule.change_codes), rule.name
        assert (rule.change is None) == (rule.apply is None) == (not rule.change_codes), rule.name


def test_every_file_of_the_folder_is_a_rule_and_named_so() -> None:
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {rule.name for rule in RULES}
    assert len(RULE_OF) == len(RULES)


def test_the_day_of_a_birthday_is_the_first_that_is_enough() -> None:
    change = change_of("age", {"ages": (Range(6, 12),)}, {"age": 5.5})
    assert change is not None
    assert change.facts["on"] == date(2027, 5, 25)  # 183 days
    assert change.facts["age_then"] >= 6.0
    assert 5.5 + 182 / 365.2425 < 6.0


def test_a_grade_comes_with_the_next_school_year() -> None:
    change = change_of("grade", {"grades": MIDDLE_SCHOOL}, {"grade": 5, "age": 10.5})
    assert change is not None
    assert (change.facts["on"], change.facts["grade_then"]) == (date(2027, 8, 1), 6)
    assert change.facts["age_then"] == pytest.approx(11.19, abs=0.01)


@pytest.mark.parametrize(
    ("free", "stretch"),
    [
        ((Hours(1, 975, 1020),), Hours(1, 960, 975)),  # 45 minutes free, 15 before are missing
        ((Hours(1, 900, 960),), Hours(1, 960, 990)),
        ((Hours(1, 940, 950),), Hours(1, 950, 1000)),
        ((Hours(1, 930, 950), Hours(1, 970, 1020)), Hours(1, 960, 970)),  # joins two
        ((Hours(2, 0, 1440),), Hours(1, 930, 990)),
    ],
)
def test_the_least_free_time_in_addition(free: tuple[Hours, ...], stretch: Hours) -> None:
    change = change_of("free_time", {"hours": TUESDAY_AFTERNOON}, {"free_hours": free})
    assert change is not None
    assert change.facts["stretch"] == stretch


WEDNESDAY, SATURDAY = Hours(2, 600, 1080), Hours(5, 600, 720)


@pytest.mark.parametrize(
    ("hours", "free", "stretch"),
    [
        pytest.param((WEDNESDAY,), (), Hours(2, 930, 990), id="later the same day"),
        pytest.param((Hours(2, 600, 900), SATURDAY), (), Hours(5, 600, 660), id="or on Saturday"),
        pytest.param((Hours(2, 480, 1000),), (), Hours(2, 930, 990), id="as soon as school is out"),
        pytest.param((Hours(2, 400, 900),), (), Hours(2, 400, 460), id="or before it begins"),
        pytest.param((Hours(2, 600, 900),), (), Hours(2, 600, 660), id="in school hours alone"),
        pytest.param(
            (WEDNESDAY, SATURDAY),
            (Hours(2, 660, 700),),
            Hours(2, 640, 660),
            id="but never longer than it must be",
        ),
    ],
)
def test_of_equally_short_times_one_outside_school_hours_is_told(
    hours: tuple[Hours, ...], free: tuple[Hours, ...], stretch: Hours
) -> None:
    change = change_of("free_time", {"hours": hours}, {"free_hours": free})
    assert change is not None
    assert change.facts["stretch"] == stretch


def test_all_refusals_are_told_and_not_only_the_first() -> None:
    offer = offer_with({"is_active": False, "ages": (Range(6, 12),), "gender": "female"})
    profile = profile_with({"age": 15.0, "gender": "male"})
    codes = [reason.code for reason in judge_all(offer, question(profile, [offer]))]
    assert codes[:3] == ["inactive", "too_old", "area_not_stated"]
    assert "other_gender" in codes


def test_a_change_of_no_rule_is_an_error() -> None:
    with pytest.raises(KeyError, match="gender"):
        apply_change(profile_with({}), offer_with({}), TODAY, Reason("gender", Verdict.YES, "none"))
