"""Hamilton County's parcels: an address becomes the middle of its piece of land, without a network.

The extra `[hamilton]` (package geochatt, CC0) carries 166,000 of them in one file. The file is read
once for a whole batch of addresses (about a second), and nothing of it is kept: the package's own
functions would keep some 200 MB in the worker for good.
"""

import csv
import functools
import gzip
import importlib.util
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalog.geocoding.addresses import StreetAddress, bare_words, house_of
from catalog.geocoding.answers import Answer, Point
from catalog.geocoding.zip_areas import metres_between, middle_of, radius_of

STATE = "TN"
LARGEST_CELL = 10_000_000  # characters: a parcel with every bend of a river
NEXT_DOOR = 12  # house numbers: so near on the same street the point is as good as the house's own
SAME_PLACE = 300.0  # metres between parcels that are one property

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel: house number, the street's words, and its outline as well-known text."""

    number: int
    words: Words
    outline: str


def is_installed() -> bool:
    """Whether the extra is there."""
    return file_of_parcels() is not None


@functools.cache
def file_of_parcels() -> Path | None:
    """The package's file, found without loading the package."""
    found = importlib.util.find_spec("geochatt")
    folders = list(found.submodule_search_locations or ()) if found else []
    files = [Path(folder) / "live_parcels.csv.gz" for folder in folders]
    return next((file for file in files if file.is_file()), None)


def find_parcels(addresses: Iterable[StreetAddress]) -> dict[str, Answer]:
    """Where each address is that is found, by the address's key: at the "address", or next door on
    its "street".

    The very house, else one next door on the same street; a street's name without side and kind
    counts where only one such street has the number. Where streets of several towns bear the name,
    the one in the address's ZIP area; none where that does not decide.
    """
    wanted = {one.key: one for one in addresses if one.has_house and one.state in {STATE, ""}}
    if not wanted:
        return {}
    names = {bare_words(house[1]) for one in wanted.values() if (house := house_of(one.street))}
    by_name: dict[Words, list[Parcel]] = defaultdict(list)
    for parcel in read_parcels(names):
        by_name[bare_words(parcel.words)].append(parcel)
    found = {key: point_of(one, by_name) for key, one in wanted.items()}
    return {key: answer for key, answer in found.items() if answer is not None}


def read_parcels(names: set[Words]) -> Iterator[Parcel]:
    """The parcels on streets of these bare names."""
    path = file_of_parcels()
    if path is None:
        return
    csv.field_size_limit(LARGEST_CELL)
    with gzip.open(path, "rt", newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            house = house_of(row["ADDRESS"])
            if house and bare_words(house[1]) in names:
                yield Parcel(int(house[0]), house[1], row["geometry"])


def point_of(address: StreetAddress, by_name: dict[Words, list[Parcel]]) -> Answer | None:
    """Where one address is, or None."""
    house = house_of(address.street)
    if house is None:
        return None
    number, words = int(house[0]), house[1]
    parcels = by_name.get(bare_words(words), [])
    on_street = [one for one in parcels if one.words == words]
    for precision, choice in (
        ("address", [one for one in on_street if one.number == number]),
        ("address", [one for one in parcels if one.number == number]),
        ("street", next_door(on_street, number)),
    ):
        point = the_one(choice, address.zip_code)
        if point is not None:
            return Answer("parcels", point, precision)
    return None


def next_door(parcels: list[Parcel], number: int) -> list[Parcel]:
    """Those with the nearest number, on the same side of the street before the other."""
    near = [one for one in parcels if abs(one.number - number) <= NEXT_DOOR]
    if not near:
        return []
    best = min((one.number % 2 != number % 2, abs(one.number - number)) for one in near)
    return [one for one in near if (one.number % 2 != number % 2, abs(one.number - number)) == best]


def the_one(parcels: list[Parcel], zip_code: str) -> Point | None:
    """The place where they all are; of several places that in the ZIP area; None for none or many."""
    points = [middle_of_outline(one.outline) for one in parcels]
    middle, radius = middle_of(zip_code), radius_of(zip_code)
    if middle is not None and radius is not None and points:
        away = metres_between(middle, np.array([(one.latitude, one.longitude) for one in points]))
        points = [point for point, metres in zip(points, away, strict=True) if metres <= 2 * radius]
    if not points:
        return None
    first = points[0]
    spread = metres_between(
        (first.latitude, first.longitude), np.array([(o.latitude, o.longitude) for o in points])
    )
    return first if float(spread.max()) <= SAME_PLACE else None


def middle_of_outline(outline: str) -> Point:
    """The middle of a parcel."""
    import shapely  # noqa: PLC0415 - comes with the extra

    middle = shapely.from_wkt(outline).centroid
    return Point(round(middle.y, 6), round(middle.x, 6))
