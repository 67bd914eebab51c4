"""Everything that happened for one student, newest first, as lines of a timeline. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.audit.models import Disclosure
from app.consents.elements import ELEMENTS
from app.consents.models import Consent
from app.families.models import FamilyResponse, Suggestion
from app.referrals.models import Referral
from app.referrals.wording import event_words
from app.students.models import Student
from catalog.taxonomy import label


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line: when, what, a detail, who, and the icon that stands by it."""

    at: datetime
    title: str
    detail: str
    who: str
    icon: str
    href_referral: str | None = None


ANSWER_WORDS = {
    "interested": ("The family is interested", "heart"),
    "not_for_us": ("The family says: not for us", "x"),
    "later": ("The family says: later", "clock"),
    "need_help": ("The family asks for help", "alert"),
}


def student_timeline(
    student: Student,
    referrals: Iterable[Referral],
    answers: Iterable[FamilyResponse],
    consents: Iterable[Consent],
    disclosures: Iterable[Disclosure],
    suggestions: Iterable[Suggestion],
) -> list[TimelineEvent]:
    """All events, newest first."""
    lines: list[TimelineEvent] = []
    for referral in referrals:
        where = f"{referral.service.name} · {referral.organization.name}"
        for event in referral.events:
            title, icon = event_words(event)
            detail = f"{where} · {event.note}" if event.note else where
            lines.append(
                TimelineEvent(event.at, title, detail, event.by_name, icon, str(referral.id))
            )
    for answer in answers:
        title, icon = ANSWER_WORDS[answer.answer]
        lines.append(TimelineEvent(answer.answered_at, title, answer.service.name, "Family", icon))
    for suggestion in suggestions:
        name = suggestion.service_at_location.service.name
        lines.append(
            TimelineEvent(suggestion.suggested_at, "Suggested to the family", name, "", "star")
        )
    for consent in consents:
        by = f"{consent.signed_by} ({consent.relation})"
        lines.append(TimelineEvent(consent.recorded_at, "Permission recorded", by, "", "check"))
        if consent.revoked_at:
            lines.append(TimelineEvent(consent.revoked_at, "Permission taken back", by, "", "x"))
    for shown in disclosures:
        words = ", ".join(str(ELEMENTS[code]) for code in shown.elements if code in ELEMENTS)
        what = words or "nothing that identifies the student"
        lines.append(
            TimelineEvent(
                shown.at, f"{shown.party} looked at the referral", f"Saw: {what}", "", "eye"
            )
        )
    if student.plan:
        lines.append(
            TimelineEvent(
                student.plan.updated_at,
                "Plan updated",
                f"School year {student.plan.school_year}",
                student.plan.plan_manager.name if student.plan.plan_manager else "",
                "list",
            )
        )
        lines += [
            TimelineEvent(need.met_at, "Need met", label(need.category, "en"), "", "check")
            for need in student.plan.needs
            if need.met_at
        ]
    return sorted(lines, key=lambda line: line.at, reverse=True)
