"""Geocoders of the network, played by servers on this machine in the real ones' own formats."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.geocoding.addresses import read_address
from catalog.geocoding.online import ONLINE, GeocoderTroubleError, OnlineGeocoder, online_geocoder

ADDRESS = read_address("811 Broad St #100", "Chattanooga", "TN", "37402")
POINT = (35.047, -85.3112)


class Peer:
    """A geocoder's server: what it was asked, and what it answers next."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        self.status, self.headers = 200, {}
        self.body: Any = {}
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                agent = self.headers["User-Agent"]
                peer.asked.append((url.path, parse_qs(url.query), agent))
                body = peer.body if isinstance(peer.body, bytes) else json.dumps(peer.body).encode()
                self.send_response(peer.status)
                for name, value in peer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self.server.socket.fileno() != -1:
            self.server.shutdown()
            self.server.server_close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    one = Peer()
    yield one
    one.close()


def census(said: str, latitude: float, longitude: float) -> Any:
    match = {"matchedAddress": said, "coordinates": {"x": longitude, "y": latitude}}
    return {"result": {"input": {}, "addressMatches": [match]}}


def nominatim(said: str, latitude: float, longitude: float) -> Any:
    return [{"display_name": said, "lat": str(latitude), "lon": str(longitude), "class": "place"}]


def arcgis(said: str, latitude: float, longitude: float) -> Any:
    place = {"address": said, "location": {"x": longitude, "y": latitude}, "score": 100}
    return {"spatialReference": {"wkid": 4326}, "candidates": [place]}


Answer = Callable[[str, float, float], Any]
ANSWERS: dict[str, tuple[Answer, Any]] = {
    "census": (census, {"result": {"addressMatches": []}}),
    "nominatim": (nominatim, []),
    "arcgis": (arcgis, {"candidates": []}),
}


@pytest.fixture(params=ANSWERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def geocoder(name: str, peer: Peer) -> OnlineGeocoder:
    return online_geocoder(name, user_agent="Footbridge (https://refer.example.org)", url=peer.url)


def test_every_geocoder_is_tried() -> None:
    assert set(ANSWERS) == set(ONLINE)


def test_the_house_is_found_and_the_asker_says_who_it_is(
    name: str, geocoder: OnlineGeocoder, peer: Peer
) -> None:
    peer.body = ANSWERS[name][0]("811 BROAD ST, CHATTANOOGA, TN, 37402", *POINT)
    answer = geocoder.locate(ADDRESS)
    assert answer.geocoder == name
    assert answer.precision == "address"
    assert answer.point is not None
    assert (answer.point.latitude, answer.point.longitude) == POINT
    [(_, asked, agent)] = peer.asked
    assert "811 Broad St, Chattanooga, TN 37402" in {
        text for many in asked.values() for text in many
    }
    assert agent == "Footbridge (https://refer.example.org)"


@pytest.mark.parametrize(
    ("said", "point"),
    [
        ("811 Broad Street, Chattanooga, Hamilton County, Tennessee, 37402, United States", POINT),
        ("811 Broad St, Chattanooga, Tennessee", POINT),  # without the ZIP code, in the right town
        ("811 Broad St, East Ridge, Tennessee, 37402", POINT),  # the ZIP code tells
    ],
)
def test_the_same_house_in_other_words_is_believed(
    name: str, geocoder: OnlineGeocoder, peer: Peer, said: str, point: tuple[float, float]
) -> None:
    peer.body = ANSWERS[name][0](said, *point)
    assert geocoder.locate(ADDRESS).point is not None


@pytest.mark.parametrize(
    ("said", "point"),
    [
        ("811 Broad St, Nashville, TN, 37203", POINT),  # another town
        ("8110 Broad St, Chattanooga, TN, 37402", POINT),  # another house
        ("Broad St, Chattanooga, TN, 37402", POINT),  # a street, no house
        ("Chattanooga, Tennessee, United States", POINT),  # a town
        ("811 Broad St, Chattanooga, TN, 37402", (40.7, -74.0)),  # said so, but in New York
        ("811 Broad St, Chattanooga, Oklahoma, 73528", POINT),  # the town's name elsewhere
    ],
)
def test_what_is_not_the_house_counts_as_not_found(
    name: str, geocoder: OnlineGeocoder, peer: Peer, said: str, point: tuple[float, float]
) -> None:
    peer.body = ANSWERS[name][0](said, *point)
    answer = geocoder.locate(ADDRESS)
    assert (answer.point, answer.precision) == (None, "unknown")


def test_no_match_is_an_answer(name: str, geocoder: OnlineGeocoder, peer: Peer) -> None:
    peer.body = ANSWERS[name][1]
    assert geocoder.locate(ADDRESS).point is None


@pytest.mark.parametrize(
    ("status", "headers", "retry_after", "is_refused"),
    [
        (429, {"Retry-After": "120"}, 120, False),
        (429, {}, None, False),
        (500, {}, None, False),
        (503, {}, None, False),
        (401, {}, None, True),
        (403, {}, None, True),
    ],
)
def test_trouble_is_told_without_the_address(
    name: str,
    geocoder: OnlineGeocoder,
    peer: Peer,
    status: int,
    headers: dict[str, str],
    retry_after: int | None,
    is_refused: bool,
) -> None:
    peer.status, peer.headers, peer.body = status, headers, {"error": "811 Broad St"}
    with pytest.raises(GeocoderTroubleError) as caught:
        geocoder.locate(ADDRESS)
    assert caught.value.retry_after == retry_after
    assert caught.value.is_refused is is_refused
    assert "Broad" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", {"error": {"code": 500}}, 7, ["x"]])
def test_an_answer_that_is_none_is_trouble_never_a_crash(
    name: str, geocoder: OnlineGeocoder, peer: Peer, body: Any
) -> None:
    peer.body = body
    with pytest.raises(GeocoderTroubleError):
        geocoder.locate(ADDRESS)


def test_nobody_at_home_is_trouble(name: str, peer: Peer) -> None:
    peer.close()
    geocoder = online_geocoder(name, user_agent="Footbridge", url=peer.url)
    with pytest.raises(GeocoderTroubleError):
        geocoder.locate(ADDRESS)


def test_questions_keep_the_distance_that_the_owner_wants(name: str, peer: Peer) -> None:
    usual = online_geocoder(name, user_agent="Footbridge")
    own = online_geocoder(name, user_agent="Footbridge", url=peer.url)
    least = {"census": 0.5, "nominatim": 1.0, "arcgis": 0.5}[name]
    assert usual.ask.min_delay_seconds >= least  # type: ignore[attr-defined]
    assert own.ask.min_delay_seconds == 0  # type: ignore[attr-defined]
    assert usual.ask.max_retries == own.ask.max_retries == 0  # type: ignore[attr-defined]


def test_arcgis_is_told_that_the_answer_is_kept(peer: Peer) -> None:
    peer.body = arcgis("811 Broad St, Chattanooga, Tennessee, 37402", *POINT)
    online_geocoder("arcgis", user_agent="Footbridge", url=peer.url).locate(ADDRESS)
    assert peer.asked[0][1]["forStorage"] == ["true"]
