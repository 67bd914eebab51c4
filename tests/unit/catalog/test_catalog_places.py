"""States, ZIP codes, counties without their state, points that are none."""

import pytest

from catalog.importers.places import (
    POST_BOX,
    Point,
    metres_between,
    read_counties,
    read_point,
    read_state,
    read_zip,
    stray_points,
)


@pytest.mark.parametrize(
    ("text", "state"),
    [("TN", "TN"), (" dc ", "DC"), ("Georgia", "GA"), ("Tenn", None), ("", None), ("XX", None)],
)
def test_states(text: str, state: str | None) -> None:
    assert read_state(text) == state


@pytest.mark.parametrize(
    ("text", "code"),
    [("37402", "37402"), ("37402-1234", "37402"), ("20010`", "20010"), ("3740", None), ("", None)],
)
def test_zip_codes(text: str, code: str | None) -> None:
    assert read_zip(text) == code


def test_counties_that_only_one_state_has() -> None:
    read = read_counties("Hamilton, Walker,\nDade", None)
    assert read.counties == ["Hamilton, TN", "Walker, GA", "Dade, GA"]
    assert read.figured == []


@pytest.mark.parametrize(
    ("text", "state", "counties", "figured"),
    [
        ("Polk", "GA", ["Polk, GA"], ["Polk, GA"]),
        ("Polk", "TN", ["Polk, TN"], ["Polk, TN"]),
        ("Hamilton, Bradley, Polk", None, None, ["Polk, TN"]),
        ("Walker, Dade, Polk", None, None, ["Polk, GA"]),
    ],
)
def test_a_county_of_several_states_takes_the_rows_state_then_the_lists(
    text: str, state: str | None, counties: list[str] | None, figured: list[str]
) -> None:
    read = read_counties(text, state)
    assert read.figured == figured
    assert read.not_understood == []
    if counties:
        assert read.counties == counties


@pytest.mark.parametrize("text", ["Polk", "Cherokee", "Nowhere"])
def test_a_county_whose_state_cannot_be_told_is_not_guessed(text: str) -> None:
    read = read_counties(text, None)
    assert read.counties == []
    assert read.not_understood == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hamilton county", "Hamilton, TN"),
        ("Dekalb", "DeKalb, AL"),
        ("Mc Minn", "McMinn, TN"),
        ("Polk (GA)", "Polk, GA"),
        ("Polk, GA", "Polk, GA"),
    ],
)
def test_spellings_of_counties(text: str, expected: str) -> None:
    assert read_counties(text, None).counties == [expected]


def test_a_point_in_degrees() -> None:
    assert read_point("35.0456", "-85.3097") == Point(35.0456, -85.3097)


def test_a_point_in_web_mercator_metres_is_converted() -> None:
    # 85.3097° W, 35.0456° N in EPSG:3857.
    point = read_point("4170104.4", "-9496632.3")
    assert point is not None
    assert point.was_metres
    assert metres_between(point, Point(35.0456, -85.3097)) < 1000


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("0", "0"), ("", "-85"), ("north", "west"), ("nan", "1"), ("100", "101"), ("1e9", "1e9")],
)
def test_what_is_no_place_is_no_point(latitude: str, longitude: str) -> None:
    assert read_point(latitude, longitude) is None


def test_a_point_in_another_state_stands_out() -> None:
    near = [Point(35.0 + n / 100, -85.3) for n in range(20)]
    assert stray_points([*near, Point(40.75, -73.99)]) == {20}
    assert stray_points(near) == set()


def test_few_points_tell_nothing() -> None:
    assert stray_points([Point(35, -85), Point(40, -74)]) == set()


@pytest.mark.parametrize("street", ["P.O. Box 12", "PO Box 9", "Post Office Box 3", "p. o. box 1"])
def test_post_boxes(street: str) -> None:
    assert POST_BOX.search(street)


def test_a_street_is_no_post_box() -> None:
    assert not POST_BOX.search("12 Boxwood Lane")
