"""Every student's ranking, kept: made once, resumed, followed when a plan changes, gone with them."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.jobs.registry import job_named
from app.rankings import queries, services, work
from app.rankings.models import RankingRun, StudentRanking
from app.recommendations.asks import WHOLE_PLAN
from app.recommendations.explanations import whole_score
from app.recommendations.many import unpacked
from app.recommendations.queries import support_for
from app.security.policy import Actor, Role
from app.settings import Settings
from app.students.models import Student
from app.students.queries import student_by_id
from app.students.services import mark_need_met
from catalog.services import bump_revision
from tests.factories import make_referral, make_school, make_service_at_location, make_student
from tests.fixtures.client import CheckedRunner


@pytest.fixture
def students(session: Session) -> list[Student]:
    """Five at one school, who need a dentist and like soccer; and what serves them."""
    school = make_school(session)
    for number in range(4):
        make_service_at_location(session, categories=["dental-checkup"], seats=number + 1)
        make_service_at_location(session, categories=["soccer"], fee_cents=500 * number)
    made = [make_student(session, school=school, grade=number + 1) for number in range(5)]
    session.commit()
    return made


def here(work_: work.Callable[[uuid.UUID], None], _settings: Settings, id_: uuid.UUID) -> None:
    """In this process, where the tests' transaction is."""
    work_(id_)


def rank_waiting(app: Flask, now: datetime) -> int:
    """The job's work, in this process."""
    settings = app.extensions["footbridge"].settings
    with app.app_context():
        return work.rank_waiting(now=now, settings=settings, run_work=here)


def row_of(session: Session, student: Student) -> StudentRanking:
    session.expire_all()
    return session.scalars(
        select(StudentRanking).where(StudentRanking.student_id == student.id)
    ).one()


def told(runner: CheckedRunner, *arguments: str, minute: int = 0) -> dict[str, object]:
    with time_machine.travel(utcnow() + timedelta(minutes=minute), tick=False):
        done = runner.invoke(args=["match-district", "--json", *arguments])
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout[done.stdout.index("{\n") :])
    return found


def test_it_keeps_for_each_student_what_find_support_shows_for_the_whole_plan(
    runner: CheckedRunner, session: Session, students: list[Student], now: datetime
) -> None:
    result = told(runner, "--top", "5")
    assert (result["students"], result["ranked_now"], result["not_rankable"]) == (5, 5, 0)
    assert set(result["seconds"]) == {"catalog", "ranking", "keeping", "all"}  # type: ignore[call-overload]
    for student in students:
        kept = list(unpacked(row_of(session, student).best))
        shown = support_for(
            session, student_by_id(session, student.id), ask=WHOLE_PLAN, now=now, k=5
        )
        assert [place for place, _ in kept] == [
            match.service_at_location_id for match in shown.matches
        ]
        assert [whole_score(score) for _, score in kept] == [match.score for match in shown.matches]
        assert len(kept) == 5


def test_stopped_in_the_middle_it_ranks_only_who_is_left(
    app_context: None,
    runner: CheckedRunner,
    session: Session,
    students: list[Student],
    now: datetime,
) -> None:
    ranking = work.prepared(top=20, now=now)
    run, is_resumed = work.begin(ranking.wanted, anew=False, now=now)
    assert not is_resumed
    work.rank_all(ranking, [one.id for one in students[:2]], run_id=run.id)
    result = told(runner)
    assert (result["run"], result["ranked_now"], result["ranked_before"]) == (str(run.id), 3, 2)
    again = told(runner, minute=1)
    assert again["run"] != str(run.id)
    assert (again["ranked_now"], again["ranked_before"]) == (5, 0)


def test_it_begins_anew_when_asked_or_when_the_catalog_changed(
    app_context: None,
    runner: CheckedRunner,
    session: Session,
    students: list[Student],
    now: datetime,
) -> None:
    ranking = work.prepared(top=20, now=now)
    run, _ = work.begin(ranking.wanted, anew=False, now=now)
    work.rank_all(ranking, [students[0].id], run_id=run.id)
    assert told(runner, "--anew", minute=1)["ranked_before"] == 0
    ranking = work.prepared(top=20, now=now)
    unfinished, _ = work.begin(ranking.wanted, anew=False, now=now + timedelta(minutes=2))
    make_service_at_location(session, categories=["soccer"])
    bump_revision(session)
    session.commit()
    assert told(runner, minute=3)["run"] != str(unfinished.id)


def test_who_changed_is_ranked_again_and_nobody_else(
    app: Flask, session: Session, students: list[Student], now: datetime
) -> None:
    assert rank_waiting(app, now) == 5
    assert rank_waiting(app, now) == 0
    before = {one.id: row_of(session, one).best for one in students}
    manager = Actor(Role.PLAN_MANAGER, "Pat", school_ids=frozenset({students[0].school_id}))
    mark_need_met(session, students[0].id, "dental-checkup", by=manager, now=now)
    session.commit()
    run = queries.latest_run(session)
    assert run is not None
    assert list(queries.students_due(session, run.id)) == [students[0].id]
    session.commit()
    assert rank_waiting(app, now) == 1
    after = {one.id: row_of(session, one).best for one in students}
    assert len(after[students[0].id]) < len(before.pop(students[0].id))
    assert {key: after[key] for key in before} == before
    assert session.scalar(select(func.count()).select_from(RankingRun)) == 1


