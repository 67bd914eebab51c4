"""Points without a network: ZIP areas, and Hamilton County's parcels against 3,000 known addresses."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from catalog.geocoding import parcels
from catalog.geocoding.addresses import StreetAddress, house_of, read_address
from catalog.geocoding.parcels import Parcel, find_parcels, is_installed
from catalog.geocoding.zip_areas import metres_between, middle_of, radius_of
from tests.fixtures.loud import cannot_run

LONG = {
    "RD": "Road",
    "DR": "Drive",
    "LN": "Lane",
    "ST": "Street",
    "AVE": "Avenue",
    "CIR": "Circle",
    "TRL": "Trail",
    "CT": "Court",
    "BLVD": "Blvd.",
    "PL": "Place",
    "N": "North",
    "S": "South",
    "E": "East",
    "W": "West",
    "HWY": "Highway",
    "XING": "Crossing",
    "TER": "Terrace",
    "PKWY": "Parkway",
}
Row = dict[str, str]


@pytest.fixture(scope="module")
def sample(real_data: Path) -> list[Row]:
    """3,000 addressed parcels, with their points."""
    path = real_data / "chattanooga-geo" / "parcel_address_sample_3000.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def metres(point: tuple[float, float], row: Row) -> float:
    there = np.array([[float(row["lat"]), float(row["lon"])]])
    return float(metres_between(point, there)[0])


def found_of(
    sample: list[Row], write: Callable[[Row], StreetAddress], *, precision: str
) -> tuple[list[float], float]:
    """How far, in metres, each address that was found is from where it is, and the share that is
    found so precisely."""
    asked = [(write(row), row) for row in sample]
    found = find_parcels(address for address, _ in asked)
    away = [
        metres((point.latitude, point.longitude), row)
        for address, row in asked
        if (answer := found.get(address.key)) and (point := answer.point)
    ]
    exact = sum(answer.precision == precision for answer in found.values())
    return away, exact / len(found)


def told(what: str, found: list[float], of: int) -> str:
    median, most = np.percentile(found, [50, 95])
    return f"{what}: {len(found)} of {of} found, off by {median:.0f} m (median), {most:.0f} m (p95)"


def test_a_zip_area_has_a_middle_and_one_of_post_boxes_has_none() -> None:
    assert middle_of("37402") == pytest.approx((35.0458, -85.3143), abs=0.02)
    assert middle_of("37401") is None
    assert radius_of("37401") is None
    assert middle_of("") is None
    assert radius_of("37402") == 2_000  # downtown: smaller than the least that is assumed
    assert 4_000 < (radius_of("37379") or 0) < 20_000


def test_nearly_all_addresses_lie_within_what_their_zip_area_is_said_to_reach(
    sample: list[Row],
) -> None:
    away = [
        (metres(middle, row), radius_of(row["zip"]) or 0)
        for row in sample
        if (middle := middle_of(row["zip"]))
    ]
    inside = sum(metres <= radius for metres, radius in away)
    sys.stdout.write(
        f"\n{told('ZIP areas', [metres for metres, _ in away], len(sample))}, {inside} inside"
    )
    assert inside / len(away) >= 0.94
    assert float(np.median([metres for metres, _ in away])) < 4_000


class TestParcels:
    """The parcels."""

    @pytest.fixture(autouse=True)
    def parcels_are_there(self) -> None:
        if not is_installed():
            cannot_run("Parcels", "The extra [hamilton] is missing.", "Run make test.")

    @pytest.mark.parametrize(
        ("spelling", "least", "furthest"),
        [("as in the county's list", 2_990, 1.0), ("as people write it", 2_990, 1.0)],
    )
    def test_an_address_is_found_in_any_spelling(
        self, sample: list[Row], spelling: str, least: int, furthest: float
    ) -> None:
        def write(row: Row) -> StreetAddress:
            line = row["address"]
            if spelling == "as people write it":
                line = " ".join(LONG.get(word, word.title()) for word in line.split())
                line += ", Suite 200"
            return read_address(line, "Chattanooga", "TN", row["zip"])

        found, share = found_of(sample, write, precision="address")
        assert share > 0.99
        sys.stdout.write(f"\n{told(spelling, found, len(sample))}")
        assert len(found) >= least
        assert float(np.median(found)) <= furthest

    def test_a_house_that_is_not_listed_lies_beside_its_neighbour(
        self, sample: list[Row], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        left_out = {house_of(row["address"]) for row in sample}
        every = parcels.read_parcels

        def others(names: set[tuple[str, ...]]) -> Iterator[Parcel]:
            return (p for p in every(names) if (str(p.number), p.words) not in left_out)

        monkeypatch.setattr(parcels, "read_parcels", others)

        def write(row: Row) -> StreetAddress:
            return read_address(row["address"], "Chattanooga", "TN", row["zip"])

        found, share = found_of(sample, write, precision="street")
        assert share > 0.95, "not said to be at the house"
        sys.stdout.write(f"\n{told('the house left out', found, len(sample))}")
        assert len(found) >= 2_700
        assert float(np.median(found)) < 60
        assert float(np.percentile(found, 95)) < 250

    def test_what_is_not_there_is_not_found(self) -> None:
        """All at once, since each question reads the whole county."""
        lines = [
            ("Main Street", "TN", "37402"),  # no house
            ("99999 Frazier Ave", "TN", "37405"),  # no such house, and none next door
            ("406 Frazier Dr", "GA", "37421"),  # another state
            ("406 Frazier Dr", "TN", "38103"),  # the street is in another ZIP area
            ("12 No Such Street At All", "TN", "37402"),
        ]
        asked = [
            read_address(line, "Chattanooga", state, zip_code) for line, state, zip_code in lines
        ]
        assert find_parcels(asked) == {}


def test_metres_between_are_those_of_the_globe() -> None:
    [degree] = metres_between((0.0, 0.0), np.array([[0.0, 1.0]]))
    assert degree == pytest.approx(2 * math.pi * 6_371_008.8 / 360)
