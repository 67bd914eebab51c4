"""Reading places: states, ZIP codes, counties without their state, points in metres or nowhere.

Pure functions over text and numbers. A county is nothing without its state: where the state cannot
be told, the county is reported, not guessed.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from catalog.vocabulary import COUNTIES_AROUND_CHATTANOOGA, US_STATES

STATE_BY_NAME = {name.casefold(): code for code, name in US_STATES.items()}

# Half the circumference of the Web Mercator square, in metres (EPSG:3857).
MERCATOR_EDGE = 20_037_508.342789244
MERCATOR_LEAST = 10_000  # nearer to 0, 0 there is only sea: such a number is a slip, not metres
EARTH_RADIUS = 6_371_008.8  # metres, mean

# A point this many times farther out than the middle one of its directory, and at least so many
# metres, was put there by a geocoder that found the same street in another state.
STRAY_FACTOR = 15
STRAY_METRES = 100_000

POST_BOX = re.compile(r"\bp\.?\s*o\.?\s*box\b|\bpost office box\b", re.IGNORECASE)


def read_state(text: str) -> str | None:
    """The two letters of a state, from letters or name; None where it is none."""
    plain = text.strip(" .").casefold()
    return plain.upper() if plain.upper() in US_STATES else STATE_BY_NAME.get(plain)


def read_zip(text: str) -> str | None:
    """Five digits, from "37402", "37402-1234", or "37402`"; None where there are none."""
    match = re.match(r"\D{0,2}(\d{5})(?!\d)", text.strip())
    return match[1] if match else None


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees, WGS 84. `was_metres`: it came as Web Mercator metres and was converted;
    `was_swapped`: longitude stood where latitude belongs."""

    latitude: float
    longitude: float
    was_metres: bool = False
    was_swapped: bool = False

    @property
    def is_in_us(self) -> bool:
        """Whether it can be in the United States, Alaska, Hawaii and Puerto Rico among them."""
        return 17 <= self.latitude <= 72 and -180 <= self.longitude <= -64


def read_point(latitude: str, longitude: str) -> Point | None:
    """The point of two cells; None where they hold no place on Earth (0, 0 is none)."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return None
    if not (math.isfinite(north) and math.isfinite(east)) or (north == 0 and east == 0):
        return None
    swapped = Point(east, north, was_swapped=True)
    if swapped.is_in_us and not Point(north, east).is_in_us:
        return swapped
    if abs(north) <= 90 and abs(east) <= 180:
        return Point(north, east)
    if all(MERCATOR_LEAST < abs(metres) <= MERCATOR_EDGE for metres in (north, east)):
        radius = MERCATOR_EDGE / math.pi
        degrees = math.degrees(2 * math.atan(math.exp(north / radius)) - math.pi / 2)
        return Point(round(degrees, 7), round(math.degrees(east / radius), 7), was_metres=True)
    return None


def metres_between(one: Point, other: Point) -> float:
    """Distance on the sphere, in metres; good to half a percent, enough to tell towns apart."""
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude)
    part = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one.latitude))
        * math.cos(math.radians(other.latitude))
        * math.sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(part))


def stray_points(points: Sequence[Point]) -> set[int]:
    """The positions of points far from all the rest; none of fewer than ten can be told."""
    if len(points) < 10:
        return set()
    middle = Point(median(p.latitude for p in points), median(p.longitude for p in points))
    distances = [metres_between(middle, point) for point in points]
    limit = max(STRAY_METRES, STRAY_FACTOR * median(distances))
    return {position for position, distance in enumerate(distances) if distance > limit}


@dataclass(frozen=True, slots=True)
class CountiesRead:
    """Counties with their state, as "Walker, GA"; `figured`: state told from the row around it."""

    counties: list[str] = field(default_factory=list)
    figured: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)


def read_counties(text: str, state: str | None) -> CountiesRead:
    """A list of counties, states mostly missing, around Chattanooga.

    The state of a county is, in this order: the one written beside it; the only one around
    Chattanooga that has such a county; the row's own `state`, if that has one; the state of most
    of the other counties in the list. Else it is not understood.
    """
    names = [" ".join(name.split()) for name in re.split(r"[,;\n]", re.sub(r",\s*\n", ",", text))]
    read = CountiesRead()
    entries: list[tuple[str, tuple[str, ...]]] = []
    for name in filter(None, names):
        if read_state(name) and entries and len(name) == 2:
            entries[-1] = (entries[-1][0], (read_state(name) or "",))
            continue
        entries.append(with_states(name))
    votes = Counter(states[0] for _, states in entries if len(states) == 1)
    for name, states in entries:
        chosen = states[0] if len(states) == 1 else None
        if chosen is None:
            common = votes.most_common(1)[0][0] if votes else None
            chosen = next((s for s in (state, common) if s in states), None)
            if chosen:
                read.figured.append(f"{name}, {chosen}")
        if chosen:
            read.counties.append(f"{name}, {chosen}")
        else:
            read.not_understood.append(name)
    return read


def with_states(name: str) -> tuple[str, tuple[str, ...]]:
    """The county in its right spelling and the states around Chattanooga that have one."""
    plain = re.sub(r"\s+(county|co\.?)$", "", name, flags=re.IGNORECASE).casefold()
    stated = re.fullmatch(r"(.*\S)\s+\(?([a-z]{2})\)?", plain)
    if stated and read_state(stated[2]):
        spelled, _ = with_states(stated[1])
        return spelled, (stated[2].upper(),)
    found = [
        (county, state)
        for state, counties in COUNTIES_AROUND_CHATTANOOGA.items()
        for county in counties
        if county.casefold().replace(" ", "") == plain.replace(" ", "")
    ]
    return (found[0][0] if found else name), tuple(state for _, state in found)
