"""Words that nothing understood: counted by day without who asked, shown from several askers up."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory import index
from app.extensions import db
from app.misses.models import SHARES, MissedWord
from app.misses.queries import KEPT_DAYS, LEAST_ASKERS, missed_words
from app.misses.services import note_missed_words, purge_missed_words, share_of
from app.security.policy import Role
from app.security.rate_limits import hashed
from tests.factories import make_service_at_location, make_user
from tests.fixtures.client import CheckedClient, MakeClient

DAY = date(2026, 1, 1)
SECRET = "not a secret: only for the tests of Footbridge"


@pytest.fixture(autouse=True)
def fresh_index() -> Iterator[None]:
    index.forget()
    yield
    index.forget()


@pytest.fixture
def admin(session: Session, client: CheckedClient) -> CheckedClient:
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    return client


def kept(session: Session) -> dict[str, int]:
    session.expire_all()
    return {row.word: row.times for row in session.scalars(select(MissedWord))}


def askers_of_shares(word: str, number: int) -> list[uuid.UUID]:
    """Accounts of so many different shares."""
    found: dict[int, uuid.UUID] = {}
    while len(found) < number:
        one = uuid.uuid4()
        found.setdefault(share_of(one, word, SECRET), one)
    return list(found.values())[:number]


def test_a_search_that_nothing_understands_counts_its_words_by_day(
    session: Session, admin: CheckedClient, now: datetime
) -> None:
    make_service_at_location(session, name="Smile Dental Clinic")
    admin.get("/directory?q=zumbroggle+Maricarmen+4235551234")
    admin.get("/directory?q=the+zumbroggle")
    row = session.scalars(select(MissedWord)).one()
    assert (row.word, row.times, row.asked_on) == ("zumbroggle", 2, now.date())


@pytest.mark.parametrize(
    "question",
    [
        "zumbroggle toothache",  # a need was understood
        "smile",  # a listing says so
        "smlie",  # … and is found misspelt
        "no quiero zumbroggle",  # only a denial
        "zumbroggle&page=2",  # counted on the first page
        "?!",
        "",
    ],
)
def test_what_was_understood_or_found_is_no_miss(
    question: str, session: Session, admin: CheckedClient
) -> None:
    make_service_at_location(session, name="Smile Dental Clinic")
    assert admin.get(f"/directory?q={question}").status_code == 200
    assert kept(session) == {}


@pytest.mark.parametrize("more", ["", "&partners=1"])
@pytest.mark.parametrize(
    "words", ["zumbroggle wants to kill himself", "kill", "suicide zumbroggle", "suicde zumbroggle"]
)
def test_words_of_crisis_are_never_counted(
    words: str, more: str, session: Session, admin: CheckedClient
) -> None:
    make_service_at_location(session, name="Smile Dental Clinic")
    admin.get(f"/directory?q={words.replace(' ', '+')}{more}")
    assert not {"kill", "suicide", "suicde", "himself"} & kept(session).keys()
    if words != "kill":
        assert kept(session) == {}


def test_one_person_who_asks_again_and_again_is_one_asker(
    session: Session, admin: CheckedClient, now: datetime
) -> None:
    asker = uuid.uuid4()
    with admin.application.app_context():
        for day in range(10):
            note_missed_words(
                db.engine,
                ["smithson"],
                asker=asker,
                secret=SECRET,
                on=now.date() - timedelta(days=day),
            )
    assert len(kept(session)) == 1
    assert missed_words(session, limit=9) == ([], 0)
    assert "smithson" not in admin.get("/words-not-understood").text


def test_a_word_is_shown_from_three_askers_up_and_never_before(
    session: Session, admin: CheckedClient, now: datetime
) -> None:
    people = askers_of_shares("quinceanera", LEAST_ASKERS)
    for number, asker in enumerate(people, 1):
        with admin.application.app_context():
            note_missed_words(
                db.engine,
                ["quinceanera"],
                asker=asker,
                secret=SECRET,
                on=now.date() - timedelta(days=number),
            )
        page = admin.get("/words-not-understood").text
        assert ("quinceanera" in page) is (number >= LEAST_ASKERS)
    found, total = missed_words(session, limit=9)
    assert total == 1
    assert (found[0].word, found[0].times, found[0].days) == ("quinceanera", 3, 3)
    assert found[0].last_on == now.date() - timedelta(days=1)


def test_shares_never_count_more_askers_than_there_were() -> None:
    for _ in range(200):
        word = uuid.uuid4().hex[:8]
        for number in range(1, 5):
            people = [uuid.uuid4() for _ in range(number)]
            assert len({share_of(one, word, SECRET) for one in people}) <= number
    people = [uuid.uuid4() for _ in range(400)]
    dealt = [
        sum(share_of(one, "word", SECRET) == share for one in people) for share in range(SHARES)
    ]
    assert min(dealt) > 50, "each share stands for about a quarter of all accounts"
    other = [share_of(one, "another", SECRET) for one in people]
    same = sum(a == share_of(one, "word", SECRET) for one, a in zip(people, other, strict=True))
    assert 50 < same < 150, "two words tell nothing of one asker"


def test_nothing_in_the_table_or_the_log_names_who_asked_or_the_sentence(
    session: Session, make_client: MakeClient
) -> None:
    make_service_at_location(session, name="Smile Dental Clinic")
    user = make_user(session, Role.PLAN_MANAGER)
    browser = make_client()
    browser.sign_in(user)
    with structlog.testing.capture_logs() as lines:
        browser.get("/directory?q=zumbroggle+blorfing+now")
    assert kept(session) == {"blorfing": 1, "zumbroggle": 1}
    assert set(MissedWord.__table__.columns.keys()) == {"asked_on", "word", "times", "shares"}
    assert "zumbroggle" not in str(lines)
    with browser.application.app_context():
        assert hashed(str(user.id)) not in str(kept(session))


def test_the_command_prints_what_the_page_shows(
    session: Session, admin: CheckedClient, now: datetime, runner: object
) -> None:
    with admin.application.app_context():
        for word, number in (("legoz", LEAST_ASKERS), ("smithson", LEAST_ASKERS - 1)):
            for asker in askers_of_shares(word, number):
                note_missed_words(db.engine, [word], asker=asker, secret=SECRET, on=now.date())
    told = runner.invoke(args=["catalog", "misses", "--json"])  # type: ignore[attr-defined]
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == [
        {"word": "legoz", "times": 3, "days": 1, "last_on": now.date().isoformat()}
    ]
    lines = runner.invoke(args=["catalog", "misses"]).stdout  # type: ignore[attr-defined]
    assert "legoz" in lines
    assert "smithson" not in lines
    assert "1 words that at least 3 people used" in lines


def test_old_counts_go(session: Session, admin: CheckedClient, now: datetime) -> None:
    with admin.application.app_context():
        for days in (0, KEPT_DAYS, KEPT_DAYS + 1):
            note_missed_words(
                db.engine,
                [f"word{'abc'[days % 3]}"],
                asker=uuid.uuid4(),
                secret=SECRET,
                on=now.date() - timedelta(days=days),
            )
    assert purge_missed_words(session, now=now) == 1
    assert purge_missed_words(session, now=now) == 0
    session.commit()


def test_others_may_not_look(session: Session, make_client: MakeClient) -> None:
    for role in (Role.PLAN_MANAGER, Role.PARTNER):
        browser = make_client()
        browser.sign_in(make_user(session, role))
        assert browser.get("/words-not-understood").status_code == 403
        assert "/words-not-understood" not in browser.get("/directory").text


def test_while_something_else_writes_nobody_waits_for_the_count(concurrent_app: Flask) -> None:
    with concurrent_app.app_context(), db.engine.connect() as busy:
        busy.execute(
            MissedWord.__table__.insert().values(
                asked_on=DAY,
                word="slow",
                times=1,
                shares=1,
            )
        )
        with structlog.testing.capture_logs() as lines:
            note_missed_words(
                db.engine,
                ["slow"],
                asker=uuid.uuid4(),
                secret=SECRET,
                on=DAY,
            )
        busy.rollback()
        assert [line["event"] for line in lines] == ["missed_words_not_counted"]
        note_missed_words(
            db.engine,
            ["slow"],
            asker=uuid.uuid4(),
            secret=SECRET,
            on=DAY,
        )
        with db.engine.connect() as look:
            assert look.execute(select(MissedWord.times)).scalar_one() == 1
            if look.dialect.name == "sqlite":
                wait = look.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
                assert wait == 10_000, "the connection waits for others as long as before"
