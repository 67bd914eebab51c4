"""The report of who is helped, group by group; and that a protected attribute moves no rank."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.recommendations.engines import engine_for
from app.recommendations.profiles import profile_of
from app.referrals.models import Referral, ReferralEvent
from app.reports.queries import COUNTED, GROUPINGS
from app.students.models import Guardian, Plan, Student
from catalog.services import bump_revision
from tests.factories import (
    make_eligibility,
    make_guardian,
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_suggestion,
)
from tests.fixtures.client import CheckedRunner


@pytest.fixture
def district(session: Session, now: datetime) -> list[Student]:
    """Thirty students: twelve girls, twelve boys, six of whom it is not said. All girls and half of
    the boys were referred; the girls' were accepted after two days, and ten ended well."""
    school = make_school(session)
    place = make_service_at_location(session, seats=None)
    sent = now - timedelta(days=30)
    found = []
    for number in range(30):
        gender = ["female", "male", None][min(number // 12, 2)]
        student = make_student(session, school=school, gender=gender, grade=number % 3)
        found.append(student)
        make_suggestion(session, student, place, suggested_at=sent)
        if number >= 18:
            continue
        ends = "completed" if number < 10 else "accepted" if number < 12 else "sent"
        referral = make_referral(session, state=ends, student=student, place=place)
        referral.sent_at = sent
        if ends == "completed":
            referral.outcome = "need_met"
        for event in referral.events:
            event.at = sent + timedelta(days=2)
    session.flush()
    return found


def rows(runner: CheckedRunner, *options: str) -> dict[str, dict[str, object]]:
    ended = runner.invoke(args=["fairness", "--json", *options])
    assert ended.exit_code == 0, ended.output
    return {row["group"]: row for row in json.loads(ended.stdout)["rows"]}


def test_groups_are_told_and_small_ones_are_not(
    runner: CheckedRunner, district: list[Student]
) -> None:
    found = rows(runner, "--by", "gender")
    assert list(found) == ["female", "male", "not stated", "all"]
    told = {name: [row[c] for c in COUNTED] for name, row in found.items()}
    # Six of whom it is not said are too few, and one group more is kept back with them.
    assert told["male"] == [12, 12, None, None, None]
    assert told["female"] == told["not stated"] == [None] * 5
    assert told["all"] == [30, 30, 18, 12, 10]
    assert [row["days"] for row in found.values()] == [2.0, None, None, 2.0]


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_grouping_can_be_asked_for(
    runner: CheckedRunner, district: list[Student], by: str
) -> None:
    assert rows(runner, "--by", by)["all"]["students"] == 30


GRADES = {0: 10, 4: 11, 7: 13, 12: 12}  # how many students of each, all other facts following


@pytest.fixture
def unequal(session: Session, now: datetime) -> list[Student]:
    """Four grades in two schools, each with another language and insurance. One of every grade was
    suggested to and referred before the time asked for. The partners answered all but one of
    kindergarten and one of the fourth grade, the latter twice: a waitlist first, a yes much later."""
    place = make_service_at_location(session, seats=None)
    schools = {name: make_school(session, name=name) for name in ("Daisy", "Ooltewah")}
    found = []
    for (grade, many), language, kind in zip(
        GRADES.items(), ("ar", "en", "es", "vi"), ("private", "tenncare", "none", None), strict=True
    ):
        for number in range(many):
            student = make_student(
                session,
                school=schools["Daisy" if grade < 7 else "Ooltewah"],
                grade=grade,
                languages=[language],
                insurance=kind,
            )
            found.append(student)
            sent = now - timedelta(days=400 if number == 0 else 40)
            make_suggestion(session, student, place, suggested_at=sent)
            is_answered = grade > 4 or number > 1
            referral = make_referral(
                session, state="accepted" if is_answered else "sent", student=student, place=place
            )
            referral.sent_at = sent
            if is_answered:
                days = (
                    grade if number < many - 3 else 20
                )  # the median is no mean, and no longest wait
                add_answer(referral, "waitlist", sent + timedelta(days=days))
                for event in referral.events:
                    event.at = max(event.at, sent + timedelta(days=days + 9))
                referral.events[-1].at = sent + timedelta(days=days)
    session.flush()
    return found


def add_answer(referral: Referral, action: str, at: datetime) -> None:
    referral.events.append(
        ReferralEvent(
            position=len(referral.events),
            action=action,
            from_state="sent",
            to_state="waitlisted",
            at=at,
            by_role="partner",
            by_name="Sample",
        )
    )


# group -> students, suggested and referred within the time, accepted, median wait
UNEQUAL = {
    "grade": {
        "pre-K to 2": (10, None, None, None),
        "3 to 5": (11, None, None, None),
        "6 to 8": (13, 12, 12, 7.0),
        "9 to 12": (12, 11, 11, 12.0),
    },
    "school": {"Daisy": (21, 19, 17, 4.0), "Ooltewah": (25, 23, 23, 12.0)},
    "language": {
        "Arabic": (10, None, None, None),
        "English": (11, None, None, None),
        "Spanish": (13, 12, 12, 7.0),
        "Vietnamese": (12, 11, 11, 12.0),
    },
    "insurance": {
        "No insurance": (13, 12, 12, 7.0),
        "Private insurance": (10, None, None, None),
        "TennCare (Medicaid)": (11, None, None, None),
        "not stated": (12, 11, 11, 12.0),
    },
}


@pytest.mark.parametrize(("by", "expected"), UNEQUAL.items())
def test_each_grouping_tells_its_own_groups_of_the_time_asked_for(
    runner: CheckedRunner,
    unequal: list[Student],
    by: str,
    expected: dict[str, tuple[int | None, ...]],
) -> None:
    found = rows(runner, "--by", by)
    assert list(found) == [*expected, "all"]
    told = {
        name: tuple(row[column] for column in ("students", "referred", "accepted", "days"))
        for name, row in found.items()
        if name != "all"
    }
    assert told == expected
    assert all(row["suggested"] == row["referred"] for row in found.values())


def test_a_file_of_groups_is_read_and_not_kept(
    runner: CheckedRunner, district: list[Student], tmp_path: Path
) -> None:
    file = tmp_path / "groups.csv"
    lines = ["district_number,group"]
    lines += [f"{one.district_number},{'A' if n % 2 else '=B'}" for n, one in enumerate(district)]
    file.write_text("\n".join([*lines, "000000,A"]), encoding="utf-8")
    ended = runner.invoke(args=["fairness", "--csv", "--groups", str(file)])
    assert "1 number of the file is no student's here" in ended.stderr
    table = {row["group"]: row for row in csv.DictReader(io.StringIO(ended.stdout))}
    assert table["A"]["students"] == "15"
    assert table["'=B"]["students"] == "15"  # a formula is none


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("number,group\n1,A\n", "must have the columns"),
        ("", "must have the columns"),
        ("district_number,group\n1,A\n1,B\n", "line 3: a student stands in two groups"),
    ],
)
def test_a_file_that_is_none_is_refused_without_a_number(
    runner: CheckedRunner, session: Session, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "groups.csv"
    file.write_text(text, encoding="utf-8")
    ended = runner.invoke(args=["fairness", "--groups", str(file)])
    assert ended.exit_code == 1
    assert words in ended.output


def test_days_turned_round_are_refused_and_a_terminal_gets_a_table(
    runner: CheckedRunner, district: list[Student]
) -> None:
    ended = runner.invoke(args=["fairness", "--since", "2026-09-02", "--until", "2026-09-01"])
    assert (ended.exit_code, "is after --until 2026-09-01" in ended.output) == (1, True)
    ended = runner.invoke(args=["fairness", "--since", "2099-01-01"])
    assert (ended.exit_code, "is after today" in ended.output) == (1, True)
    assert "kept back" in runner.invoke(args=["fairness", "--by", "gender"]).stdout


# The flip: what may not matter does not

FLIPS = [
    *(("gender", value) for value in ("female", "male", "nonbinary", None)),
    *(("given_name", value) for value in ("Aisha", "José", "Wei", "Emily")),
    *(("family_name", value) for value in ("Washington", "Nguyen", "García", "O'Brien")),
    ("guardian", "Abdul Rahman"),
]


@pytest.mark.parametrize(("what", "value"), FLIPS)
def test_flipping_what_is_protected_moves_no_rank(
    session: Session, now: datetime, what: str, value: str | None
) -> None:
    """But for a program that restricts by gender itself, which is left out of the comparison."""
    student = make_student(session)
    places = [make_service_at_location(session, fee_cents=fee) for fee in (0, 500, 2_000, None)]
    girls = make_service_at_location(session, name="Girls Only")
    make_eligibility(session, girls.service, "gender", only="female")
    bump_revision(session)

    def ranks() -> list[tuple[str, int]]:
        engine, _ = engine_for(session, "balanced", on=now.date())
        found = engine.rank(profile_of(student, on=now.date()), 9, on=now.date()).matches
        return [(one.offer.key, one.score) for one in found if one.offer.key != str(girls.id)]

    before = ranks()
    assert len(before) == len(places)
    if what == "guardian":
        student.guardians.append(make_guardian(session, name=value))
    else:
        setattr(student, what, value)
    session.flush()
    assert ranks() == before


def test_no_table_of_a_student_holds_what_is_protected() -> None:
    protected = r"race|ethnic|religio|faith|disab|immigra|citizen|nationality|birthplace|sexual"
    for table in (Student, Guardian, Plan):
        names = [column.name for column in table.__table__.c]
        assert [name for name in names if re.search(protected, name)] == []
