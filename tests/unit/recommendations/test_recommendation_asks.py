"""What is asked: read the same way from page, API and command line; made-up codes are refused."""

from __future__ import annotations

import uuid

import pytest

from app.errors import Invalid
from app.recommendations.asking import as_domain_errors, ask_for
from app.recommendations.asks import (
    WHOLE_PLAN,
    Ask,
    Goal,
    choices,
    chosen_ask,
    first_ask,
    for_goal,
    parse_ask,
)
from matching.checks import check_profile
from matching.types import Interest, Need, Profile

GOAL = str(uuid.UUID(int=7))
PLAN = Profile(
    key="k",
    needs=(Need("glasses", 1), Need("dental-checkup", 3)),
    interests=(Interest("lego", 3),),
)


@pytest.mark.parametrize(
    ("need", "interest", "ask"),
    [
        (None, None, WHOLE_PLAN),
        ("", "  ", WHOLE_PLAN),
        ("dental-checkup", None, Ask(need="dental-checkup")),
        (" dental-checkup ", "", Ask(need="dental-checkup")),
        (None, "lego", Ask(interest="lego")),
    ],
)
def test_a_code_of_the_vocabulary_is_an_ask(
    need: str | None, interest: str | None, ask: Ask
) -> None:
    assert parse_ask(need, interest) == ask


OF_THE_PLAN = "Choose one of those in the student's plan."
ONE_OF_THEM = "Ask for one of them."
AGAIN = "Open “Find support” again and choose from there."


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        (("teeth", None), "need", f"There is no need with the code “teeth”. {OF_THE_PLAN}"),
        (("lego", None), "need", f"There is no need with the code “lego”. {OF_THE_PLAN}"),
        (
            (None, "dental-checkup"),
            "interest",
            f"There is no interest with the code “dental-checkup”. {OF_THE_PLAN}",
        ),
        (
            (None, "<script>"),
            "interest",
            f"There is no interest with the code “<script>”. {OF_THE_PLAN}",
        ),
        (("100%\n", None), "need", f"There is no need with the code “100%”. {OF_THE_PLAN}"),
        (("a\nb", None), "need", f"There is no need with the code “…”. {OF_THE_PLAN}"),
        (("x" * 500, None), "need", f"There is no need with the code “{'x' * 40}”. {OF_THE_PLAN}"),
        (
            ("dental-checkup", "lego"),
            "interest",
            f"A need and an interest were asked for at once. {ONE_OF_THEM}",
        ),
        (
            ("glasses", None, GOAL),
            "goal",
            f"A goal was asked for together with something else. {ONE_OF_THEM}",
        ),
        ((None, None, "first"), "goal", f"The student's plan has no such goal. {AGAIN}"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong_and_what_to_do(
    asked: tuple[str | None, ...], field: str, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parse_ask(*asked)
    assert str(refused.value) == says
    assert list(refused.value.fields) == [field]


def test_a_goal_is_one_of_this_plan() -> None:
    asked = parse_ask(None, None, GOAL)
    goals = [Goal(uuid.UUID(GOAL), "health", "See a dentist")]
    assert for_goal(asked, goals).terms == ("dental-checkup",)
    with pytest.raises(Invalid, match=rf"has no such goal. {AGAIN}"):
        for_goal(asked, [])


def test_what_a_referral_is_for_is_a_need_or_an_interest() -> None:
    assert ask_for("glasses") == Ask(need="glasses")
    assert ask_for("lego") == Ask(interest="lego")
    with pytest.raises(Invalid, match=rf"neither a need nor an interest that .*{AGAIN}") as refused:
        ask_for("teeth")
    assert list(refused.value.fields) == ["category"]


@pytest.mark.parametrize(
    ("arguments", "ask"),
    [
        ({"plan": "1"}, WHOLE_PLAN),
        ({"need": "glasses"}, Ask(need="glasses")),
        ({"goal": GOAL}, Ask(goal=uuid.UUID(GOAL))),
        ({"category": "glasses"}, None),
        ({}, None),
    ],
)
def test_an_address_and_a_form_choose_alike(arguments: dict[str, str], ask: Ask | None) -> None:
    assert chosen_ask(arguments) == ask


def test_a_record_that_cannot_be_matched_is_refused_as_something_to_correct() -> None:
    with pytest.raises(Invalid, match=r"Correct it in the student's record\.") as refused:  # noqa: SIM117
        with as_domain_errors():
            check_profile(Profile("k", county="Hamilton"))
    assert list(refused.value.fields) == ["county"]


@pytest.mark.parametrize(
    ("ask", "preset"),
    [
        (Ask(need="dental-checkup"), "urgent"),
        (Ask(need="glasses"), "balanced"),
        (Ask(need="food-pantry"), "balanced"),
        (Ask(interest="lego"), "enrichment"),
        (WHOLE_PLAN, "balanced"),
    ],
)
def test_the_preset_goes_by_urgency_and_kind(ask: Ask, preset: str) -> None:
    assert ask.preset(PLAN) == preset


def test_the_most_urgent_need_comes_first_and_without_needs_the_plan() -> None:
    assert first_ask(PLAN) == Ask(need="dental-checkup")
    assert first_ask(Profile(key="k", interests=PLAN.interests)) == WHOLE_PLAN


def test_choices_are_the_plan_and_what_was_asked_beyond_it() -> None:
    rows = choices(PLAN, Ask(need="food-pantry"))
    assert [(row.kind, row.code) for row in rows] == [
        ("need", "glasses"),
        ("need", "dental-checkup"),
        ("interest", "lego"),
        ("need", "food-pantry"),
        ("plan", None),
    ]
    assert [row.code for row in rows if row.is_chosen] == ["food-pantry"]
    assert choices(Profile(key="k"), WHOLE_PLAN) == ()


def test_a_code_that_the_vocabulary_has_lost_is_shown_as_it_is() -> None:
    (row, _) = choices(Profile(key="k", needs=(Need("old-code", 2),)), WHOLE_PLAN)
    assert row.label == "old-code"
