"""Work that a web process lacks and the worker has not done: done beside it, while it goes on answering.

For the offers that matching reads: create_app binds it, whatever serves the application. As the
worker would, it runs a job; as for its own long work, in a process that ends with the one that
started it.
"""

from __future__ import annotations

import threading
import uuid

import structlog
from flask import Flask

from app.clock import utcnow
from app.extensions import db
from app.jobs.locks import file_lock
from app.jobs.own_process import in_own_process
from app.jobs.registry import job_named
from app.jobs.runner import run_job
from app.jobs.work import Work
from app.recommendations.queries import never_wait
from app.settings import Settings

log = structlog.get_logger(__name__)

NOTHING_NAMED = uuid.UUID(int=0)  # the work finds by itself what is due


def init_app(app: Flask, settings: Settings) -> None:
    """A process that is asked for a page never waits for a build. One that only runs a command or jobs
    is never asked, and builds itself."""
    have_built = Beside(build_offers_now, settings).start
    app.before_request(lambda: never_wait(db.sessionmaker, have_built))


class Beside:
    """One kind of work in a process of its own, at most one at a time for all processes of this
    machine's installation. Its start is not safe among threads: the caller sees to that.
    """

    def __init__(self, work: Work, settings: Settings) -> None:
        self.work = work
        self.settings = settings
        self.waiting: threading.Thread | None = None

    def start(self) -> None:
        """Have the work done, and return at once; nothing where it is being done already."""
        if self.waiting is None or not self.waiting.is_alive():
            self.waiting = threading.Thread(target=self.see_it_done, daemon=True)
            self.waiting.start()

    def see_it_done(self) -> None:
        """Start it and wait for its end, so that nothing is left of it; in a thread of its own."""
        try:
            with file_lock(f"beside-{self.work.__name__}", self.settings.instance_dir) as held:
                if held is not None:
                    in_own_process(self.work, self.settings, NOTHING_NAMED)
        except OSError as error:  # no process, no memory, no disk: the next turn comes
            log.error("beside_failed", work=self.work.__name__, kind=type(error).__name__)  # noqa: TRY400


def build_offers_now(_nothing_named: uuid.UUID) -> None:
    """The job `build_offers`, run once; in the new process."""
    run_job(job_named("build_offers"), now=utcnow())
