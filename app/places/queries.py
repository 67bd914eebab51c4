"""Reads of shared-out places: runs, their proposals, and what one more place is worth."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFound
from app.places.models import KindValue, PlaceProposal, PlacesRun, SeatValue
from app.security import policy
from app.security.policy import Actor
from app.students.models import School, Student
from catalog.models import Service, ServiceAtLocation


def visible(actor: Actor) -> ColumnElement[bool]:
    """Runs of the actor's schools, and the district's, of which they see their own students only."""
    own = policy.rows(actor, "places.read", school_id=PlacesRun.school_id)
    return or_(own, PlacesRun.school_id.is_(None))


def own_students(actor: Actor) -> ColumnElement[bool]:
    """Proposals for students whom the actor may see; the query joins Student."""
    return policy.rows(actor, "places.read", school_id=Student.school_id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of a run's proposals stand where. Of those dropped, nobody decided on what was
    `replaced` by a newer list, or has `lapsed`."""

    proposed: int = 0
    accepted: int = 0
    dropped: int = 0
    replaced: int = 0
    lapsed: int = 0


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run as the list shows it, with those of its proposals that are for the actor's students."""

    run: PlacesRun
    counts: Counts


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
    return [RunLine(run, counts[run.id]) for run in found], total or 0


def counts_by_state(
    session: Session, actor: Actor, run_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Counts]:
    """By run: how many proposals wait, were accepted, were dropped (1 statement)."""
    rows = session.execute(
        select(
            PlaceProposal.run_id,
            func.count().filter(PlaceProposal.state == "proposed"),
            func.count().filter(PlaceProposal.state == "accepted"),
            func.count().filter(PlaceProposal.state == "dropped"),
            func.count().filter(PlaceProposal.why_dropped == "replaced"),
            func.count().filter(PlaceProposal.why_dropped == "lapsed"),
        )
        .join(PlaceProposal.student)
        .where(PlaceProposal.run_id.in_(run_ids), own_students(actor))
        .group_by(PlaceProposal.run_id)
    )
    found = {run_id: Counts(*numbers) for run_id, *numbers in rows}
    return {id_: found.get(id_, Counts()) for id_ in run_ids}


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


def services_named(session: Session, ids: Collection[str]) -> dict[str, Service]:
    """The services of these ids that are still there, by id (1 statement; none where there are none)."""
    if not ids:
        return {}
    found = session.scalars(
        select(Service)
        .where(Service.id.in_(list(map(uuid.UUID, ids))))
        .options(joinedload(Service.organization))
    )
    return {str(service.id): service for service in found}


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
