"""A job runs alone, is logged when it did something, and cannot take the worker down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from app.extensions import db
from app.jobs.locks import exclusive
from app.jobs.models import JobRun
from app.jobs.queries import latest_runs
from app.jobs.registry import JOBS, Job, JobReport, WorkUnit, job_named
from app.jobs.runner import Ending, run_job
from app.jobs.worker import run_worker
from app.notices.services import Letter, queue_notice
from app.settings import Settings
from app.transactions import work_unit


@dataclass
class Work:
    """A job's work that counts its runs; `during` happens in each."""

    during: Callable[[], None] = lambda: None
    done: int = 1
    runs: int = 0
    ran: threading.Event = field(default_factory=threading.Event)

    def __call__(self, work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
        self.runs += 1
        self.ran.set()
        self.during()
        return JobReport({"done": self.done})


def job(work: Work, every: timedelta = timedelta(hours=1)) -> Job:
    return Job("a_job", work, every, "Counts its runs")


@pytest.fixture
def context(concurrent_app: Flask) -> Iterator[Flask]:
    with concurrent_app.app_context():
        yield concurrent_app


def kept_runs() -> list[JobRun]:
    with db.sessionmaker() as session:
        return list(session.scalars(select(JobRun)))


@pytest.mark.usefixtures("context")
def test_a_run_that_did_something_is_kept(now: datetime) -> None:
    result = run_job(job(Work(done=3)), now=now)
    assert (result.ending, result.report.counts) == (Ending.DONE, {"done": 3})
    [run] = kept_runs()
    assert (run.job, run.state, run.report, run.started_at) == ("a_job", "done", {"done": 3}, now)


@pytest.mark.usefixtures("context")
def test_a_run_with_nothing_to_do_leaves_no_trace(now: datetime) -> None:
    assert run_job(job(Work(done=0)), now=now).ending is Ending.DONE
    assert kept_runs() == []


@pytest.mark.usefixtures("context")
def test_a_failure_is_told_without_what_was_in_it(now: datetime) -> None:
    def fail() -> None:
        raise ValueError("Jordan Carter, grade 5")

    with capture_logs() as logs:
        result = run_job(job(Work(during=fail)), now=now)
    assert result.ending is Ending.FAILED
    assert "ValueError at " in str(result.problem)
    assert "test_runner.py" in str(result.problem)
    [run] = kept_runs()
    assert run.state == "failed"
    assert "Jordan" not in f"{run.report} {result.problem} {logs}"
    assert "failed" in [line["event"].rpartition("_")[2] for line in logs]


@pytest.mark.usefixtures("context")
def test_a_failed_job_leaves_nothing_half_done(now: datetime) -> None:
    def half(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
        with work_unit() as session:
            session.add(JobRun(job="half", started_at=now, state="done"))
            session.flush()
            raise RuntimeError

    assert run_job(Job("halves", half, timedelta(1), "Fails"), now=now).ending is Ending.FAILED
    assert [run.job for run in kept_runs()] == ["halves"]


def test_a_job_that_is_running_does_not_run_again(context: Flask, now: datetime) -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        assert go_on.wait(10)

    slow = Work(during=wait)

    def first() -> None:
        with context.app_context():
            run_job(job(slow), now=now)

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(10)
    second = Work()
    assert run_job(job(second), now=now).ending is Ending.BUSY
    go_on.set()
    thread.join()
    assert (slow.runs, second.runs) == (1, 0)
    assert run_job(job(second), now=now).ending is Ending.DONE


def test_a_lock_is_held_by_one_and_free_afterwards(context: Flask, tmp_path: Path) -> None:
    engine: Engine = db.engine
    with exclusive("a", engine=engine, instance_dir=tmp_path) as first:
        assert first is not None
        assert first()
        with exclusive("a", engine=engine, instance_dir=tmp_path) as second:
            assert second is None
        with exclusive("b", engine=engine, instance_dir=tmp_path) as other:
            assert other is not None
    with exclusive("a", engine=engine, instance_dir=tmp_path) as again:
        assert again is not None


def test_of_two_workers_one_works_and_the_other_takes_over(context: Flask) -> None:
    first, second = Work(), Work()
    stops = [threading.Event(), threading.Event()]
    every = timedelta(milliseconds=50)

    def worker(work: Work, stop: threading.Event) -> threading.Thread:
        thread = threading.Thread(
            target=run_worker, args=(context,), kwargs={"jobs": [job(work, every)], "stop": stop}
        )
        thread.start()
        return thread

    one = worker(first, stops[0])
    assert first.ran.wait(10)
    with capture_logs():
        two = worker(second, stops[1])
        assert not second.ran.wait(0.5)
        stops[0].set()
        one.join(10)
        assert second.ran.wait(10)
        stops[1].set()
        two.join(10)
    assert not one.is_alive()
    assert not two.is_alive()


def test_the_worker_ends_what_it_is_doing_before_it_stops(context: Flask) -> None:
    stop = threading.Event()
    finished: list[bool] = []

    def finish_late() -> None:
        stop.set()
        threading.Event().wait(0.3)
        finished.append(True)

    run_worker(context, jobs=[job(Work(during=finish_late))], stop=stop)
    assert finished == [True]


@pytest.mark.usefixtures("context")
def test_the_last_run_of_each_job_is_found(now: datetime) -> None:
    for minutes in (0, 2, 1):
        run_job(job(Work(done=minutes + 1)), now=now + timedelta(minutes=minutes))
    with db.sessionmaker() as session:
        assert latest_runs(session)["a_job"].report == {"done": 3}


@pytest.mark.usefixtures("context")
def test_the_record_of_runs_goes_back_thirty_days(now: datetime) -> None:
    for days in (31, 29, 0):
        run_job(job(Work(done=days)), now=now - timedelta(days=days))
        run_job(job(Work(done=1)), now=now - timedelta(days=days))
    assert run_job(job_named("purge_job_runs"), now=now).report.counts == {"purged": 2}
    assert len([run for run in kept_runs() if run.job == "a_job"]) == 3


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("name", [job.name for job in JOBS])
def test_every_job_may_run_twice(name: str, now: datetime) -> None:
    assert [run_job(job_named(name), now=now).ending for _ in range(2)] == [Ending.DONE] * 2


def test_messages_are_sent_from_the_command_line(context: Flask, now: datetime) -> None:
    with work_unit() as session:
        letter = Letter(
            kind="greeting",
            recipient="person@example.org",
            subject="Hello",
            body="All is well.",
            dedupe_key="by hand",
        )
        queue_notice(session, letter, now=now)
    runner = context.test_cli_runner()
    sent = runner.invoke(args=["notices", "send"])
    assert (sent.exit_code, sent.stdout) == (0, "send_notices: 1 sent\n")
    listed = runner.invoke(args=["jobs", "list"]).stdout
    assert "messages: 1 sent" in listed
    assert "person@example.org" not in listed
    for given_job in JOBS:
        assert given_job.name in listed


@pytest.mark.usefixtures("context")
def test_a_job_that_is_not_there_is_named_with_those_that_are(context: Flask) -> None:
    answer = context.test_cli_runner().invoke(args=["jobs", "run", "no_such_job"])
    assert answer.exit_code == 1
    assert "no_such_job" in answer.stderr
    assert "send_notices" in answer.stderr
