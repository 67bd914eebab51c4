"""Writes of the referral loop. Every change of state goes through `apply_action`, nothing else."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import record_disclosure
from app.clock import day_there
from app.consents.queries import consent_covering, elements_covered_now
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.notices.services import queue_notice
from app.referrals import notices, queries
from app.referrals.models import Referral, ReferralEvent
from app.referrals.states import (
    CLOSED,
    DAYS_TO_MOVE,
    Needs,
    Refusal,
    Side,
    State,
    Transition,
    decide,
)
from app.security.links import issue_link
from app.security.policy import SYSTEM, Actor, Role
from app.students.queries import plan_managers_address, student_for, wait_for_turn
from catalog.models import Organization, Service, ServiceAtLocation

SIDE: dict[Role, Side] = {
    Role.PLAN_MANAGER: Side.PLAN_MANAGER,
    Role.PARTNER: Side.PARTNER,
    Role.PARTNER_LINK: Side.PARTNER,
    Role.SYSTEM: Side.SYSTEM,
}
MESSAGE_LENGTH = 2000
UNANSWERED_AFTER = timedelta(days=30)


def create_draft(
    session: Session,
    *,
    student_id: uuid.UUID,
    service_at_location_id: uuid.UUID,
    category: str,
    ranking: dict[str, Any],
    by: Actor,
    now: datetime,
) -> Referral:
    """Begin a referral that nobody outside sees yet. NotFound: no such student or service here;
    Conflict: there is an open one already.
    """
    student = student_for(session, by, student_id, action="referrals.write")
    place = session.get(ServiceAtLocation, service_at_location_id)
    service = session.get(Service, place.service_id) if place else None
    if place is None or service is None or service.status != "active" or not place.is_listed:
        raise NotFound("This service is not in the catalog any more. Pick another one.")
    wait_for_turn(session, student.id)
    existing = session.scalar(
        select(Referral).where(
            Referral.student_id == student.id,
            Referral.service_id == service.id,
            Referral.state.in_(set(State) - CLOSED),
        )
    )
    if existing is not None and existing.state == State.DRAFT:
        return existing  # a second click on Refer continues the draft
    if existing is not None:
        raise Conflict(
            gettext(
                "There is already an open referral of this student to this service. "
                "Open that one instead."
            )
        )
    referral = Referral(
        student_id=student.id,
        service_id=service.id,
        service_at_location_id=place.id,
        organization_id=service.organization_id,
        category=category,
        state=State.DRAFT,
        ranking=ranking,
        created_by=by.user_id,
        created_at=now,
        changed_at=now,
    )
    session.add(referral)
    add_event(referral, "draft", None, by=by, now=now)
    session.flush()
    return referral


def send_referral(
    session: Session,
    referral_id: uuid.UUID,
    *,
    message: str,
    version: int,
    by: Actor,
    now: datetime,
) -> Referral:
    """Send a draft: freeze what the permission in force covers, make the link, queue the message.

    Without a permission it goes all the same, telling nothing that identifies the student: a
    referral must not become a barrier. Invalid: the partner has no address to send to.
    """
    referral = queries.referral_for(session, by, referral_id, action="referrals.write")
    recipient = referral_address(referral)
    if recipient is None:
        raise Invalid(
            "This partner has no e-mail address for referrals, so nothing can be sent. "
            "Call them, and ask the district team to add an address to the listing."
        )
    if len(message) > MESSAGE_LENGTH:
        raise Invalid(f"The message is longer than {MESSAGE_LENGTH} characters. Shorten it.")
    consent = consent_covering(
        session,
        student_id=referral.student_id,
        organization_id=referral.organization_id,
        on=day_there(session, now),
    )
    referral.message = message.strip()
    referral.shared_elements = list(consent.elements) if consent else []
    referral.consent_id = consent.id if consent else None
    apply_action(session, referral, "send", version=version, by=by, now=now)
    deliver_link(session, referral, recipient, now=now)
    return referral


def reissue_link(session: Session, referral_id: uuid.UUID, *, by: Actor, now: datetime) -> Referral:
    """Send the partner a new link; the old one stops working. Conflict: the referral is closed."""
    referral = queries.referral_for(session, by, referral_id, action="referrals.write")
    wait_for_turn_of(session, referral)
    recipient = referral_address(referral)
    if referral.state in CLOSED or referral.state == State.DRAFT or recipient is None:
        raise Conflict("A new link can be sent only while the referral is open with the partner.")
    deliver_link(session, referral, recipient, now=now)
    add_event(referral, "reissue_link", State(referral.state), by=by, now=now)
    session.flush()
    return referral


def wait_for_turn_of(session: Session, referral: Referral) -> None:
    """Let nobody else change this referral until our transaction ends, and see what it is by now: of
    two links made at once, both would work. SQLite lets one writer in at a time as it is.
    """
    session.refresh(referral, ["state", "version"], with_for_update=True)


def deliver_link(session: Session, referral: Referral, recipient: str, *, now: datetime) -> None:
    """Make a fresh link for the partner and queue the message that carries it."""
    link = issue_link(session, kind="referral", subject_id=referral.id, now=now)
    queue_notice(session, notices.referral_sent(referral, recipient, link.id), now=now)


def referral_address(referral: Referral) -> str | None:
    """Where the partner wants referrals sent, else the service's or the organization's address."""
    return partner_address(referral.service, referral.organization)


def partner_address(service: Service, organization: Organization | None = None) -> str | None:
    """The same for a service: nothing can be sent where there is none."""
    intake, owner = service.intake, organization or service.organization
    return (
        (intake.referral_email if intake else None)
        or service.email
        or (owner.email if owner else None)
    )


def apply_action(
    session: Session,
    referral: Referral,
    action: str,
    *,
    version: int,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    outcome: str | None = None,
    note: str = "",
) -> Referral:
    """Take one step, if the table allows it, and write its event. The only door to `state`.

    `version` is the one that the person looked at. Conflict: it moved on since, or the step was
    made already; Forbidden: not this side's step; Invalid: a reason or an outcome is missing.
    """
    state = State(referral.state)
    decision = decide(action, state, SIDE[by.role], reason=reason, outcome=outcome)
    if isinstance(decision, Refusal):
        raise refusal_error(decision)
    if version != referral.version:
        raise Conflict(
            gettext(
                "Someone else changed this referral a moment ago, so your answer was not saved. "
                "Look at how it stands now, then answer again."
            )
        )
    referral.state = decision.target
    referral.changed_at = now
    days = DAYS_TO_MOVE.get(decision.target)
    referral.due_on = day_there(session, now + timedelta(days=days)) if days else None
    if decision.target is State.SENT:
        referral.sent_at = now
    if decision.target in CLOSED:
        referral.closed_at = now
    why = keep_what_it_needs(referral, decision, reason, outcome)
    add_event(referral, action, state, by=by, now=now, reason=why, note=note.strip())
    session.flush()
    return referral


def keep_what_it_needs(
    referral: Referral, decision: Transition, reason: str | None, outcome: str | None
) -> str | None:
    """Put the reason or outcome into the column that the new state demands; what was put there. What
    the step does not ask for was not checked by the table, so it is kept nowhere.
    """
    if decision.needs is Needs.OUTCOME:
        referral.outcome = outcome
        return outcome
    if decision.needs is Needs.DECLINE_REASON:
        referral.decline_reason = reason
        return reason
    if decision.needs is Needs.CLOSE_REASON:
        referral.close_reason = reason
        return reason
    return None


def add_event(
    referral: Referral,
    action: str,
    from_state: State | None,
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    note: str = "",
) -> None:
    """Add the step to the referral's history."""
    referral.events.append(
        ReferralEvent(
            position=len(referral.events),
            action=action,
            from_state=from_state,
            to_state=referral.state,
            at=now,
            by_role=by.role,
            by_user_id=by.user_id,
            by_name=name_of(by, referral),
            reason=reason,
            note=note[:MESSAGE_LENGTH],
        )
    )


