"""Writes about shared-out places: asking for a run, keeping what it found, deciding on proposals.
Never commits."""

from __future__ import annotations

import re
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext, ngettext
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from app.clock import day_there
from app.consents.queries import consent_covering
from app.errors import Conflict, Invalid
from app.places import queries
from app.places.beginning import held_before, in_scope
from app.places.models import KindValue, PlaceProposal, PlacesRun, SeatValue
from app.recommendations.queries import ranking_snapshot
from app.recommendations.seats import (
    NextOfKind,
    NextSeat,
    SeatFor,
    SeatPlan,
    figure_now,
    is_taken,
)
from app.referrals.models import Referral
from app.referrals.services import create_draft, referral_address, send_referral
from app.security import policy
from app.security.policy import SYSTEM, Actor
from app.web import formats
from catalog.models import Service

LONGEST_TERM = 40
MOST_PLACES = 5
URGENT = 3
LAPSES_AFTER = timedelta(days=30)  # a proposal that nobody decided on holds its seat so long
KEPT = timedelta(days=365)
MOST_NAMED = 20  # services that tell no open places, kept with the run by their ids
AT_WORK = ("waiting", "working")
# Kept as codes: pages say them in the reader's language. Else a problem is in words already.
INTERRUPTED, BROKE = "interrupted", "broke"


def ask_for_run(
    session: Session,
    *,
    school_id: uuid.UUID | None,
    term: str,
    at_most: int,
    together: bool,
    by: Actor,
    now: datetime,
    state: str = "waiting",
) -> PlacesRun:
    """Have open places shared out among a school's students; None: the district's. NotFound: not the
    actor's school; Invalid: a term or a number that is none; Conflict: it is being done just now.
    """
    policy.require(by, "places.propose", school_id=school_id)
    term = " ".join(term.split())
    if not term or len(term) > LONGEST_TERM or not term.isprintable():
        raise Invalid(
            gettext("Say which term the places are for, in at most %(most)s characters.", most=40),
            {"term": gettext("For example: Spring 2027.")},
        )
    if is_over(term, day_there(session, now).year):
        raise Invalid(
            gettext("“%(term)s” is over. Say a term that is running or to come.", term=term),
            {"term": gettext("Its year is past.")},
        )
    if not 1 <= at_most <= MOST_PLACES:
        raise Invalid(
            gettext("A student can be proposed 1 to %(most)s places.", most=MOST_PLACES),
            {"at_most": gettext("Choose one of the numbers.")},
        )
    if any(one.school_id == school_id for one in queries.runs_at_work(session, AT_WORK)):
        raise Conflict(
            gettext("Places are being proposed there just now. Look at the newest list below.")
        )
    run = PlacesRun(
        school_id=school_id,
        term=term,
        at_most=at_most,
        together=together,
        state=state,
        created_at=now,
        created_by=by.name,
    )
    session.add(run)
    session.flush()
    return run


def is_over(term: str, year: int) -> bool:
    """Whether the last year that the term names ("Fall 2020", "2019-20") is past. What names none is
    nobody's to judge: terms are called as a school likes."""
    last = [
        int(first[:2] + second) if second else int(first)
        for first, second in re.findall(r"\b(20\d\d)(?:\s*[-–/]\s*(\d\d))?\b", term)
    ]
    return bool(last) and max(last) < year


def take_up_next(session: Session) -> uuid.UUID | None:
    """Take up the run that has waited longest, if one waits."""
    waiting = queries.runs_at_work(session, ("waiting",))
    if not waiting:
        return None
    waiting[0].state = "working"
    return waiting[0].id


def give_up_interrupted(session: Session, *, now: datetime) -> None:
    """Say of runs that nobody makes any more that they were interrupted."""
    for run in queries.runs_at_work(session, ("working",)):
        note_failed(session, run.id, INTERRUPTED, now=now)


def note_failed(session: Session, run_id: uuid.UUID, problem: str, *, now: datetime) -> None:
    """It could not be made; why, as a code above or in words."""
    run = session.get_one(PlacesRun, run_id)
    if run.state in AT_WORK:
        run.state, run.problem, run.ended_at = "failed", problem, now


