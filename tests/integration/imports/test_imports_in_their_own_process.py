"""The worker's part in a process of its own: its progress is seen, and a kill leaves nothing."""

from __future__ import annotations

import io
import multiprocessing
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.clock import utcnow
from app.errors import Conflict
from app.extensions import db
from app.imports import progress, services, work
from app.imports.models import ImportRun
from app.imports.states import State
from app.jobs.own_process import in_own_process
from app.jobs.work import RunWork, Work
from app.security.policy import Actor, Role
from app.settings import Settings
from app.storage.models import StoredFile
from app.transactions import work_unit
from catalog.models import FieldChange, Service

LEE = Actor(role=Role.DISTRICT_ADMIN, name="Lee Poe", user_id=uuid.UUID(int=1))
PATIENCE_S = 60
ROWS = 600


@pytest.fixture
def context(concurrent_app: Flask) -> Iterator[Flask]:
    with concurrent_app.app_context():
        yield concurrent_app


def upload(rows: int, now: datetime) -> uuid.UUID:
    sheet = "Provider,Service,Phone\n" + "".join(
        f"Club {number},Chess {number},423-555-{number % 10_000:04}\n" for number in range(rows)
    )
    with work_unit() as session:
        run = services.take_upload(
            session,
            io.BytesIO(sheet.encode()),
            file_name="clubs.csv",
            source="Clubs",
            status=None,
            by=LEE,
            now=now,
        )
        return run.id


def carry_out(app: Flask, run_work: RunWork = in_own_process) -> int:
    return work.carry_out_waiting(
        now=utcnow(), settings=app.extensions["footbridge"].settings, run_work=run_work
    )


def stop_in_the_middle(run_id: uuid.UUID) -> None:
    """What the new process does instead: it tells of the first rows that it wrote, and waits to be
    killed."""
    add = progress.Teller.add

    def add_and_stop(teller: progress.Teller, rows: int) -> None:
        add(teller, rows)
        teller.tell()
        time.sleep(PATIENCE_S)

    progress.Teller.add = add_and_stop  # type: ignore[method-assign]
    work.carry_out(run_id)


def in_own_process_to_the_middle(_work: Work, settings: Settings, id_: uuid.UUID) -> None:
    in_own_process(stop_in_the_middle, settings, id_)


def state_of(run_id: uuid.UUID) -> tuple[str, str | None]:
    with db.sessionmaker() as session:
        run = session.get_one(ImportRun, run_id)
        return run.state, run.problem


def apply(run_id: uuid.UUID, now: datetime) -> None:
    with work_unit() as session:
        services.act(session, run_id, "apply", by=LEE, now=now)


def counted(model: type) -> int:
    with db.sessionmaker() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_killed_in_the_middle_it_leaves_nothing_and_can_be_started_again(
    context: Flask, now: datetime
) -> None:
    run_id = upload(ROWS, now)
    with work_unit() as session:  # as if it were checked
        session.get_one(ImportRun, run_id).state = State.APPLY_WAITING

    def in_thread() -> None:
        with context.app_context():
            carry_out(context, in_own_process_to_the_middle)

    worker = threading.Thread(target=in_thread)
    worker.start()
    deadline = time.monotonic() + PATIENCE_S
    seen = []
    while time.monotonic() < deadline and worker.is_alive():
        with db.sessionmaker() as session:
            seen_now = progress.progress_of(session.get_one(ImportRun, run_id))
        if seen_now.phase == "writing" and seen_now.done:
            seen.append(seen_now)
            break
        time.sleep(0.02)
    assert seen, f"the import wrote nothing within {PATIENCE_S} s"
    assert 0 < seen[0].done < seen[0].total
    for child in multiprocessing.active_children():
        child.kill()
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    assert state_of(run_id) == (State.APPLY_FAILED, services.INTERRUPTED)
    assert counted(Service) == 0
    assert counted(FieldChange) == 0
    assert counted(StoredFile) == 1
    folder = context.extensions["footbridge"].settings.instance_dir
    assert not (
        folder / work.AT_WORK
    ).exists()  # the file, which may name people, is not left there

    apply(run_id, now)
    assert carry_out(context) == 1
    assert state_of(run_id) == (State.APPLIED, None)
    assert counted(Service) == ROWS
    assert counted(StoredFile) == 0


def test_a_second_worker_does_not_take_it_for_dead(context: Flask, now: datetime) -> None:
    """As long as somebody holds the lock of the work, nothing is given up."""
    from app.jobs.locks import exclusive

    run_id = upload(3, now)
    with work_unit() as session:
        services.take_up_next(session, now=now)
    folder = context.extensions["footbridge"].settings.instance_dir
    with exclusive(work.AT_WORK, engine=db.engine, instance_dir=folder) as held:
        assert held
        assert carry_out(context) == 0
    assert state_of(run_id)[0] == State.CHECKING
    assert carry_out(context) == 0
    assert state_of(run_id) == (State.CHECK_FAILED, services.INTERRUPTED)


def test_two_uploads_of_one_source_at_the_same_moment_are_one(
    context: Flask, now: datetime
) -> None:
    """Neither sees the other's row before it is committed: the database itself refuses the second."""
    taken, refused = threading.Event(), []

    def second() -> None:
        with context.app_context():
            assert taken.wait(10)
            try:
                upload(1, now)
            except Conflict as error:
                refused.append(str(error))

    thread = threading.Thread(target=second)
    thread.start()
    with work_unit() as session:
        session.add(
            ImportRun(source="Clubs", file_name="x", file_size=1, created_at=now, created_by="Pat")
        )
        session.flush()
        taken.set()
        time.sleep(0.5)  # the other one waits for this transaction by now
    thread.join(PATIENCE_S)
    assert len(refused) == 1
    assert "is being checked or imported just now" in refused[0]
    assert counted(ImportRun) == 1
    assert counted(StoredFile) == 0