def name_of(by: Actor, referral: Referral) -> str:
    """Who acted, for the history: behind a link stands the partner, whoever held it."""
    return f"{referral.organization.name} (by link)" if by.role is Role.PARTNER_LINK else by.name


def refusal_error(refusal: Refusal) -> Exception:
    """The table's refusal, in words."""
    if refusal.code == "already_done":
        return Conflict(gettext("This was already done. Nothing more is needed."))
    if refusal.code == "wrong_side":
        return Forbidden(gettext("This step is for the other side of the referral."))
    if refusal.code == "missing" and refusal.needs is Needs.OUTCOME:
        return Invalid(gettext("Say how it ended."), {"outcome": gettext("Pick one.")})
    if refusal.code == "missing":
        return Invalid(gettext("Say why."), {"reason": gettext("Pick one.")})
    return Conflict(
        gettext("This step is not possible any more: the referral has moved on. See how it stands.")
    )


def answer_as_partner(
    session: Session,
    referral_id: uuid.UUID,
    action: str,
    *,
    version: int,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    outcome: str | None = None,
    note: str = "",
) -> Referral:
    """A partner's step, by account or by link; the plan manager is told. Raises as `apply_action`."""
    referral = queries.referral_for(session, by, referral_id, action="referrals.answer")
    apply_action(
        session,
        referral,
        action,
        version=version,
        by=by,
        now=now,
        reason=reason,
        outcome=outcome,
        note=note,
    )
    recipient = plan_managers_address(session, referral.student_id)
    for letter in notices.partner_answered(referral, recipient):
        queue_notice(session, letter, now=now)
    return referral


