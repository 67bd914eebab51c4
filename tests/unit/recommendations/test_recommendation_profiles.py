"""A student with the plan becomes a profile: nothing invented, nothing told that must not be."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import models  # noqa: F401 - relationships are named by string
from app.errors import Invalid
from app.recommendations.profiles import age_in_years, focus, profile_of
from app.students.models import Plan, PlanInterest, PlanNeed, School, Student
from matching.types import Hours, Interest, Need, Point, Profile

ON = date(2026, 10, 13)


def student(**facts: object) -> Student:
    """A student of whom only school, grade and name are known."""
    school = School(code="03300050", name="Daisy", lowest_grade=0, highest_grade=5)
    return Student(
        **{
            "id": uuid.uuid4(),
            "district_number": "1",
            "given_name": "Ximena",
            "family_name": "Quetzal",
            "grade": 4,
            "languages": [],
            "access_needs": [],
            "school": school,
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2016, 10, 13), date(2026, 10, 13), 10.0),
        (date(2016, 10, 14), date(2026, 10, 13), 9 + 364 / 365),
        (date(2016, 4, 13), date(2026, 10, 13), 10 + 183 / 365),
        (date(2020, 2, 29), date(2026, 2, 28), 5 + 364 / 365),
        (date(2020, 2, 29), date(2026, 3, 1), 6.0),
        (date(2020, 2, 29), date(2028, 2, 29), 8.0),
        (date(2026, 10, 13), date(2026, 10, 13), 0.0),
    ],
)
def test_age_is_whole_on_every_birthday_and_a_share_of_the_year_between(
    born: date, on: date, years: float
) -> None:
    assert age_in_years(born, on) == pytest.approx(years)


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 30), st.integers(0, 364))
def test_age_grows_by_the_day_and_never_jumps_a_year(born: date, years: int, days: int) -> None:
    on = date.fromordinal(born.toordinal() + years * 365 + days)
    today = age_in_years(born, on)
    tomorrow = age_in_years(born, date.fromordinal(on.toordinal() + 1))
    assert 0 < tomorrow - today < 0.003


def test_what_is_not_known_stays_unknown() -> None:
    profile = profile_of(student(), on=ON)
    known = {f.name for f in dataclasses.fields(profile) if getattr(profile, f.name) is not None}
    assert known == {
        *("key", "grade", "school", "languages", "access_needs"),
        *("needs", "interests", "referred", "declined"),
    }
    assert profile.languages == ()
    assert profile.needs == ()


def test_a_whole_student_arrives_whole_and_without_a_name() -> None:
    met = datetime(2026, 9, 1, tzinfo=UTC)
    plan = Plan(
        needs=[
            PlanNeed(category="dental-checkup", urgency=3),
            PlanNeed(category="glasses", urgency=2, met_at=met),
        ],
        interests=[PlanInterest(term="lego", strength=3)],
    )
    service = uuid.uuid4()
    declined = uuid.uuid4()
    profile = profile_of(
        student(
            birth_date=date(2016, 10, 13),
            home_latitude=35.0,
            home_longitude=-85.3,
            home_zip="37404",
            home_county="Hamilton, TN",
            languages=["es", "en"],
            insurance="tenncare",
            income_percent=120,
            situations=["homeless"],
            access_needs=["wheelchair"],
            travel="bus",
            free_hours=[[0, 900, 1080]],
            plan=plan,
        ),
        on=ON,
        open_services=frozenset({service}),
        declined_until={declined: date(2026, 12, 1)},
    )
    assert profile.age == 10.0
    assert profile.home == Point(35.0, -85.3)
    assert profile.county == "Hamilton, TN"
    assert profile.school == "03300050"
    assert profile.languages == ("es", "en")
    assert profile.situations == {"homeless"}
    assert profile.free_hours == (Hours(0, 900, 1080),)
    assert profile.needs == (Need("dental-checkup", 3),), "a need that is met is not asked again"
    assert profile.interests == (Interest("lego", 3),)
    assert profile.referred == {str(service)}
    assert profile.declined == {str(declined): date(2026, 12, 1)}
    assert "Ximena" not in repr(profile)
    assert "Quetzal" not in repr(profile)


def test_no_situation_is_told_apart_from_not_asked() -> None:
    assert profile_of(student(situations=[]), on=ON).situations == frozenset()
    assert profile_of(student(situations=None), on=ON).situations is None


def test_half_a_point_is_no_point() -> None:
    assert profile_of(student(home_latitude=35.0), on=ON).home is None


@pytest.mark.parametrize("rows", [[[0, 900]], [["noon"]], [None], [[0, "a", "b"]]])
def test_free_hours_that_cannot_be_read_are_said_so(rows: object) -> None:
    with pytest.raises(Invalid, match="free hours"):
        profile_of(student(free_hours=rows), on=ON)


PROFILE = Profile(
    key="k",
    needs=(Need("dental-checkup", 3), Need("glasses", 1)),
    interests=(Interest("lego", 3),),
)


@pytest.mark.parametrize(
    ("asked", "needs", "interests"),
    [
        ({}, (), ()),
        ({"needs": ["glasses"]}, (Need("glasses", 1),), ()),
        ({"needs": ["food-pantry"]}, (Need("food-pantry", 2),), ()),
        ({"interests": ["lego"]}, (), (Interest("lego", 3),)),
        ({"interests": ["chess"]}, (), (Interest("chess", 2),)),
        (
            {"needs": ["glasses"], "interests": ["chess"]},
            (Need("glasses", 1),),
            (Interest("chess", 2),),
        ),
    ],
)
def test_focus_narrows_to_what_was_asked_with_the_plans_own_urgency(
    asked: dict[str, list[str]], needs: tuple[Need, ...], interests: tuple[Interest, ...]
) -> None:
    focused = focus(PROFILE, **asked)
    assert (focused.needs, focused.interests) == (needs, interests)
