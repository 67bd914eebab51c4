"""What sharing out places starts from: who wishes what, what is promised already, who are brothers and
sisters. Called by work.py, in the worker or a command; who may see it is asked where it is shown."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import Session

from app.families.models import FamilyResponse
from app.places.models import PlaceProposal, PlacesRun
from app.rankings.models import StudentRanking
from app.recommendations.seats import Held, Wisher
from app.referrals.models import Referral, ReferralEvent
from app.referrals.states import OPEN, State
from app.students.models import Plan, PlanInterest, PlanNeed, Student, student_guardian

HOLDS_ALWAYS = (State.DRAFT, State.SENT, State.OPENED)  # no figure of the partner knows of them
HOLDS_SINCE = (State.ACCEPTED, State.IN_SERVICE)  # a figure of a later day does
ENDED_THERE = (State.COMPLETED, State.NOT_COMPLETED)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a run starts from: who wishes what, which seats are promised, what the term gave already,
    and which of them are brothers and sisters."""

    wishers: list[Wisher]
    held: list[Held]
    accepted: list[tuple[uuid.UUID, uuid.UUID]]
    families: list[tuple[uuid.UUID, ...]]


def in_scope(run: PlacesRun) -> ColumnElement[bool]:
    """Students that the run is about."""
    return Student.school_id == run.school_id if run.school_id else true()


def beginning(session: Session, run: PlacesRun) -> Beginning:
    """What the run starts from, as it is now (9 statements)."""
    on_way, closed, held = open_referrals(session)
    for student_id, service_id in not_wanted(session, run):
        closed[student_id].add(service_id)
    tried = tried_before(session, run)
    asked = asks(session, run)
    wishers = []
    for student_id, school_id, best in session.execute(
        select(Student.id, Student.school_id, StudentRanking.best)
        .join(StudentRanking, StudentRanking.student_id == Student.id)
        .where(in_scope(run))
        .order_by(Student.id)
    ):
        needs, interests = asked[0].get(student_id, ()), asked[1].get(student_id, ())
        going: Collection[str] = on_way.get(student_id, ())
        wishers.append(
            Wisher(
                student_id,
                school_id,
                needs=tuple(need for need in needs if need[0] not in going),
                interests=tuple(code for code in interests if code not in going),
                best=best,
                closed=frozenset(closed.get(student_id, ())),
                tried=frozenset(tried.get(student_id, ())),
            )
        )
    held += [Held(service_id) for service_id in seats_of_other_runs(session, run)]
    return Beginning(
        wishers,
        held,
        accepted_this_term(session, run),
        families_among(session, {one.student_id for one in wishers}) if run.together else [],
    )


def open_referrals(
    session: Session,
) -> tuple[dict[uuid.UUID, set[str]], dict[uuid.UUID, set[uuid.UUID]], list[Held]]:
    """By student what is on the way, as kinds and as services; and the seats that are promised."""
    kinds: dict[uuid.UUID, set[str]] = defaultdict(set)
    services: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    held = []
    for row in session.execute(referrals_that_are_open()):
        kinds[row.student_id].add(row.category)
        services[row.student_id].add(row.service_id)
        held += held_by(row.service_id, row.state, row.held_at)
    return kinds, services, held


def referrals_that_are_open() -> Select[uuid.UUID, uuid.UUID, str, str, datetime]:
    """With the moment from which each holds a seat."""
    # Not when the referral changed last: the start of the service takes no second seat.
    held_at = (
        select(func.min(ReferralEvent.at))
        .where(ReferralEvent.referral_id == Referral.id, ReferralEvent.to_state.in_(HOLDS_SINCE))
        .scalar_subquery()
        .label("held_at")
    )
    return select(
        Referral.student_id, Referral.service_id, Referral.category, Referral.state, held_at
    ).where(Referral.state.in_(OPEN))


def held_by(service_id: uuid.UUID, state: str, held_at: datetime) -> list[Held]:
    """The seat that an open referral holds; none where it waits on the partner's list."""
    if state in HOLDS_ALWAYS:
        return [Held(service_id)]
    return [Held(service_id, held_at.date())] if state in HOLDS_SINCE else []


def held_before(session: Session, proposal: PlaceProposal) -> list[Held]:
    """Seats of the proposal's service that other students have before it: by open referrals, and by
    proposals that nobody decided on and that come first, the more urgent and then the better
    (2 statements). So the last seat goes to one of those who were proposed it, and not to none.

    Proposals are read first: one that is accepted just then is seen as it was or as a referral.
    """
    own = (-proposal.urgency, -proposal.score, proposal.id)
    waiting = session.execute(
        select(
            PlaceProposal.student_id, PlaceProposal.urgency, PlaceProposal.score, PlaceProposal.id
        ).where(
            PlaceProposal.state == "proposed",
            PlaceProposal.service_id == proposal.service_id,
            PlaceProposal.student_id != proposal.student_id,
        )
    ).all()
    by_student = {
        row.student_id: [Held(proposal.service_id)]
        for row in waiting
        if (-row.urgency, -row.score, row.id) < own
    }
    of_others = (
        Referral.service_id == proposal.service_id,
        Referral.student_id != proposal.student_id,
    )
    for row in session.execute(referrals_that_are_open().where(*of_others)):
        by_student[row.student_id] = held_by(row.service_id, row.state, row.held_at)
    return [held for one in by_student.values() for held in one]


