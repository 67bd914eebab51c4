"""A whole invented district, student by student: the schools' real sizes, nobody's real child.

`generate` is a generator, pure and deterministic: the same number of students, seed and date give
the same students in the same order, so that the whole district is loaded with little memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from seeds import files
from seeds.families import Family, Guardian, given_name, invent_family
from seeds.places import DemoSchool, kind_of_grade, metres_between, schools
from seeds.plans import DemoGoal, DemoNeed, DemoPlan, invent_plan

FULL_DISTRICT = 32_523  # students with an up-to-date plan
SEED = 2019  # the year in which the program began
FIRST_NUMBER = 900_001
CONSENT_SHARE = 0.8
STUDENTS_A_MANAGER = 300
SIBLINGS = ((0, 52), (1, 31), (2, 13), (3, 4))
NEAR_METRES = 6_000  # how far from the first child's school a sibling's school may be


@dataclass(frozen=True, slots=True)
class DemoStudent:
    """One invented student. None is "not known", as on a real roster.

    `manager` counts the school's plan managers from 0. `free_hours` are [weekday, opens, closes],
    Monday 0, minutes from midnight.
    """

    number: str
    given_name: str
    family_name: str
    gender: str | None
    birth_date: date | None
    grade: int
    school: str
    home_zip: str | None
    home_county: str | None
    home_point: tuple[float, float] | None
    languages: tuple[str, ...]
    insurance: str | None
    income_percent: int | None
    situations: tuple[str, ...] | None
    access_needs: tuple[str, ...]
    travel: str | None
    free_hours: tuple[tuple[int, int, int], ...] | None
    guardians: tuple[Guardian, ...]
    plan: DemoPlan
    manager: int
    has_consent: bool


def generate(students: int, *, school_year_start: date, seed: int = SEED) -> Iterator[DemoStudent]:
    """`students` invented students, the featured ones first, brothers and sisters together.

    Spread over the schools in the program in proportion to their enrolment, evenly over the grades.
    `school_year_start` fixes the ages. Raises ValueError below the number of featured students.
    """
    seats = _seats(students)
    rng = Random(seed)  # noqa: S311 - invents people, guards nothing
    counts = students_by_school(students)
    yield from featured_students(school_year_start)
    number = FIRST_NUMBER + len(_featured())
    for school in schools():
        for grade in seats.get(school.code, {}):
            while seats[school.code][grade]:
                family = invent_family(school, str(number), rng)
                for member_school, member_grade in _members(school, grade, seats, rng):
                    manager = number % managers_at(counts[member_school.code])
                    yield _student(
                        str(number),
                        family,
                        member_school,
                        member_grade,
                        manager=manager,
                        school_year_start=school_year_start,
                        rng=rng,
                    )
                    number += 1


def students_by_school(students: int) -> dict[str, int]:
    """How many of `students` each school in the program has: largest remainders, by enrolment."""
    in_program = [school for school in schools() if school.is_in_program]
    total = sum(school.enrolment for school in in_program)
    exact = {school.code: students * school.enrolment / total for school in in_program}
    counts = {code: int(share) for code, share in exact.items()}
    by_remainder = sorted(exact, key=lambda code: (counts[code] - exact[code], code))
    for code in by_remainder[: students - sum(counts.values())]:
        counts[code] += 1
    return counts


def managers_at(students: int) -> int:
    """How many plan managers a school with so many plans has: one for about 300, never none."""
    return max(1, round(students / STUDENTS_A_MANAGER))


def school_year_start(today: date) -> date:
    """The August in which the school year of `today` began; it turns on the first of July."""
    return date(today.year if today.month >= 7 else today.year - 1, 8, 10)


def featured_students(school_year_start: date) -> list[DemoStudent]:
    """The students of featured.yaml."""
    return [_featured_student(row, school_year_start) for row in _featured()]


def _seats(students: int) -> dict[str, dict[int, int]]:
    """Open seats by school and grade, the featured students' own taken off."""
    if students < len(_featured()):
        raise ValueError(
            f"The demonstration needs at least {len(_featured())} students, not {students}: "
            "so many are featured on the tour."
        )
    counts = students_by_school(students)
    for row in _featured():
        code = row["school"] if counts[row["school"]] else max(counts, key=lambda c: counts[c])
        counts[code] -= 1
    return {
        school.code: {
            grade: counts[school.code] // len(school.grades)
            + (place < counts[school.code] % len(school.grades))
            for place, grade in enumerate(school.grades)
        }
        for school in schools()
        if school.is_in_program
    }


def _members(
    school: DemoSchool, grade: int, seats: dict[str, dict[int, int]], rng: Random
) -> list[tuple[DemoSchool, int]]:
    """Take seats for this student and for siblings, where a near school has one."""
    seats[school.code][grade] -= 1
    members = [(school, grade)]
    siblings = rng.choices([n for n, _ in SIBLINGS], [weight for _, weight in SIBLINGS])[0]
    for _ in range(siblings):
        other = grade + rng.choice((-5, -4, -3, -3, -2, -2, -2, -1, 1, 2, 2, 2, 3, 3, 4, 5))
        found = next(
            (near for near in _schools_near(school.code) if seats[near.code].get(other)), None
        )
        if found is not None:
            seats[found.code][other] -= 1
            members.append((found, other))
    return members


