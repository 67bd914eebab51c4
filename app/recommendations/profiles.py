"""A student with the plan, as the engine knows them: a Profile without a name.

Called by queries and commands of this feature, and by nothing else. Race, ethnicity, religion and
immigration status are not read: the tables do not hold them either.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from app.errors import Invalid
from app.students.models import Student
from matching.types import Hours, Interest, Need, Point, Profile

USUAL_URGENCY = 2
USUAL_STRENGTH = 2


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The needs and interests of a plan, as rows with the columns of PlanNeed and PlanInterest."""

    needs: Sequence[Any]
    interests: Sequence[Any]


@dataclass(frozen=True, slots=True)
class StudentFacts:
    """The columns of a Student that matching compares, under the same names, read without the
    mapped object: of a whole district that takes a quarter of the time. `school` is a row with the
    columns of School."""

    id: uuid.UUID
    birth_date: date | None
    grade: int
    gender: str | None
    home_zip: str | None
    home_county: str | None
    home_latitude: float | None
    home_longitude: float | None
    insurance: str | None
    income_percent: int | None
    travel: str | None
    languages: list[str]
    situations: list[str] | None
    access_needs: list[str]
    free_hours: str | None  # as JSON
    school: Any
    plan: PlanFacts | None


def profile_of(
    student: Student | StudentFacts,
    *,
    on: date,
    open_services: frozenset[uuid.UUID] = frozenset(),
    declined_until: Mapping[uuid.UUID, date] | None = None,
) -> Profile:
    """The Profile of a student whose school and plan are loaded; only needs not yet met.

    `open_services` hold an open referral of this student, `declined_until` says from which day a
    new try makes sense. Impossible values pass: the engine refuses them with the field's name.
    """
    plan = student.plan
    return Profile(
        key=str(student.id),
        age=None if student.birth_date is None else age_in_years(student.birth_date, on),
        grade=student.grade,
        home=point_of(student.home_latitude, student.home_longitude),
        zip_code=student.home_zip,
        county=student.home_county,
        school=student.school.code,
        school_point=point_of(student.school.latitude, student.school.longitude),
        gender=student.gender,
        languages=tuple(student.languages or ()),
        insurance=student.insurance,
        income_percent=student.income_percent,
        situations=None if student.situations is None else frozenset(student.situations),
        access_needs=frozenset(student.access_needs or ()),
        travel=student.travel,
        free_hours=free_hours_of(student.free_hours),
        needs=tuple(
            Need(need.category, need.urgency)
            for need in (plan.needs if plan else ())
            if need.met_at is None
        ),
        interests=tuple(
            Interest(interest.term, interest.strength)
            for interest in (plan.interests if plan else ())
        ),
        referred=frozenset(map(str, open_services)),
        declined={str(service): until for service, until in (declined_until or {}).items()},
    )


def focus(profile: Profile, *, needs: Iterable[str] = (), interests: Iterable[str] = ()) -> Profile:
    """The same student asking for these needs and interests only.

    The plan's own urgency or strength counts; what the plan does not name is asked as usual.
    """
    urgency = {need.category: need.urgency for need in profile.needs}
    strength = {interest.term: interest.strength for interest in profile.interests}
    return replace(
        profile,
        needs=tuple(Need(code, urgency.get(code, USUAL_URGENCY)) for code in needs),
        interests=tuple(Interest(code, strength.get(code, USUAL_STRENGTH)) for code in interests),
    )


def age_in_years(birth_date: date, on: date) -> float:
    """Decimal years: a whole number on every birthday, so that "from 6" begins on that day.

    Who is born on 29 February has a birthday on 1 March in other years.
    """
    years = on.year - birth_date.year
    if on < birthday_in(birth_date, on.year):
        years -= 1
    last = birthday_in(birth_date, birth_date.year + years)
    following = birthday_in(birth_date, birth_date.year + years + 1)
    return years + (on - last).days / (following - last).days


def birthday_in(birth_date: date, year: int) -> date:
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def point_of(latitude: float | None, longitude: float | None) -> Point | None:
    """A point, or None where either half is not known."""
    if latitude is None or longitude is None:
        return None
    return Point(latitude, longitude)


@lru_cache(maxsize=4_096)
def hours_in(text: str) -> tuple[Hours, ...] | None:
    """The same from the JSON that is kept: once for all who have the same free hours."""
    return free_hours_of(json.loads(text))


def free_hours_of(rows: list[list[int]] | str | None) -> tuple[Hours, ...] | None:
    """[[weekday, opens, closes], …] as Hours; also from its JSON. Raises Invalid where a row is no
    such triple."""
    if rows is None:
        return None
    if isinstance(rows, str):
        return hours_in(rows)
    try:
        return tuple(Hours(*(int(figure) for figure in row)) for row in rows)
    except (TypeError, ValueError):
        raise Invalid(
            "The free hours in this student's record cannot be read, so nothing can be matched to "
            "them. Enter them again in the student's record."
        ) from None
