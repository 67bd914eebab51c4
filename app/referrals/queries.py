"""Reads about referrals, each bounded by what the actor may see."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased, defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.clock import day_there
from app.errors import NotFound
from app.referrals.models import Referral
from app.referrals.states import (
    CLOSED,
    CONNECTED,
    DECLINE_REASONS,
    GOES_THERE,
    NOT_THE_PARTNERS_DOING,
    OPEN,
    WITH_PARTNER,
    State,
)
from app.security import policy
from app.security.policy import Actor
from app.students.models import School, Student, student_guardian
from catalog.models import Location, Service, ServiceAtLocation

UNANSWERED_DAYS = 60


@dataclass(frozen=True)
class ReferralHistory:
    """What the matching must know of a student's referrals."""

    open_services: frozenset[uuid.UUID]
    declined_until: dict[uuid.UUID, date]


NOTHING_YET = ReferralHistory(frozenset(), {})


def track_records(
    session: Session, *, since: datetime, before: datetime
) -> dict[uuid.UUID, tuple[int, int]]:
    """By service: how many of its referrals were closed in that time, and how many of them with the
    student connected (1 statement). Left out is what was withdrawn by the school, and what ended for
    a reason that no partner can help (`NOT_THE_PARTNERS_DOING`).
    """
    reason = func.coalesce(Referral.decline_reason, Referral.close_reason, "")
    rows = session.execute(
        select(
            Referral.service_id,
            func.count(),
            func.count().filter(Referral.outcome.in_(CONNECTED)),
        )
        .where(
            Referral.state.in_(CLOSED - {State.WITHDRAWN}),
            reason.not_in(NOT_THE_PARTNERS_DOING),
            Referral.closed_at >= since,
            Referral.closed_at < before,
        )
        .group_by(Referral.service_id)
    )
    return {service_id: (closed, connected) for service_id, closed, connected in rows}


def referral_history(session: Session, student_id: uuid.UUID, *, now: datetime) -> ReferralHistory:
    """The same for one student (1 statement)."""
    return referral_histories(session, [student_id], now=now).get(student_id, NOTHING_YET)


def referral_histories(
    session: Session, student_ids: Collection[uuid.UUID], *, now: datetime
) -> dict[uuid.UUID, ReferralHistory]:
    """By student: services with an open referral, and services whose decline makes a new try
    pointless until the day given (1 statement). A draft is not open yet: "Refer" continues it. Who
    has neither is not in it.
    """
    rows = session.execute(
        select(
            Referral.student_id,
            Referral.service_id,
            Referral.state,
            Referral.decline_reason,
            Referral.closed_at,
        ).where(
            Referral.student_id.in_(student_ids),
            Referral.state.in_([*WITH_PARTNER, State.DECLINED]),
        )
    )
    opened: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    declined: dict[uuid.UUID, dict[uuid.UUID, date]] = defaultdict(dict)
    for row in rows:
        if row.state != State.DECLINED:
            opened[row.student_id].add(row.service_id)
            continue
        days = DECLINE_REASONS[row.decline_reason]
        until = day_there(session, row.closed_at + timedelta(days=days))
        if until > day_there(session, now):
            known = declined[row.student_id]
            known[row.service_id] = max(until, known.get(row.service_id, until))
    return {
        student_id: ReferralHistory(frozenset(opened[student_id]), declined[student_id])
        for student_id in opened.keys() | declined.keys()
    }


def open_counts(session: Session) -> dict[uuid.UUID, int]:
    """How many referrals each service has open with it, for the partner's cap (1 statement)."""
    rows = session.execute(
        select(Referral.service_id, func.count().label("open_now"))
        .where(Referral.state.in_(WITH_PARTNER))
        .group_by(Referral.service_id)
    )
    return {row.service_id: row.open_now for row in rows}


