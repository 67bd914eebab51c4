"""A real server with the demo's district, and Debian's Chromium to walk through it.

The tests of this folder run one after the other on one worker (`--dist loadgroup`), since they share
the server. Nothing here imports the
product: what runs is what an installation runs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.browser import chromium
from tests.fixtures.loud import cannot_run

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
STUDENTS = 200
PASSWORD = "footbridge-demo"
READY_WITHIN = 180  # seconds, on a slow machine with other work
PATIENCE = 15_000  # milliseconds that the browser waits for anything
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything here is e2e, and stays on one worker: pytest-xdist 3.8 reads the group at the end of a
    test's name, and cannot write it there since pytest 9.2 makes the name of an `_id`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if hasattr(config, "workerinput"):
                item._id = type(item._id).parse(f"{item.nodeid}@e2e")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Site:
    """The running product. `folder` is its instance folder, `log` what it printed."""

    url: str
    folder: Path
    log: Path

    def mails(self) -> list[Path]:
        """The messages that it sent, oldest first."""
        return sorted((self.folder / "mail").glob("*.eml"))

    def command(self, *arguments: str) -> str:
        """What `flask --app wsgi …` prints, run on this site's data."""
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=REPOSITORY,
            env=environment(self.folder, self.url),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout


def environment(folder: Path, url: str) -> dict[str, str]:
    """What the site sees: nothing of the settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "INSTANCE_DIR": str(folder), "BASE_URL": url, "DEMO": "1"}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, migrated, loaded and served on a free port of this machine; on SQLite."""
    folder = tmp_path_factory.mktemp("site")
    url = f"http://127.0.0.1:{free_port()}"
    running = Site(url, folder, folder / "server.log")
    with running.log.open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "flask", "--app", "wsgi", "demo"),
                *("--students", str(STUDENTS), "--port", url.rpartition(":")[2]),
            ],
            cwd=REPOSITORY,
            env=environment(folder, url),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_ready(running, process)
        yield running
    finally:
        end(process)


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(site: Site, process: subprocess.Popen[bytes]) -> None:
    """Return when the site answers; fail with what it printed when it does not."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{site.url}/health", timeout=5),  # noqa: S310 - our own site
        ):
            return
        time.sleep(0.2)
    pytest.fail(f"The site did not start:\n{site.log.read_text()[-4000:]}", pytrace=False)


def end(process: subprocess.Popen[bytes]) -> None:
    """End the site's processes, and only those."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window; one a module, since Playwright keeps an event loop running in
    this thread, which tests elsewhere must not meet.
    """
    executable = chromium()
    if executable is None:
        cannot_run(
            "browser tests",
            "there is no Chromium here.",
            "On Debian: sudo apt-get install chromium. Or name one with CHROMIUM=/path.",
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """Notes what a person would not see: errors in the console, refused or foreign requests."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.problems: list[str] = []
        self.expected_statuses: set[int] = set()
        context.on("console", self.console)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("request", lambda request: self.request(request.url, site.url))
        context.on("response", lambda response: self.response(response.status, response.url))

    def console(self, message: Any) -> None:
        # A failed request is told with its status below.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def request(self, url: str, home: str) -> None:
        if not url.startswith((home, "data:", "blob:")):
            self.problems.append(f"a request left the site: {url}")

    def response(self, status: int, url: str) -> None:
        if status >= 400 and status not in self.expected_statuses:
            self.problems.append(f"{status}: {url}")


PageAt = Callable[..., Page]


@pytest.fixture
def page_at(browser: Browser, site: Site) -> Iterator[PageAt]:
    """`page_at(360)`: a fresh browser window of that width, with nobody signed in.

    `javascript=False` switches scripts off; `locale="es-US"` asks for Spanish;
    `may_answer={404}` lets the site answer so. At the end of the test, any error that the browser
    met fails it.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_page(
        width: int = 1280,
        *,
        javascript: bool = True,
        locale: str = "en-US",
        may_answer: set[int] | None = None,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale=locale,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        watch = Watch(context, site)
        watch.expected_statuses = may_answer or set()
        opened.append((context, watch))
        return context.new_page()

    yield open_page
    problems = []
    for context, watch in opened:
        context.close()
        problems += watch.problems
    assert not problems, "The browser met errors:\n" + "\n".join(problems)


@pytest.fixture
def page(page_at: PageAt) -> Page:
    """A window of a desk's width."""
    return page_at(1280)


SignIn = Callable[..., None]


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in(page, "manager@demo.example.org")`: by the form, as a person does."""

    def by_the_form(page: Page, email: str, password: str = PASSWORD) -> None:
        page.goto("/sign-in")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()

    return by_the_form


CheckPage = Callable[[Page], None]


@pytest.fixture
def axe() -> CheckPage:
    """`axe(page)` fails with each accessibility violation, where it is, and how to mend it."""

    def check(page: Page) -> None:
        page.wait_for_load_state()  # with its styles, which say which of the two bars is shown
        violations = Axe().run(page).response["violations"]
        told = [
            f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
            + "\n".join(
                f"    {' '.join(map(str, node['target']))}\n      {node['html'][:200]}\n"
                f"      {node.get('failureSummary', '').replace(chr(10), ' ')}"
                for node in violation["nodes"]
            )
            for violation in violations
        ]
        assert not told, f"axe on {page.url}:\n" + "\n".join(told)

    return check


@pytest.fixture
def fits() -> CheckPage:
    """`fits(page)` fails when a page is wider than its window."""

    def check(page: Page) -> None:
        # By a locator, which waits while the page is being replaced by itself.
        wide, window = page.locator("html").evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert wide <= window, f"{page.url} is {wide} px wide in a window of {window} px"

    return check