@cache
def _schools_near(code: str) -> tuple[DemoSchool, ...]:
    """Schools in the program that a sibling may go to, this one first, then the nearest."""
    here = next(school for school in schools() if school.code == code)
    distances = {
        other.code: metres_between(
            (here.latitude, here.longitude), (other.latitude, other.longitude)
        )
        for other in schools()
        if other.is_in_program
    }
    near = [s for s in schools() if distances.get(s.code, NEAR_METRES + 1) <= NEAR_METRES]
    return tuple(sorted(near, key=lambda s: (distances[s.code], s.code)))


def _student(
    number: str,
    family: Family,
    school: DemoSchool,
    grade: int,
    *,
    manager: int,
    school_year_start: date,
    rng: Random,
) -> DemoStudent:
    gender = rng.choice(("female", "male"))
    language = family.guardians[0].language
    has_special_education = rng.random() < school.special_education_rate
    return DemoStudent(
        number=number,
        given_name=given_name(language, gender, rng),
        family_name=family.family_name,
        gender=gender if rng.random() < 0.98 else None,
        birth_date=_birth_date(grade, school_year_start, rng) if rng.random() < 0.99 else None,
        grade=grade,
        school=school.code,
        home_zip=family.home_zip,
        home_county=family.home_county,
        home_point=family.home_point,
        languages=family.languages,
        insurance=family.insurance,
        income_percent=family.income_percent,
        situations=_own_situations(family.situations, grade, rng),
        access_needs=_access_needs(rng) if has_special_education else (),
        travel=family.travel,
        free_hours=_free_hours(grade, rng),
        guardians=family.guardians,
        plan=invent_plan(grade, is_poor=family.is_poor, rng=rng),
        manager=manager,
        has_consent=rng.random() < CONSENT_SHARE,
    )


def _birth_date(grade: int, school_year_start: date, rng: Random) -> date:
    """Five by 15 August to enter kindergarten (Tennessee Code 49-6-201).

    One in sixteen is a year older.
    """
    age = grade + 5 + (rng.random() < 1 / 16)
    return date(school_year_start.year - age, 8, 15) - timedelta(days=rng.randrange(365))


def _own_situations(
    shared: tuple[str, ...] | None, grade: int, rng: Random
) -> tuple[str, ...] | None:
    if shared is None:
        return None
    own = list(shared)
    if kind_of_grade(grade) == "high":
        own += [
            situation
            for situation, share in (
                ("first_generation", 0.2),
                ("pregnant_or_parenting", 0.008),
                ("justice_involved", 0.015),
                ("unaccompanied", 0.005),
            )
            if rng.random() < share
        ]
    return tuple(own)


_ACCESS = (
    ("one_to_one", 0.10),
    ("quiet_space", 0.12),
    ("wheelchair", 0.02),
    ("hearing", 0.02),
    ("sign_language", 0.005),
    ("blind_low_vision", 0.01),
    ("feeding_or_medical", 0.01),
)


def _access_needs(rng: Random) -> tuple[str, ...]:
    return tuple(code for code, share in _ACCESS if rng.random() < share)


_DISMISSAL = {"elementary": 14 * 60 + 30, "middle": 15 * 60, "high": 15 * 60}


def _free_hours(grade: int, rng: Random) -> tuple[tuple[int, int, int], ...] | None:
    """Afternoons and perhaps the weekend; None where nobody asked."""
    if rng.random() < 0.2:
        return None
    opens = _DISMISSAL[kind_of_grade(grade)]
    closes = rng.choice((17 * 60, 18 * 60, 19 * 60, 20 * 60))
    afternoons = [(day, opens, closes) for day in range(5) if rng.random() < 0.8]
    weekend = [(day, 9 * 60, 17 * 60) for day in (5, 6) if rng.random() < 0.6]
    return tuple(afternoons + weekend) or None


@cache
def _featured() -> tuple[Mapping[str, Any], ...]:
    return tuple(files.read("featured.yaml"))


def _featured_student(row: Mapping[str, Any], school_year_start: date) -> DemoStudent:
    month, day = (int(part) for part in row["birth_month_day"].split("-"))
    # Born after the cut-off of 15 August: a calendar year earlier than the rest of the grade.
    years = row["grade"] + 5 + ((month, day) > (8, 15))
    point = row["home_point"]
    return DemoStudent(
        number=row["number"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        gender=row["gender"],
        birth_date=date(school_year_start.year - years, month, day),
        grade=row["grade"],
        school=row["school"],
        home_zip=row["home_zip"],
        home_county="Hamilton, TN",
        home_point=(point[0], point[1]) if point else None,
        languages=tuple(row["languages"]),
        insurance=row["insurance"],
        income_percent=row["income_percent"],
        situations=tuple(row["situations"]),
        access_needs=(),
        travel=row["travel"],
        free_hours=tuple((d, o, c) for d, o, c in row["free_hours"]) if row["free_hours"] else None,
        guardians=tuple(
            Guardian(key=f"{row['number']}-{place}", **guardian)
            for place, guardian in enumerate(row["guardians"], start=1)
        ),
        plan=DemoPlan(
            strengths=tuple(row["strengths"]),
            interests=tuple(row["interests"].items()),
            needs=tuple(DemoNeed(**need) for need in row["needs"]),
            goals=tuple(DemoGoal(**goal) for goal in row["goals"]),
            reviewed_days_ago=12,
        ),
        manager=0,
        has_consent=row["has_consent"],
    )
