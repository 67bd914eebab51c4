"""The invented district has the real one's shape, and nobody in it can be reached."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from datetime import date

import pytest

from catalog.taxonomy import term
from catalog.vocabulary import ACCESS_NEEDS, GENDERS, INSURANCE_KINDS, SITUATIONS, TRAVEL_MODES
from seeds.district import (
    FULL_DISTRICT,
    DemoStudent,
    featured_students,
    generate,
    managers_at,
    school_year_start,
    students_by_school,
)
from seeds.places import metres_between, places, schools
from seeds.plans import phrases

START = date(2026, 8, 10)
SIZE = 3_000

FICTIONAL_PHONE = re.compile(r"423-555-01\d\d")


@pytest.fixture(scope="module")
def students() -> list[DemoStudent]:
    return list(generate(SIZE, school_year_start=START))


@pytest.fixture(scope="module")
def whole_district() -> list[DemoStudent]:
    return list(generate(FULL_DISTRICT, school_year_start=START))


def test_the_same_again(students: list[DemoStudent]) -> None:
    assert list(generate(SIZE, school_year_start=START)) == students


def test_another_seed_invents_others(students: list[DemoStudent]) -> None:
    others = list(generate(SIZE, school_year_start=START, seed=7))
    names = [(one.given_name, one.family_name) for one in students]
    assert names != [(one.given_name, one.family_name) for one in others]


def test_it_streams() -> None:
    first = next(iter(generate(FULL_DISTRICT, school_year_start=START)))
    assert first.given_name == "Maya"


@pytest.mark.parametrize("size", [3, 100, 2_000, SIZE])
def test_there_are_as_many_as_asked_for_each_with_a_number_of_its_own(size: int) -> None:
    found = list(generate(size, school_year_start=START))
    assert len(found) == size
    assert len({student.number for student in found}) == size


def test_fewer_than_the_tour_needs_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        next(generate(2, school_year_start=START))


def test_schools_have_students_in_proportion_to_their_enrolment(
    students: list[DemoStudent],
) -> None:
    counts = Counter(student.school for student in students)
    in_program = [school for school in schools() if school.is_in_program]
    total = sum(school.enrolment for school in in_program)
    assert set(counts) == {school.code for school in in_program}
    assert dict(counts) == students_by_school(SIZE)
    for school in in_program:
        assert abs(counts[school.code] - SIZE * school.enrolment / total) < 1, school.name


def test_the_whole_district_is_as_large_as_the_programs_own_figures(
    whole_district: list[DemoStudent],
) -> None:
    assert len(whole_district) == 32_523
    goals = sum(len(student.plan.goals) for student in whole_district)
    assert goals == pytest.approx(77_220, rel=0.01)


def test_no_school_has_more_plans_than_pupils() -> None:
    enrolment = {school.code: school.enrolment for school in schools()}
    for code, count in students_by_school(FULL_DISTRICT).items():
        assert count <= enrolment[code]


def test_poverty_and_language_follow_the_schools_figures(
    whole_district: list[DemoStudent],
) -> None:
    in_program = {school.code: school for school in schools() if school.is_in_program}
    expected = sum(
        count * in_program[code].english_learner_rate
        for code, count in students_by_school(FULL_DISTRICT).items()
    )
    # Families that speak another language at home, with those who speak English well besides.
    speakers = sum(1 for s in whole_district if s.languages and s.languages[0] != "en")
    assert expected < speakers < expected * 1.8
    known = [s for s in whole_district if s.income_percent is not None]
    poor = sum(1 for s in known if s.income_percent is not None and s.income_percent < 170)
    rate = sum(
        count * in_program[code].poverty_rate
        for code, count in students_by_school(FULL_DISTRICT).items()
    )
    assert poor / len(known) == pytest.approx(rate / FULL_DISTRICT, abs=0.03)


def test_grades_are_taught_at_the_school_and_ages_fit_the_grade(
    students: list[DemoStudent],
) -> None:
    grades = {school.code: school.grades for school in schools()}
    for student in students:
        assert student.grade in grades[student.school]
        if student.birth_date is not None:
            age = (START - student.birth_date).days / 365.25
            assert student.grade + 4.9 <= age <= student.grade + 7.1, student


def test_homes_lie_near_the_school_and_in_the_county(students: list[DemoStudent]) -> None:
    where = {school.code: (school.latitude, school.longitude) for school in schools()}
    for student in students:
        if student.home_point is not None:
            assert student.home_zip in places()
            assert student.home_county == "Hamilton, TN"
    homes = [
        metres_between(student.home_point, where[student.school])
        for student in students
        if student.home_point is not None
    ]
    assert sorted(homes)[len(homes) // 2] < 8_000


def test_what_is_not_known_stays_unknown_for_some(students: list[DemoStudent]) -> None:
    for field in ("insurance", "income_percent", "situations", "free_hours", "home_zip", "travel"):
        unknown = sum(1 for student in students if getattr(student, field) is None)
        assert 0 < unknown < SIZE / 3, field
    assert any(not student.languages for student in students)


def test_words_are_those_of_the_vocabularies(students: list[DemoStudent]) -> None:
    for student in students:
        assert student.insurance is None or student.insurance in INSURANCE_KINDS
        assert set(student.situations or ()) <= set(SITUATIONS)
        assert set(student.access_needs) <= set(ACCESS_NEEDS)
        assert student.travel is None or student.travel in TRAVEL_MODES
        assert student.gender is None or student.gender in GENDERS


def test_plans_are_whole(students: list[DemoStudent]) -> None:
    for student in students:
        plan = student.plan
        assert 1 <= len(plan.strengths) <= 4
        assert 1 <= len(plan.interests) <= 4
        assert 0 <= len(plan.needs) <= 3
        assert 1 <= len(plan.goals) <= 4
        assert all(term(code).vocabulary == "interests" for code, _ in plan.interests)
        assert all(term(need.category).vocabulary == "needs" for need in plan.needs)
        assert all(need.urgency in {1, 2, 3} for need in plan.needs)
        assert all(strength in {1, 2, 3} for _, strength in plan.interests)


def test_about_four_in_five_have_a_permission_on_file(students: list[DemoStudent]) -> None:
    assert sum(s.has_consent for s in students) / SIZE == pytest.approx(0.8, abs=0.03)


def test_every_student_has_a_guardian_and_siblings_share_theirs(
    students: list[DemoStudent],
) -> None:
    by_family: dict[str, list[DemoStudent]] = {}
    for student in students:
        assert student.guardians
        by_family.setdefault(student.guardians[0].key, []).append(student)
    families = [family for family in by_family.values() if len(family) > 1]
    assert len(families) > SIZE / 20
    for family in families:
        for one, other in itertools.pairwise(family):
            assert one.guardians == other.guardians
            assert one.family_name == other.family_name
            assert one.home_zip == other.home_zip


def test_nobody_can_be_reached(students: list[DemoStudent]) -> None:
    guardians = [guardian for student in students for guardian in student.guardians]
    for guardian in guardians:
        assert guardian.phone is None or FICTIONAL_PHONE.fullmatch(guardian.phone)
        assert guardian.email is None or guardian.email.endswith("@families.example.org")
        assert guardian.email is None or guardian.email.isascii()
    assert any(guardian.phone is None for guardian in guardians)


def test_each_plan_manager_has_about_three_hundred_students() -> None:
    counts = students_by_school(FULL_DISTRICT)
    managers = sum(managers_at(count) for count in counts.values())
    assert FULL_DISTRICT / managers == pytest.approx(300, rel=0.2)


def test_the_tour_finds_maya() -> None:
    maya = featured_students(START)[0]
    assert maya.school == "03300050"
    assert maya.guardians[0].language == "es"
    assert "toothache" in {need.category for need in maya.plan.needs}
    assert {"lego", "volleyball"} <= {code for code, _ in maya.plan.interests}
    assert maya.has_consent


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (date(2026, 11, 23), date(2026, 8, 10)),
        (date(2027, 6, 30), date(2026, 8, 10)),
        (date(2027, 7, 1), date(2027, 8, 10)),
    ],
)
def test_the_school_year_turns_in_july(today: date, start: date) -> None:
    assert school_year_start(today) == start


def test_plan_phrases_use_codes_of_the_vocabularies_and_casel_domains() -> None:
    for row in phrases()["needs"]:
        assert term(row["code"]).vocabulary == "needs"
    for row in phrases()["favourite_interests"]:
        assert term(row["code"]).vocabulary == "interests"
    assert {
        "self-awareness",
        "self-management",
        "social-awareness",
        "relationship-skills",
        "responsible-decision-making",
    } <= set(phrases()["goals"])
    for weights in phrases()["goal_weights"].values():
        assert set(weights) == set(phrases()["goals"])
