"""How long `match-district` and `allocate` take, whole commands, as an operator starts them.

On the demo's district with its partners copied to 5,000 offers, on SQLite. By default with a tenth
of the students: `STUDENTS=32523 make bench ARGS="-k district_run"` takes all of them.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.test_match_page import OFFERS, copied, rows_of
from tests.e2e.conftest import REPOSITORY, environment

pytestmark = pytest.mark.minutes

STUDENTS = int(os.environ.get("STUDENTS", "3200"))


class Installation:
    """An instance folder, and commands run on it."""

    def __init__(self, folder: Path) -> None:
        self.environment = environment(folder, "http://127.0.0.1:1")

    def run(self, *arguments: str) -> tuple[str, float, float]:
        """What the command prints; the seconds that it took by the clock, and of processors."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=900,
        )
        spent = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processors = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return done.stdout, spent, processors


def told(text: str) -> dict[str, Any]:
    """The JSON in what a command prints."""
    found: dict[str, Any] = json.loads(text[text.index("{\n") :])
    return found


def test_a_district_is_ranked_and_its_seats_are_shared_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Installation(tmp_path / "instance")
    site.run("db", "upgrade")
    site.run("seed", "demo", "--students", str(STUDENTS))
    site.run("catalog", "export", str(tmp_path / "package"), "--format", "hsds-csv")
    one = len(rows_of(tmp_path / "package" / "service_at_location.csv"))
    copied(tmp_path / "package", tmp_path / "many", -(-OFFERS // one))
    site.run("catalog", "import", str(tmp_path / "many"), "--source", "bench", "--apply")
    lines = []
    for processes in ("1", "2"):
        text, spent, processors = site.run(
            "match-district", "--anew", "--json", "--processes", processes
        )
        ranked = told(text)
        assert ranked["ranked_now"] == ranked["students"] == STUDENTS
        parts = ", ".join(f"{what} {seconds}" for what, seconds in ranked["seconds"].items())
        lines.append((f"match-district, {processes} process(es) ({parts})", spent, processors))
    text, spent, processors = site.run("allocate", "--term", "Spring 2027", "--json")
    shared = told(text)
    assert shared["proposals"]
    what = f"allocate, {len(shared['proposals']):,} places proposed"
    lines.append((what, spent, processors))
    with capsys.disabled():
        print(f"\n{STUDENTS:,} students, {OFFERS:,} offers; seconds by the clock, of processors")  # noqa: T201
        for what, by_clock, of_processors in lines:
            print(f"  {what:<100}{by_clock:>7.1f}{of_processors:>7.1f}")  # noqa: T201
