"""Rankings by other processes: several rank what one does, and one that is killed in the middle is
followed by another that goes on where it was."""

from __future__ import annotations

import multiprocessing
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from app.clock import utcnow
from app.extensions import db
from app.jobs.own_process import in_own_process
from app.jobs.registry import job_named
from app.jobs.runner import run_job
from app.jobs.work import Work
from app.rankings import queries, work
from app.rankings.models import RankingRun, StudentRanking
from app.recommendations.many import ONE
from app.settings import Settings
from app.students.models import Plan, PlanNeed, Student
from app.transactions import work_unit
from catalog.db import Base
from tests.factories import make_school, make_service_at_location

PATIENCE_S = 60
CHUNK = 64  # students, where a kill must come between two chunks


@pytest.fixture
def context(concurrent_app: Flask) -> Iterator[Flask]:
    with concurrent_app.app_context():
        yield concurrent_app


def fill(students: int) -> None:
    """A catalog of some offers and many students, written in bulk."""
    with work_unit() as session:
        for _ in range(30):
            make_service_at_location(session, categories=["dental-checkup"])
        school = make_school(session)
        ids = [uuid.uuid4() for _ in range(students)]
        plans = [uuid.uuid4() for _ in ids]
        lists = {"languages": ["en"], "situations": None, "access_needs": [], "free_hours": None}
        session.execute(
            insert(Student),
            [
                {
                    "id": id_,
                    "district_number": f"{number}",
                    "given_name": "Ana",
                    "family_name": "Sample",
                    "grade": number % 9,
                    "school_id": school.id,
                    **lists,
                }
                for number, id_ in enumerate(ids)
            ],
        )
        day = datetime(2026, 9, 1, tzinfo=UTC)
        session.execute(
            insert(Plan),
            [
                {
                    "id": plan_id,
                    "student_id": id_,
                    "school_year": "2026-2027",
                    "updated_at": day,
                    "review_due_on": day.date(),
                    "strengths": [],
                }
                for plan_id, id_ in zip(plans, ids, strict=True)
            ],
        )
        session.execute(
            insert(PlanNeed),
            [{"plan_id": plan_id, "category": "dental-checkup", "urgency": 2} for plan_id in plans],
        )


def number_ranked() -> int:
    with db.sessionmaker() as session:
        return session.scalar(select(func.count()).select_from(StudentRanking)) or 0


def rows() -> set[tuple[uuid.UUID, bytes, int, int]]:
    with db.sessionmaker() as session:
        found = session.execute(
            select(
                StudentRanking.student_id,
                StudentRanking.best,
                StudentRanking.considered,
                StudentRanking.fitting,
            )
        )
        return {tuple(row) for row in found}


def test_several_processes_rank_what_one_does(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "CHUNK", 128)
    fill(1_024)
    now = utcnow()
    ranking = work.prepared(top=5, now=now)
    told: list[int] = []
    run, _ = work.begin(ranking.wanted, anew=False, now=now)
    work.rank_due(ranking, run.id, processes=3, on_progress=told.append)
    by_three = rows()
    assert told == [128] * 8
    run, _ = work.begin(ranking.wanted, anew=True, now=utcnow())
    work.rank_due(ranking, run.id, processes=1)
    assert len(by_three) == 1_024
    assert all(len(best) == 5 * ONE.size for _, best, _, _ in by_three)
    assert rows() == by_three
    assert not multiprocessing.active_children()


def test_it_does_not_plan_for_a_district_without_students(context: Flask) -> None:
    """PostgreSQL that had counted its tables before the students came took a minute a chunk."""
    fill(work.MANY)
    with db.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    fill(work.MANY)
    ranking = work.prepared(top=5, now=utcnow())
    run, _ = work.begin(ranking.wanted, anew=False, now=utcnow())
    work.rank_due(ranking, run.id)
    assert number_ranked() == work.MANY
    if db.engine.dialect.name == "postgresql":
        name = text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
        with db.sessionmaker() as session:
            counted = {one: session.scalar(name, {"name": one}) for one in work.READ[1:3]}
        assert counted == {"plan_interest": 0, "plan_need": work.MANY}


def test_the_nightly_job_ranks_every_student(context: Flask) -> None:
    fill(3)
    noon = datetime.combine(utcnow().date(), datetime.min.time(), tzinfo=UTC).replace(hour=17)
    assert run_job(job_named("rank_students"), now=noon).report.counts == {"ranked": 3}
    assert number_ranked() == 3
    assert run_job(job_named("rank_students"), now=noon).report.counts == {"ranked": 0}


def stop_after_a_chunk(run_id: uuid.UUID) -> None:
    """What the new process does instead: it keeps the first chunk, and waits to be killed."""
    work.CHUNK = CHUNK
    keep = work.services.keep_rankings

    def keep_and_stop(*args: Any, **kwargs: Any) -> None:
        if number_ranked():
            time.sleep(PATIENCE_S)
        keep(*args, **kwargs)

    work.services.keep_rankings = keep_and_stop  # type: ignore[assignment]
    work.carry_out(run_id)


def in_own_process_for_a_chunk(_work: Work, settings: Settings, id_: uuid.UUID) -> None:
    in_own_process(stop_after_a_chunk, settings, id_)


def test_killed_in_the_middle_it_goes_on_with_who_is_left(context: Flask) -> None:
    students = 6 * CHUNK
    fill(students)
    settings = context.extensions["footbridge"].settings
    noon = datetime.combine(utcnow().date(), datetime.min.time(), tzinfo=UTC).replace(hour=17)

    def in_thread() -> None:
        with context.app_context():
            work.rank_waiting(now=noon, settings=settings, run_work=in_own_process_for_a_chunk)

    worker = threading.Thread(target=in_thread)
    worker.start()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and worker.is_alive() and not number_ranked():
        time.sleep(0.01)
    for child in multiprocessing.active_children():
        child.kill()
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    kept = number_ranked()
    assert kept == CHUNK
    with db.sessionmaker() as session:
        run = session.scalars(select(RankingRun)).one()
        assert run.ended_at is None
        assert queries.number_due(session, run.id) == students - kept

    done = work.rank_waiting(now=noon, settings=settings, run_work=in_own_process)
    assert done == students - kept
    with db.sessionmaker() as session:
        assert session.scalars(select(RankingRun)).one().ended_at is not None
        assert queries.number_due(session, run.id) == 0
    assert number_ranked() == students
