"""Serving the site from one command: gunicorn's web processes, and the background worker.

Called by `flask serve` and by the demo's command. The worker is forked from the loaded application,
started again should it end, and ends with the site, even when the site's process is killed.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from sqlalchemy.exc import SQLAlchemyError

from app.clock import day_there, utcnow
from app.directory import index
from app.extensions import db
from app.jobs.worker import run_worker
from app.recommendations import queries as recommendations
from app.turns import Turns

log = structlog.get_logger(__name__)

# Browsers open connections ahead of need; a process that serves one connection at a time would wait
# on an idle one, so each holds a few, and answers them one after the other.
THREADS = 4


class ServingError(Exception):
    """The site could not be served; the message says why and what to do."""


def serve(
    app: Flask,
    *,
    host: str,
    port: int,
    workers: int,
    with_worker: bool,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or SIGINT, then end the process (SystemExit), its requests finished.

    `port` 0 takes a free one. `on_ready` is called once, with the site's address, when it listens.
    Raises ServingError where the address cannot be listened at.
    """
    listener = listen(host, port)
    with app.app_context():
        warm_up()
    with app.app_context():  # another one: the session of the first has given its connection back
        db.engine.dispose()  # a connection must not be shared by the processes forked from here
    Site(app, listener, workers=workers, with_worker=with_worker, on_ready=on_ready).run()


def warm_up() -> None:
    """Build the matching engines and the search index once, before the fork: all web processes share
    their memory, and no visitor waits for them.

    A database that cannot be read yet is no reason not to serve: then the first question builds.
    """
    try:
        now = utcnow()
        recommendations.warm_up(db.session, now=now)
        index.warm_up(db.session, on=day_there(db.session, now))
    except SQLAlchemyError as error:
        log.warning("not_warmed_up", kind=type(error).__name__)
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look at it again within a page


def listen(host: str, port: int) -> socket.socket:
    """The listening socket; raises ServingError with what stands in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ServingError(
            f"Cannot listen at {host}, port {port}: {reason}. "
            "Stop what uses that port, or choose another with --port."
        ) from None


class Site(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured here and nowhere else: no file and no argument adds to it."""

    def __init__(
        self,
        app: Flask,
        listener: socket.socket,
        *,
        workers: int,
        with_worker: bool,
        on_ready: Callable[[str], None],
    ) -> None:
        self.flask_app = app
        self.listener = listener
        self.workers = workers
        self.with_worker = with_worker
        self.on_ready = on_ready
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        for name, value in {
            "bind": f"fd://{self.listener.fileno()}",
            "workers": self.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,
            "timeout": 60,
            "graceful_timeout": 8,  # a page takes a fraction of a second
            "accesslog": None,
            "loglevel": "warning",
            "logger_class": ReticentLogger,
            "control_socket_disable": True,
            "when_ready": self.when_ready,
            "post_fork": self.post_fork,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Turns:
        """The application, loaded before the fork; each process has turns of its own."""
        return Turns(self.flask_app)

    def when_ready(self, _arbiter: Arbiter) -> None:
        """The socket listens: say so."""
        host, port = self.listener_name[:2]
        shown = f"[{host}]" if ":" in host else host
        self.on_ready(f"http://{shown}:{port}")

    def post_fork(self, _arbiter: Arbiter, _worker: Any) -> None:
        """A web process begins: with connections of its own."""
        with self.flask_app.app_context():
            db.engine.dispose(close=False)

    def run(self) -> None:
        """Serve; ends with SystemExit."""
        self.listener_name = self.listener.getsockname()
        self.listener.detach()  # gunicorn owns it from here
        Supervisor(self).run()


class Supervisor(Arbiter):  # type: ignore[misc]
    """gunicorn's master, which looks after the background worker too."""

    background_pid = 0

    def manage_workers(self) -> None:
        """Called about once a second: start what is missing."""
        super().manage_workers()
        if self.app.with_worker and self.LISTENERS and not self.background_is_alive():
            self.start_background()

    def background_is_alive(self) -> bool:
        """Whether the background worker runs; one that has ended is buried."""
        if not self.background_pid:
            return False
        try:
            ended, _ = os.waitpid(self.background_pid, os.WNOHANG)
        except ChildProcessError:  # gunicorn has buried it
            ended = self.background_pid
        if ended:
            self.log.error("The background worker (pid %s) has ended", self.background_pid)
            self.background_pid = 0
        return not ended

    def start_background(self) -> None:
        """Fork the background worker."""
        self.background_pid = os.fork()
        if self.background_pid:
            return
        status = 1
        try:
            for number in (*self.SIGNALS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            for listener in self.LISTENERS:
                listener.sock.close()
            with self.app.flask_app.app_context():
                db.engine.dispose(close=False)
            run_worker(self.app.flask_app, ends_with_parent=True)
            status = 0
        except BaseException as error:  # noqa: BLE001 - a forked child must never return from here
            kind = type(error).__name__
            self.log.error("The background worker broke: %s", kind)  # noqa: TRY400 - see below
        finally:
            sys.stderr.flush()
            os._exit(status)

    def stop(self, graceful: bool = True) -> None:
        """End the background worker with the web processes."""
        pid, self.background_pid = self.background_pid, 0
        if pid:
            send_signal(pid, signal.SIGTERM)
        super().stop(graceful)
        if pid:
            wait_for_end(pid)


def send_signal(pid: int, number: int) -> None:
    """Signal a child that may have ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def wait_for_end(pid: int, seconds: int = 20) -> None:
    """Wait for a child to end; kill it where it takes longer than `seconds`."""
    signal.signal(signal.SIGALRM, lambda *_: send_signal(pid, signal.SIGKILL))
    signal.alarm(seconds)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:  # gunicorn has buried it
        return
    finally:
        signal.alarm(0)


class ReticentLogger(Logger):  # type: ignore[misc]
    """gunicorn's log without what it quotes from requests: a path may hold a link's token."""

    def exception(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """The kind and the place of what broke, without the request and the traceback's text."""
        error = sys.exc_info()[1]
        place = traceback.extract_tb(error.__traceback__)[-1] if error else None
        where = f"{place.name}:{place.lineno}" if place else "?"
        self.error("Outside the application: %s at %s", type(error).__name__, where)

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Warnings without what a visitor sent."""
        if "request" in msg.lower():
            self.error_log.warning("A visitor sent a request that cannot be read")
        else:
            super().warning(msg, *args, **kwargs)
