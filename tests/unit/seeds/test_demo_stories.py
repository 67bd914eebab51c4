"""The demonstration's past is one that the app allows, whatever the day on which it is loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.families.services import ANSWERS
from app.referrals.services import UNANSWERED_AFTER
from app.referrals.states import Side, State, Transition, decide
from seeds.accounts import DEMO_ACCOUNTS
from seeds.stories import Case, Scene, scenes

MONDAY = datetime(2026, 10, 12, 14, 0, tzinfo=UTC)
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis puts the zone on
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def chance(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - tells stories, guards nothing


def by_case(told: Iterable[Scene]) -> dict[Case, list[Scene]]:
    found: dict[Case, list[Scene]] = {}
    for scene in told:
        found.setdefault(scene.case, []).append(scene)
    return found


def side_of(scene: Scene) -> Side:
    is_managers = scene.do in {"send", "withdraw"} or scene.by == "manager"
    return Side.PLAN_MANAGER if is_managers else Side.PARTNER


def played(told: list[Scene]) -> dict[Case, list[State]]:
    """The states in which each referral ends; every step must be one that the table allows, and
    the nightly job must expire only what a story lets expire.
    """
    unanswered = {scene.case for scene in told if scene.do == "expire"}
    ends: dict[Case, list[State]] = {}
    changed: dict[Case, datetime] = {}
    for scene in told:
        case = scene.case
        if case.kind != "referral":
            continue
        if scene.do == "draft":
            ends.setdefault(case, []).append(State.DRAFT)
        elif scene.do == "expire":
            stale = {
                other
                for other, at in changed.items()
                if at <= scene.at - UNANSWERED_AFTER
                and ends[other][-1] in {State.SENT, State.OPENED}
            }
            assert stale <= unanswered
            for other in stale:
                ends[other][-1] = State.EXPIRED
            assert ends[case][-1] is State.EXPIRED
        else:
            ends[case][-1] = target(scene, ends[case][-1])
        changed[case] = scene.at
    return ends


def target(scene: Scene, state: State) -> State:
    is_end = scene.do == "complete"
    step = decide(
        scene.do,
        state,
        side_of(scene),
        reason=None if is_end else scene.why,
        outcome=scene.why if is_end else None,
    )
    assert isinstance(step, Transition), (scene, step)
    return step.target


@given(now=MOMENTS, seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_on_every_day_of_the_year_it_is_one_that_could_have_been(now: datetime, seed: int) -> None:
    told = scenes(now, chance(seed))
    assert [scene.at for scene in told] == sorted(scene.at for scene in told)
    assert all(scene.at < now for scene in told)
    for steps in by_case(told).values():
        times = [scene.at for scene in steps]
        assert len(set(times)) == len(times)
    played(told)


def test_referrals_and_answers_of_every_kind_happen_at_the_tours_schools() -> None:
    told = scenes(MONDAY, chance())
    ends = played(told)
    at_tour = Counter(state for case, one in ends.items() if case.place == "tour" for state in one)
    assert set(at_tour) == set(State)
    assert 25 <= sum(at_tour.values()) <= 45
    assert sum(len(one) for one in ends.values()) <= 150
    assert {scene.why for scene in told if scene.do == "answer"} == set(ANSWERS)


def test_partners_and_managers_work_on_weekdays() -> None:
    told = scenes(MONDAY, chance())
    older = [s for s in told if s.at < MONDAY - timedelta(days=1) and s.do != "expire"]
    assert {scene.at.weekday() for scene in older} == {0, 1, 2, 3, 4}


def test_both_partners_to_try_are_asked() -> None:
    asked = {scene.case.partner for scene in scenes(MONDAY, chance())}
    assert {one.organization for one in DEMO_ACCOUNTS if one.organization} <= asked


def test_the_same_day_tells_the_same_past() -> None:
    assert scenes(MONDAY, chance()) == scenes(MONDAY, chance())


def test_where_students_are_few_each_story_is_told_once_before_any_is_told_twice() -> None:
    whole = {s.case for s in scenes(MONDAY, chance()) if s.case.kind == "referral"}
    told = scenes(MONDAY, chance(), room={"tour": 10, "elsewhere": 500})
    kept = {s.case for s in told if s.case.kind == "referral"}
    at_tour = [case for case in kept if case.place == "tour"]
    assert len(at_tour) == 10
    assert {case.telling for case in at_tour} == {0}
    elsewhere = {case for case in whole if case.place == "elsewhere"}
    assert {case.number for case in kept} >= {case.number for case in elsewhere}
