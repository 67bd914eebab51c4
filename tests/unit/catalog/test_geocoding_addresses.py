"""Addresses in the form in which they are looked up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.geocoding.addresses import house_of, read_address


@pytest.mark.parametrize(
    "line",
    [
        "1201 N Market St",
        "1201 North Market Street",
        "1201 N. MARKET ST.",
        "1201 North Market Street, Suite 200",
        "1201 N Market St Ste 4B",
        "1201 N Market St #12",
        "1201 N Market St, 2nd Floor",
        "1201-1203 N Market St",
        "01201  north   market st",
    ],
)
def test_one_house_has_one_key_however_it_is_written(line: str) -> None:
    address = read_address(line, "Chattanooga", "tn", "37405-1234")
    assert address.key == "1201 n market st|chattanooga|TN|37405"
    assert address.has_house


@pytest.mark.parametrize(
    ("line", "has_house"),
    [("Main Street at 4th", False), ("Engine 1", False), ("", False), ("12 Oak Trail", True)],
)
def test_what_begins_with_no_number_names_no_house(line: str, has_house: bool) -> None:
    assert read_address(line, "Chattanooga", "TN", "37405").has_house is has_house


@pytest.mark.parametrize("line", ["PO Box 11", "P.O. Box 11", "Post Office Box 11, Suite 2"])
def test_a_post_box_is_no_place_at_all(line: str) -> None:
    address = read_address(line, "Chattanooga", "TN", "37401")
    assert address.line == ""
    assert address.key == "|||"


def test_a_geocoder_is_asked_without_the_suite() -> None:
    address = read_address("7315 Lee Hwy Suite 125", "Chattanooga", "TN", "37421")
    assert address.line == "7315 Lee Hwy, Chattanooga, TN 37421"


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=5), st.text(max_size=12))
def test_no_text_breaks_it(line: str, city: str, state: str, zip_code: str) -> None:
    address = read_address(line, city, state, zip_code)
    assert (house_of(address.street) is not None) == address.has_house
    assert read_address(address.street, address.city, address.state, address.zip_code).key
