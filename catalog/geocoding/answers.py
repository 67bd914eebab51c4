"""What geocoders answer."""

from dataclasses import dataclass
from typing import Protocol

from catalog.geocoding.addresses import StreetAddress


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


class Geocoder(Protocol):
    """Who can be asked for one address. `locate` raises GeocoderTroubleError where it does not answer."""

    @property
    def name(self) -> str:
        """A word of GEOCODERS."""

    def locate(self, address: StreetAddress) -> Answer:
        """Where the address is."""
