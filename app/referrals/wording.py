"""Words for states, steps and reasons, in the page's language. Used by every page about referrals."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from app.referrals.models import Referral, ReferralEvent
from app.referrals.states import NEXT_MOVE, Side, State

# state -> (words, kind of pill, icon)
STATES: dict[State, tuple[object, str, str]] = {
    State.DRAFT: (lazy_gettext("Draft"), "neutral", "list"),
    State.SENT: (lazy_gettext("Sent"), "waiting", "mail"),
    State.OPENED: (lazy_gettext("Opened by partner"), "waiting", "eye"),
    State.WAITLISTED: (lazy_gettext("On the waitlist"), "waiting", "clock"),
    State.ACCEPTED: (lazy_gettext("Accepted"), "info", "check"),
    State.DECLINED: (lazy_gettext("Declined"), "bad", "x"),
    State.IN_SERVICE: (lazy_gettext("In service"), "info", "heart"),
    State.COMPLETED: (lazy_gettext("Completed"), "good", "check"),
    State.NOT_COMPLETED: (lazy_gettext("Ended without help"), "bad", "x"),
    State.WITHDRAWN: (lazy_gettext("Withdrawn"), "neutral", "x"),
    State.EXPIRED: (lazy_gettext("No answer in time"), "bad", "alert"),
}

REASONS: dict[str, object] = {
    "no_capacity": lazy_gettext("No open place"),
    "not_eligible": lazy_gettext("Not eligible for this service"),
    "wrong_service": lazy_gettext("Needs another kind of help"),
    "cannot_reach_family": lazy_gettext("Could not reach the family"),
    "family_declined": lazy_gettext("The family does not want it"),
    "moved": lazy_gettext("The student moved or changed school"),
    "no_show": lazy_gettext("The student did not come"),
    "found_other_help": lazy_gettext("Help was found elsewhere"),
    "sent_by_mistake": lazy_gettext("Sent by mistake"),
    "other": lazy_gettext("Another reason"),
    "need_met": lazy_gettext("The need is met"),
    "enrolled": lazy_gettext("Enrolled and taking part"),
    "partly_met": lazy_gettext("Helped in part"),
    "referred_on": lazy_gettext("Passed on to another place that helps"),
}

EVENTS: dict[str, tuple[object, str]] = {
    "draft": (lazy_gettext("Referral begun"), "list"),
    "send": (lazy_gettext("Referral sent"), "mail"),
    "open": (lazy_gettext("Opened by the partner"), "eye"),
    "accept": (lazy_gettext("Accepted by the partner"), "check"),
    "waitlist": (lazy_gettext("Put on the waitlist"), "clock"),
    "decline": (lazy_gettext("Declined by the partner"), "x"),
    "start": (lazy_gettext("Service has begun"), "heart"),
    "complete": (lazy_gettext("Completed"), "check"),
    "not_complete": (lazy_gettext("Ended without help"), "x"),
    "withdraw": (lazy_gettext("Withdrawn"), "x"),
    "expire": (lazy_gettext("No answer in time"), "alert"),
    "reissue_link": (lazy_gettext("A new link was sent to the partner"), "link"),
}

ACTIONS: dict[str, object] = {
    "accept": lazy_gettext("Accept"),
    "waitlist": lazy_gettext("Put on the waitlist"),
    "decline": lazy_gettext("Decline"),
    "start": lazy_gettext("Service has begun"),
    "complete": lazy_gettext("Completed"),
    "not_complete": lazy_gettext("Ended without help"),
    "withdraw": lazy_gettext("Withdraw"),
}


def state_words(state: str) -> tuple[str, str, str]:
    """A state's words, kind of pill and icon."""
    words, kind, icon = STATES[State(state)]
    return str(words), kind, icon


def reason_words(code: str | None) -> str:
    """A reason's or an outcome's words; empty for none."""
    return str(REASONS.get(code, code)) if code else ""


def event_words(event: ReferralEvent) -> tuple[str, str]:
    """A step's words, with its reason, and its icon."""
    words, icon = EVENTS.get(event.action, (event.action, "info"))
    reason = reason_words(event.reason)
    return (f"{words}: {reason}" if reason else str(words)), icon


def next_move_words(referral: Referral) -> str:
    """Who moves next."""
    side = NEXT_MOVE[State(referral.state)]
    if side is Side.PARTNER:
        return str(gettext("%(partner)s moves next", partner=referral.organization.name))
    if side is Side.PLAN_MANAGER:
        return str(gettext("You move next"))
    return str(gettext("Nothing more to do"))
