"""How long a directory of 100,000 services takes to come in, and how much memory at most: the first
time, again with nothing to do, with every description changed, and out again.

Each command runs in a process of its own, as an operator starts it, on SQLite or, where DATABASE_URL
names an empty database, on PostgreSQL. Memory is judged (1 GB); time is printed, to be held against the
promise of three minutes for the first import. SIZE=5000 tries it small.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.minutes

SIZE = int(os.environ.get("SIZE", "100000"))
MEMORY_MB = 1024
REPOSITORY = Path(__file__).parents[2]
# The peak of the process's own memory (VmHWM), which says nothing of the process that started it.
HARNESS = """
import re, sys
from flask.cli import main
sys.argv = ["flask", "--app", "wsgi", *sys.argv[1:]]
try:
    main()
finally:
    status = open("/proc/self/status").read()
    print("PEAK", re.search(r"VmHWM:\\s+(\\d+) kB", status)[1], file=sys.stderr)
"""
WORDS = "free help for families and children every week in the county, call first to ask"


def tables(*, changed: bool) -> Iterator[tuple[str, list[str], Iterator[list[object]]]]:
    """HSDS 2.0: a third as many organizations and places as services, hours and phones."""
    few = max(1, SIZE // 3)
    said = "Now also on weekends: " if changed else ""
    yield (
        "organizations",
        ["id", "name", "description"],
        ([n, f"Organization {n}", f"We give {WORDS}."] for n in range(1, few + 1)),
    )
    yield (
        "services",
        ["id", "organization_id", "name", "description", "status"],
        (
            [n, 1 + n % few, f"Service {n}", f"{said}{WORDS} {n}", "active"]
            for n in range(1, SIZE + 1)
        ),
    )
    yield (
        "locations",
        ["id", "name", "latitude", "longitude"],
        (
            [n, f"Place {n}", 35 + n % 997 / 10_000, -85 - n % 991 / 10_000]
            for n in range(1, few + 1)
        ),
    )
    yield (
        "services_at_location",
        ["id", "service_id", "location_id"],
        ([n, n, 1 + n % few] for n in range(1, SIZE + 1)),
    )
    yield (
        "physical_addresses",
        ["id", "location_id", "address_1", "city", "state_province", "postal_code", "country"],
        ([n, n, f"{n} Main St", "Chattanooga", "TN", "37402", "US"] for n in range(1, few + 1)),
    )
    yield (
        "phones",
        ["id", "service_id", "number"],
        ([n, n, f"423-555-{n % 10_000:04}"] for n in range(1, few + 1)),
    )
    yield (
        "schedules",
        ["id", "service_id", "weekday", "opens_at", "closes_at"],
        ([n, n, "Monday", "09:00", "17:00"] for n in range(1, SIZE + 1)),
    )


def write_directory(folder: Path, *, changed: bool) -> Path:
    folder.mkdir()
    for name, columns, rows in tables(changed=changed):
        with (folder / f"{name}.csv").open("w", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(columns)
            writer.writerows(rows)
    return folder


def run(folder: Path, *arguments: str) -> tuple[float, float]:
    """Seconds by the clock and MB at most."""
    begun = time.perf_counter()
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", HARNESS, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "INSTANCE_DIR": str(folder), "LOG_LEVEL": "error"},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - begun
    assert ended.returncode == 0, ended.stderr[-2000:]
    peak = re.search(r"PEAK (\d+)", ended.stderr)
    assert peak
    return took, int(peak[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_a_large_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = write_directory(tmp_path / "first", changed=False)
    second = write_directory(tmp_path / "second", changed=True)
    run(tmp_path / "instance", "db", "upgrade")
    imports = {
        "first import": first,
        "again, nothing to do": first,
        "every description changed": second,
    }
    measured = {}
    for words, path in imports.items():
        measured[words] = run(
            tmp_path / "instance", "catalog", "import", str(path), "--source", "x", "--apply"
        )
    for form, name in (("hsds-csv", "x.zip"), ("hsds-json", "x.json"), ("xlsx", "x.xlsx")):
        measured[f"export, {form}"] = run(
            tmp_path / "instance", "catalog", "export", str(tmp_path / name), "--format", form
        )
    with capsys.disabled():
        print(f"\n{SIZE:,} services{'':<16}{'seconds':>10}{'MB at most':>12}")  # noqa: T201
        for words, (took, peak) in measured.items():
            print(f"{words:<30}{took:>10.0f}{peak:>12.0f}")  # noqa: T201
    assert max(peak for _, peak in measured.values()) < MEMORY_MB
