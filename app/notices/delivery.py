"""Sending what is due: take one notice, send it outside any transaction, write down how it went.

Called by the job `send_notices` and the command `notices send`; any number may run at once. A
notice is taken by one conditional UPDATE, so it goes out once; only a process that dies between
sending and writing that down makes it go out again, under the same Message-ID.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.notices.messages import Message, email_of
from app.notices.models import Notice
from app.notices.queries import is_due, link_problem, message_of
from app.notices.transport import (
    DeliveryError,
    RefusedError,
    Transport,
    UnreachableError,
    transport_of,
)
from app.settings import Settings

log = structlog.get_logger(__name__)

WorkUnit = Callable[[], AbstractContextManager[Session]]

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)


@dataclass(frozen=True)
class DeliveryReport:
    """How many messages were sent, put off to be tried again, and given up."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


@dataclass(frozen=True)
class Claim:
    """A notice taken for sending. `attempt` tells this taking from a later one of it."""

    notice_id: uuid.UUID
    kind: str
    attempt: int
    message: Message
    problem: str | None


def deliver_due(
    work_unit: WorkUnit,
    *,
    settings: Settings,
    now: datetime,
    limit: int = 20,
    transport: Transport | None = None,
) -> DeliveryReport:
    """Send at most `limit` of what is due at `now`; stops early where the server cannot be reached.

    `work_unit` gives a session that commits at the end of its block; none is open while sending.
    """
    transport = transport or transport_of(settings)
    ends = {"sent": 0, "queued": 0, "given_up": 0}
    for _ in range(limit):
        claim = claim_next(work_unit, settings=settings, now=now)
        if claim is None:
            break
        try:
            send(claim, transport=transport, settings=settings, now=now)
        except DeliveryError as error:
            state = set_aside(work_unit, claim, error, now=now)
            ends[state] += 1
            if isinstance(error, UnreachableError):
                break
        else:
            finish(work_unit, claim, state="sent", sent_at=now, last_error=None)
            ends["sent"] += 1
    return DeliveryReport(sent=ends["sent"], put_off=ends["queued"], given_up=ends["given_up"])


def claim_next(work_unit: WorkUnit, *, settings: Settings, now: datetime) -> Claim | None:
    """Take the notice that has waited longest, committed as taken; None where nothing is due.

    On PostgreSQL rows that another is just taking are skipped; SQLite lets one writer in at a time.
    """
    oldest = (
        select(Notice.id)
        .where(is_due(now))
        .order_by(Notice.next_attempt_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    take = (
        update(Notice)
        .where(Notice.id == oldest, is_due(now))
        .values(state="sending", claimed_at=now, attempts=Notice.attempts + 1)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    with work_unit() as session:
        notice_id = session.scalar(take)
        if notice_id is None:
            return None
        notice = session.get_one(Notice, notice_id)
        return Claim(
            notice_id=notice.id,
            kind=notice.kind,
            attempt=notice.attempts,
            message=message_of(notice, base_url=settings.base_url, secret=settings.secret_key),
            problem=link_problem(notice, now=now),
        )


def send(claim: Claim, *, transport: Transport, settings: Settings, now: datetime) -> None:
    """Hand the message over; raises DeliveryError or one of its kinds."""
    if claim.problem is not None:
        raise RefusedError(claim.problem)
    try:
        email = email_of(
            claim.message, sender=settings.mail_from, base_url=settings.base_url, now=now
        )
    except ValueError:
        raise RefusedError("The recipient's address is not an e-mail address.") from None
    transport(email)


def set_aside(work_unit: WorkUnit, claim: Claim, error: DeliveryError, *, now: datetime) -> str:
    """Put the notice off, or give it up where that is no use; the state that it is in then."""
    reason = str(error)[:200]
    last_try = claim.attempt > len(BACK_OFF)
    if isinstance(error, RefusedError) or last_try:
        log.error(
            "notice_given_up",
            notice=str(claim.notice_id),
            kind=claim.kind,
            attempts=claim.attempt,
            reason=reason,
        )
        finish(work_unit, claim, state="given_up", last_error=reason)
        return "given_up"
    again = now + BACK_OFF[claim.attempt - 1]
    log.warning(
        "notice_put_off",
        notice=str(claim.notice_id),
        kind=claim.kind,
        attempts=claim.attempt,
        reason=reason,
        again_at=again.isoformat(),
    )
    finish(work_unit, claim, state="queued", next_attempt_at=again, last_error=reason)
    return "queued"


def finish(work_unit: WorkUnit, claim: Claim, **values: object) -> None:
    """Write down how this taking ended, unless the notice has been taken again since."""
    with work_unit() as session:
        session.execute(
            update(Notice)
            .where(
                Notice.id == claim.notice_id,
                Notice.state == "sending",
                Notice.attempts == claim.attempt,
            )
            .values(claimed_at=None, **values)
        )
