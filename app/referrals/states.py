"""The life of a referral as one pure table. `apply_action` in services.py is the only door.

States carry the field's names (Gravity SDOH, BSeR); docs/referral-states.md is generated from here
and compared in the tests. No imports from the rest of the app.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class State(enum.StrEnum):
    """Where a referral stands."""

    DRAFT = "draft"
    SENT = "sent"
    OPENED = "opened"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    IN_SERVICE = "in_service"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Side(enum.StrEnum):
    """Who acts, or who moves next."""

    PLAN_MANAGER = "plan_manager"
    PARTNER = "partner"
    SYSTEM = "system"


OPEN = frozenset(
    {
        State.DRAFT,
        State.SENT,
        State.OPENED,
        State.WAITLISTED,
        State.ACCEPTED,
        State.IN_SERVICE,
    }
)
CLOSED = frozenset(State) - OPEN
WITH_PARTNER = OPEN - {State.DRAFT}
GOES_THERE = frozenset({State.ACCEPTED, State.IN_SERVICE})

NEXT_MOVE: dict[State, Side | None] = {
    State.DRAFT: Side.PLAN_MANAGER,
    State.SENT: Side.PARTNER,
    State.OPENED: Side.PARTNER,
    State.WAITLISTED: Side.PARTNER,
    State.ACCEPTED: Side.PARTNER,
    State.IN_SERVICE: Side.PARTNER,
    State.DECLINED: Side.PLAN_MANAGER,
    State.NOT_COMPLETED: Side.PLAN_MANAGER,
    State.EXPIRED: Side.PLAN_MANAGER,
    State.COMPLETED: None,
    State.WITHDRAWN: None,
}

# Days in which the next move is expected, counted from the change of state.
DAYS_TO_MOVE: dict[State, int] = {
    State.SENT: 5,
    State.OPENED: 3,
    State.WAITLISTED: 30,
    State.ACCEPTED: 14,
    State.IN_SERVICE: 60,
}

# HL7 FHIR Task.status, as the Gravity SDOH Clinical Care guide uses it.
FHIR_TASK_STATUS: dict[State, str] = {
    State.DRAFT: "draft",
    State.SENT: "requested",
    State.OPENED: "requested",
    State.WAITLISTED: "on-hold",
    State.ACCEPTED: "accepted",
    State.DECLINED: "rejected",
    State.IN_SERVICE: "in-progress",
    State.COMPLETED: "completed",
    State.NOT_COMPLETED: "failed",
    State.WITHDRAWN: "cancelled",
    State.EXPIRED: "cancelled",
}


class Needs(enum.StrEnum):
    """What an action must bring with it."""

    NOTHING = "nothing"
    DECLINE_REASON = "decline_reason"
    CLOSE_REASON = "close_reason"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Transition:
    """`action` takes a referral from any of `sources` to `target`, by one of `sides`."""

    action: str
    sources: frozenset[State]
    target: State
    sides: frozenset[Side]
    needs: Needs = Needs.NOTHING


MANAGER = frozenset({Side.PLAN_MANAGER})
PARTNER = frozenset({Side.PARTNER})
EITHER = MANAGER | PARTNER

TRANSITIONS: dict[str, Transition] = {
    t.action: t
    for t in (
        Transition("send", frozenset({State.DRAFT}), State.SENT, MANAGER),
        Transition("open", frozenset({State.SENT}), State.OPENED, PARTNER),
        Transition("accept", frozenset({State.OPENED, State.WAITLISTED}), State.ACCEPTED, PARTNER),
        Transition("waitlist", frozenset({State.OPENED}), State.WAITLISTED, PARTNER),
        Transition(
            "decline",
            frozenset({State.OPENED, State.WAITLISTED}),
            State.DECLINED,
            PARTNER,
            Needs.DECLINE_REASON,
        ),
        Transition("start", frozenset({State.ACCEPTED}), State.IN_SERVICE, PARTNER),
        Transition(
            "complete",
            frozenset({State.ACCEPTED, State.IN_SERVICE}),
            State.COMPLETED,
            EITHER,
            Needs.OUTCOME,
        ),
        Transition(
            "not_complete",
            frozenset({State.WAITLISTED, State.ACCEPTED, State.IN_SERVICE}),
            State.NOT_COMPLETED,
            EITHER,
            Needs.CLOSE_REASON,
        ),
        Transition("withdraw", OPEN, State.WITHDRAWN, MANAGER, Needs.CLOSE_REASON),
        Transition(
            "expire",
            frozenset({State.SENT, State.OPENED}),
            State.EXPIRED,
            frozenset({Side.SYSTEM}),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action is not possible: `code` is wrong_side, wrong_state, already_done or missing."""

    code: str
    action: str
    state: State
    needs: Needs = Needs.NOTHING


def decide(
    action: str, state: State, side: Side, *, reason: str | None, outcome: str | None
) -> Transition | Refusal:
    """The transition that `action` makes from `state`, or why it makes none. KeyError: no such action."""
    transition = TRANSITIONS[action]
    if side not in transition.sides:
        return Refusal("wrong_side", action, state)
    if state is transition.target:
        return Refusal("already_done", action, state)
    if state not in transition.sources:
        return Refusal("wrong_state", action, state)
    given, accepted = {
        Needs.NOTHING: (None, (None,)),
        Needs.OUTCOME: (outcome, OUTCOMES),
        Needs.DECLINE_REASON: (reason, DECLINE_REASONS),
        Needs.CLOSE_REASON: (reason, CLOSE_REASONS),
    }[transition.needs]
    if given not in accepted:
        return Refusal("missing", action, state, transition.needs)
    return transition


def possible_actions(state: State, side: Side) -> list[str]:
    """What `side` can do with a referral in `state`, in the table's order."""
    return [t.action for t in TRANSITIONS.values() if state in t.sources and side in t.sides]


# Why a partner declined -> days in which a new try to the same service is pointless.
DECLINE_REASONS: dict[str, int] = {
    "no_capacity": 30,
    "not_eligible": 365,
    "wrong_service": 180,
    "cannot_reach_family": 14,
    "other": 30,
}

CLOSE_REASONS = (
    "family_declined",
    "moved",
    "no_show",
    "cannot_reach_family",
    "found_other_help",
    "sent_by_mistake",
    "other",
)

# A partner's track record: what ended with the student connected, and what no partner can help.
CONNECTED = frozenset({"need_met", "enrolled", "partly_met"})
NOT_THE_PARTNERS_DOING = frozenset(
    {"not_eligible", "wrong_service", "cannot_reach_family"}  # of DECLINE_REASONS
    | {"family_declined", "moved", "found_other_help", "sent_by_mistake"}  # of CLOSE_REASONS
)

OUTCOMES = ("need_met", "enrolled", "partly_met", "referred_on")
