"""Seats as the allocation gets them: what is free, what an offer serves, one place a need."""

from __future__ import annotations

import struct
import uuid
from datetime import date, datetime
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.recommendations import seats
from app.recommendations.seats import Held, SeatFor, Serving, Wisher, allocated, seats_free
from catalog.taxonomy import broader
from matching.allocation import Allocation, MoreSeats
from matching.terms import Terms
from matching.types import Offer, Openings

DAY = date(2026, 10, 13)
SERVICE = uuid.UUID(int=7)
SCHOOL = uuid.UUID(int=9)


def offer(*, cap: int | None = None, available: int | None = 3, as_of: date = DAY) -> Offer:
    return Offer(
        key=str(uuid.UUID(int=8)),
        service=str(SERVICE),
        organization="o",
        openings=Openings(available=available, as_of=as_of),
        referral_cap=cap,
    )


@pytest.mark.parametrize(
    ("offers", "held", "load", "free", "overbooked"),
    [
        ([offer()], [], 0, {str(SERVICE): 3}, ()),
        ([offer(), offer()], [], 0, {str(SERVICE): 3}, ()),  # two places, one pool of seats
        ([offer()], [Held(SERVICE)], 0, {str(SERVICE): 2}, ()),
        ([offer()], [Held(SERVICE, date(2026, 10, 12))], 0, {str(SERVICE): 3}, ()),
        ([offer()], [Held(SERVICE, DAY)], 0, {str(SERVICE): 2}, ()),
        ([offer()], [Held(SERVICE)] * 4, 0, {str(SERVICE): 0}, (SERVICE,)),
        ([offer(cap=5)], [Held(SERVICE)], 4, {str(SERVICE): 1}, ()),
        ([offer(cap=1)], [], 4, {str(SERVICE): 0}, ()),
        ([offer(available=None)], [Held(SERVICE)], 0, {}, ()),
        ([offer(as_of=date(2026, 1, 1))], [], 0, {}, ()),
    ],
)
def test_what_is_free(
    offers: list[Offer],
    held: list[Held],
    load: int,
    free: dict[str, int],
    overbooked: tuple[uuid.UUID, ...],
) -> None:
    told = seats.seats_told(offers, on=DAY, stale_after=60)
    assert seats_free(offers, told, held, {SERVICE: load}) == (free, overbooked)


def wisher(*needs: tuple[str, int], interests: tuple[str, ...] = ()) -> Wisher:
    return Wisher(uuid.UUID(int=1), SCHOOL, needs, interests, b"")


@pytest.mark.parametrize(
    ("who", "categories", "interests", "served"),
    [
        (wisher(("dental-checkup", 2)), ("dental-checkup",), (), ("dental-checkup", 2)),
        (wisher(("glasses", 1), ("dental-checkup", 3)), ("glasses", "dental-checkup"), (),
         ("dental-checkup", 3)),
        (wisher(("glasses", 1), interests=("soccer",)), ("glasses",), ("soccer",), ("glasses", 1)),
        (wisher(interests=("soccer",)), ("glasses",), ("soccer",), ("soccer", 1)),
        (wisher(("glasses", 1)), ("dental-checkup",), (), None),
        (wisher(), ("dental-checkup",), ("soccer",), None),
    ],
)  # fmt: skip
def test_what_an_offer_serves_is_the_most_urgent_need_else_an_interest(
    who: Wisher,
    categories: tuple[str, ...],
    interests: tuple[str, ...],
    served: tuple[str, int] | None,
) -> None:
    found = Offer("k", "s", "o", categories=categories, interests=interests)
    assert Serving(Terms(broader())).served(who, found) == served


