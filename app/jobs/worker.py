"""The background process: starts each job when its time has come, until told to stop.

One works at a time, under a lock; a second one waits for its turn. The scheduler is only the clock:
what is due is in our tables. Called by `flask worker` and by app/serving.py; never by create_app.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from app.clock import utcnow
from app.extensions import db
from app.jobs.locks import StillHeld, exclusive
from app.jobs.registry import JOBS, Job
from app.jobs.runner import run_job

log = structlog.get_logger(__name__)

LOCK = "worker"
LOOK_EVERY_S = 1.0


class LockLostError(Exception):
    """The database forgot our lock: another worker may be at work, so this one must end."""


def run_worker(
    app: Flask,
    *,
    jobs: Sequence[Job] = JOBS,
    stop: threading.Event | None = None,
    ends_with_parent: bool = False,
) -> None:
    """Work until `stop` is set (SIGTERM and SIGINT set it), finishing what is being done.

    `ends_with_parent`: stop also when the process that started this one is gone, however it went.
    Raises LockLostError where the database forgot the lock: the worker must then be started anew.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        stop_on_signals(stop)
    watch = ParentWatch(stop) if ends_with_parent else None
    instance_dir = app.extensions["footbridge"].settings.instance_dir
    waiting = False
    with app.app_context():
        engine = db.engine
    while not stop.is_set():
        with exclusive(LOCK, engine=engine, instance_dir=instance_dir) as held:
            if held is not None:
                work(app, jobs, stop=stop, still_held=held, watch=watch)
                return
        if not waiting:
            log.info("worker_waits", why="another worker is at work; this one waits for its turn")
            waiting = True
        stop.wait(LOOK_EVERY_S)
        if watch is not None:
            watch.look()


def work(
    app: Flask,
    jobs: Sequence[Job],
    *,
    stop: threading.Event,
    still_held: StillHeld,
    watch: ParentWatch | None,
) -> None:
    """Run the clock until `stop`, then let running jobs end."""
    clock = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(max_workers=len(jobs) or 1)},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        timezone="UTC",
    )
    for job in jobs:
        clock.add_job(
            run_in_context,
            "interval",
            seconds=job.every.total_seconds(),
            next_run_time=utcnow(),
            args=(app, job),
            id=job.name,
        )
    clock.start()
    log.info("worker_started", jobs=[job.name for job in jobs])
    try:
        while not stop.wait(LOOK_EVERY_S):
            if watch is not None:
                watch.look()
            if not still_held():
                log.error("worker_lock_lost")
                raise LockLostError("The database forgot the worker's lock.")
    finally:
        clock.shutdown(wait=True)
        log.info("worker_stopped")


def run_in_context(app: Flask, job: Job) -> None:
    """One run, in a thread of the clock."""
    with app.app_context():
        run_job(job, now=utcnow())


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM and SIGINT ask for an orderly end."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


class ParentWatch:
    """Sets `stop` once the process that started this one is gone, even if it was killed."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.parent = os.getppid()

    def look(self) -> None:
        """Ask once; an orphan is given to another parent."""
        if os.getppid() != self.parent:
            self.stop.set()
