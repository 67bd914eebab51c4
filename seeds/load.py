"""Loads the whole demonstration: vocabularies, partners, schools, accounts, students with plans.

Called by the `seed` command and by tests, inside their transaction: never commits. A second run
with the same number of students adds nothing and changes nothing, edits and removals included.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from app.consents.elements import ELEMENTS
from app.consents.models import Consent
from app.students.models import (
    Guardian,
    Plan,
    PlanGoal,
    PlanInterest,
    PlanNeed,
    School,
    Student,
    student_guardian,
)
from catalog.taxonomy.loading import load_vocabulary
from seeds.accounts import load_accounts, load_plan_managers
from seeds.district import (
    FIRST_NUMBER,
    DemoStudent,
    generate,
    school_year_start,
    students_by_school,
)
from seeds.partners import demo_id, load_partners
from seeds.places import schools

BATCH = 1_000  # students a round of inserts
REVIEW_DAYS = 180
CONSENT_DAYS = 365
PURPOSE = "Referral to community partners for the needs named in the Student Success Plan"

Rows = dict[str, list[dict[str, Any]]]


class DemoSizeError(Exception):
    """The database holds a demonstration of another size; two of them cannot be mixed."""


class RealStudentsError(Exception):
    """The database holds students who are not of the demonstration: invented ones stay out of it."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What a run added; all zero where everything was there."""

    terms: int
    organizations: int
    schools: int
    students: int
    accounts: tuple[str, ...]  # addresses of the demo accounts added


