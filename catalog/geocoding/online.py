"""Geocoders that are asked over the network: US Census, Nominatim, ArcGIS, by way of geopy.

Called by app/geocoding for places of the directory that are no secret; never with a student's address.
Each answers one address at a time, no faster than its owner allows. An answer counts only where it
names the same house, and the same town or ZIP code: geocoders would rather find something than nothing.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
from geopy.adapters import URLLibAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderRateLimited,
    GeocoderServiceError,
)
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import ArcGIS, Nominatim
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location

from catalog.geocoding.addresses import StreetAddress, house_of
from catalog.geocoding.answers import Answer, Point
from catalog.geocoding.zip_areas import metres_between, middle_of, radius_of
from catalog.plain_forms import words_of
from catalog.vocabulary import US_STATES

logging.getLogger("geopy").setLevel(logging.WARNING)  # below, its lines quote what was asked

TIMEOUT_S = 10
ASTRAY = 10_000.0  # metres past three times a ZIP area's reach: another town of the same name
CENSUS_URL = "https://geocoding.geo.census.gov"
NOMINATIM_URL = "https://nominatim.openstreetmap.org"
ARCGIS_URL = "https://geocode.arcgis.com"


class GeocoderTroubleError(Exception):
    """A geocoder does not answer. `retry_after`: seconds that it asks to wait, if it says; `is_refused`:
    it will not answer before somebody changes the settings. The message holds no address."""

    def __init__(self, kind: str, *, retry_after: int | None = None, is_refused: bool = False):
        super().__init__(kind)
        self.retry_after = retry_after
        self.is_refused = is_refused


class UsCensus(Geocoder):  # type: ignore[misc]
    """The Census Bureau's geocoder: free, without an account, the United States alone.

    https://geocoding.geo.census.gov/geocoder/Geocoding_Services_API.html
    """

    def __init__(self, *, domain: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.api = f"{self.scheme}://{domain}/geocoder/locations/onelineaddress"

    def geocode(self, query: str, *, timeout: Any = DEFAULT_SENTINEL) -> Location | None:
        """The best match, or None."""
        asked = {"address": query, "benchmark": "Public_AR_Current", "format": "json"}
        url = f"{self.api}?{urlencode(asked)}"
        return self._call_geocoder(url, self.read, timeout=timeout)

    def read(self, answer: dict[str, Any]) -> Location | None:
        """The first of the matches."""
        try:
            matches = answer["result"]["addressMatches"]
            if not matches:
                return None
            first = matches[0]
            at = first["coordinates"]
            return Location(first["matchedAddress"], (at["y"], at["x"]), first)
        except (KeyError, TypeError, IndexError) as error:
            raise GeocoderParseError("not the Census Bureau's answer") from error


class ArcGISForStorage(ArcGIS):  # type: ignore[misc]
    """ArcGIS, told that its answers are kept, as its terms want; that takes an account."""

    def _authenticated_call_geocoder(self, url: str, *args: Any, **kwargs: Any) -> Any:
        return super()._authenticated_call_geocoder(f"{url}&forStorage=true", *args, **kwargs)


@dataclass(frozen=True, slots=True)
class OnlineGeocoder:
    """One geocoder that can be asked. `name` is one of GEOCODERS."""

    name: str
    ask: Callable[[str], Location | None]

    def locate(self, address: StreetAddress) -> Answer:
        """Where the address is: at the house, or nothing. Raises GeocoderTroubleError."""
        try:
            found = self.ask(address.line)
        except GeocoderRateLimited as error:
            raise GeocoderTroubleError("rate limited", retry_after=error.retry_after) from None
        except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges):
            raise GeocoderTroubleError("account refused", is_refused=True) from None
        except GeocoderServiceError as error:
            raise GeocoderTroubleError(type(error).__name__) from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise GeocoderTroubleError("answer not understood") from None
        if found is None or not is_the_address(address, found):
            return Answer(self.name)
        point = Point(round(found.latitude, 6), round(found.longitude, 6))
        return Answer(self.name, point, "address")


def is_the_address(address: StreetAddress, found: Location) -> bool:
    """Whether the answer is this house in this town, not one of the same name elsewhere."""
    said = str(found.address)
    house = house_of(address.street)
    numbers = re.findall(r"\d+", said)
    if house is None or house[0] not in numbers:
        return False
    words = set(words_of(said))
    named = set(words_of(US_STATES.get(address.state, ""))) or {"?"}
    in_state = address.state.casefold() in words or named <= words
    in_town = bool(address.city) and set(words_of(address.city)) <= words and in_state
    if not (in_town or (address.zip_code and address.zip_code in numbers)):
        return False
    middle, radius = middle_of(address.zip_code), radius_of(address.zip_code)
    if middle is None or radius is None:
        return True
    away = metres_between(middle, np.array([[found.latitude, found.longitude]]))
    return float(away[0]) <= 3 * radius + ASTRAY


def online_geocoder(
    name: str,
    *,
    user_agent: str,
    url: str = "",
    account: str = "",
) -> OnlineGeocoder:
    """The geocoder of that name. `url` is another server than the usual one (a Nominatim of one's own,
    a test's); `account` is ArcGIS's user:password; `user_agent` says who asks, as Nominatim wants it.
    """
    seconds, usual, build = ONLINE[name]
    where = urlsplit(url or usual)
    geocoder = build(
        account,
        scheme=where.scheme,
        domain=where.netloc,
        user_agent=user_agent,
        timeout=TIMEOUT_S,
        # Whatever else is installed: with `requests` geopy obeys Retry-After inside the question.
        adapter_factory=URLLibAdapter,
    )
    is_own = bool(url) and where.netloc != urlsplit(usual).netloc
    # No question is repeated here: the queue does that, after a rest.
    limited = RateLimiter(
        geocoder,
        min_delay_seconds=0.0 if is_own else seconds,
        max_retries=0,
        swallow_exceptions=False,
    )
    return OnlineGeocoder(name, limited)


def _census(_account: str, **options: Any) -> Callable[[str], Location | None]:
    ask: Callable[[str], Location | None] = UsCensus(**options).geocode
    return ask


def _nominatim(_account: str, **options: Any) -> Callable[[str], Location | None]:
    geocoder = Nominatim(**options)

    def ask(line: str) -> Location | None:
        return geocoder.geocode(line, country_codes="us", addressdetails=True)

    return ask


def _arcgis(account: str, **options: Any) -> Callable[[str], Location | None]:
    if account:
        user, _, password = account.partition(":")
        options |= {"username": user, "password": password, "referer": options["user_agent"]}
    ask: Callable[[str], Location | None] = ArcGISForStorage(**options).geocode
    return ask


# name: seconds between two questions, the usual server, how it is made. Nominatim's terms allow one a
# second; the others name no figure, so they are asked no faster than a person would look up a list.
ONLINE: dict[str, tuple[float, str, Callable[..., Callable[[str], Location | None]]]] = {
    "census": (0.5, CENSUS_URL, _census),
    "nominatim": (1.1, NOMINATIM_URL, _nominatim),
    "arcgis": (0.5, ARCGIS_URL, _arcgis),
}