def places_of_siblings(
    session: Session, actor: Actor, student_id: uuid.UUID
) -> set[tuple[float, float]]:
    """Where brothers and sisters whom the actor may see go already: (latitude, longitude) of each
    place that took one of them (1 statement). Confidential places tell nothing.
    """
    own, shared = student_guardian.alias(), student_guardian.alias()
    rows = session.execute(
        select(Location.latitude, Location.longitude)
        .distinct()
        .select_from(Referral)
        .join(Referral.student)
        .join(Referral.service_at_location)
        .join(ServiceAtLocation.location)
        .join(shared, shared.c.student_id == Student.id)
        .join(own, own.c.guardian_id == shared.c.guardian_id)
        .where(
            own.c.student_id == student_id,
            Student.id != student_id,
            policy.rows(actor, "referrals.read", school_id=Student.school_id),
            Referral.state.in_(GOES_THERE),
            Location.is_confidential.is_(False),
            Location.latitude.is_not(None),
            Location.longitude.is_not(None),
        )
    )
    return {(row.latitude, row.longitude) for row in rows}


def with_names() -> tuple[ExecutableOption, ...]:
    """Loader options for lists: student and school, service, partner, place."""
    return (
        joinedload(Referral.student).joinedload(Student.school),
        joinedload(Referral.service),
        joinedload(Referral.organization),
        joinedload(Referral.service_at_location).joinedload(ServiceAtLocation.location),
    )


def whole_referral() -> tuple[ExecutableOption, ...]:
    """Loader options for one referral's page: also guardians, events, address, intake."""
    return (
        joinedload(Referral.student).joinedload(Student.school),
        joinedload(Referral.student).selectinload(Student.guardians),
        joinedload(Referral.organization),
        joinedload(Referral.service).joinedload(Service.intake),
        joinedload(Referral.service).selectinload(Service.phones),
        joinedload(Referral.service_at_location)
        .joinedload(ServiceAtLocation.location)
        .selectinload(Location.addresses),
        selectinload(Referral.events),
    )


def referral_for(
    session: Session, actor: Actor, referral_id: uuid.UUID, *, action: str
) -> Referral:
    """One referral with all that its page shows (5 statements), or NotFound."""
    referral = session.scalar(
        select(Referral)
        .join(Referral.student)
        .where(
            Referral.id == referral_id,
            policy.rows(
                actor,
                action,
                school_id=Student.school_id,
                organization_id=Referral.organization_id,
                subject_id=Referral.id,
            ),
            # A draft has been shown to nobody: a partner never sees one.
            Referral.state != State.DRAFT if action in PARTNER_ACTIONS else true(),
        )
        .options(*whole_referral())
    )
    if referral is None:
        raise NotFound("There is no such referral, or your account may not see it.")
    return referral


PARTNER_ACTIONS = frozenset({"referrals.view_as_partner", "referrals.answer", "referrals.inbox"})


def referrals_of_student(session: Session, student_id: uuid.UUID) -> Sequence[Referral]:
    """All referrals of a student that the caller was let see, newest first, with their events."""
    return session.scalars(
        select(Referral)
        .where(Referral.student_id == student_id)
        .order_by(Referral.created_at.desc(), Referral.id)
        .options(
            joinedload(Referral.service),
            joinedload(Referral.organization),
            selectinload(Referral.events),
        )
    ).all()


def referrals_in_short(session: Session, student_id: uuid.UUID) -> Sequence[Referral]:
    """Referrals of a student that the caller was let see, the oldest first, with service and partner
    (1 statement). Without what was never sent, or was sent by mistake.
    """
    return session.scalars(
        select(Referral)
        .where(
            Referral.student_id == student_id,
            or_(Referral.state != State.WITHDRAWN, Referral.sent_at.is_not(None)),
            func.coalesce(Referral.close_reason, "") != "sent_by_mistake",
        )
        .order_by(Referral.created_at, Referral.id)
        .options(
            defer(Referral.ranking),
            joinedload(Referral.service),
            joinedload(Referral.organization),
        )
    ).all()


def referrals_by_state(
    session: Session, actor: Actor, *, states: Sequence[State], limit: int, offset: int
) -> tuple[Sequence[Referral], int]:
    """Referrals in any of `states`, those waiting longest first, and how many in all."""
    condition = and_(
        policy.rows(actor, "referrals.list", school_id=Student.school_id),
        Referral.state.in_(states),
    )
    total = session.scalar(
        select(func.count()).select_from(Referral).join(Referral.student).where(condition)
    )
    found = session.scalars(
        select(Referral)
        .join(Referral.student)
        .where(condition)
        .order_by(Referral.changed_at, Referral.id)
        .limit(limit)
        .offset(offset)
        .options(*with_names())
    ).all()
    return found, total or 0


