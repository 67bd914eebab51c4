"""The best set for several needs: exact, one trip where it pays, and always with the reason."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.errors import MatchingError
from matching.explain import LANGUAGES, sentence
from matching.together import Option, Together, best_together, may_be_chosen

NEEDS = ("dental-checkup", "glasses", "food-pantry", "rent-help")
PLACES = ("a", "b", "c", "d")

options = st.lists(
    st.builds(
        Option,
        need=st.sampled_from(NEEDS),
        offer=st.sampled_from("klmnopqrs"),
        score=st.sampled_from((0, 1, 100_000, 250_000, 900_000)) | st.integers(0, 1_000_000),
        place=st.sampled_from((None, *PLACES)),
    ),
    max_size=10,
)
trips = st.sampled_from((0, 1, 60_000, 400_000))
usual = st.frozensets(st.sampled_from(PLACES))


def every_sum(
    given_options: list[Option], trip: int, visited: frozenset[str]
) -> list[tuple[int, int]]:
    """The sum and (negative) number of places of each way to give every need one option."""
    by_need = [[o for o in given_options if o.need == need] for need in NEEDS]
    sums = []
    for way in product(*(found for found in by_need if found)):
        places = {option.place for option in way} - {None}
        points = sum(option.score for option in way) - trip * len(places - visited)
        sums.append((points, -len(places)))
    return sums


@given(options, trips, usual)
@settings(max_examples=400, deadline=None)
def test_no_other_way_reaches_more_or_as_much_with_fewer_trips(
    given_options: list[Option], trip: int, visited: frozenset[str]
) -> None:
    best = best_together(NEEDS, given_options, trip=trip, visited=visited)
    assert (best.total, -best.trips) == max(every_sum(given_options, trip, visited))
    assert [one.option.need for one in best.chosen] == [
        need for need in NEEDS if any(option.need == need for option in given_options)
    ]
    assert set(best.unserved) == set(NEEDS) - {option.need for option in given_options}


@given(options, trips, usual)
@settings(max_examples=200, deadline=None)
def test_options_that_may_not_be_chosen_change_nothing(
    given_options: list[Option], trip: int, visited: frozenset[str]
) -> None:
    most = {
        need: max(o.score for o in given_options if o.need == need)
        for need in {o.need for o in given_options}
    }
    able = [o for o in given_options if may_be_chosen(o.score, most[o.need], trip)]
    whole = best_together(NEEDS, given_options, trip=trip, visited=visited)
    assert [one.option for one in whole.chosen] == [
        one.option for one in best_together(NEEDS, able, trip=trip, visited=visited).chosen
    ]


@given(options, trips, usual, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_in_which_options_come_changes_nothing(
    given_options: list[Option], trip: int, visited: frozenset[str], dice: object
) -> None:
    shuffled = list(given_options)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    def told(best: Together) -> list[tuple[str, str, str | None]]:
        return [(one.option.need, one.option.offer, one.option.place) for one in best.chosen]

    first = best_together(NEEDS, given_options, trip=trip, visited=visited)
    assert told(first) == told(best_together(NEEDS, shuffled, trip=trip, visited=visited))


@given(options, trips, usual)
@settings(max_examples=100, deadline=None)
def test_every_choice_has_its_reason_in_both_languages(
    given_options: list[Option], trip: int, visited: frozenset[str]
) -> None:
    for one in best_together(NEEDS, given_options, trip=trip, visited=visited).chosen:
        assert one.given_up >= 0
        assert one.reason.code.endswith("_behind") == (one.given_up > 0)
        for language in LANGUAGES:
            assert sentence(one.reason, language).endswith(".")


FAR_BEST = Option("glasses", "far", 800_000, "a")
NEAR = Option("glasses", "near", 760_000, "b")
DENTIST = Option("dental-checkup", "dentist", 900_000, "b")


@pytest.mark.parametrize(
    ("given_options", "trip", "visited", "offers", "codes", "trips"),
    [
        pytest.param(
            (DENTIST, FAR_BEST, NEAR),
            60_000,
            (),
            ("dentist", "near"),
            ("one_trip", "one_trip_behind"),
            1,
            id="one trip for both is worth forty points",
        ),
        pytest.param(
            (DENTIST, FAR_BEST, NEAR),
            30_000,
            (),
            ("dentist", "far"),
            ("best_alone", "best_alone"),
            2,
            id="not when a trip is worth less than what it costs",
        ),
        pytest.param(
            (FAR_BEST, NEAR),
            60_000,
            ("b",),
            ("near",),
            ("family_goes_behind",),
            1,
            id="where a brother or sister goes, no further trip is made",
        ),
        pytest.param(
            (FAR_BEST, Option("glasses", "online", 770_000, None)),
            60_000,
            (),
            ("online",),
            ("no_trip_behind",),
            0,
            id="online there is no way to go",
        ),
        pytest.param((), 60_000, (), (), (), 0, id="nothing to choose from"),
    ],
)
def test_what_is_chosen_and_why(
    given_options: tuple[Option, ...],
    trip: int,
    visited: tuple[str, ...],
    offers: tuple[str, ...],
    codes: tuple[str, ...],
    trips: int,
) -> None:
    best = best_together(("dental-checkup", "glasses"), given_options, trip=trip, visited=visited)
    assert tuple(one.option.offer for one in best.chosen) == offers
    assert tuple(one.reason.code for one in best.chosen) == codes
    assert best.trips == trips


@pytest.mark.parametrize(
    ("needs", "given_options", "trip", "says"),
    [
        (("glasses", "glasses"), (), 0, "twice"),
        (tuple(f"need-{n}" for n in range(13)), (), 0, "12 at most"),
        (("glasses",), (DENTIST,), 0, "not asked"),
        (("glasses",), (), -1, "0 or more"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    needs: tuple[str, ...], given_options: tuple[Option, ...], trip: int, says: str
) -> None:
    with pytest.raises(MatchingError, match=says):
        best_together(needs, given_options, trip=trip)
