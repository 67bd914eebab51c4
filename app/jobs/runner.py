"""Running one job: alone, logged, and without taking the worker down when it fails.

Called by the worker and by `flask jobs run`. Needs an app context.
"""

from __future__ import annotations

import enum
import traceback
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from flask import current_app

from app.clock import utcnow
from app.extensions import db
from app.jobs.locks import exclusive
from app.jobs.models import JobRun
from app.jobs.registry import Job, JobReport
from app.settings import Settings
from app.transactions import work_unit

log = structlog.get_logger(__name__)


class Ending(enum.StrEnum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    BUSY = "busy"


@dataclass(frozen=True)
class JobResult:
    """How it ended and what it did. BUSY: another process is running it, so nothing was done."""

    ending: Ending
    report: JobReport = field(default_factory=JobReport)
    problem: str | None = None


def run_job(job: Job, *, now: datetime) -> JobResult:
    """Run the job once. A failure is logged and told in the result, never raised."""
    settings: Settings = current_app.extensions["footbridge"].settings
    with exclusive(f"job-{job.name}", engine=db.engine, instance_dir=settings.instance_dir) as held:
        if held is None:
            log.info("job_busy", job=job.name)
            return JobResult(Ending.BUSY)
        try:
            report = job.run(work_unit, now=now, settings=settings)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next run must come
            # The exception's text may quote a row of a child's data: only its kind and place.
            problem = f"{type(error).__name__} at {place_of(error)}"
            log.error("job_failed", job=job.name, problem=problem)  # noqa: TRY400
            write_down(job, Ending.FAILED, {"problem": problem}, now=now)
            return JobResult(Ending.FAILED, problem=problem)
        if report.did_something:
            log.info("job_done", job=job.name, **report.counts)
            write_down(job, Ending.DONE, dict(report.counts), now=now)
        return JobResult(Ending.DONE, report)


def write_down(job: Job, ending: Ending, report: dict[str, int | str], *, now: datetime) -> None:
    """Keep the run for `flask jobs list`; where even that fails, say so and go on."""
    try:
        with work_unit() as session:
            session.add(
                JobRun(
                    job=job.name,
                    started_at=now,
                    ended_at=utcnow(),
                    state=ending.value,
                    report=report,
                )
            )
    except Exception as error:  # noqa: BLE001 - the database may be what failed before
        log.error("job_run_not_kept", job=job.name, kind=type(error).__name__)  # noqa: TRY400


def place_of(error: BaseException) -> str:
    """The module line that raised, without what was in it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or list(frames)
    if not ours:
        return "?"
    path = "/".join(ours[-1].filename.split("/")[-3:])
    return f"{path}:{ours[-1].lineno}"
