"""The state table: every state × action × side has one answer, and the documentation says the same."""

from itertools import product
from pathlib import Path

import pytest

from app.referrals import diagram, wording
from app.referrals.states import (
    CLOSE_REASONS,
    CLOSED,
    DECLINE_REASONS,
    FHIR_TASK_STATUS,
    NEXT_MOVE,
    OPEN,
    OUTCOMES,
    TRANSITIONS,
    Refusal,
    Side,
    State,
    Transition,
    decide,
    possible_actions,
)

D, S, O, W, A, X, I, C, N, Z, E = State  # noqa: E741 - the table below reads across
PM, PA, SY = Side.PLAN_MANAGER, Side.PARTNER, Side.SYSTEM

# Written out by hand, so that a change of the table is seen here: (action, side) -> {from: to}.
ALLOWED = {
    ("send", PM): {D: S},
    ("open", PA): {S: O},
    ("accept", PA): {O: A, W: A},
    ("waitlist", PA): {O: W},
    ("decline", PA): {O: X, W: X},
    ("start", PA): {A: I},
    ("complete", PA): {A: C, I: C},
    ("complete", PM): {A: C, I: C},
    ("not_complete", PA): {W: N, A: N, I: N},
    ("not_complete", PM): {W: N, A: N, I: N},
    ("withdraw", PM): {D: Z, S: Z, O: Z, W: Z, A: Z, I: Z},
    ("expire", SY): {S: E, O: E},
}


@pytest.mark.parametrize(
    ("action", "state", "side"), list(product(TRANSITIONS, State, Side)), ids=str
)
def test_every_state_action_and_side(action: str, state: State, side: Side) -> None:
    reason = "no_capacity" if action == "decline" else "other"
    answer = decide(action, state, side, reason=reason, outcome="enrolled")
    expected = ALLOWED.get((action, side), {}).get(state)
    if expected is None:
        assert isinstance(answer, Refusal)
        assert action not in possible_actions(state, side)
    else:
        assert isinstance(answer, Transition)
        assert answer.target is expected
        assert action in possible_actions(state, side)


@pytest.mark.parametrize("action", ["decline", "not_complete", "withdraw", "complete"])
@pytest.mark.parametrize("given", [None, "", "made up"])
def test_a_step_that_needs_a_reason_is_refused_without_one(action: str, given: str | None) -> None:
    transition = TRANSITIONS[action]
    answer = decide(
        action,
        min(transition.sources),
        min(transition.sides),
        reason=given,
        outcome=given,
    )
    assert isinstance(answer, Refusal)
    assert answer.code == "missing"


def test_a_second_click_is_told_apart_from_a_wrong_step() -> None:
    again = decide("accept", State.ACCEPTED, Side.PARTNER, reason=None, outcome=None)
    late = decide("accept", State.WITHDRAWN, Side.PARTNER, reason=None, outcome=None)
    assert isinstance(again, Refusal)
    assert isinstance(late, Refusal)
    assert (again.code, late.code) == ("already_done", "wrong_state")


def test_nothing_leads_out_of_a_closed_state() -> None:
    assert set(State) == OPEN | CLOSED
    assert not any(t.sources & CLOSED for t in TRANSITIONS.values())


def test_every_state_is_reached_and_every_open_one_can_end() -> None:
    reached = {State.DRAFT} | {t.target for t in TRANSITIONS.values()}
    assert reached == set(State)
    for state in OPEN:
        assert any(state in t.sources and t.target in CLOSED for t in TRANSITIONS.values())


def test_every_state_step_and_reason_has_words_and_a_fhir_status() -> None:
    assert set(wording.STATES) == set(NEXT_MOVE) == set(FHIR_TASK_STATUS) == set(State)
    assert set(TRANSITIONS) <= set(wording.EVENTS)
    assert {*DECLINE_REASONS, *CLOSE_REASONS, *OUTCOMES} == set(wording.REASONS)


def test_the_documentation_is_made_from_the_table() -> None:
    written = Path("docs/referral-states.md").read_text(encoding="utf-8")
    assert written == diagram.page(), (
        "run: python -m app.referrals.diagram > docs/referral-states.md"
    )
