"""Writes of rankings: a run begun or ended, and rows kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.rankings.models import RankingRun, StudentRanking
from app.rankings.queries import Wanted, latest_run
from app.recommendations.many import Ranked

RUNS_KEPT = 30


def begin_or_resume(
    session: Session, wanted: Wanted, *, anew: bool, now: datetime
) -> tuple[RankingRun, bool]:
    """The run to work on, and whether it is one that was begun before: the last one, where it did
    not come to its end and was made with the same catalog and weights, on the same day, as deep.
    """
    last = latest_run(session)
    if last is not None and not anew and last.ended_at is None and wanted_of(last) == wanted:
        return last, True
    run = RankingRun(
        top=wanted.top,
        ranked_on=wanted.on,
        revision=wanted.revision,
        parameters_version=wanted.parameters_version,
        started_at=now,
    )
    session.add(run)
    old = session.scalars(
        select(RankingRun.id).order_by(RankingRun.started_at.desc()).offset(RUNS_KEPT)
    ).all()
    session.execute(delete(RankingRun).where(RankingRun.id.in_(old)))
    session.flush()
    return run, False


def wanted_of(run: RankingRun) -> Wanted:
    """With what the run was made."""
    return Wanted(run.revision, run.ranked_on, run.parameters_version, run.top)


def keep_rankings(
    session: Session, ranked: Sequence[Ranked], wanted: Wanted, *, run_id: uuid.UUID | None
) -> None:
    """Put the rankings in the place of those that were (1 statement)."""
    if not ranked:
        return
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(StudentRanking.__table__)
    columns = [c.name for c in StudentRanking.__table__.c if c.name != "student_id"]
    session.connection().execute(
        insert.on_conflict_do_update(
            index_elements=["student_id"],
            set_={name: insert.excluded[name] for name in columns},
        ),
        [
            {
                "student_id": one.student_id,
                "run_id": run_id,
                "facts_version": one.facts_version,
                "revision": wanted.revision,
                "ranked_on": wanted.on,
                "parameters_version": wanted.parameters_version,
                "top": wanted.top,
                "best": one.best,
                "considered": one.considered,
                "fitting": one.fitting,
                "problem": one.problem,
            }
            for one in ranked
        ],
    )


def note_ended(session: Session, run_id: uuid.UUID, *, now: datetime) -> None:
    """The run has come to its end; later it only follows changes."""
    run = session.get(RankingRun, run_id)
    if run is not None and run.ended_at is None:
        run.ended_at = now
    session.flush()
