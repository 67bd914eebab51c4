"""A near miss asks for no more than it must: one step less, in the change's own unit, is not enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from matching.question import Question
from matching.rule import Circumstances
from matching.rules import RULES, apply_change, smallest_change
from matching.types import Hours, Offer, Profile, Reason, Verdict
from matching.waiting import wait_until
from tests.unit.matching.cases import (
    HERE,
    MIDDLE_SCHOOL,
    SIX_TO_TWELVE,
    TEN_MILES,
    TUESDAY_AFTERNOON,
    TWO_MILES,
    offer_with,
    profile_with,
    told,
)
from tests.unit.matching.strategies import TODAY, question

LOAD = {"service": 4}
SOON = TODAY + timedelta(days=5)  # while "none free" is still believed

# What was asked, the change, and the circumstances after it -> those after one step less.
Less = Callable[[Question, Offer, Reason, Circumstances], list[Circumstances]]


def a_day(
    asked: Question, offer: Offer, change: Reason, after: Circumstances
) -> list[Circumstances]:
    """The day before, when the student is a day younger and perhaps a grade lower."""
    before = after[2] - timedelta(days=1)
    wait = wait_until(change.rule, change.code, before, asked)
    return [
        (asked.profile, offer, asked.on)
        if wait is None
        else apply_change(asked.profile, offer, asked.on, wait)
    ]


def nothing(
    asked: Question, offer: Offer, _change: Reason, _after: Circumstances
) -> list[Circumstances]:
    """What has no degrees is done or not."""
    return [(asked.profile, offer, asked.on)]


def of_profile(less: Callable[[Profile], list[Profile]]) -> Less:
    """The student after one step less, all else as after the change."""
    return lambda _asked, _offer, _change, after: [(one, *after[1:]) for one in less(after[0])]


def of_offer(less: Callable[[Offer], Offer]) -> Less:
    """The program after one step less, all else as after the change."""
    return lambda _asked, _offer, _change, after: [(after[0], less(after[1]), after[2])]


def a_percent(profile: Profile) -> list[Profile]:
    assert profile.income_percent is not None
    return [replace(profile, income_percent=profile.income_percent + 1)]


def a_minute(profile: Profile) -> list[Profile]:
    """Off the front of the free stretch in addition, and off its end."""
    *free, stretch = profile.free_hours or ()
    day, opens, closes = stretch.weekday, stretch.opens, stretch.closes
    return [
        replace(profile, free_hours=(*free, shorter))
        for shorter in (Hours(day, opens + 1, closes), Hours(day, opens, closes - 1))
    ]


def a_seat(offer: Offer) -> Offer:
    assert offer.openings.available is not None
    return replace(offer, openings=replace(offer.openings, available=offer.openings.available - 1))


def a_referral(offer: Offer) -> Offer:
    assert offer.referral_cap is not None
    return replace(offer, referral_cap=offer.referral_cap - 1)


def by(way: str) -> Less:
    return of_profile(lambda profile: [replace(profile, travel=way)])


# Code of the change: facts of the offer and of the profile that miss, and one step less of it.
SMALLEST: dict[str, tuple[dict[str, Any], dict[str, Any], Less]] = {
    "season_begins": ({"season": (date(2027, 3, 3), None)}, {}, a_day),
    "old_enough": ({"ages": SIX_TO_TWELVE}, {"age": 5.5}, a_day),
    "in_grade": ({"grades": MIDDLE_SCHOOL}, {"grade": 5, "age": 10.5}, a_day),
    "try_again": ({}, {"declined": {"service": date(2027, 1, 15)}}, a_day),
    "next_intake": (told(0, has_waitlist=False, next_intake=SOON), {}, a_day),
    "place_opens": (told(0, has_waitlist=False), {}, of_offer(a_seat)),
    "one_more": ({"referral_cap": 2}, {}, of_offer(a_referral)),
    "income_at_ceiling": (
        {"income_ceiling": 200},
        {"income_percent": 215},
        of_profile(a_percent),
    ),
    "free_then": (
        {"hours": TUESDAY_AFTERNOON},
        {"free_hours": (Hours(1, 975, 1020),)},
        of_profile(a_minute),
    ),
    "ride_by_bus": ({"point": TWO_MILES}, {"home": HERE, "travel": "foot"}, by("foot")),
    "ride_by_car": ({"point": TEN_MILES}, {"home": HERE, "travel": "foot"}, by("bus")),
    "get_insured": ({"insurance": frozenset({"tenncare"})}, {"insurance": "none"}, nothing),
    "bring_interpreter": (
        {"languages": frozenset({"en"}), "has_interpreter": False},
        {"languages": ("es",)},
        nothing,
    ),
}


def test_every_change_stands_in_the_table() -> None:
    assert set(SMALLEST) == {code for rule in RULES for code in rule.change_codes}


@pytest.mark.parametrize("code", SMALLEST)
def test_one_step_less_than_the_smallest_change_still_misses(code: str) -> None:
    offer_facts, facts, less = SMALLEST[code]
    offer, profile = offer_with(offer_facts), profile_with(facts)
    asked = question(profile, [offer], load=LOAD)
    (judge,) = (rule.judge for rule in RULES if code in rule.change_codes)
    reason = judge(offer, asked)
    assert reason is not None
    change = smallest_change(offer, reason, asked)
    assert change is not None
    assert change.code == code

    def says(circumstances: Circumstances) -> Verdict:
        student, program, on = circumstances
        said = judge(program, question(student, [program], load=LOAD, on=on))
        return Verdict.YES if said is None else said.verdict

    after = apply_change(profile, offer, TODAY, change)
    assert says(after) is not Verdict.NO
    stepped = less(asked, offer, change, after)
    assert stepped
    assert [says(one) for one in stepped] == [Verdict.NO] * len(stepped)
