"""The outbox keeps its promises: a message exists only with what it tells of, goes out once, is
tried again, and is given up where everyone can see it.
"""

from __future__ import annotations

import email
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from app.extensions import db
from app.notices.delivery import BACK_OFF, DeliveryReport, claim_next, deliver_due
from app.notices.models import Notice
from app.notices.services import Letter, queue_notice
from app.notices.transport import DeliveryError, RefusedError, UnreachableError
from app.security.links import issue_link, read_link, token_of
from app.settings import Settings
from app.transactions import work_unit


@dataclass
class Post:
    """A post office that keeps what it was given, or fails as it is told."""

    failure: DeliveryError | None = None
    taken: list[EmailMessage] = field(default_factory=list)

    def __call__(self, message: EmailMessage) -> None:
        if self.failure is not None:
            raise self.failure
        self.taken.append(message)


@pytest.fixture
def settings(concurrent_app: Flask, tmp_path: Path) -> Iterator[Settings]:
    """The app's settings with a mail folder of the test's own; the app's context is there."""
    given: Settings = concurrent_app.extensions["footbridge"].settings
    with concurrent_app.app_context():
        yield replace(given, instance_dir=tmp_path)


@pytest.fixture
def post() -> Post:
    return Post()


def plain(key: str, **changes: Any) -> Letter:
    """A letter without a link."""
    return Letter(
        **{
            "kind": "greeting",
            "recipient": "person@example.org",
            "subject": "Hello",
            "body": "All is well.",
            "dedupe_key": key,
        }
        | changes
    )


def queue(letter: Letter, now: datetime) -> uuid.UUID:
    with work_unit() as session:
        return queue_notice(session, letter, now=now).id


