"""The same catalog is searched in the same order whichever database holds it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from catalog.search import SearchIndex
from catalog.search_entries import read_entries
from catalog.search_filters import Filters
from tests.factories import make_location, make_organization, make_service_at_location

# Names that databases sort by rules of their own: case, accents, signs, figures.
NAMES = (
    "Zebra Art", "zebra art", "Ávila Art", "avila art", "AVILA ART", "Ñandú Art", "Nandu Art",
    "álamo art", "Alamo Art", "10 Art", "2 Art", "(Art)", "art", "Art's", "Art House", "Art-House",
    "Ärt", "ßart", "Art  Two", "Œuvre Art",
)  # fmt: skip

# What both must give: each is compared with this, and so with the other.
ORDER = [
    "(Art)", "10 Art", "2 Art", "álamo art", "Alamo Art", "art", "Art's", "Ärt", "Art  Two",
    "Art House", "Art-House", "Ávila Art", "avila art", "AVILA ART", "Ñandú Art", "Nandu Art",
    "ßart", "Zebra Art", "zebra art", "Œuvre Art",
]  # fmt: skip


@pytest.fixture
def index(session: Session, now: datetime) -> SearchIndex:
    for number, name in enumerate(NAMES):
        place = make_location(session, latitude=35 + number % 3 / 100, longitude=-85.3)
        make_service_at_location(
            session,
            name=name,
            location=place,
            organization=make_organization(session, name=f"House {number:02}"),
            categories=["painting-drawing"] if number % 2 else ["soccer"],
            fee_cents=None if number % 5 else 0,
        )
    return SearchIndex(read_entries(session, on=now.date()))


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("", Filters()),
        ("art", Filters()),
        ("zebra", Filters()),
        ("avlia", Filters()),
        ("soccer", Filters()),
        ("house 11", Filters()),
        ("art", Filters(near=(35.0, -85.3), within_metres=20_000)),
        ("", Filters(fee_at_most_cents=0)),
        ("", Filters(term="soccer")),
    ],
)
def test_the_order_is_of_the_names_themselves_not_of_the_database(
    index: SearchIndex, question: str, filters: Filters
) -> None:
    """Read from the database in whatever order, the index is the one made of the plain entries."""
    told = [
        (hit.entry.name, hit.score, hit.metres, hit.doubts)
        for hit in index.search(question, filters, k=50).hits
    ]
    backwards = SearchIndex(reversed(index.entries)).search(question, filters, k=50).hits
    assert told
    assert told == [(hit.entry.name, hit.score, hit.metres, hit.doubts) for hit in backwards]


def test_both_databases_give_this_order(index: SearchIndex) -> None:
    assert [hit.entry.name for hit in index.search("", k=50).hits] == ORDER