def test_a_service_counts_once_at_its_best_place_and_not_where_one_is_on_the_way() -> None:
    places = [uuid.UUID(int=number) for number in range(20, 24)]
    services = [uuid.UUID(int=number) for number in (31, 31, 32, 33)]
    best = b"".join(struct.pack("<16sI", place.bytes, 900 - at) for at, place in enumerate(places))
    who = Wisher(
        uuid.UUID(int=1), SCHOOL, (("dental-checkup", 2),), (), best, frozenset({services[3]})
    )
    offers = {
        place: Offer(str(place), str(service), "o", categories=("dental-checkup",))
        for place, service in zip(places, services, strict=True)
    }
    found = list(seats.options_of(who, offers, Serving(Terms(broader()))))
    assert [(one.service_at_location_id, one.score) for one in found] == [
        (places[0], 900),
        (places[2], 898),
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 1), st.integers(0, 9)),
        max_size=14,
        unique_by=lambda one: one[:2],
    ),
    st.integers(1, 3),
)
def test_no_need_of_a_student_is_served_twice_and_nobody_gets_too_many(
    edges: list[tuple[int, int, int, int]], at_most: int
) -> None:
    needs = ("dental-checkup", "glasses")
    students = [uuid.UUID(int=100 + number) for number in range(4)]
    options = {
        (str(students[student]), str(uuid.UUID(int=service))): SeatFor(
            students[student], uuid.UUID(int=service), uuid.UUID(int=service), needs[need], 2, score
        )
        for student, service, need, score in edges
    }
    wishers = [Wisher(one, SCHOOL, tuple((need, 2) for need in needs), (), b"") for one in students]
    free = {service: 2 for _, service in options}
    result = allocated(wishers, options, free, [], [], at_most)
    given_ = [options[place.student, place.offer] for place in result.places]
    asked = [(one.student_id, one.category) for one in given_]
    assert len(set(asked)) == len(asked)
    for student in students:
        assert sum(one.student_id == student for one in given_) <= at_most
    has_option = {student for student, _ in options}
    if all(sum(key[1] == service for key in options) <= 2 for service in free):
        assert {place.student for place in result.places} == has_option


def shared_out(
    options: list[tuple[int, int, str, int, int]], *, free: dict[int, int]
) -> tuple[list[SeatFor], Allocation]:
    """Options as student, service, need, urgency, score, at two places a student."""
    asked: dict[int, dict[str, int]] = {}
    found = {}
    for student, service, need, urgency, score in options:
        asked.setdefault(student, {})[need] = urgency
        found[str(uuid.UUID(int=student)), str(uuid.UUID(int=service))] = SeatFor(
            uuid.UUID(int=student), uuid.UUID(int=service), uuid.UUID(int=service), need, urgency,
            score,
        )  # fmt: skip
    wishers = [
        Wisher(uuid.UUID(int=student), SCHOOL, tuple(needs.items()), (), b"")
        for student, needs in asked.items()
    ]
    told = {str(uuid.UUID(int=service)): count for service, count in free.items()}
    result = allocated(wishers, found, told, [], [], at_most=2)
    return [found[place.student, place.offer] for place in result.places], result


def test_who_could_have_a_need_served_twice_leaves_the_seat_to_another() -> None:
    options = [
        (1, 21, "glasses", 3, 900_000),
        (1, 22, "glasses", 3, 500_000),
        (2, 21, "glasses", 3, 100_000),
        (2, 23, "dental-checkup", 1, 100_000),
    ]
    given_, _ = shared_out(options, free={21: 1, 22: 1, 23: 1})
    assert [one.urgency for one in given_].count(3) == 2


def test_a_next_seat_is_worth_nothing_to_a_need_that_has_a_place() -> None:
    options = [(1, 21, "glasses", 3, 900_000), (1, 22, "glasses", 3, 500_000)]
    given_, result = shared_out(options, free={21: 1, 22: 0})
    assert [one.service_id.int for one in given_] == [21]
    assert set(result.value_of_a_seat.values()) == {MoreSeats(0, 0, 0, 0)}


def test_what_nobody_can_use_is_worth_nothing() -> None:
    engine = SimpleNamespace(
        offers=(),
        parameters=SimpleNamespace(openings_stale_after=60, version="v"),
        index=SimpleNamespace(background=SimpleNamespace(terms=Terms(broader()))),
    )
    with (
        mock.patch.object(seats, "engine_for", return_value=(engine, 1)),
        mock.patch.object(seats, "open_counts", return_value={}),
        mock.patch.object(seats, "day_there", return_value=DAY),
    ):
        plan = seats.share_seats(
            mock.Mock(),
            [wisher(("glasses", 3))],
            held=[],
            accepted=[],
            families=[],
            at_most=1,
            now=datetime(2026, 10, 13),  # noqa: DTZ001 - never looked at
        )
    assert (plan.seats, plan.next_seats, plan.without) == ((), (), 1)
    (kind,) = plan.next_of_kinds
    assert (kind.code, kind.waiting, kind.waiting_urgent, kind.gain.urgent) == ("glasses", 1, 1, 1)
    assert kind.gain.score == 500_000, "what is not there yet would score the middle"
