"""What is in the outbox: what is due, what was given up, and the mail as the demo shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.notices.messages import LINK, Message
from app.notices.models import Notice
from app.security.links import token_of

# A round that took a message and has not told its end by then is taken for dead.
ABANDONED_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class ShownMessage:
    """A message as the demo's mail page shows it; the link stands between `before` and `after`."""

    recipient: str
    subject: str
    language: str
    created_at: datetime
    sent_at: datetime | None
    state: str
    problem: str | None
    before: str
    address: str | None
    after: str


def is_due(now: datetime) -> ColumnElement[bool]:
    """The WHERE of what may be taken now: queued and its time come, or left by a dead round."""
    return or_(
        and_(Notice.state == "queued", Notice.next_attempt_at <= now),
        and_(Notice.state == "sending", Notice.claimed_at <= now - ABANDONED_AFTER),
    )


def count_by_state(session: Session) -> dict[str, int]:
    """How many notices are in each state."""
    counted = session.execute(
        select(Notice.state, func.count().label("number")).group_by(Notice.state)
    )
    return {row.state: row.number for row in counted}


def given_up_notices(session: Session, *, limit: int = 20) -> Sequence[Notice]:
    """What will not be sent any more, newest first."""
    return session.scalars(
        select(Notice)
        .where(Notice.state == "given_up")
        .order_by(Notice.created_at.desc(), Notice.id)
        .limit(limit)
    ).all()


def link_problem(notice: Notice, *, now: datetime) -> str | None:
    """Why the notice's link opens nothing, or None where it works or there is none."""
    if notice.link is None:
        return "The link was deleted." if (notice.path or "").endswith("/") else None
    if notice.link.revoked_at is not None:
        return "The link was replaced or withdrawn."
    if notice.link.expires_at <= now:
        return "The link has run out."
    return None


def link_address(notice: Notice, *, base_url: str, secret: str) -> str | None:
    """The whole address that the notice's `{link}` stands for."""
    if notice.path is None:
        return None
    token = token_of(notice.link, secret=secret) if notice.link is not None else ""
    return f"{base_url.rstrip('/')}{notice.path}{token}"


def message_of(notice: Notice, *, base_url: str, secret: str) -> Message:
    """The notice with its link made out."""
    return Message(
        notice_id=notice.id,
        recipient=notice.recipient,
        subject=notice.subject,
        body=notice.body,
        language=notice.language,
        address=link_address(notice, base_url=base_url, secret=secret),
    )


def latest_messages(
    session: Session, *, base_url: str, secret: str, now: datetime, limit: int = 100
) -> list[ShownMessage]:
    """The newest messages with their links. For the demo's mail page alone: links open things."""
    notices = session.scalars(
        select(Notice)
        .options(selectinload(Notice.link))
        .order_by(Notice.created_at.desc(), Notice.id)
        .limit(limit)
    )
    shown = []
    for notice in notices:
        before, _, after = notice.body.partition(LINK)
        shown.append(
            ShownMessage(
                recipient=notice.recipient,
                subject=notice.subject,
                language=notice.language,
                created_at=notice.created_at,
                sent_at=notice.sent_at,
                state=notice.state,
                problem=link_problem(notice, now=now) or notice.last_error,
                before=before,
                address=link_address(notice, base_url=base_url, secret=secret),
                after=after,
            )
        )
    return shown