def load_demo(
    session: Session,
    *,
    students: int,
    now: datetime,
    password_hash: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> DemoReport:
    """Add what is missing of the demonstration with so many students.

    `progress` is called with the number of students just written. `password_hash` is what new demo
    accounts get; without one nobody can sign in to them. Raises DemoSizeError where the invented
    students of a run with another number are there, RealStudentsError where there are others,
    ValueError for fewer than the tour's.
    """
    is_loaded = _has_demo_students(session, students)
    terms = load_vocabulary(session)
    organizations = load_partners(session, now=now)
    school_ids, added_schools = _load_schools(session)
    accounts = load_accounts(session, school_ids, password_hash=password_hash)
    added = 0
    if not is_loaded:
        managers = load_plan_managers(session, school_ids, students_by_school(students))
        added = _load_students(
            session, students, school_ids, managers, now=now, progress=progress or (lambda _: None)
        )
    return DemoReport(terms, organizations, added_schools, added, accounts)


def _has_demo_students(session: Session, students: int) -> bool:
    """Whether the students of this very size are there."""
    first, last = str(FIRST_NUMBER), str(FIRST_NUMBER + students - 1)
    highest = session.scalar(
        select(func.max(Student.district_number)).where(
            Student.district_number.between(str(FIRST_NUMBER), "999999"),
            func.length(Student.district_number) == len(first),
        )
    )
    if highest is None:
        if session.scalar(select(Student.id).limit(1)) is not None:
            raise RealStudentsError(
                "This database holds students who are not invented, so the demonstration is not "
                "loaded into it. Use an empty database: another DATABASE_URL or INSTANCE_DIR."
            )
        return False
    if highest != last:
        raise DemoSizeError(
            f"This database holds {int(highest) - FIRST_NUMBER + 1} invented students already. "
            f"A demonstration with {students} would mix two made-up districts: "
            "ask for the same number, or start with an empty database."
        )
    return True


def _load_schools(session: Session) -> tuple[dict[str, uuid.UUID], int]:
    """Ids of all schools by state number, and how many were added."""
    ids = {row.code: row.id for row in session.execute(select(School.code, School.id))}
    missing = [school for school in schools() if school.code not in ids]
    if missing:
        rows = [
            {
                "id": demo_id("school", school.code),
                "code": school.code,
                "name": school.name,
                "lowest_grade": school.lowest_grade,
                "highest_grade": school.highest_grade,
                "enrolment": school.enrolment,
                "zip_code": school.zip_code,
                "latitude": school.latitude,
                "longitude": school.longitude,
                "is_in_program": school.is_in_program,
            }
            for school in missing
        ]
        session.execute(insert(School), rows)
    return ids | {school.code: demo_id("school", school.code) for school in missing}, len(missing)


def _load_students(
    session: Session,
    count: int,
    school_ids: Mapping[str, uuid.UUID],
    managers: Mapping[tuple[str, int], uuid.UUID],
    *,
    now: datetime,
    progress: Callable[[int], None],
) -> int:
    start = school_year_start(now.date())
    stream = generate(count, school_year_start=start)
    written: set[str] = set()  # keys of guardians: brothers and sisters may be rounds apart
    added = 0
    while batch := list(itertools.islice(stream, BATCH)):
        rows = _rows(batch, school_ids, managers, written, start=start, now=now)
        for table in _TABLES:
            if rows[table.name]:
                session.execute(insert(table), rows[table.name])
        added += len(batch)
        progress(len(batch))
    return added


# In this order each table's rows find those that they refer to.
_TABLES: tuple[Table, ...] = tuple(
    Student.metadata.tables[name]
    for name in (
        Student.__tablename__,
        Guardian.__tablename__,
        student_guardian.name,
        Plan.__tablename__,
        PlanNeed.__tablename__,
        PlanInterest.__tablename__,
        PlanGoal.__tablename__,
        Consent.__tablename__,
    )
)


def _rows(
    batch: Iterable[DemoStudent],
    school_ids: Mapping[str, uuid.UUID],
    managers: Mapping[tuple[str, int], uuid.UUID],
    written: set[str],
    *,
    start: date,
    now: datetime,
) -> Rows:
    """The batch's rows by table name; `written` grows by the guardians' keys."""
    rows: Rows = {table.name: [] for table in _TABLES}
    for student in batch:
        student_id = demo_id("student", student.number)
        manager_id = managers[student.school, student.manager]
        rows["student"].append(_student_row(student_id, student, school_ids))
        for guardian in student.guardians:
            guardian_id = demo_id("guardian", guardian.key)
            if guardian.key not in written:
                written.add(guardian.key)
                rows["guardian"].append(
                    {
                        "id": guardian_id,
                        "name": guardian.name,
                        "relation": guardian.relation,
                        "phone": guardian.phone,
                        "email": guardian.email,
                        "language": guardian.language,
                    }
                )
            rows["student_guardian"].append({"student_id": student_id, "guardian_id": guardian_id})
        _collect_plan(rows, student_id, student, manager_id, start=start, now=now)
        if student.has_consent:
            rows["consent"].append(_consent_row(student_id, student, manager_id, now))
    return rows


def _student_row(
    id_: uuid.UUID, student: DemoStudent, school_ids: Mapping[str, uuid.UUID]
) -> dict[str, Any]:
    latitude, longitude = student.home_point or (None, None)
    return {
        "id": id_,
        "district_number": student.number,
        "given_name": student.given_name,
        "family_name": student.family_name,
        "birth_date": student.birth_date,
        "grade": student.grade,
        "gender": student.gender,
        "school_id": school_ids[student.school],
        "home_zip": student.home_zip,
        "home_county": student.home_county,
        "home_latitude": latitude,
        "home_longitude": longitude,
        "languages": list(student.languages),
        "insurance": student.insurance,
        "income_percent": student.income_percent,
        "situations": None if student.situations is None else list(student.situations),
        "access_needs": list(student.access_needs),
        "travel": student.travel,
        "free_hours": None
        if student.free_hours is None
        else [list(hours) for hours in student.free_hours],
    }


def _collect_plan(
    rows: Rows,
    student_id: uuid.UUID,
    student: DemoStudent,
    manager_id: uuid.UUID,
    *,
    start: date,
    now: datetime,
) -> None:
    plan_id = demo_id("plan", student.number)
    updated_at = now - timedelta(days=student.plan.reviewed_days_ago)
    rows["plan"].append(
        {
            "id": plan_id,
            "student_id": student_id,
            "plan_manager_id": manager_id,
            "school_year": f"{start.year}-{start.year + 1}",
            "updated_at": updated_at,
            "review_due_on": (updated_at + timedelta(days=REVIEW_DAYS)).date(),
            "strengths": list(student.plan.strengths),
        }
    )
    rows["plan_need"] += [
        {
            "id": demo_id("need", f"{student.number}:{need.category}"),
            "plan_id": plan_id,
            "category": need.category,
            "urgency": need.urgency,
            "note": need.note,
        }
        for need in student.plan.needs
    ]
    rows["plan_interest"] += [
        {
            "id": demo_id("interest", f"{student.number}:{term}"),
            "plan_id": plan_id,
            "term": term,
            "strength": strength,
        }
        for term, strength in student.plan.interests
    ]
    rows["plan_goal"] += [
        {
            "id": demo_id("goal", f"{student.number}:{position}"),
            "plan_id": plan_id,
            "position": position,
            "domain": goal.domain,
            "text": goal.text,
        }
        for position, goal in enumerate(student.plan.goals)
    ]


def _consent_row(
    student_id: uuid.UUID, student: DemoStudent, manager_id: uuid.UUID, now: datetime
) -> dict[str, Any]:
    guardian = student.guardians[0]
    # Signed at different times, the oldest ten months ago: all are in force on the day of loading.
    signed = now - timedelta(days=10 + int(student.number) % 290)
    return {
        "id": demo_id("consent", student.number),
        "student_id": student_id,
        "organization_id": None,
        "elements": list(ELEMENTS),
        "purpose": PURPOSE,
        "signed_by": guardian.name,
        "relation": guardian.relation,
        "signed_on": signed.date(),
        "expires_on": (signed + timedelta(days=CONSENT_DAYS)).date(),
        "method": "paper",
        "recorded_by": manager_id,
        "recorded_at": signed,
    }
