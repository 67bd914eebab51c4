"""Great-circle distance, the same to the bit for one point and for a column of points.

Called by the reach and residence rules and the closeness scorer. Knows no offer and no profile.

Points become unit vectors once; the distance comes from the chord between two of them
(haversine's own half-chord, https://en.wikipedia.org/wiki/Haversine_formula) on the mean earth
radius. The arc is taken from the chord with `+ * /` and square roots only, because those are
rounded alike by Python, by numpy and on every machine, while `asin` is not: ranks must be the same
bit for bit wherever they are worked out again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from matching.types import Point

_FEW_POINTS = 4  # for so few, columns cost more than they save
_LONGEST = 5.0  # no squared chord of the unit sphere is longer than 4, but for rounding
_METRES_A_DEGREE = 110_000  # at least so many are in a degree of a great circle
EARTH_RADIUS_METRES = 6_371_008.8  # mean radius R1 of the GRS 80 ellipsoid (IUGG)

Vector = tuple[float, float, float]
Box = tuple[float, float, float, float]  # south, north, west, east, in degrees
Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Number = TypeVar("Number", float, Floats)


def unit_vector(point: Point) -> Vector:
    """The point on the unit sphere, as x, y, z."""
    latitude, longitude = math.radians(point.latitude), math.radians(point.longitude)
    around = math.cos(latitude)
    return (around * math.cos(longitude), around * math.sin(longitude), math.sin(latitude))


def metres_between(one: Point, other: Point) -> int:
    """Great-circle distance in whole metres. Good to 0.5 % (the earth is no sphere)."""
    ax, ay, az = unit_vector(one)
    bx, by, bz = unit_vector(other)
    dx, dy, dz = ax - bx, ay - by, az - bz
    sine = min(1.0, math.sqrt(dx * dx + dy * dy + dz * dz) * 0.5)
    for _ in range(3):
        sine = sine / math.sqrt(2.0 * (1.0 + math.sqrt(1.0 - sine * sine)))
    return round(sine * _series(sine * sine) * (16.0 * EARTH_RADIUS_METRES))


def metres_from(origin: Point, x: Floats, y: Floats, z: Floats) -> Whole:
    """`metres_between` from one point to columns of unit vectors; equal to it bit for bit."""
    return metres_of_vectors(unit_vector(origin), (x, y, z))


def metres_of_vectors(
    origin: tuple[float | Floats, float | Floats, float | Floats],
    end: tuple[Floats, Floats, Floats],
) -> Whole:
    """`metres_between` for unit vectors that numpy broadcasts; equal to it bit for bit."""
    return metres_of_chords(squared_chords(origin, end))


def squared_chords(
    origin: tuple[float | Floats, float | Floats, float | Floats],
    end: tuple[Floats, Floats, Floats],
) -> Floats:
    """The square of the straight line through the globe. The nearest by it is the nearest in metres:
    every step from here to metres is monotone, and so is its rounding."""
    ox, oy, oz = origin
    x, y, z = end
    dx, dy, dz = ox - x, oy - y, oz - z
    return dx * dx + dy * dy + dz * dz


def metres_of_chords(squares: Floats) -> Whole:
    """`metres_between` from squared chords; equal to it bit for bit."""
    sine = np.minimum(1.0, np.sqrt(squares) * 0.5)
    for _ in range(3):
        sine = sine / np.sqrt(2.0 * (1.0 + np.sqrt(1.0 - sine * sine)))
    metres: Whole = np.rint(sine * _series(sine * sine) * (16.0 * EARTH_RADIUS_METRES)).astype(
        np.int64
    )
    return metres


def chords_within(metres: Floats) -> Floats:
    """The longest squared chord that is within so many metres, for each; -1 where none is. Distances
    can be compared by it, to the bit, without being worked out: they grow with the chord."""
    low = np.full(
        len(metres), -1, dtype=np.int64
    )  # floats from 0 on are in the order of their bits
    high = np.full(len(metres), np.array([_LONGEST]).view(np.int64)[0] + 1)
    while (low + 1 < high).any():
        middle = np.maximum(0, low + (high - low) // 2)
        is_within = metres_of_chords(middle.view(np.float64)) <= metres
        low, high = np.where(is_within, middle, low), np.where(is_within, high, middle)
    return np.where(low < 0, -1.0, low.view(np.float64))


def box_around(centre: Point, metres: float) -> Box:
    """A box that surely holds every point within so many metres: from -180 to 180 degrees east where a
    pole or the date line is near."""
    degrees = metres / _METRES_A_DEGREE + 0.001
    south, north = centre.latitude - degrees, centre.latitude + degrees
    if south > -89 and north < 89:
        # The widest that a circle on the globe gets, east to west.
        sine = math.sin(math.radians(degrees)) / math.cos(math.radians(centre.latitude))
        around = math.degrees(math.asin(min(1.0, sine))) + 0.001
        west, east = centre.longitude - around, centre.longitude + around
        if west >= -180 and east <= 180:
            return south, north, west, east
    return south, north, -180.0, 180.0


def box_of(points: Sequence[Point]) -> Box:
    """The box of points, and a hair more, so that no rounding of an edge leaves it."""
    latitudes = [point.latitude for point in points]
    longitudes = [point.longitude for point in points]
    hair = 1e-6
    return (
        min(latitudes) - hair,
        max(latitudes) + hair,
        min(longitudes) - hair,
        max(longitudes) + hair,
    )


def box_over(boxes: Sequence[Box]) -> Box:
    """The box over boxes."""
    souths, norths, wests, easts = zip(*boxes, strict=True)
    return min(souths), max(norths), min(wests), max(easts)


def _series(square: Number) -> Number:
    """asin(s) / s for s up to 0.2, from s squared: at most 5 cm off, half round the earth."""
    return 1.0 + square * (1 / 6 + square * (3 / 40 + square * (15 / 336 + square * (105 / 3456))))


def is_inside(point: Point, polygon: tuple[Point, ...]) -> bool:
    """Whether the point lies in the polygon, by counting the edges a ray to the north-pole crosses.

    Edges are straight in degrees, which is how boundary files are drawn; a polygon does not cross
    the date line. A point exactly on an edge may fall on either side.
    """
    inside = False
    before = polygon[-1]
    for corner in polygon:
        if (corner.longitude > point.longitude) != (before.longitude > point.longitude):
            share = (point.longitude - corner.longitude) / (before.longitude - corner.longitude)
            crossing = corner.latitude + share * (before.latitude - corner.latitude)
            if point.latitude < crossing:
                inside = not inside
        before = corner
    return inside


def are_inside(points: Sequence[Point], polygon: Sequence[Point]) -> npt.NDArray[np.bool_]:
    """`is_inside` for each of the points; equal to it bit for bit."""
    if len(points) <= _FEW_POINTS:
        return np.array([is_inside(point, tuple(polygon)) for point in points], dtype=np.bool_)
    north, east = _turned(points)[:, :, None]
    latitude, longitude = _turned(polygon)
    before_latitude, before_longitude = np.roll(latitude, 1), np.roll(longitude, 1)
    is_passed = (longitude > east) != (before_longitude > east)
    with np.errstate(divide="ignore", invalid="ignore"):  # edges along a meridian pass no point
        share = (east - longitude) / (before_longitude - longitude)
        crossing = latitude + share * (before_latitude - latitude)
        crossed: Whole = (is_passed & (north < crossing)).sum(axis=1)
    is_inside_each: npt.NDArray[np.bool_] = crossed % 2 == 1
    return is_inside_each


def _turned(points: Sequence[Point]) -> Floats:
    """Latitudes and longitudes, a row each."""
    return np.array([(one.latitude, one.longitude) for one in points], dtype=np.float64).T
