"""What the worker has not done is done beside a web process: once, by a process that leaves nothing."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from flask import Flask

from app import create_app
from app.extensions import db
from app.jobs.beside import Beside, build_offers_now
from app.jobs.locks import file_lock
from app.recommendations import kept
from app.recommendations.engines import NEVER_WAITS
from app.settings import Settings
from app.transactions import work_unit
from matching.errors import IndexFolderError
from tests.factories import make_service_at_location

ROOT = Path(__file__).parents[3]
PATIENCE_S = 60
A_WEB_PROCESS = """
import os, time
from pathlib import Path
from app.jobs.beside import Beside, build_offers_now
from app.settings import Settings

settings = Settings.from_environment(os.environ, instance_dir=Path(os.environ["INSTANCE_DIR"]))
Beside(build_offers_now, settings).start()
time.sleep(600)
"""


@pytest.fixture
def settings(concurrent_app: Flask, tmp_path: Path) -> Settings:
    """Of an installation with one listing, of which nothing was built yet."""
    with concurrent_app.app_context(), work_unit() as session:
        make_service_at_location(session)
    whole: Settings = concurrent_app.extensions["footbridge"].settings
    return replace(whole, testing=False, instance_dir=tmp_path)


@pytest.fixture
def building(settings: Settings) -> Iterator[Callable[[], object]]:
    """Somebody builds, so that whoever else would must wait, until this is called."""
    folder = settings.instance_dir / "offers"
    folder.mkdir(mode=0o700)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lambda: fcntl.flock(lock, fcntl.LOCK_UN)


def built(settings: Settings) -> int | None:
    """How many offers lie in the folder; None: nothing was built."""
    try:
        return len(kept.opened(settings.instance_dir / "offers", None).index.columns)
    except IndexFolderError:
        return None


def ended(beside: Beside) -> bool:
    assert beside.waiting is not None
    beside.waiting.join(PATIENCE_S)
    return not beside.waiting.is_alive()


def until(happens: Callable[[], object]) -> None:
    """Wait for it, not for ever."""
    end = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_it_is_built_while_the_web_process_goes_on(
    settings: Settings, building: Callable[[], object]
) -> None:
    beside = Beside(build_offers_now, settings)
    beside.start()
    until(multiprocessing.active_children)
    beside.start()
    assert len(multiprocessing.active_children()) == 1, "it is being done already"
    assert built(settings) is None
    building()
    assert ended(beside)
    assert built(settings) == 1
    states = {one.status() for one in psutil.Process().children()}
    assert psutil.STATUS_ZOMBIE not in states
    assert not multiprocessing.active_children()


def test_one_web_process_has_it_done_for_all(settings: Settings) -> None:
    with file_lock("beside-build_offers_now", settings.instance_dir) as held:
        assert held
        other = Beside(build_offers_now, settings)
        other.start()
        assert ended(other)
    assert built(settings) is None
    other.start()
    assert ended(other)
    assert built(settings) == 1


@pytest.mark.usefixtures("building")
def test_it_ends_with_the_web_process_even_if_that_is_killed(settings: Settings) -> None:
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("FLASK_", "DATABASE_"))},
        "INSTANCE_DIR": str(settings.instance_dir),
        "DATABASE_URL": settings.database_url,
    }
    web = subprocess.Popen([sys.executable, "-c", A_WEB_PROCESS], env=environ, cwd=ROOT)  # noqa: S603
    try:
        until(lambda: any("spawn_main" in " ".join(one.cmdline()) for one in children_of(web)))
        children = children_of(web)
    finally:
        web.kill()
        web.wait()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert not alive


def children_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whatever_serves_the_application_a_page_waits_for_no_build_and_a_command_does(
    settings: Settings,
) -> None:
    app = create_app(settings)

    def never_waits() -> bool:
        with app.app_context():
            return NEVER_WAITS in db.session.info

    assert not never_waits()
    assert app.test_client().get("/health").status_code == 200
    assert never_waits()
