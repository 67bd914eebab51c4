"""What is asked: read the same way from page, API and command line; made-up codes are refused."""

from __future__ import annotations

import pytest

from app.errors import Invalid
from app.recommendations.asks import WHOLE_PLAN, Ask, choices, first_ask, parse_ask
from matching.types import Interest, Need, Profile

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


@pytest.mark.parametrize(
    ("need", "interest", "field"),
    [
        ("teeth", None, "need"),
        ("lego", None, "need"),  # an interest is no need
        (None, "dental-checkup", "interest"),
        (None, "<script>", "interest"),
        ("dental-checkup", "lego", "interest"),
        ("x" * 500, None, "need"),
    ],
)
def test_anything_else_is_refused_with_the_field(
    need: str | None, interest: str | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        parse_ask(need, interest)
    assert field in refused.value.fields
    assert len(str(refused.value)) < 200


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
