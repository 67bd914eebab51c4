"""How long a search of 50,000 services takes, and whether typing errors still find the one meant.

Correctness first: without it no time is printed. The bounds are the design's: 2 ms for 95 of 100
questions; the service whose name was mistyped among the first ten in 98 of 100.
"""

from __future__ import annotations

import gc
import statistics
import time

import pytest

from catalog.search import SearchIndex
from catalog.search_filters import Filters
from tests.benchmarks.directories import dice, directory, mistyped

SERVICES = 50_000
ASKED = 400
ROUNDS = 3  # the best of them counts
P95_MS = 2.0
FOUND_WITH_TYPOS = 0.98
FILTERS = (
    Filters(),
    Filters(age=9, has_open_places=True),
    Filters(near=(35.05, -85.3), within_metres=8_000),
    Filters(open_at=(1, 960), language="es", fee_at_most_cents=0),
)
SPOKEN = (
    "my kid has a toothache",
    "after school soccer",
    "no tiene lentes",
    "food pantry near North Ridge",
    "help with rent",
    "volley",
    "dental",
    "",
)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex(directory(SERVICES))


def milliseconds(index: SearchIndex, text: str, filters: Filters) -> float:
    """The processor's time for one question: other work on the machine does not decide."""
    begun = time.thread_time()
    index.search(text, filters, k=25)
    return 1000 * (time.thread_time() - begun)


def test_search(index: SearchIndex, capsys: pytest.CaptureFixture[str]) -> None:
    chance = dice(11)
    targets = chance.sample([e for e in index.entries if e.status == "active"], ASKED)
    typed = [mistyped(chance, target.name) for target in targets]
    found = [
        target.name in [hit.entry.name for hit in index.search(text, k=10).hits]
        for target, text in zip(targets, typed, strict=True)
    ]
    share = sum(found) / ASKED
    missed = [(t, e.name) for t, e, ok in zip(typed, targets, found, strict=True) if not ok]
    assert share >= FOUND_WITH_TYPOS, f"{share:.3f} found; missed: {missed[:8]}"

    questions = [(text, FILTERS[n % len(FILTERS)]) for n, text in enumerate(typed)]
    questions += [(text, filters) for text in SPOKEN for filters in FILTERS]
    gc.collect()
    took = [
        min(milliseconds(index, text, filters) for _ in range(ROUNDS))
        for text, filters in questions
    ]
    p95 = statistics.quantiles(took, n=20)[-1]
    with capsys.disabled():
        print(  # noqa: T201
            f"\nsearch of {SERVICES:,} services, {len(questions)} questions: "
            f"median {statistics.median(took):.2f} ms, p95 {p95:.2f} ms, most {max(took):.2f} ms; "
            f"{share:.3f} of {ASKED} mistyped names among the first ten"
        )
    assert p95 <= P95_MS
