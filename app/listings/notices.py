"""The letter that asks a partner whether its listing is still right."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask_babel import force_locale, gettext

from app.notices.services import Letter, quoted
from catalog.models import Service


@dataclass(frozen=True, kw_only=True)
class StillRight(Letter):
    """To the partner: one tap confirms the listing; the link opens it without an account."""

    kind: str = "still_right"
    path: str | None = "/l/"


def still_right(service: Service, recipient: str, link_id: uuid.UUID) -> StillRight:
    """The message, in the partner's language."""
    language = service.intake.notice_language if service.intake else "en"
    with force_locale(language):
        return StillRight(
            recipient=recipient,
            language=language,
            subject=gettext("Is this still right? %(service)s", service=quoted(service.name)),
            body=gettext(
                "Hello,\n\n"
                'Schools send students to your service "%(service)s". '
                "Is what we say about it still right? One tap is enough, and you can correct it "
                "or tell how many places are open:\n\n{link}\n\n"
                "You need no account. The link works for 30 days.\n",
                service=quoted(service.name),
            ),
            link_id=link_id,
            dedupe_key=f"still_right:{link_id}",
        )
