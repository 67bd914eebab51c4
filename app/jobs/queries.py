"""What ran in the background lately."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.jobs.models import JobRun


def latest_runs(session: Session) -> dict[str, JobRun]:
    """The newest run of each job that did something or failed, by the job's name."""
    newest = select(
        JobRun.id,
        func.row_number()
        .over(partition_by=JobRun.job, order_by=(JobRun.started_at.desc(), JobRun.id))
        .label("place"),
    ).subquery()
    runs = session.scalars(
        select(JobRun).join(newest, newest.c.id == JobRun.id).where(newest.c.place == 1)
    )
    return {run.job: run for run in runs}