def open_as_partner(
    session: Session, referral_id: uuid.UUID, *, by: Actor, now: datetime
) -> Referral:
    """The partner looks: the first time this is a step; what is shown is a disclosure, recorded.

    Conflict: it is closed, so that nothing is shown any more.
    """
    referral = queries.referral_for(session, by, referral_id, action="referrals.view_as_partner")
    wait_for_turn_of(session, referral)
    if referral.state in CLOSED:
        raise Conflict(gettext("This referral is closed. Nothing more is needed from you."))
    if referral.state == State.SENT:
        apply_action(session, referral, "open", version=referral.version, by=by, now=now)
    covered, consent = elements_covered_now(
        session,
        student_id=referral.student_id,
        organization_id=referral.organization_id,
        frozen=referral.shared_elements,
        on=day_there(session, now),
    )
    record_disclosure(
        session,
        student_id=referral.student_id,
        referral_id=referral.id,
        party=referral.organization.name,
        interest=f"Referral for {referral.category}",
        elements=covered,
        consent_id=consent.id if consent else None,
        by=by,
        now=now,
    )
    session.flush()
    return referral


def act_as_manager(
    session: Session,
    referral_id: uuid.UUID,
    action: str,
    *,
    version: int,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    outcome: str | None = None,
    note: str = "",
) -> Referral:
    """A plan manager's step after sending: complete, not_complete, withdraw."""
    referral = queries.referral_for(session, by, referral_id, action="referrals.write")
    return apply_action(
        session,
        referral,
        action,
        version=version,
        by=by,
        now=now,
        reason=reason,
        outcome=outcome,
        note=note,
    )


def expire_overdue(session: Session, *, now: datetime) -> int:
    """Close what no partner answered in `UNANSWERED_AFTER` since it was sent; how many."""
    stale = session.scalars(
        select(Referral).where(
            Referral.state.in_([State.SENT, State.OPENED]),
            Referral.changed_at <= now - UNANSWERED_AFTER,
        )
    ).all()
    for referral in stale:
        apply_action(session, referral, "expire", version=referral.version, by=SYSTEM, now=now)
    return len(stale)
