"""Links that open one thing without an account: minted, read, revoked, reissued.

A link's token is the row's id, signed with the installation's key: nothing that opens a link is
stored. Callers: referrals (a partner's link), families (a family's link).
"""

from __future__ import annotations

import base64
import uuid
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import LinkExpired, NotFound
from app.security.models import AccessLink
from app.security.policy import Actor, Role

LIFETIME = {
    "referral": timedelta(days=30),
    "family": timedelta(days=60),
    "listing": timedelta(days=30),
}
ROLE = {
    "referral": Role.PARTNER_LINK,
    "family": Role.FAMILY_LINK,
    "listing": Role.LISTING_LINK,
}
NAME = {
    "referral": "Partner (by link)",
    "family": "Family (by link)",
    "listing": "Partner (by link)",
}


def issue_link(session: Session, *, kind: str, subject_id: uuid.UUID, now: datetime) -> AccessLink:
    """A fresh link to the subject; every earlier one to it stops working."""
    session.execute(
        update(AccessLink)
        .where(
            AccessLink.kind == kind,
            AccessLink.subject_id == subject_id,
            AccessLink.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    link = AccessLink(
        kind=kind, subject_id=subject_id, created_at=now, expires_at=now + LIFETIME[kind]
    )
    session.add(link)
    session.flush()
    return link


def live_link(
    session: Session, *, kind: str, subject_id: uuid.UUID, now: datetime
) -> AccessLink | None:
    """The link that works for the subject now, if there is one."""
    return session.scalar(
        select(AccessLink).where(
            AccessLink.kind == kind,
            AccessLink.subject_id == subject_id,
            AccessLink.revoked_at.is_(None),
            AccessLink.expires_at > now,
        )
    )


def token_of(link: AccessLink, *, secret: str) -> str:
    """The text that stands in the link's address."""
    body = base64.urlsafe_b64encode(link.id.bytes).rstrip(b"=")
    return signer(secret, link.kind).sign(body).decode("ascii")


def read_link(
    session: Session, token: str, *, kind: str, secret: str, now: datetime
) -> tuple[AccessLink, Actor]:
    """The link that `token` names and who comes by it.

    Raises NotFound for a forged or mistyped token, LinkExpired for one that ran out or was replaced.
    """
    try:
        body = signer(secret, kind).unsign(token.encode("ascii", "replace"))
        link_id = uuid.UUID(bytes=base64.urlsafe_b64decode(body + b"=="))
    except (BadSignature, ValueError):
        raise NotFound(
            "This link is not complete. Open it from the message itself, or copy all of it."
        ) from None
    link = session.get(AccessLink, link_id)
    if link is None or link.kind != kind:
        raise NotFound("This link is not known here. Ask the school for a new one.")
    if link.revoked_at is not None:
        raise LinkExpired(
            "This link was replaced or withdrawn. Use the newest message, or ask the school for a new one."
        )
    if link.expires_at <= now:
        raise LinkExpired("This link has run out. Ask the school for a new one.")
    return link, Actor(role=ROLE[kind], name=NAME[kind], subject_id=link.subject_id)


def signer(secret: str, kind: str) -> Signer:
    """Signatures of one kind of link are worth nothing for the other."""
    return Signer(secret, salt=f"footbridge.link.{kind}", key_derivation="hmac")
