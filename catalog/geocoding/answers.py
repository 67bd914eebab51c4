"""What geocoders answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an address is: a point and what it stands for (a word of POINT_PRECISIONS); none where
    the geocoder does not know it. `geocoder` is one of GEOCODERS.
    """

    geocoder: str
    point: Point | None = None
    precision: str = "unknown"