def referrals_awaiting_partner(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[Referral], int]:
    """The partner's inbox: open referrals to its organization, oldest first, and how many in all."""
    condition = and_(
        policy.rows(actor, "referrals.inbox", organization_id=Referral.organization_id),
        Referral.state.in_(WITH_PARTNER),
    )
    total = session.scalar(select(func.count()).select_from(Referral).where(condition))
    found = session.scalars(
        select(Referral)
        .where(condition)
        .order_by(Referral.sent_at, Referral.id)
        .limit(limit)
        .offset(offset)
        .options(
            joinedload(Referral.service),
            joinedload(Referral.organization),
            joinedload(Referral.student).joinedload(Student.school),
        )
    ).all()
    return found, total or 0


def referrals_overdue(
    session: Session, actor: Actor, *, on: date, limit: int
) -> Sequence[Referral]:
    """Open referrals whose next move is late, latest due first."""
    return session.scalars(
        select(Referral)
        .join(Referral.student)
        .where(
            policy.rows(actor, "referrals.list", school_id=Student.school_id),
            Referral.state.in_(WITH_PARTNER),
            Referral.due_on < on,
        )
        .order_by(Referral.due_on, Referral.id)
        .limit(limit)
        .options(*with_names())
    ).all()


def referrals_without_listing(session: Session, actor: Actor, *, limit: int) -> Sequence[Referral]:
    """Open referrals to a service that is not offered any more, or not at that place: its partner
    stopped it, or the directory it came from lists it no longer. Drafts too; oldest first.
    """
    return session.scalars(
        select(Referral)
        .join(Referral.student)
        .join(Referral.service)
        .outerjoin(Referral.service_at_location)
        .where(
            policy.rows(actor, "referrals.list", school_id=Student.school_id),
            Referral.state.in_(OPEN),
            or_(Service.status != "active", ServiceAtLocation.is_listed.is_(False)),
        )
        .order_by(Referral.created_at, Referral.id)
        .limit(limit)
        .options(*with_names())
    ).all()


def referrals_ended_without_help(
    session: Session, actor: Actor, *, now: datetime, limit: int
) -> Sequence[Referral]:
    """Declined, expired or failed lately, and nothing else was tried for the same need since."""
    later = aliased(Referral)
    return session.scalars(
        select(Referral)
        .join(Referral.student)
        .where(
            policy.rows(actor, "referrals.list", school_id=Student.school_id),
            Referral.state.in_([State.DECLINED, State.EXPIRED, State.NOT_COMPLETED]),
            Referral.closed_at > now - timedelta(days=UNANSWERED_DAYS),
            ~exists().where(
                later.student_id == Referral.student_id,
                later.category == Referral.category,
                later.id != Referral.id,
                later.created_at > Referral.created_at,
            ),
        )
        .order_by(Referral.closed_at, Referral.id)
        .limit(limit)
        .options(*with_names())
    ).all()


def drafts_of(session: Session, actor: Actor, *, limit: int) -> Sequence[Referral]:
    """Referrals begun and not sent, oldest first."""
    return session.scalars(
        select(Referral)
        .join(Referral.student)
        .where(
            policy.rows(actor, "referrals.list", school_id=Student.school_id),
            Referral.state == State.DRAFT,
        )
        .order_by(Referral.created_at, Referral.id)
        .limit(limit)
        .options(*with_names())
    ).all()


def counts_by_school(session: Session, actor: Actor) -> dict[uuid.UUID, dict[str, int]]:
    """Referrals by school and state, for the district page (1 statement)."""
    rows = session.execute(
        select(School.id, Referral.state, func.count(Referral.id))
        .join(Student, Student.school_id == School.id)
        .join(Referral, Referral.student_id == Student.id)
        .where(policy.rows(actor, "district.read"))
        .group_by(School.id, Referral.state)
    )
    counts: dict[uuid.UUID, dict[str, int]] = {}
    for school_id, state, count in rows:
        counts.setdefault(school_id, {})[state] = count
    return counts
