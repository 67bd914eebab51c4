"""A near miss asks for no more than it must: one step less, in the change's own unit, is not enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.checks import WAYS_OF_TRAVEL
from matching.question import Question
from matching.rule import Circumstances, Rule
from matching.rules import RULE_OF, RULES, apply_change, free_time, openings, reach, smallest_change
from matching.types import Hours, Offer, Profile, Reason, Verdict
from matching.waiting import wait_until
from matching.week import DAY_MINUTES
from tests.unit.matching.cases import CHANGE_CASES, HERE, offer_with, profile_with, told
from tests.unit.matching.strategies import PARAMETERS, TODAY, loads, offers, profiles, question

LOAD = {"service": 4}
A_YEAR = PARAMETERS["balanced"].near_miss_longest_wait

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


def a_way(
    asked: Question, _offer: Offer, change: Reason, after: Circumstances
) -> list[Circumstances]:
    """Every way of travel from the family's own up to the one before the ride's."""
    own, ride = (WAYS_OF_TRAVEL.index(str(way)) for way in (asked.profile.travel, after[0].travel))
    return [(replace(after[0], travel=way), *after[1:]) for way in WAYS_OF_TRAVEL[own:ride]]


# One step less of each change, by its code.
LESS: dict[str, Less] = {
    "season_begins": a_day,
    "old_enough": a_day,
    "in_grade": a_day,
    "try_again": a_day,
    "next_intake": a_day,
    "ask_again": a_day,
    "place_opens": of_offer(a_seat),
    "one_more": of_offer(a_referral),
    "income_at_ceiling": of_profile(a_percent),
    "free_then": of_profile(a_minute),
    "ride_by_bus": a_way,
    "ride_by_car": a_way,
    "get_insured": nothing,
    "bring_interpreter": nothing,
}


def check(rule: Rule, offer: Offer, asked: Question) -> str | None:
    """That the change of the rule's NO turns it, and one step less does not; the change's code."""
    reason = rule.judge(offer, asked)
    if reason is None or reason.verdict is not Verdict.NO:
        return None
    change = smallest_change(offer, reason, asked)
    if change is None:
        return None

    def says(circumstances: Circumstances) -> Verdict:
        student, program, on = circumstances
        said = rule.judge(program, question(student, [program], load=dict(asked.load), on=on))
        return Verdict.YES if said is None else said.verdict

    after = apply_change(asked.profile, offer, asked.on, change)
    assert says(after) is not Verdict.NO, change
    stepped = LESS[change.code](asked, offer, change, after)
    assert stepped
    assert [says(one) for one in stepped] == [Verdict.NO] * len(stepped), change
    return change.code


def test_every_change_has_a_step() -> None:
    assert set(LESS) == {code for rule in RULES for code in rule.change_codes}


@pytest.mark.parametrize(
    ("rule", "offer_facts", "facts", "code"),
    [
        pytest.param(rule, *row, id=f"{rule}-{number}-{row[2]}")
        for rule, rows in CHANGE_CASES.items()
        for number, row in enumerate(rows)
    ],
)
def test_one_step_less_than_the_change_of_every_case_still_misses(
    rule: str, offer_facts: dict[str, Any], facts: dict[str, Any], code: str | None
) -> None:
    offer = offer_with(offer_facts)
    asked = question(profile_with(facts), [offer], load=LOAD)
    assert check(RULE_OF[rule], offer, asked) == code


@given(offers(), profiles, loads, st.sampled_from([rule for rule in RULES if rule.change]))
@settings(max_examples=500, deadline=None)
def test_one_step_less_than_the_change_of_any_rule_still_misses(
    offer: Offer, profile: Profile, load: dict[str, int], rule: Rule
) -> None:
    check(rule, offer, question(profile, [offer], load=load))


@given(
    as_of=st.integers(-60, 3),
    intake=st.integers(-60, 400),
    stale_after=st.sampled_from([1, 42, 400]),
)
@settings(max_examples=200, deadline=None)
def test_a_full_program_is_waited_for_until_the_first_day_that_it_is_not_surely_full(
    as_of: int, intake: int, stale_after: int
) -> None:
    """Day by day: its next intake, or the day on which what it told is too old."""
    told_on, begins = (TODAY + timedelta(days=count) for count in (as_of, intake))
    offer = offer_with(told(0, told_on, has_waitlist=False, next_intake=begins))
    asked = question(profile_with({}), [offer])
    asked = replace(asked, parameters=replace(asked.parameters, openings_stale_after=stale_after))
    reason = openings.judge(offer, asked)
    if reason is None or reason.verdict is not Verdict.NO:
        return
    change = smallest_change(offer, reason, asked)
    assert change is not None
    if change.code == "place_opens":
        assert begins <= max(told_on, TODAY) or (begins - TODAY).days > A_YEAR
        return
    days = (TODAY + timedelta(days=count) for count in range(A_YEAR + 1))
    judged = ((day, openings.judge(offer, replace(asked, on=day))) for day in days)
    first = next(day for day, said in judged if said is None or said.verdict is not Verdict.NO)
    assert change.facts["on"] == first
    assert (change.code == "next_intake") == (first == begins)


@given(
    north=st.floats(0, 0.5),
    within=st.sampled_from([0, 500, 4_000, 20_000]),
    travel=st.sampled_from(WAYS_OF_TRAVEL),
)
@settings(max_examples=200, deadline=None)
def test_a_ride_is_told_wherever_one_would_do(north: float, within: int, travel: str) -> None:
    place = replace(HERE, latitude=HERE.latitude + north)
    offer = offer_with({"point": place, "point_within": within})
    asked = question(profile_with({"home": HERE, "travel": travel}), [offer])
    if check(RULE_OF["reach"], offer, asked) is None:
        judged = [
            reach.judge(offer, question(replace(asked.profile, travel=way), [offer]))
            for way in WAYS_OF_TRAVEL
        ]
        own = judged[WAYS_OF_TRAVEL.index(travel)]
        is_near = own is None or own.verdict is not Verdict.NO
        assert is_near or all(said and said.verdict is Verdict.NO for said in judged)


ten_minutes = st.integers(0, 143).map(lambda tens: 10 * tens)


@st.composite
def stretches(draw: st.DrawFn) -> Hours:
    """Of ten minutes and more, on one of two days that follow each other, around midnight too."""
    opens = draw(ten_minutes | st.sampled_from([0, 1380, 1400, 1420]))
    longest = (DAY_MINUTES - opens) // 10
    closes = opens + 10 * draw(st.integers(1, longest) | st.just(longest))
    return Hours(draw(st.sampled_from([1, 2])), opens, closes)


@given(
    hours=st.lists(stretches(), min_size=1, max_size=3).map(tuple),
    free=st.lists(stretches(), max_size=3).map(tuple),
)
@settings(max_examples=200, deadline=None)
def test_no_shorter_free_stretch_anywhere_in_a_day_would_do(
    hours: tuple[Hours, ...], free: tuple[Hours, ...]
) -> None:
    """Tried out: every stretch of ten minutes less on every day; where no change is told, whole days."""
    offer, profile = offer_with({"hours": hours}), profile_with({"free_hours": free})
    asked = question(profile, [offer])
    reason = free_time.judge(offer, asked)
    if reason is None:
        return
    change = smallest_change(offer, reason, asked)
    length = DAY_MINUTES if change is None else cast("int", change.facts["minutes"]) - 10
    for day in (1, 2):
        for start in range(0, DAY_MINUTES - length + 10, 10) if length else ():
            freer = replace(profile, free_hours=(*free, Hours(day, start, start + length)))
            assert free_time.judge(offer, question(freer, [offer])) is not None
