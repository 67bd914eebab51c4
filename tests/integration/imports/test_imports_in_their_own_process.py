"""The worker's part in a process of its own: its progress is seen; killed or stopped, it leaves nothing."""

from __future__ import annotations

import contextlib
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
from app.imports.progress import STOPPING, ask_to_stop, progress_of
from app.imports.states import State
from app.jobs.own_process import in_own_process
from app.jobs.work import RunWork, Work
from app.security.models import User
from app.security.policy import Actor, Role
from app.settings import Settings
from app.storage.models import StoredFile
from app.transactions import work_unit
from catalog.models import FieldChange, Service
from tests.factories import make_user
from tests.fixtures.client import CheckedClient, watch

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


def stay_in_the_middle(run_id: uuid.UUID) -> None:
    """What the new process does instead: it tells of the first rows that it wrote, and again and again,
    until it is stopped or killed."""
    add = progress.Teller.add

    def add_and_stay(teller: progress.Teller, rows: int) -> None:
        add(teller, rows)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            teller.tell()
            time.sleep(0.02)

    progress.Teller.add = add_and_stay  # type: ignore[method-assign]
    work.carry_out(run_id)


def in_own_process_to_the_middle(_work: Work, settings: Settings, id_: uuid.UUID) -> None:
    in_own_process(stay_in_the_middle, settings, id_)


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


def begin(context: Flask, now: datetime) -> tuple[uuid.UUID, threading.Thread]:
    """An import in its own process that has written a part of its rows, and the worker's thread."""
    run_id = upload(ROWS, now)
    with work_unit() as session:  # as if it were checked
        run = session.get_one(ImportRun, run_id)
        run.state, run.applied_by = State.APPLY_WAITING, LEE.name

    def in_thread() -> None:
        with context.app_context():
            carry_out(context, in_own_process_to_the_middle)

    worker = threading.Thread(target=in_thread)
    worker.start()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and worker.is_alive():
        with db.sessionmaker() as session:
            told = progress_of(session.get_one(ImportRun, run_id))
        if told.phase == "writing" and told.done:
            assert told.done < told.total
            return run_id, worker
        time.sleep(0.02)
    pytest.fail(f"the import wrote nothing within {PATIENCE_S} s")


def assert_nothing_is_left(context: Flask) -> None:
    assert counted(Service) == 0
    assert counted(FieldChange) == 0
    assert counted(StoredFile) == 1, "the upload is still there"
    folder = context.extensions["footbridge"].settings.instance_dir
    work_folder = folder / work.AT_WORK
    assert not work_folder.exists(), "the file, which may name people, is not left there"


def assert_it_can_be_started_again(context: Flask, run_id: uuid.UUID, now: datetime) -> None:
    apply(run_id, now)
    assert carry_out(context) == 1
    assert state_of(run_id) == (State.APPLIED, None)
    assert counted(Service) == ROWS
    assert counted(StoredFile) == 0


def test_killed_in_the_middle_it_leaves_nothing_and_can_be_started_again(
    context: Flask, now: datetime
) -> None:
    run_id, worker = begin(context, now)
    for child in multiprocessing.active_children():
        child.kill()
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    assert state_of(run_id) == (State.APPLY_FAILED, services.INTERRUPTED)
    assert_nothing_is_left(context)
    assert_it_can_be_started_again(context, run_id, now)


def test_stopped_on_the_page_in_the_middle_it_leaves_nothing_and_can_be_started_again(
    context: Flask, now: datetime
) -> None:
    with work_unit() as session:
        user_id = make_user(session, Role.DISTRICT_ADMIN).id
    watch(context)
    context.test_client_class = CheckedClient
    client = context.test_client()
    assert isinstance(client, CheckedClient)
    with db.sessionmaker() as session:
        client.sign_in(session.get_one(User, user_id))

    run_id, worker = begin(context, now)
    page = client.get(f"/imports/{run_id}")
    assert state_of(run_id)[0] == State.APPLYING
    answer = client.submit(page, "/stop", follow_redirects=True)
    assert "It is being stopped" in answer.text
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    assert state_of(run_id) == (State.CHECKED, None)
    with db.sessionmaker() as session:
        assert session.get_one(ImportRun, run_id).applied_by is None
    assert_nothing_is_left(context)
    assert_it_can_be_started_again(context, run_id, now)


def test_asked_to_stop_before_it_reads_it_does_not_begin(context: Flask, now: datetime) -> None:
    run_id = upload(3, now)
    with work_unit() as session:
        session.get_one(ImportRun, run_id).state = State.APPLY_WAITING
    with work_unit() as session:
        services.take_up_next(session, now=now)
    ask_to_stop(run_id)
    with db.sessionmaker() as session:
        assert progress_of(session.get_one(ImportRun, run_id)).phase == STOPPING
    work.carry_out(run_id)
    assert state_of(run_id) == (State.CHECKED, None)
    assert_nothing_is_left(context)


def test_asked_to_stop_when_it_has_ended_it_stays_and_the_next_one_is_not_stopped(
    context: Flask, now: datetime
) -> None:
    run_id = upload(3, now)
    with work_unit() as session:
        session.get_one(ImportRun, run_id).state = State.APPLY_WAITING
    assert carry_out(context) == 1
    with contextlib.suppress(Conflict):  # on SQLite nobody knows, while the import has the lock
        ask_to_stop(run_id)
    assert state_of(run_id) == (State.APPLIED, None)
    again = upload(3, now)
    with work_unit() as session:
        session.get_one(ImportRun, again).state = State.APPLY_WAITING
    assert carry_out(context) == 1
    assert state_of(again) == (State.APPLIED, None)


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