def test_what_matching_compares_is_seen_to_change_and_the_rest_is_not(
    session: Session, students: list[Student], now: datetime
) -> None:
    def version(number: int) -> int:
        session.flush()
        found = session.scalar(
            select(Student.facts_version).where(Student.id == students[number].id)
        )
        assert found is not None
        return found

    begun = version(0)
    students[0].home_zip = "37405"
    assert version(0) == begun + 1
    assert students[0].plan is not None
    students[0].plan.interests[0].strength = 1
    assert version(0) == begun + 2
    del students[0].plan.needs[0]
    assert version(0) == begun + 3
    session.delete(students[0].plan)
    assert version(0) == begun + 4
    make_referral(session, student=students[1])
    assert version(1) == begun + 1
    students[2].guardians[0].phone = "423-555-0199"
    assert version(2) == begun


def test_a_day_has_one_run_begun_after_two_at_night(
    app: Flask, session: Session, students: list[Student]
) -> None:
    one_at_night = datetime(2026, 10, 14, 5, 30, tzinfo=UTC)  # 1:30 in Chattanooga
    with time_machine.travel(one_at_night, tick=False):
        assert rank_waiting(app, one_at_night) == 0
    for days in (0, 1):
        night = datetime(2026, 10, 14 + days, 6, 1, tzinfo=UTC)
        with time_machine.travel(night, tick=False):
            assert rank_waiting(app, night) == 5
            assert rank_waiting(app, night) == 0
    runs = session.scalars(select(RankingRun).order_by(RankingRun.started_at)).all()
    assert [run.ranked_on.day for run in runs] == [14, 15]
    assert all(run.ended_at for run in runs)


def test_a_record_that_nobody_can_have_is_told_and_stops_nobody(
    app: Flask, runner: CheckedRunner, session: Session, students: list[Student], now: datetime
) -> None:
    students[1].home_county = "Hamilton"
    students[2].free_hours = [[0, 900]]
    session.commit()
    result = told(runner)
    assert (result["ranked_now"], result["not_rankable"]) == (5, 2)
    problems = {one["student"]: one["problem"] for one in result["problems"]}  # type: ignore[attr-defined]
    assert "county" in problems[str(students[1].id)]
    assert "free hours" in problems[str(students[2].id)]
    with time_machine.travel(utcnow() + timedelta(minutes=1), tick=False):
        done = runner.invoke(args=["match-district"])
    assert "2 records could not be ranked" in done.output
    assert (
        f"student {students[1].id}: Nothing can be matched to this student: the county"
        in done.output
    )
    assert row_of(session, students[2]).best == b""
    assert rank_waiting(app, now) == 0


def test_a_ranking_goes_with_its_student_and_holds_no_name(
    runner: CheckedRunner, session: Session
) -> None:
    make_service_at_location(session)
    student = make_student(session, has_plan=False, given_name="Zephyrine")
    session.commit()
    assert told(runner)["without_any_offer"] == 1
    columns = StudentRanking.__table__.c.keys()
    assert not {"given_name", "family_name", "category", "need"} & set(columns)
    session.delete(student)
    session.commit()
    assert session.scalar(select(func.count()).select_from(StudentRanking)) == 0


def test_with_no_catalog_and_no_student_it_ends_well(runner: CheckedRunner) -> None:
    assert told(runner)["students"] == 0


def test_two_at_once_are_refused_in_words(
    app_context: None, runner: CheckedRunner, students: list[Student]
) -> None:
    with work.alone():
        done = runner.invoke(args=["match-district"])
    assert done.exit_code == 1
    assert "Rankings are being made just now by another process" in done.output


@pytest.mark.parametrize("top", ["0", "201", "many"])
def test_how_many_offers_is_checked(runner: CheckedRunner, top: str) -> None:
    assert runner.invoke(args=["match-district", "--top", top]).exit_code == 2


def test_old_runs_are_forgotten_and_the_rankings_stay(
    session: Session, students: list[Student], now: datetime, runner: CheckedRunner
) -> None:
    told(runner)
    last = session.scalars(select(RankingRun)).one()
    for number in range(services.RUNS_KEPT + 5):
        session.add(
            RankingRun(
                top=20,
                ranked_on=now.date(),
                revision=0,
                parameters_version="x",
                started_at=now - timedelta(days=number + 1),
                ended_at=now,
            )
        )
    session.commit()
    told(runner, minute=1)
    assert session.scalar(select(func.count()).select_from(RankingRun)) == services.RUNS_KEPT
    assert session.get(RankingRun, last.id) is not None
    assert session.scalar(select(func.count()).select_from(StudentRanking)) == 5


def test_the_worker_has_the_job() -> None:
    assert job_named("rank_students").every == timedelta(minutes=1)