def queue_with_link(now: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """The notice and the subject of its link."""
    subject_id = uuid.uuid4()
    with work_unit() as session:
        link = issue_link(session, kind="referral", subject_id=subject_id, now=now)
        letter = plain("linked", body="Open: {link}", path="/r/", link_id=link.id)
        return queue_notice(session, letter, now=now).id, subject_id


def read_notice(notice_id: uuid.UUID) -> Notice:
    with db.sessionmaker() as session:
        return session.get_one(Notice, notice_id)


def run(settings: Settings, post: Post, now: datetime) -> DeliveryReport:
    return deliver_due(work_unit, settings=settings, now=now, transport=post)


def test_a_message_is_sent_once(settings: Settings, post: Post, now: datetime) -> None:
    notice_id = queue(plain("once"), now)
    assert run(settings, post, now) == DeliveryReport(sent=1)
    assert run(settings, post, now + timedelta(days=1)) == DeliveryReport()
    assert len(post.taken) == 1
    notice = read_notice(notice_id)
    assert (notice.state, notice.sent_at, notice.attempts) == ("sent", now, 1)


def test_no_message_without_what_it_tells_of(settings: Settings, post: Post, now: datetime) -> None:
    def refer_and_fail() -> None:
        with work_unit() as session:
            queue_notice(session, plain("undone"), now=now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        refer_and_fail()
    assert run(settings, post, now) == DeliveryReport()


def test_a_second_letter_for_the_same_occasion_is_the_first(
    settings: Settings, now: datetime
) -> None:
    first = queue(plain("occasion"), now)
    with work_unit() as session:
        again = queue_notice(session, plain("occasion", subject="Again"), now=now)
        other = queue_notice(session, plain("another occasion"), now=now)
        assert again.id == first != other.id
    assert read_notice(first).subject == "Hello"


def test_two_transactions_queue_one_occasion_once(settings: Settings, now: datetime) -> None:
    app = flask_app()
    barrier = threading.Barrier(2)
    found: list[uuid.UUID] = []

    def work() -> None:
        with app.app_context():
            barrier.wait()
            found.append(queue(plain("raced"), now))

    in_threads(work, 2)
    assert len(found) == 2
    assert len(set(found)) == 1


def test_the_link_is_made_when_it_is_sent_and_is_kept_nowhere(
    settings: Settings, post: Post, now: datetime
) -> None:
    notice_id, subject_id = queue_with_link(now)
    assert run(settings, post, now) == DeliveryReport(sent=1)
    body = post.taken[0].get_body(("plain",))
    assert body is not None
    address = body.get_content().split()[-1]
    assert address.startswith(f"{settings.base_url}/r/")
    token = address.rpartition("/")[2]
    with db.sessionmaker() as session:
        link, actor = read_link(
            session, token, kind="referral", secret=settings.secret_key, now=now
        )
        assert actor.subject_id == subject_id
        assert token == token_of(link, secret=settings.secret_key)
        for column in Notice.__table__.columns:
            assert token not in str(getattr(session.get_one(Notice, notice_id), column.key))


@pytest.mark.parametrize("ending", ["replaced", "run out"])
def test_a_link_that_works_no_more_is_not_sent(
    settings: Settings, post: Post, now: datetime, ending: str
) -> None:
    notice_id, subject_id = queue_with_link(now)
    later = now + timedelta(minutes=1)
    if ending == "replaced":
        with work_unit() as session:
            issue_link(session, kind="referral", subject_id=subject_id, now=later)
    else:
        later = now + timedelta(days=31)
    assert run(settings, post, later) == DeliveryReport(given_up=1)
    notice = read_notice(notice_id)
    assert notice.state == "given_up"
    assert ending[:3] in str(notice.last_error)
    assert not post.taken


def test_a_failure_is_tried_again_later_and_later_then_given_up(
    settings: Settings, now: datetime
) -> None:
    post = Post(failure=DeliveryError("The mail server refused the message (450)."))
    notice_id = queue(plain("unlucky"), now)
    moment = now
    with capture_logs() as logs:
        for attempt, wait in enumerate(BACK_OFF, start=1):
            assert run(settings, post, moment) == DeliveryReport(put_off=1)
            notice = read_notice(notice_id)
            assert (notice.state, notice.attempts) == ("queued", attempt)
            assert notice.next_attempt_at == moment + wait
            early = moment + wait - timedelta(seconds=1)
            assert run(settings, post, early) == DeliveryReport()
            moment += wait
        assert run(settings, post, moment) == DeliveryReport(given_up=1)
    notice = read_notice(notice_id)
    assert (notice.state, notice.attempts) == ("given_up", 6)
    assert notice.last_error == "The mail server refused the message (450)."
    given_up = [line for line in logs if line["event"] == "notice_given_up"]
    assert [line["log_level"] for line in given_up] == ["error"]
    assert "person@example.org" not in str(logs)
    assert run(settings, post, moment + timedelta(days=9)) == DeliveryReport()


def test_what_comes_back_after_a_failure_is_sent(settings: Settings, now: datetime) -> None:
    post = Post(failure=DeliveryError("later"))
    queue(plain("patient"), now)
    run(settings, post, now)
    post.failure = None
    assert run(settings, post, now + BACK_OFF[0]) == DeliveryReport(sent=1)
    assert len(post.taken) == 1


def test_what_will_never_be_taken_is_given_up_at_once(settings: Settings, now: datetime) -> None:
    post = Post(failure=RefusedError("The mail server refused the recipient (550)."))
    notice_id = queue(plain("refused"), now)
    assert run(settings, post, now) == DeliveryReport(given_up=1)
    assert read_notice(notice_id).attempts == 1


def test_a_server_that_is_away_costs_one_message_one_try(settings: Settings, now: datetime) -> None:
    for number in range(3):
        queue(plain(f"waiting {number}"), now + timedelta(seconds=number))
    post = Post(failure=UnreachableError("The mail server could not be reached."))
    assert run(settings, post, now + timedelta(seconds=9)) == DeliveryReport(put_off=1)
    with db.sessionmaker() as session:
        tries = session.scalars(select(Notice.attempts).order_by(Notice.created_at)).all()
    assert tries == [1, 0, 0]


def test_what_a_dead_round_left_behind_is_taken_again(
    settings: Settings, post: Post, now: datetime
) -> None:
    notice_id = queue(plain("left"), now)
    abandoned = claim_next(work_unit, settings=settings, now=now)
    assert abandoned is not None
    assert run(settings, post, now + timedelta(minutes=9)) == DeliveryReport()
    assert run(settings, post, now + timedelta(minutes=10)) == DeliveryReport(sent=1)
    assert read_notice(notice_id).attempts == 2


def test_a_round_believed_dead_cannot_undo_what_the_next_one_did(
    settings: Settings, post: Post, now: datetime
) -> None:
    notice_id = queue(plain("slow"), now)

    class SlowPost(Post):
        def __call__(self, message: EmailMessage) -> None:
            run(settings, post, now + timedelta(minutes=11))
            raise DeliveryError("too late")

    run(settings, SlowPost(), now)
    assert read_notice(notice_id).state == "sent"
    assert len(post.taken) == 1


def test_two_workers_at_once_never_send_the_same_message(settings: Settings, now: datetime) -> None:
    app = flask_app()
    count = 30
    for number in range(count):
        queue(plain(f"many {number}", subject=f"Number {number}"), now)
    barrier = threading.Barrier(4)
    post = Post()
    reports: list[DeliveryReport] = []

    def work() -> None:
        with app.app_context():
            barrier.wait()
            reports.append(
                deliver_due(work_unit, settings=settings, now=now, limit=count, transport=post)
            )

    in_threads(work, 4)
    assert sum(report.sent for report in reports) == count
    assert sorted(str(m["Subject"]) for m in post.taken) == sorted(
        f"Number {number}" for number in range(count)
    )


def test_nothing_is_open_in_the_database_while_sending(settings: Settings, now: datetime) -> None:
    """Otherwise a slow mail server would hold everyone's writes up on SQLite."""
    queue(plain("slow server"), now)
    seen: list[uuid.UUID] = []

    class WritingPost(Post):
        def __call__(self, message: EmailMessage) -> None:
            seen.append(queue(plain("written meanwhile"), now + timedelta(hours=1)))

    assert run(settings, WritingPost(), now) == DeliveryReport(sent=1)
    assert len(seen) == 1


def test_without_a_mail_server_messages_are_files_for_their_owner_only(
    settings: Settings, now: datetime
) -> None:
    notice_id = queue(plain("kept"), now)
    assert deliver_due(work_unit, settings=settings, now=now) == DeliveryReport(sent=1)
    [path] = settings.mail_dir.iterdir()
    assert path.name == f"notice.{notice_id}.eml"
    assert path.stat().st_mode & 0o777 == 0o600
    read = email.message_from_bytes(path.read_bytes(), policy=default)
    assert read["To"] == "person@example.org"


def test_a_mail_folder_that_cannot_be_written_loses_nothing(
    settings: Settings, now: datetime
) -> None:
    settings.mail_dir.write_text("a file stands where the folder should be")
    notice_id = queue(plain("kept"), now)
    assert deliver_due(work_unit, settings=settings, now=now) == DeliveryReport(put_off=1)
    assert "mail folder" in str(read_notice(notice_id).last_error)


def flask_app() -> Flask:
    """The app of the context."""
    from flask import current_app

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def in_threads(work: Any, number: int) -> None:
    """Run `work` at once in so many threads; a failure in one fails the test."""
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
