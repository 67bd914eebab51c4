"""Sharing out open places: by the worker in a process of its own, or by the command `allocate`.

First the rankings of the students concerned are brought up to date, then the seats are shared out,
then the proposals are kept in one transaction: a kill leaves none.
"""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog

from app.clock import utcnow
from app.errors import Conflict, DomainError
from app.extensions import db
from app.jobs.locks import exclusive
from app.jobs.work import RunWork
from app.places import queries, services
from app.places.beginning import beginning
from app.places.models import PlacesRun
from app.rankings.work import bring_up_to_date
from app.recommendations.seats import SeatPlan, share_seats
from app.security.policy import Actor
from app.settings import Settings
from app.transactions import work_unit
from app.web.shell import settings

log = structlog.get_logger(__name__)

LOCK = "places-at-work"
PATIENCE_S = 600  # the district's own ranking may be at work just then


def make_waiting(*, now: datetime, settings: Settings, run_work: RunWork) -> int:
    """Make the run that has waited longest; how many. What another process left unfinished is said
    to be interrupted first."""
    with db.sessionmaker() as session:
        if not queries.runs_at_work(session, services.AT_WORK):
            return 0
    if not clear_away(settings, now=now):
        return 0
    with work_unit() as session:
        run_id = services.take_up_next(session)
    if run_id is None:
        return 0
    run_work(make, settings, run_id)
    clear_away(settings, now=utcnow())
    return 1


def clear_away(settings: Settings, *, now: datetime) -> bool:
    """Say of what nobody makes any more that it was interrupted. False while somebody is at work."""
    with exclusive(LOCK, engine=db.engine, instance_dir=settings.instance_dir) as held:
        if held is None:
            return False
        with work_unit() as session:
            services.give_up_interrupted(session, now=now)
        return True


def make(run_id: uuid.UUID) -> None:
    """Make it; a failure is noted, never raised."""
    with exclusive(LOCK, engine=db.engine, instance_dir=settings().instance_dir) as held:
        if held is None:
            return
        try:
            share_out(run_id, now=utcnow())
        except DomainError as error:
            fail(run_id, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for the page
            log.error("places_failed", kind=type(error).__name__)  # noqa: TRY400
            fail(run_id, services.BROKE)


def make_now(
    *,
    school_id: uuid.UUID | None,
    term: str,
    at_most: int,
    together: bool,
    by: Actor,
    now: datetime,
) -> tuple[uuid.UUID, SeatPlan]:
    """The same at once, for the command. Raises as `ask_for_run`, and Conflict where another run is
    being made."""
    with exclusive(LOCK, engine=db.engine, instance_dir=settings().instance_dir) as held:
        if held is None:
            raise Conflict("Places are being proposed just now by another process. Try again soon.")
        with work_unit() as session:
            run_id = services.ask_for_run(
                session,
                school_id=school_id,
                term=term,
                at_most=at_most,
                together=together,
                by=by,
                now=now,
                state="working",
            ).id
        try:
            return run_id, share_out(run_id, now=now)
        except DomainError as error:
            fail(run_id, str(error))
            raise
        except BaseException:
            fail(run_id, services.BROKE)
            raise


def share_out(run_id: uuid.UUID, *, now: datetime) -> SeatPlan:
    """Rank whose ranking is out of date, share out, keep."""
    with db.sessionmaker() as session:
        school_id = session.get_one(PlacesRun, run_id).school_id
    bring_up_to_date(school_id=school_id, now=now, patience_s=PATIENCE_S)
    with db.sessionmaker() as session:
        run = session.get_one(PlacesRun, run_id)
        start = beginning(session, run)
        plan = share_seats(
            session,
            start.wishers,
            held=start.held,
            accepted=start.accepted,
            families=start.families,
            at_most=run.at_most,
            now=now,
        )
    with work_unit() as session:
        services.note_made(session, run_id, plan, now=utcnow())
    return plan


def fail(run_id: uuid.UUID, problem: str) -> None:
    """Note in a transaction of its own that it did not work out."""
    with work_unit() as session:
        services.note_failed(session, run_id, problem, now=utcnow())
