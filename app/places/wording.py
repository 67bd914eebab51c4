"""Shared-out places in the words of pages."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext, ngettext

from app.places import services
from app.places.queries import RunLine

# state -> (words, the pill's kind, icon)
STATES = {
    "waiting": (lazy_gettext("Waits its turn"), "waiting", "clock"),
    "working": (lazy_gettext("Is being made"), "waiting", "clock"),
    "done": (lazy_gettext("To decide"), "info", "eye"),
    "failed": (lazy_gettext("Could not be made"), "bad", "alert"),
    "dropped": (lazy_gettext("Dropped"), "neutral", "x"),
}
DECIDED = (lazy_gettext("All decided"), "good", "check")
REPLACED = (lazy_gettext("Replaced"), "neutral", "list")
LAPSED = (lazy_gettext("Not decided in time"), "neutral", "clock")
NOTHING = (lazy_gettext("Nothing proposed"), "neutral", "info")
PROBLEMS = {
    services.INTERRUPTED: lazy_gettext(
        "It was interrupted: the service was stopped meanwhile. Propose places again."
    ),
    services.BROKE: lazy_gettext(
        "Something broke on our side, and we have noted it. Try again in a moment."
    ),
}
WHY_DROPPED = {
    "replaced": lazy_gettext("Replaced by a newer list"),
    "lapsed": lazy_gettext("Nobody decided in 30 days"),
}
MISSING = {
    "permission": lazy_gettext(
        "No permission covers this partner: it is told nothing that identifies the student."
    ),
    "address": lazy_gettext(
        "The partner has no e-mail address for referrals: call them before you send it."
    ),
}


def standing_of(line: RunLine) -> tuple[object, str, str]:
    """Where a list stands: words, kind of pill, icon. "All decided" is what people have done."""
    counts = line.counts
    if line.run.state != "done" or counts.proposed:
        return STATES[line.run.state]
    if counts.replaced:
        return REPLACED
    if counts.lapsed:
        return LAPSED
    return DECIDED if counts.accepted or counts.dropped else NOTHING


def gain_words(urgent: int, pressing: int, students: int, score: int = 0) -> str:
    """What one more place would give, the most important first."""
    parts = []
    if urgent > 0:
        parts.append(ngettext("%(num)s more urgent need", "%(num)s more urgent needs", urgent))
    if pressing > 0:
        parts.append(
            ngettext(
                "%(num)s more need that should not wait",
                "%(num)s more needs that should not wait",
                pressing,
            )
        )
    if students > 0:
        parts.append(
            ngettext(
                "%(num)s more student with a place", "%(num)s more students with a place", students
            )
        )
    if not parts and score > 0:
        parts.append(gettext("a better fit for somebody"))
    return ", ".join(parts)