def note_made(session: Session, run_id: uuid.UUID, plan: SeatPlan, *, now: datetime) -> None:
    """Keep the proposals. Those of older runs for the same term and the same students that nobody
    decided on are replaced."""
    run = session.get_one(PlacesRun, run_id)
    if run.state != "working":
        return
    run.state, run.problem, run.ended_at = "done", None, now
    run.revision, run.parameters_version = plan.revision, plan.parameters_version
    run.counts = {
        "proposals": len(plan.seats),
        "students": plan.wishers,
        "without": plan.without,
        "apart": plan.apart,
        "overbooked": len(plan.overbooked),
        "untold": len(plan.untold),
        "overbooked_at": [str(one) for one in plan.overbooked[:MOST_NAMED]],
        "untold_at": [str(one) for one in plan.untold[:MOST_NAMED]],
        "score": plan.total_score,
        "bound": plan.bound,
    }
    older = (
        select(PlaceProposal.id)
        .join(PlaceProposal.run)
        .join(PlaceProposal.student)
        .where(PlacesRun.id != run.id, PlacesRun.term == run.term, in_scope(run))
    )
    let_go(session, PlaceProposal.id.in_(older), "replaced", now=now)
    for table, rows in (
        (PlaceProposal, [proposal_row(run.id, one) for one in plan.seats]),
        (SeatValue, [seat_row(run.id, one) for one in plan.next_seats]),
        (KindValue, [kind_row(run.id, one) for one in plan.next_of_kinds]),
    ):
        if rows:
            session.execute(insert(table), rows)
    session.flush()


def proposal_row(run_id: uuid.UUID, seat: SeatFor) -> dict[str, Any]:
    """A proposal's columns."""
    return {"run_id": run_id, **asdict(seat)}


def seat_row(run_id: uuid.UUID, one: NextSeat) -> dict[str, Any]:
    """The columns of a seat's value."""
    return {
        "run_id": run_id,
        "service_id": one.service_id,
        "seats": one.seats,
        "proposed": one.proposed,
        **asdict(one.gain),
    }


def kind_row(run_id: uuid.UUID, one: NextOfKind) -> dict[str, Any]:
    """The columns of the value of a place that is not there."""
    gain = asdict(one.gain)
    del gain["score"]  # what it would score is a guess; how many it would serve is not
    return {
        "run_id": run_id,
        "school_id": one.school_id,
        "code": one.code,
        "waiting": one.waiting,
        "waiting_urgent": one.waiting_urgent,
        **gain,
    }


