"""One command serves the site with its worker; whatever ends it ends all of it. Real processes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

ROOT = Path(__file__).parents[3]
PATIENCE_S = 30


class Serving:
    """A running `flask serve` with an installation of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.log = folder / "log"
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("FLASK_", "DATABASE_"))},
            "INSTANCE_DIR": str(folder),
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.command("serve", "--port", "0", "--workers", "1", *arguments),
                env=self.environ,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]

    def told(self) -> str:
        return self.log.read_text()

    def url(self) -> str:
        """Where it listens, once it says so."""
        until(lambda: "is ready at" in self.told() or self.process.poll() is not None)
        found = re.search(r"is ready at (\S+)", self.told())
        assert found, self.told()
        return found[1]

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()


def until(happens: Callable[[], bool]) -> None:
    """Wait for it, not for ever."""
    end = time.monotonic() + PATIENCE_S
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:  # noqa: S310 - our own server
        return int(answer.status)


@pytest.fixture
def serving(migrated: Path, tmp_path: Path) -> Iterator[Serving]:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    served = Serving(tmp_path)
    yield served
    if served.process.poll() is None:
        served.process.kill()
    served.process.wait()


def test_it_serves_and_works_until_it_is_asked_to_end(serving: Serving) -> None:
    assert get(f"{serving.url()}/health") == 200
    until(lambda: "worker_started" in serving.told())
    children = serving.children()
    assert len(children) == 2  # a web process and the worker
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(PATIENCE_S) == 0
    assert "worker_stopped" in serving.told()
    assert not any(child.is_running() for child in children)


def test_nothing_outlives_it_when_it_is_killed(serving: Serving) -> None:
    serving.url()
    until(lambda: "worker_started" in serving.told())
    children = serving.children()
    serving.process.kill()
    serving.process.wait()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert not alive


def test_processes_that_die_are_replaced(serving: Serving) -> None:
    serving.url()
    until(lambda: "worker_started" in serving.told())
    for child in serving.children():
        child.kill()
    until(lambda: serving.told().count("worker_started") == 2)
    assert get(f"{serving.url()}/health") == 200


def test_the_log_never_holds_a_path(serving: Serving) -> None:
    url = serving.url()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{url}/r/secret-token?and=query")
    until(lambda: '"status": 404' in serving.told())
    assert "secret-token" not in serving.told()


def test_a_port_in_use_is_told_in_a_sentence(serving: Serving) -> None:
    port = serving.url().rpartition(":")[2]
    second = subprocess.run(  # noqa: S603 - our own command
        serving.command("serve", "--port", port),
        env=serving.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert second.returncode == 1
    assert second.stderr.splitlines()[-1] == (
        f"Error: Cannot listen at 127.0.0.1, port {port}: Address already in use. "
        "Stop what uses that port, or choose another with --port."
    )


def test_an_idle_and_a_slow_visitor_keep_nobody_waiting(serving: Serving) -> None:
    url = serving.url()
    where = (urlsplit(url).hostname or "", urlsplit(url).port or 0)
    kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
    head = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" + kind
    with socket.create_connection(where), socket.create_connection(where) as slow:
        slow.sendall(head + b"Content-Length: 100\r\n\r\nemail=")
        for _ in range(3):
            assert get(f"{url}/health") == 200
