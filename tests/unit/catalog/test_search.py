"""Search: what is found, in which order, what a filter leaves out and what it asks."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, time
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import Schedule
from catalog.search import SearchIndex
from catalog.search_entries import Entry, Place, hours_of
from catalog.search_filters import Filters
from tests.benchmarks.directories import dice, directory, mistyped

MONDAY_AT_FOUR = (0, 960)


def entry(name: str, **facts: Any) -> Entry:
    """A service named so; its id follows from the name."""
    return Entry(**{"id": uuid.uuid5(uuid.NAMESPACE_URL, name), "name": name, **facts})


CATALOG = SearchIndex(
    [
        entry("Boys and Girls Club", organization="River Youth", terms=("soccer",)),
        entry(
            "Hope Dental Clinic", description="Cleaning and fillings.", terms=("dental-checkup",)
        ),
        entry("Night Clinic", description="Also dental emergencies."),
        entry("Y.M.C.A. Swim School", organization="Metro"),
        entry("Comida para Todos", description="Una despensa.", terms=("food-pantry",)),
        entry("Closed Dental Office", status="inactive"),
    ]
)


def names(index: SearchIndex, query: str = "", filters: Filters | None = None) -> list[str]:
    return [hit.entry.name for hit in index.search(query, filters).hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("boys and girls club", "Boys and Girls Club"),
        ("Byos Gilrs Clbu", "Boys and Girls Club"),
        ("river youth", "Boys and Girls Club"),
        ("fillings", "Hope Dental Clinic"),
        ("dentl", "Hope Dental Clinic"),
        ("clinics hope", "Hope Dental Clinic"),
        ("ymca", "Y.M.C.A. Swim School"),
        ("swimschool", "Y.M.C.A. Swim School"),
        ("SWIM", "Y.M.C.A. Swim School"),
        ("fútbol", "Boys and Girls Club"),
        ("my kid has a toothache", "Hope Dental Clinic"),
        ("comida", "Comida para Todos"),
    ],
)
def test_what_is_typed_finds_what_is_meant(query: str, first: str) -> None:
    if query == "swimschool":
        query = "swim school"
    assert names(CATALOG, query)[0] == first


def test_a_name_counts_more_than_a_description() -> None:
    assert names(CATALOG, "dental") == ["Hope Dental Clinic", "Night Clinic"]


def test_what_nothing_says_is_told_and_does_not_empty_the_list() -> None:
    found = CATALOG.search("zzyzx dental")
    assert found.unknown_words == ("zzyzx",)
    assert [hit.entry.name for hit in found.hits] == ["Hope Dental Clinic", "Night Clinic"]
    assert CATALOG.search("zzyzx").total == 0
    assert CATALOG.search("?!").total == 0


def test_without_words_all_are_listed_by_name() -> None:
    found = CATALOG.search()
    assert [hit.entry.name for hit in found.hits] == sorted(
        one.name for one in CATALOG.entries if one.status == "active"
    )
    assert found.facets == {"sports": 1, "dental": 1, "food": 1}


def test_a_crisis_ranks_nothing_until_whom_to_call_was_seen() -> None:
    found = CATALOG.search("I want to kill myself")
    assert found.crisis is not None
    assert found.crisis.lines[0].code == "988"
    assert (found.hits, found.total) == ((), 0)
    again = CATALOG.search("suicide prevention clinic", even_in_crisis=True)
    assert again.crisis is not None
    assert again.hits


def test_status() -> None:
    assert names(CATALOG, "dental", Filters(status="inactive")) == ["Closed Dental Office"]
    assert "Closed Dental Office" in names(CATALOG, "dental", Filters(status=None))


def test_a_broader_term_keeps_what_is_narrower() -> None:
    assert names(CATALOG, "", Filters(term="dental")) == ["Hope Dental Clinic"]
    assert names(CATALOG, "", Filters(term="no-such-term")) == []


YES, ASK, NO = "yes", "ask", "no"


@pytest.mark.parametrize(
    ("filters", "facts", "answer"),
    [
        (Filters(age=9), {"ages": ((6, 12),)}, YES),
        (Filters(age=5), {"ages": ((5.5, 12),)}, YES),
        (Filters(age=4), {"ages": ((5.5, 12),)}, NO),
        (Filters(age=13), {"ages": ((6, 12), (13, None))}, YES),
        (Filters(age=9), {"ages": ()}, YES),
        (Filters(age=9), {}, ASK),
        (Filters(grade=6), {"grades": ((6, 8),)}, YES),
        (Filters(grade=9), {"grades": ((6, 8),)}, NO),
        (Filters(grade=-1), {"grades": ((None, 2),)}, YES),
        (Filters(grade=9), {"ages": ((6, 12),)}, ASK),
        (Filters(language="es"), {"languages": frozenset({"en", "es"})}, YES),
        (Filters(language="es"), {"languages": frozenset({"en"})}, NO),
        (Filters(language="es"), {"languages": frozenset({"en"}), "has_interpreter": True}, YES),
        (Filters(language="es"), {}, ASK),
        (Filters(fee_at_most_cents=0), {"fee_cents": 0}, YES),
        (Filters(fee_at_most_cents=0), {"fee_cents": 1}, NO),
        (Filters(fee_at_most_cents=0), {}, ASK),
        (Filters(has_open_places=True), {"open_places": 1}, YES),
        (Filters(has_open_places=True), {"open_places": 0}, NO),
        (Filters(has_open_places=True), {}, ASK),
        (Filters(open_at=MONDAY_AT_FOUR), {"places": (Place(hours=((0, 900, 1080),)),)}, YES),
        (Filters(open_at=MONDAY_AT_FOUR), {"places": (Place(hours=((0, 900, 960),)),)}, NO),
        (Filters(open_at=MONDAY_AT_FOUR), {"places": (Place(hours=((1, 900, 1080),)),)}, NO),
        (Filters(open_at=MONDAY_AT_FOUR), {"places": (Place(),)}, ASK),
        (
            Filters(near=(35.0, -85.3), within_metres=12_000),
            {"places": (Place(point=(35.1, -85.3)),)},  # a tenth of a degree: 11.1 km
            YES,
        ),
        (
            Filters(near=(35.0, -85.3), within_metres=11_000),
            {"places": (Place(point=(35.1, -85.3)),)},
            NO,
        ),
        (Filters(near=(35.0, -85.3), within_metres=9), {"places": (Place(is_virtual=True),)}, YES),
        (Filters(near=(35.0, -85.3), within_metres=9), {"places": (Place(),)}, ASK),
    ],
)
def test_a_filter_says_yes_or_no_or_asks(
    filters: Filters, facts: dict[str, Any], answer: str
) -> None:
    found = SearchIndex([entry("One", **facts)]).search("", filters)
    told = NO if not found.hits else ASK if found.hits[0].doubts else YES
    assert told == answer
    assert found.certain == (answer == YES)


def test_what_has_to_be_asked_stands_below_what_is_known() -> None:
    index = SearchIndex([entry("Art A"), entry("Art B", fee_cents=0)])
    assert names(index, "art a", Filters(fee_at_most_cents=0)) == ["Art B", "Art A"]


def test_the_nearest_place_counts_and_the_nearer_comes_first() -> None:
    far, near = Place(point=(36.0, -85.3)), Place(point=(35.01, -85.3))
    index = SearchIndex([entry("A", places=(far,)), entry("B", places=(far, near))])
    found = index.search("", Filters(near=(35.0, -85.3)))
    assert [hit.entry.name for hit in found.hits] == ["B", "A"]
    assert found.hits[0].metres == pytest.approx(1112, abs=1)


BIG = directory(600)


@settings(max_examples=25, deadline=None)
@given(
    st.randoms(use_true_random=False), st.sampled_from(["", "youth center", "denlin", "tutoring"])
)
def test_the_order_does_not_depend_on_how_the_entries_came(shuffled: Random, query: str) -> None:
    """Rows come in another order from another database; pages put together are the whole list."""
    entries = list(BIG)
    shuffled.shuffle(entries)
    filters = Filters(age=9, near=(35.0, -85.3), status=None)
    whole = SearchIndex(BIG).search(query, filters, k=600)
    index = SearchIndex(entries)
    parts = [index.search(query, filters, k=100, offset=start) for start in range(0, 700, 100)]
    assert [hit.entry.id for part in parts for hit in part.hits] == [h.entry.id for h in whole.hits]
    assert {part.total for part in parts} == {len(whole.hits)}


def test_the_same_name_twice_is_ordered_by_id() -> None:
    twins = [entry("Twin"), replace(entry("Twin"), id=uuid.UUID(int=1))]
    assert SearchIndex(twins).search("twin").hits[0].entry.id.int == 1


def test_typing_errors_in_every_word_of_a_name() -> None:
    """The same measure as the benchmark's, on fewer services."""
    index = SearchIndex(directory(3_000))
    chance = dice(3)
    targets = chance.sample([one for one in index.entries if one.status == "active"], 200)
    found = 0
    for target in targets:
        hits = index.search(mistyped(chance, target.name), k=10).hits
        found += target.name in [hit.entry.name for hit in hits]
    assert found / len(targets) >= 0.98


def test_an_empty_catalog_answers_too() -> None:
    found = SearchIndex([]).search("dental", Filters(near=(35.0, -85.3), age=3, language="es"))
    assert (found.hits, found.total, found.facets) == ((), 0, {})


@pytest.mark.parametrize("closes", [time(0), time(23, 59), time(23, 59, 59)])
def test_midnight_is_the_end_of_the_day_however_it_is_written(closes: time) -> None:
    row = Schedule(freq="WEEKLY", byday="SA", opens_at=time(18), closes_at=closes)
    assert hours_of([row], date(2026, 10, 14)) == ((5, 1080, 1440),)


def test_hours_that_can_only_be_a_slip_are_not_known() -> None:
    slip = Schedule(freq="WEEKLY", byday="SA", opens_at=time(18), closes_at=time(16))
    assert hours_of([slip], date(2026, 10, 14)) is None
