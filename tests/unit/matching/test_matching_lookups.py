"""What columns are kept in gives back what was put in: bits, short numbers, classes of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.bits import fill, packed, rows_of, words_for
from matching.classes import classes_of, name_of
from matching.columns import Columns
from matching.geo import (
    are_inside,
    chords_within,
    is_inside,
    metres_between,
    metres_of_chords,
)
from matching.lookups import Areas, Numbers, narrow
from matching.types import Offer, Point, Residence
from tests.unit.matching.strategies import POLYGON, catalogs

masks = st.lists(st.booleans(), max_size=300).map(lambda some: np.array(some, dtype=np.bool_))
numbers = st.lists(st.integers(-1, 2**40) | st.integers(-1, 300), max_size=20)
FIELDS = [("mode",), ("ages", "grades"), ("categories",), ("key",)]


@given(masks, masks)
def test_bits_are_the_rows_of_a_mask(one: np.ndarray, other: np.ndarray) -> None:
    assert rows_of(packed(one)).tolist() == np.flatnonzero(one).tolist()
    length = min(len(one), len(other))
    both = packed(one[:length]) & packed(other[:length])
    assert rows_of(both).tolist() == np.flatnonzero(one[:length] & other[:length]).tolist()
    assert int(np.bitwise_count(packed(one)).sum()) == one.sum()


@given(st.integers(0, 300), st.integers(0, 300))
def test_filled_bits_hold_the_rows_and_none_beyond_their_words(first: int, end: int) -> None:
    bits = np.zeros(words_for(300), dtype=np.uint64)
    if first < end:
        fill(bits, first, end)
        rows = set(rows_of(bits).tolist())
        assert rows >= set(range(first, end))
        assert min(rows) > first - 64
        assert max(rows) < end + 64


@given(numbers)
def test_short_numbers_are_the_numbers(some: list[int]) -> None:
    kept = Numbers(some)
    assert kept[:].tolist() == some
    assert kept[:].dtype == np.int64, "sums and products of them do not overflow"
    assert narrow(np.array(some, dtype=np.int64)).tolist() == some
    if some:
        changed = kept.changed({0: 2**50})
        assert [changed.at(row) for row in range(len(some))] == [2**50, *some[1:]]
        assert kept.at(0) == some[0]


far = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
near = st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))


@given(far, near, st.sampled_from([1.0, 3_000.0, 25_000.0, 2_000_000.0]))
def test_a_circle_holds_whom_its_distance_says_wherever_on_the_globe(
    centre: Point, away: tuple[float, float], radius: float
) -> None:
    home = Point(
        min(90.0, max(-90.0, centre.latitude + away[0])),
        min(180.0, max(-180.0, centre.longitude + away[1])),
    )
    areas = Areas([None, Residence(centre=centre, radius_metres=radius), Residence()])
    holds = metres_between(home, centre) <= radius
    assert areas.drawn_around([home] * 2).tolist() == [[holds]] * 2
    assert (areas.number_drawn == len(areas.drawn)).tolist() == [True, False, True]


@given(st.floats(34.9, 35.3), st.floats(-85.5, -85.1))
def test_a_polygon_holds_whom_its_edges_enclose(latitude: float, longitude: float) -> None:
    home = Point(latitude, longitude)
    areas = Areas([Residence(polygon=POLYGON), Residence(zip_codes=frozenset({"37402"}))])
    assert areas.drawn_around([home]).tolist() == [[is_inside(home, POLYGON)]]


@given(st.floats(-1, 2.0e7), st.floats(0, 4.0))
def test_chords_are_compared_as_the_metres_that_they_stand_for(radius: float, chord: float) -> None:
    (limit,) = chords_within(np.array([radius]))
    near = np.array([chord, max(0.0, limit), np.nextafter(max(0.0, limit), 9.0)])
    assert (near <= limit).tolist() == (metres_of_chords(near) <= radius).tolist()


@given(st.lists(st.builds(Point, st.floats(34.9, 35.3), st.floats(-85.5, -85.1)), max_size=12))
def test_many_homes_are_in_the_drawn_areas_that_each_is_in(homes: list[Point]) -> None:
    circle = Residence(centre=Point(35.1, -85.3), radius_metres=9_000.0)
    shapes = [circle, Residence(polygon=POLYGON), replace(circle, polygon=POLYGON)]
    areas = Areas([None, *shapes])
    told = areas.drawn_around(homes).tolist()
    assert told == [areas.drawn_around([home])[0].tolist() for home in homes]
    assert are_inside([Point(35.1, -85.3), *homes], POLYGON).tolist() == [
        True,
        *(is_inside(home, POLYGON) for home in homes),
    ]


@given(catalogs(max_size=8))
def test_rows_of_a_class_are_alike_and_those_of_two_are_not(catalog: list[Offer]) -> None:
    columns = Columns(catalog)
    classes = classes_of(columns, FIELDS)
    for fields in FIELDS:
        of = classes[name_of(fields)]
        facts = [
            None if wrong else tuple(getattr(offer, field) for field in fields)
            for offer, wrong in zip(columns.offers, columns.is_contradictory, strict=True)
        ]
        for row, number in enumerate(of.number.tolist()):
            assert facts[row] == facts[of.example[number]]
        assert len(of) == len(set(facts))
