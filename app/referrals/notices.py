"""The letters of the referral loop. A body carries a link and never a student's data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask_babel import force_locale, gettext

from app.notices.services import Letter, quoted
from app.referrals.models import Referral


@dataclass(frozen=True, kw_only=True)
class ReferralSent(Letter):
    """To the partner: there is a referral; the link opens it without an account."""

    kind: str = "referral_sent"
    path: str | None = "/r/"


@dataclass(frozen=True, kw_only=True)
class PartnerAnswered(Letter):
    """To the plan manager: a partner has answered; the page behind sign-in says what."""

    kind: str = "partner_answered"


def referral_sent(referral: Referral, recipient: str, link_id: uuid.UUID) -> ReferralSent:
    """The message that carries the partner's link, in the partner's language."""
    intake = referral.service.intake
    language = intake.notice_language if intake else "en"
    with force_locale(language):
        return ReferralSent(
            recipient=recipient,
            language=language,
            subject=gettext(
                "A school refers a student to you: %(service)s",
                service=quoted(referral.service.name),
            ),
            body=gettext(
                "Hello,\n\n"
                "%(school)s asks %(organization)s for help for a student, through your service "
                '"%(service)s".\n\n'
                "Open the referral and answer it here. You need no account:\n\n{link}\n\n"
                "The link is for this one referral and works for 30 days. "
                "Please do not pass it on.\n",
                school=quoted(referral.student.school.name),
                organization=quoted(referral.organization.name),
                service=quoted(referral.service.name),
            ),
            link_id=link_id,
            dedupe_key=f"referral_sent:{link_id}",
        )


def partner_answered(referral: Referral, recipient: str | None) -> list[PartnerAnswered]:
    """The message that tells the plan manager to look, where there is one to tell."""
    if recipient is None:
        return []
    partner = quoted(referral.organization.name)
    return [
        PartnerAnswered(
            recipient=recipient,
            language="en",
            subject=f"{partner} has answered a referral",
            body=(
                f"Hello,\n\n{partner} has answered a referral of yours. "
                "Sign in to see the answer and what comes next:\n\n{link}\n"
            ),
            path=f"/referrals/{referral.id}",
            dedupe_key=f"partner_answered:{referral.id}:{referral.version}",
        )
    ]
