"""Reads of shared-out places: runs, their proposals, what one more place is worth; and what a run
starts from."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFound
from app.places.models import KindValue, PlaceProposal, PlacesRun, SeatValue
from app.rankings.models import StudentRanking
from app.recommendations.seats import Held, Wisher
from app.referrals.models import Referral, ReferralEvent
from app.referrals.states import OPEN, State
from app.security import policy
from app.security.policy import Actor
from app.students.models import Plan, PlanInterest, PlanNeed, School, Student, student_guardian
from catalog.models import Service, ServiceAtLocation

HOLDS_ALWAYS = (State.DRAFT, State.SENT, State.OPENED)  # no figure of the partner knows of them
HOLDS_SINCE = (State.ACCEPTED, State.IN_SERVICE)  # a figure of a later day does


def visible(actor: Actor) -> ColumnElement[bool]:
    """Runs of the actor's schools, and the district's, of which they see their own students only."""
    own = policy.rows(actor, "places.read", school_id=PlacesRun.school_id)
    return or_(own, PlacesRun.school_id.is_(None))


def own_students(actor: Actor) -> ColumnElement[bool]:
    """Proposals for students whom the actor may see; the query joins Student."""
    return policy.rows(actor, "places.read", school_id=Student.school_id)


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run as the list shows it: how many of the actor's students' proposals stand where."""

    run: PlacesRun
    proposed: int
    accepted: int
    dropped: int


def runs(session: Session, actor: Actor, *, limit: int, offset: int) -> tuple[list[RunLine], int]:
    """One page of runs, newest first, and how many in all (3 statements)."""
    total = session.scalar(select(func.count()).select_from(PlacesRun).where(visible(actor)))
    found = session.scalars(
        select(PlacesRun)
        .where(visible(actor))
        .order_by(PlacesRun.created_at.desc(), PlacesRun.id)
        .limit(limit)
        .offset(offset)
        .options(joinedload(PlacesRun.school))
    ).all()
    counts = counts_by_state(session, actor, [run.id for run in found])
    return [RunLine(run, *counts[run.id]) for run in found], total or 0


def counts_by_state(
    session: Session, actor: Actor, run_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, int, int]]:
    """By run: how many proposals wait, were accepted, were dropped (1 statement)."""
    rows = session.execute(
        select(PlaceProposal.run_id, PlaceProposal.state, func.count())
        .join(PlaceProposal.student)
        .where(PlaceProposal.run_id.in_(run_ids), own_students(actor))
        .group_by(PlaceProposal.run_id, PlaceProposal.state)
    )
    numbers: dict[tuple[uuid.UUID, str], int] = {(run, state): n for run, state, n in rows}
    return {
        id_: (
            numbers.get((id_, "proposed"), 0),
            numbers.get((id_, "accepted"), 0),
            numbers.get((id_, "dropped"), 0),
        )
        for id_ in run_ids
    }


def run_for(session: Session, actor: Actor, run_id: uuid.UUID) -> PlacesRun:
    """One run, or NotFound."""
    run = session.scalar(
        select(PlacesRun)
        .where(PlacesRun.id == run_id, visible(actor))
        .options(joinedload(PlacesRun.school))
    )
    if run is None:
        raise NotFound("There is no such list of proposed places, or not at your schools.")
    return run


