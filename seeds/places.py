"""The district's schools and ZIP areas, from seeds/data, and points drawn near them.

Schools carry public figures; points are approximate (the heads of schools.yaml and places.yaml say
how they came to be). Pure: no database.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal

from seeds import files

METRES_A_DEGREE = 111_195  # of latitude, on a sphere of 6,371 km

Kind = Literal["elementary", "middle", "high"]


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """One of the district's 81 schools. Rates are shares of the enrolment, 0 to 1."""

    code: str
    name: str
    kind: str
    lowest_grade: int
    highest_grade: int
    enrolment: int
    poverty_rate: float
    english_learner_rate: float
    special_education_rate: float
    zip_code: str
    latitude: float
    longitude: float
    is_charter: bool
    is_virtual: bool
    is_in_program: bool

    @property
    def grades(self) -> range:
        """The grades taught, kindergarten 0."""
        return range(self.lowest_grade, self.highest_grade + 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A ZIP area: where its people live, as a circle of `reach_metres` round a point."""

    zip_code: str
    name: str
    county: str  # "Hamilton, TN"
    latitude: float
    longitude: float
    reach_metres: float


@cache
def schools() -> tuple[DemoSchool, ...]:
    """All 81 schools, in the order of the file."""
    return tuple(
        DemoSchool(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            lowest_grade=row["lowest_grade"],
            highest_grade=row["highest_grade"],
            enrolment=row["enrolment"],
            poverty_rate=_rate(row["economically_disadvantaged"], row["enrolment"]),
            english_learner_rate=_rate(row["english_learners"], row["enrolment"]),
            special_education_rate=_rate(row["special_education"], row["enrolment"]),
            zip_code=row["zip"],
            latitude=row["point"][0],
            longitude=row["point"][1],
            is_charter=row["is_charter"],
            is_virtual=row["is_virtual"],
            is_in_program=row["in_program"],
        )
        for row in files.read("schools.yaml")
    )


def _rate(count: int | None, enrolment: int) -> float:
    # Not published means a group under ten: about five.
    return (5 if count is None else count) / enrolment


@cache
def places() -> Mapping[str, Place]:
    """ZIP to its area."""
    return {
        row["zip"]: Place(
            zip_code=row["zip"],
            name=row["place"],
            county=row["county"],
            latitude=row["settled"][0],
            longitude=row["settled"][1],
            reach_metres=row["reach_metres"],
        )
        for row in files.read("places.yaml")
    }


def kind_of_grade(grade: int) -> Kind:
    """Which of the three kinds of school a grade belongs to, wherever it is taught."""
    return "elementary" if grade <= 5 else "middle" if grade <= 8 else "high"


def point_near(place: Place, rng: Random) -> tuple[float, float]:
    """A point drawn evenly from the area's circle: latitude, longitude, to about ten metres."""
    bearing = rng.uniform(0, 2 * math.pi)
    metres = place.reach_metres * math.sqrt(rng.random())
    north = metres * math.cos(bearing) / METRES_A_DEGREE
    east = metres * math.sin(bearing) / METRES_A_DEGREE / math.cos(math.radians(place.latitude))
    return round(place.latitude + north, 4), round(place.longitude + east, 4)


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance in metres on a flat map: good to 0.1 % inside one county."""
    north = (a[0] - b[0]) * METRES_A_DEGREE
    east = (a[1] - b[1]) * METRES_A_DEGREE * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(north, east)
