"""Keeping the record of runs short. Called by the job `purge_job_runs`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.jobs.models import JobRun

# Long enough to see what happened over a school holiday.
KEPT_FOR = timedelta(days=30)


def purge_runs(session: Session, *, now: datetime) -> int:
    """Delete the runs that began more than `KEPT_FOR` ago; how many."""
    result: Any = session.execute(delete(JobRun).where(JobRun.started_at < now - KEPT_FOR))
    return int(result.rowcount)