def runs_at_work(session: Session, states: Sequence[str]) -> Sequence[PlacesRun]:
    """Runs in these states, the oldest first."""
    return session.scalars(
        select(PlacesRun)
        .where(PlacesRun.state.in_(states))
        .order_by(PlacesRun.created_at, PlacesRun.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which proposals of a run; None and "" leave an axis open."""

    state: str = "proposed"
    school_id: uuid.UUID | None = None
    category: str = ""


def proposals(
    session: Session, actor: Actor, run: PlacesRun, wanted: Wanted, *, limit: int, offset: int
) -> tuple[Sequence[PlaceProposal], int]:
    """One page of the run's proposals, the most urgent first, and how many in all (2 statements)."""
    conditions = [PlaceProposal.run_id == run.id, own_students(actor)]
    if wanted.state:
        conditions.append(PlaceProposal.state == wanted.state)
    if wanted.school_id is not None:
        conditions.append(Student.school_id == wanted.school_id)
    if wanted.category:
        conditions.append(PlaceProposal.category == wanted.category)
    total = session.scalar(
        select(func.count())
        .select_from(PlaceProposal)
        .join(PlaceProposal.student)
        .where(*conditions)
    )
    found = session.scalars(
        select(PlaceProposal)
        .join(PlaceProposal.student)
        .where(*conditions)
        .order_by(
            PlaceProposal.urgency.desc(),
            Student.family_name,
            Student.given_name,
            PlaceProposal.score.desc(),
            PlaceProposal.id,
        )
        .limit(limit)
        .offset(offset)
        .options(
            joinedload(PlaceProposal.student).joinedload(Student.school),
            joinedload(PlaceProposal.service).options(
                joinedload(Service.organization), joinedload(Service.intake)
            ),
            joinedload(PlaceProposal.service_at_location).joinedload(ServiceAtLocation.location),
        )
    ).all()
    return found, total or 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What a run's proposals can be narrowed to."""

    schools: list[tuple[uuid.UUID, str]]
    categories: list[str]


def choices(session: Session, actor: Actor, run: PlacesRun) -> Choices:
    """The schools and kinds of the run's proposals (1 statement)."""
    rows = session.execute(
        select(School.id, School.name, PlaceProposal.category)
        .distinct()
        .select_from(PlaceProposal)
        .join(PlaceProposal.student)
        .join(Student.school)
        .where(PlaceProposal.run_id == run.id, own_students(actor))
    ).all()
    return Choices(
        schools=sorted({(row.id, row.name) for row in rows}, key=lambda one: one[1]),
        categories=sorted({row.category for row in rows}),
    )


def proposal_for(
    session: Session, actor: Actor, proposal_id: uuid.UUID, *, action: str
) -> PlaceProposal:
    """One proposal, for whoever may do `action` to it; nobody else decides on it until our
    transaction ends. NotFound."""
    proposal = session.scalar(
        select(PlaceProposal)
        .join(PlaceProposal.student)
        .where(
            PlaceProposal.id == proposal_id,
            policy.rows(actor, action, school_id=Student.school_id),
        )
        .options(joinedload(PlaceProposal.run))
        .with_for_update(of=PlaceProposal)
    )
    if proposal is None:
        raise NotFound("There is no such proposal, or not for your students.")
    return proposal


def next_seats(session: Session, run: PlacesRun, *, limit: int) -> Sequence[SeatValue]:
    """Services whose next seat would help most (1 statement)."""
    return session.scalars(
        select(SeatValue)
        .join(SeatValue.service)
        .where(SeatValue.run_id == run.id, worth_something(SeatValue) | (SeatValue.score > 0))
        .order_by(
            SeatValue.urgent.desc(),
            SeatValue.pressing.desc(),
            SeatValue.students.desc(),
            SeatValue.score.desc(),
            Service.name,
            SeatValue.id,
        )
        .limit(limit)
        .options(joinedload(SeatValue.service).joinedload(Service.organization))
    ).all()


def next_of_kinds(
    session: Session, actor: Actor, run: PlacesRun, *, limit: int
) -> Sequence[KindValue]:
    """Kinds of places whose lack is felt most, by school (1 statement)."""
    return session.scalars(
        select(KindValue)
        .join(KindValue.school)
        .where(
            KindValue.run_id == run.id,
            policy.rows(actor, "places.read", school_id=KindValue.school_id),
            worth_something(KindValue),
        )
        .order_by(
            KindValue.urgent.desc(),
            KindValue.waiting_urgent.desc(),
            KindValue.pressing.desc(),
            KindValue.students.desc(),
            KindValue.waiting.desc(),
            School.name,
            KindValue.code,
        )
        .limit(limit)
        .options(joinedload(KindValue.school))
    ).all()


def worth_something(values: type[SeatValue] | type[KindValue]) -> ColumnElement[bool]:
    """The condition that one more would give somebody a place, or a more urgent one."""
    return or_(values.urgent > 0, values.pressing > 0, values.students > 0)


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
    """What the run starts from, as it is now (7 statements)."""
    on_way, closed, held = open_referrals(session)
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
    # Not when the referral changed last: the start of the service takes no second seat.
    held_at = (
        select(func.min(ReferralEvent.at))
        .where(ReferralEvent.referral_id == Referral.id, ReferralEvent.to_state.in_(HOLDS_SINCE))
        .scalar_subquery()
        .label("held_at")
    )
    kinds: dict[uuid.UUID, set[str]] = defaultdict(set)
    services: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    held = []
    for row in session.execute(
        select(
            Referral.student_id, Referral.service_id, Referral.category, Referral.state, held_at
        ).where(Referral.state.in_(OPEN))
    ):
        kinds[row.student_id].add(row.category)
        services[row.student_id].add(row.service_id)
        if row.state in HOLDS_ALWAYS:
            held.append(Held(row.service_id))
        elif row.state in HOLDS_SINCE:
            held.append(Held(row.service_id, row.held_at.date()))
    return kinds, services, held


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
