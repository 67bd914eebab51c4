"""The steps of an import on the pages: a pure table of what may follow what.

An upload is checked first (a dry run) and applied when somebody says so; both are carried out by the
worker. What was interrupted or refused can be tried again for as long as the file is there.
"""

from __future__ import annotations

import enum


class State(enum.StrEnum):
    """Where an import stands."""

    CHECK_WAITING = "check_waiting"
    CHECKING = "checking"
    CHECKED = "checked"
    CHECK_FAILED = "check_failed"
    APPLY_WAITING = "apply_waiting"
    APPLYING = "applying"
    APPLIED = "applied"
    APPLY_FAILED = "apply_failed"
    DISCARDED = "discarded"


# Of one source, only one import at a time may be in these.
BUSY = (State.CHECK_WAITING, State.CHECKING, State.APPLY_WAITING, State.APPLYING)
# What the worker takes up, what it makes of it, and what it is when it did not end well.
TAKEN_UP = {State.CHECK_WAITING: State.CHECKING, State.APPLY_WAITING: State.APPLYING}
FAILED = {State.CHECKING: State.CHECK_FAILED, State.APPLYING: State.APPLY_FAILED}

_RESTING = frozenset({State.CHECKED, State.CHECK_FAILED, State.APPLY_FAILED})

# What a person may do: from which states, and where it leads.
ACTIONS: dict[str, tuple[frozenset[State], State]] = {
    "check": (_RESTING, State.CHECK_WAITING),
    "apply": (frozenset({State.CHECKED, State.APPLY_FAILED}), State.APPLY_WAITING),
    # What is being applied already is asked to stop (progress.ask_to_stop), and ends in this state too.
    "stop": (frozenset({State.APPLY_WAITING}), State.CHECKED),
    # A check that waits is stopped so too: nothing is known of the file yet that would be kept.
    "discard": (_RESTING | {State.CHECK_WAITING}, State.DISCARDED),
}


def may(action: str, state: str) -> bool:
    """Whether the action is open in that state."""
    return state in ACTIONS[action][0]
