"""How long the Find support page takes to its first byte at 5,000 offers, on the demo.

The demo's own partners are given out as a tabular package, copied with new ids to other points, and
brought in again, so that every rule and criterion has as much to do as in the demonstration.
"""

from __future__ import annotations

import csv
import http.client
import random
import re
import statistics
import time
import urllib.parse
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.benchmarks.test_pages import Person
from tests.e2e.conftest import Site

pytestmark = pytest.mark.minutes

OFFERS = 5_000
ROUNDS = 40
CONNECTIONS, FOR_S = 16, 10
SHARED = ("taxonomies.csv", "taxonomy_terms.csv", "units.csv")  # every copy means the same terms
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def copied(folder: Path, into: Path, times: int) -> None:
    """The package in `folder`, `times` over: ids made anew, points moved by up to ten miles."""
    into.mkdir()
    shared = {
        cell for name in SHARED for row in rows_of(folder / name) for cell in row.values() if cell
    }
    dice = random.Random(7)  # noqa: S311 - the same copies every time
    for path in sorted(folder.glob("*.csv")):
        rows = rows_of(path)
        if path.name in SHARED or not rows:
            (into / path.name).write_bytes(path.read_bytes())
            continue
        with (into / path.name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            for number in range(times):
                for row in rows:
                    writer.writerow(one_copy(row, number, shared, dice))


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table; none where there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def one_copy(
    row: dict[str, str], number: int, shared: set[str], dice: random.Random
) -> dict[str, str]:
    """A row with ids of its own copy, its name numbered, its point elsewhere."""
    made = {
        name: str(uuid.uuid5(uuid.UUID(cell), str(number)))
        if UUID.fullmatch(cell) and cell not in shared
        else cell
        for name, cell in row.items()
    }
    if made.get("name"):
        made["name"] = f"{made['name']} {number}"
    if made.get("latitude"):
        made["latitude"] = str(float(made["latitude"]) + dice.uniform(-0.15, 0.15))
        made["longitude"] = str(float(made["longitude"]) + dice.uniform(-0.15, 0.15))
    return made


def first_byte_ms(site: Site, path: str, cookie: str) -> tuple[float, float]:
    """Milliseconds to the first byte of the answer, and to its last."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(site.url).netloc)
    begun = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    first = time.perf_counter()
    body = answer.read()
    done = time.perf_counter()
    connection.close()
    assert answer.status == 200
    assert b"Why this rank" in body
    return 1000 * (first - begun), 1000 * (done - begun)


def answered_ms(site: Site, path: str, cookie: str) -> list[float]:
    """Milliseconds of each whole page that many connections got in some seconds, sorted."""
    until = time.monotonic() + FOR_S

    def ask() -> list[float]:
        took = []
        while time.monotonic() < until:
            took.append(first_byte_ms(site, path, cookie)[1])
        return took

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        asking = [pool.submit(ask) for _ in range(CONNECTIONS)]
        return sorted(ms for one in asking for ms in one.result())


def test_first_byte_of_the_match_page(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.command("catalog", "export", str(tmp_path / "package"), "--format", "hsds-csv")
    one = len(rows_of(tmp_path / "package" / "service_at_location.csv"))
    copied(tmp_path / "package", tmp_path / "many", -(-OFFERS // one))
    site.command("catalog", "import", str(tmp_path / "many"), "--source", "bench", "--apply")
    manager = Person(site, "manager@demo.example.org")
    found = re.search(r'href="(/students/[0-9a-f-]{36})"', manager.get("/students?q=Maya"))
    assert found
    cookie = manager.cookie()
    rows = []
    for query in ("", "?plan=1", "?plan=1&sort=near&miles=10&day=5"):
        path = f"{found[1]}/support{query}"
        first_byte_ms(site, path, cookie)  # builds the engine
        took = sorted(first_byte_ms(site, path, cookie) for _ in range(ROUNDS))
        first = [ms for ms, _ in took]
        fits = re.search(r"(\d+) of the (\d+) places", manager.get(path))
        assert fits
        rows.append((query, fits[0], statistics.median(first), first[int(0.95 * ROUNDS) - 1]))
    many = answered_ms(site, f"{found[1]}/support", cookie)
    with capsys.disabled():
        print(f"\nmatch page, {OFFERS:,} offers{'p50 ms':>37}{'p95 ms':>10}")  # noqa: T201
        for query, fits_words, median, p95 in rows:
            what = f"{query or 'one need'}, {fits_words}"
            print(f"{what:<54}{median:>8.1f}{p95:>10.1f}")  # noqa: T201
        a_second = len(many) / FOR_S
        what = f"one need, {CONNECTIONS} connections: {a_second:.0f} a second, whole pages"
        p95 = many[int(0.95 * len(many)) - 1]
        print(f"{what:<54}{statistics.median(many):>8.1f}{p95:>10.1f}")  # noqa: T201