def not_wanted(session: Session, run: PlacesRun) -> Sequence[Row[uuid.UUID, uuid.UUID]]:
    """(student, service) where the family has answered "not for us" (1 statement)."""
    return session.execute(
        select(FamilyResponse.student_id, FamilyResponse.service_id)
        .join(FamilyResponse.student)
        .where(FamilyResponse.answer == "not_for_us", in_scope(run))
    ).all()


def tried_before(session: Session, run: PlacesRun) -> dict[uuid.UUID, set[tuple[uuid.UUID, str]]]:
    """By student: (service, what for) of referrals that came to their end there, with help or
    without, or because the family did not want it (1 statement). What a partner declined, the
    ranking leaves out as long as asking again is pointless; what was withdrawn for another reason, or
    was never answered, may be tried again."""
    tried: dict[uuid.UUID, set[tuple[uuid.UUID, str]]] = defaultdict(set)
    for student_id, service_id, category in session.execute(
        select(Referral.student_id, Referral.service_id, Referral.category)
        .join(Referral.student)
        .where(
            Referral.state.in_(ENDED_THERE) | (Referral.close_reason == "family_declined"),
            in_scope(run),
        )
    ):
        tried[student_id].add((service_id, category))
    return tried


def asks(
    session: Session, run: PlacesRun
) -> tuple[dict[uuid.UUID, list[tuple[str, int]]], dict[uuid.UUID, list[str]]]:
    """Needs that are not met, the most urgent first, and interests, by student (2 statements). A need
    that a plan names twice counts once."""
    needs: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for student_id, category, urgency in session.execute(
        select(Plan.student_id, PlanNeed.category, PlanNeed.urgency)
        .join(PlanNeed, PlanNeed.plan_id == Plan.id)
        .join(Plan.student)
        .where(PlanNeed.met_at.is_(None), in_scope(run))
        .order_by(PlanNeed.urgency.desc(), PlanNeed.category)
    ):
        needs[student_id].setdefault(category, urgency)
    interests: dict[uuid.UUID, dict[str, None]] = defaultdict(dict)
    for student_id, term in session.execute(
        select(Plan.student_id, PlanInterest.term)
        .join(PlanInterest, PlanInterest.plan_id == Plan.id)
        .join(Plan.student)
        .where(in_scope(run))
        .order_by(PlanInterest.strength.desc(), PlanInterest.term)
    ):
        interests[student_id][term] = None
    return (
        {student_id: list(codes.items()) for student_id, codes in needs.items()},
        {student_id: list(codes) for student_id, codes in interests.items()},
    )


def seats_of_other_runs(session: Session, run: PlacesRun) -> Sequence[uuid.UUID]:
    """Services of proposals that wait in other runs and that this one does not replace, a row a seat."""
    return session.scalars(
        select(PlaceProposal.service_id)
        .join(PlaceProposal.student)
        .join(PlaceProposal.run)
        .where(
            PlaceProposal.state == "proposed",
            PlaceProposal.run_id != run.id,
            ~((PlacesRun.term == run.term) & in_scope(run)),
        )
    ).all()


def accepted_this_term(session: Session, run: PlacesRun) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(student, service) accepted for the run's term whose referral is still open."""
    rows = session.execute(
        select(PlaceProposal.student_id, PlaceProposal.service_id)
        .join(PlaceProposal.student)
        .join(PlaceProposal.run)
        .join(Referral, Referral.id == PlaceProposal.referral_id)
        .where(
            PlaceProposal.state == "accepted",
            PlacesRun.term == run.term,
            Referral.state.in_(OPEN),
            in_scope(run),
        )
    )
    return [(student_id, service_id) for student_id, service_id in rows]


def families_among(session: Session, student_ids: set[uuid.UUID]) -> list[tuple[uuid.UUID, ...]]:
    """Brothers and sisters among the students: those who share a guardian, or share one with one who
    does (1 statement)."""
    children: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for student_id, guardian_id in session.execute(
        select(student_guardian.c.student_id, student_guardian.c.guardian_id)
    ):
        if student_id in student_ids:
            children[guardian_id].append(student_id)
    family: dict[uuid.UUID, set[uuid.UUID]] = {}
    for siblings in children.values():
        if len(siblings) > 1:
            joined = set(siblings).union(*(family.get(one, ()) for one in siblings))
            family.update(dict.fromkeys(joined, joined))
    return sorted({tuple(sorted(members)) for members in family.values()})
