"""The letters to families and about their answers. None holds a student's data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale, gettext

from app.notices.services import Letter, quoted
from app.students.models import Guardian, Student
from app.web.shell import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class FamilyInvited(Letter):
    """To a guardian: the school suggests activities; the link shows them without an account."""

    kind: str = "family_invited"
    path: str | None = "/f/"


@dataclass(frozen=True, kw_only=True)
class FamilyAnswered(Letter):
    """To the plan manager: a family has answered; the page behind sign-in says what."""

    kind: str = "family_answered"


def family_invited(guardian: Guardian, school_name: str, link_id: uuid.UUID) -> FamilyInvited:
    """The message with the family's link, in the guardian's language."""
    language = guardian.language if guardian.language in LANGUAGES else "en"
    with force_locale(language):
        return FamilyInvited(
            recipient=guardian.email or "",
            language=language,
            subject=gettext("Activities your child may like"),
            body=gettext(
                "Hello,\n\n%(school)s has found activities near you that your child may like. "
                "See what they are, when and where, and tell us what you think:\n\n{link}\n\n"
                "The link is only for your family. It works for 60 days.\n",
                school=quoted(school_name),
            ),
            link_id=link_id,
            dedupe_key=f"family_invited:{link_id}:{guardian.id}",
        )


def family_answered(student: Student, recipient: str | None, now: datetime) -> list[FamilyAnswered]:
    """The message that tells the plan manager to look, at most one a student and day."""
    if recipient is None:
        return []
    return [
        FamilyAnswered(
            recipient=recipient,
            language="en",
            subject="A family has answered",
            body=(
                "Hello,\n\nA family has answered what you suggested. Sign in to see it:\n\n{link}\n"
            ),
            path=f"/students/{student.id}",
            dedupe_key=f"family_answered:{student.id}:{now.date().isoformat()}",
        )
    ]
