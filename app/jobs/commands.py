"""Commands of the background's side: `worker`, `serve`, `jobs list`, `jobs run`, `notices send`."""

from __future__ import annotations

import os

import click
from babel.dates import format_timedelta
from flask import current_app
from flask.cli import with_appcontext

from app.clock import utcnow
from app.extensions import db
from app.jobs.queries import latest_runs
from app.jobs.registry import JOBS, Job, job_named
from app.jobs.runner import Ending, JobResult, run_job
from app.migrating import NotMigratedError, require_migrated
from app.notices.queries import count_by_state, given_up_notices


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Run the background jobs until stopped. One worker works at a time; a second one waits."""
    from app.jobs.worker import LockLostError, run_worker  # noqa: PLC0415 - slow to load

    stop_unless_migrated()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        run_worker(app)
    except LockLostError as error:
        raise click.ClickException(f"{error} Start the worker again.") from None


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", type=click.IntRange(1, 256), help="Web processes.  [default: the CPUs]")
@click.option("--with-worker/--no-worker", default=True, help="Run the background jobs too.")
@with_appcontext
def serve_command(host: str, port: int, workers: int | None, *, with_worker: bool) -> None:
    """Serve the site, and run its background jobs beside it."""
    from app.serving import ServingError, serve  # noqa: PLC0415 - slow to load

    stop_unless_migrated()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        serve(
            app,
            host=host,
            port=port,
            workers=workers or os.cpu_count() or 1,
            with_worker=with_worker,
            on_ready=lambda url: click.echo(f"Footbridge is ready at {url} (Ctrl+C ends it)"),
        )
    except ServingError as error:
        raise click.ClickException(str(error)) from None


def stop_unless_migrated() -> None:
    """End with what to do, rather than break at each page and each job's turn."""
    try:
        require_migrated(db.engine)
    except NotMigratedError as error:
        raise click.ClickException(str(error)) from None


@click.group("jobs")
def jobs_group() -> None:
    """The background jobs."""


@jobs_group.command("list")
@with_appcontext
def list_command() -> None:
    """Show each job with its last run, and the messages that could not be sent."""
    runs = latest_runs(db.session)
    for job in JOBS:
        every = format_timedelta(job.every, locale="en")
        click.echo(f"{job.name}: {job.meaning}; every {every}")
        run = runs.get(job.name)
        if run is None:
            click.echo("    has done nothing yet")
        else:
            told = ", ".join(f"{key} {value}" for key, value in run.report.items())
            click.echo(f"    last: {run.started_at:%Y-%m-%d %H:%M} UTC, {run.state}, {told}")
    states = count_by_state(db.session)
    counted = ", ".join(f"{states[state]} {state}" for state in sorted(states)) or "none"
    click.echo(f"messages: {counted}")
    for notice in given_up_notices(db.session):
        click.echo(
            f"    given up: {notice.id} ({notice.kind}), {notice.attempts} tries: "
            f"{notice.last_error}"
        )


@jobs_group.command("run")
@click.argument("name")
@with_appcontext
def run_command(name: str) -> None:
    """Run one job now, whatever its time."""
    try:
        job = job_named(name)
    except LookupError as error:
        raise click.ClickException(str(error.args[0])) from None
    tell(job, run_job(job, now=utcnow()))


@click.group("notices")
def notices_group() -> None:
    """The messages."""


@notices_group.command("send")
@with_appcontext
def send_command() -> None:
    """Send the messages that are due now."""
    job = job_named("send_notices")
    tell(job, run_job(job, now=utcnow()))


def tell(job: Job, result: JobResult) -> None:
    """Say how a run ended; exit with 1 where it failed or could not begin."""
    if result.ending is Ending.BUSY:
        raise click.ClickException(f"{job.name} is just running in another process. Try again.")
    if result.ending is Ending.FAILED:
        raise click.ClickException(f"{job.name} failed: {result.problem}. Nothing more is known.")
    counts = ", ".join(f"{count} {what}" for what, count in result.report.counts.items() if count)
    click.echo(f"{job.name}: {counts or 'nothing to do'}")


commands: list[click.Command] = [worker_command, serve_command, jobs_group, notices_group]