def let_go(
    session: Session, which: ColumnElement[bool], why: str, *, now: datetime, by: str = SYSTEM.name
) -> int:
    """Drop proposals that nobody decided on; how many. What a person is deciding just now stays
    theirs: their version is another by then."""
    dropped = session.connection().execute(
        update(PlaceProposal)
        .where(PlaceProposal.state == "proposed", which)
        .values(
            state="dropped",
            why_dropped=why or None,
            decided_at=now,
            decided_by=by,
            version=PlaceProposal.version + 1,
        )
    )
    return dropped.rowcount


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an accepted proposal, and what is still missing, as codes: `permission`,
    `address`. `questions`: what to ask before it is sent, in words."""

    run_id: uuid.UUID
    referral: Referral
    is_sent: bool
    missing: tuple[str, ...]
    questions: tuple[str, ...]


def accept_proposal(
    session: Session,
    proposal_id: uuid.UUID,
    *,
    version: int,
    send: bool,
    by: Actor,
    now: datetime,
) -> Accepted:
    """Make the proposal a referral: a draft, or sent at once where nothing is to be asked before. The
    referral's own rules hold: it tells the partner what a permission in force covers, and no more.

    Conflict: decided already, or it does not fit any more, with why; Invalid: nowhere to send it to.
    """
    proposal = undecided(session, proposal_id, version=version, action="places.accept", by=by)
    ranking = ranking_snapshot(
        session,
        by,
        proposal.student_id,
        service_at_location_id=proposal.service_at_location_id,
        category=proposal.category,
        now=now,
    )
    refusals = [*ranking["refusals"], *why_gone(session, proposal, now=now)]
    if refusals:
        raise Conflict(
            gettext(
                "This does not fit any more: %(why)s Drop the proposal, or find another partner in "
                "the student's plan.",
                why=" ".join(refusals),
            )
        )
    referral = create_draft(
        session,
        student_id=proposal.student_id,
        service_at_location_id=proposal.service_at_location_id,
        category=proposal.category,
        ranking=ranking,
        by=by,
        now=now,
    )
    consent = consent_covering(
        session,
        student_id=referral.student_id,
        organization_id=referral.organization_id,
        on=day_there(session, now),
    )
    missing = [] if consent else ["permission"]
    questions = tuple(question["words"] for question in ranking["questions"])
    is_sent = send and not questions
    if is_sent:
        send_referral(session, referral.id, message="", version=referral.version, by=by, now=now)
    elif referral_address(referral) is None:
        missing.append("address")
    proposal.state, proposal.decided_at, proposal.decided_by = "accepted", now, by.name
    proposal.referral_id = referral.id
    session.flush()
    return Accepted(proposal.run_id, referral, is_sent, tuple(missing), questions)


def why_gone(session: Session, proposal: PlaceProposal, *, now: datetime) -> list[str]:
    """Why no place is left for the proposal, in words; nothing where one is, or where the partner has
    told no number lately. Of two who take the last one at once, `held_before` lets one have it."""
    service = session.get_one(Service, proposal.service_id)
    figure = figure_now(session, service, now=now)
    if figure is None:
        return []
    available, told_on = figure
    if not available:
        return [
            gettext(
                "%(service)s told on %(day)s that it is full.",
                service=service.name,
                day=formats.day(told_on),
            )
        ]
    taken = sum(is_taken(one, figure) for one in held_before(session, proposal))
    if taken < available:
        return []
    return [
        ngettext(
            "%(service)s told %(num)s open place on %(day)s, and it is promised to another student.",
            "%(service)s told %(num)s open places on %(day)s, and all are promised to other students.",
            available,
            service=service.name,
            day=formats.day(told_on),
        )
    ]


def drop_proposal(
    session: Session, proposal_id: uuid.UUID, *, version: int, by: Actor, now: datetime
) -> PlaceProposal:
    """Let the seat go to somebody else next time. Conflict: decided already."""
    proposal = undecided(session, proposal_id, version=version, action="places.drop", by=by)
    proposal.state, proposal.decided_at, proposal.decided_by = "dropped", now, by.name
    session.flush()
    return proposal


def undecided(
    session: Session, proposal_id: uuid.UUID, *, version: int, action: str, by: Actor
) -> PlaceProposal:
    """The proposal as the person saw it; Conflict where somebody else was quicker."""
    proposal = queries.proposal_for(session, by, proposal_id, action=action)
    if proposal.state != "proposed" or proposal.version != version:
        raise Conflict(
            gettext("Somebody decided on this proposal already. See in the list how it stands now.")
        )
    return proposal


def drop_run(session: Session, run_id: uuid.UUID, *, by: Actor, now: datetime) -> int:
    """Drop every proposal of the run that nobody decided on; how many. What was accepted stays.
    NotFound: no run that the actor could have asked for; Conflict: it is being made just now."""
    run = queries.run_for(session, by, run_id)
    policy.require(by, "places.propose", school_id=run.school_id)
    if run.state == "working":
        raise Conflict(gettext("It is being made just now. Wait until it is there, then drop it."))
    if run.state != "dropped":
        run.state, run.dropped_by = "dropped", by.name
        run.ended_at = run.ended_at or now
    number = let_go(session, PlaceProposal.run_id == run.id, "", now=now, by=by.name)
    session.flush()
    return number


def purge_runs(session: Session, *, now: datetime) -> tuple[int, int]:
    """Let go of proposals that nobody decided on in time, so that their seats are free, and delete
    what is a year old; how many of each."""
    late = select(PlacesRun.id).where(PlacesRun.created_at <= now - LAPSES_AFTER)
    lapsed = let_go(session, PlaceProposal.run_id.in_(late), "lapsed", now=now)
    old = session.connection().execute(
        delete(PlacesRun).where(PlacesRun.created_at <= now - KEPT, PlacesRun.state.not_in(AT_WORK))
    )
    return lapsed, old.rowcount
