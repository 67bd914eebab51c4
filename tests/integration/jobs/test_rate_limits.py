"""Tries are limited across processes, per visitor and per account, without keeping who they were."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db
from app.security.limit_storage import DatabaseStorage, RateLimit, purge_expired
from app.security.links import issue_link, token_of
from app.security.models import User
from app.settings import SettingsError
from app.transactions import work_unit
from tests.fixtures.client import CheckedClient, MakeClient
from tests.fixtures.database import Database, MakeApp


def try_password(client: CheckedClient, email: str, visitor: str = "203.0.113.5") -> Any:
    """Send the sign-in form from a visitor's address: without a password, so that no time is spent
    on comparing one. It counts all the same.
    """
    page = client.get("/sign-in")
    return client.submit(
        page,
        data={"email": email, "password": ""},
        environ_base={"REMOTE_ADDR": visitor},
    )


def test_the_eleventh_try_of_a_minute_is_refused_with_a_page_that_says_when(
    client: CheckedClient,
) -> None:
    for number in range(10):
        assert try_password(client, f"person{number}@example.org").status_code == 200
    refused = try_password(client, "person11@example.org")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert "Too many tries" in refused.text
    assert try_password(client, "person12@example.org", "198.51.100.7").status_code == 200


def test_after_a_minute_one_may_try_again(client: CheckedClient, now: datetime) -> None:
    for number in range(11):
        try_password(client, f"person{number}@example.org")
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        assert try_password(client, "person@example.org").status_code == 200


def test_sixty_an_hour_are_enough_for_one_visitor(client: CheckedClient, now: datetime) -> None:
    statuses = []
    for number in range(61):
        with time_machine.travel(now + timedelta(seconds=7 * number), tick=False):
            statuses.append(try_password(client, f"person{number}@example.org").status_code)
    assert statuses[:60] == [200] * 60
    assert statuses[60] == 429


def test_one_account_is_protected_from_many_visitors(client: CheckedClient) -> None:
    for number in range(10):
        email = "Maya@Example.org" if number % 2 else " maya@example.org "
        assert try_password(client, email, f"203.0.113.{number}").status_code == 200
    refused = try_password(client, "maya@example.org", "203.0.113.99")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 60


def test_a_whole_school_may_sign_in_from_one_address(
    app: Flask, make_client: MakeClient, session: Session
) -> None:
    with app.app_context():
        password = hash_password("across-the-river")
    session.add(
        User(email="maya@example.org", name="Maya", fs_uniquifier="maya", password=password)
    )
    for _ in range(11):
        client = make_client()
        answer = client.submit(
            client.get("/sign-in"),
            data={"email": "maya@example.org", "password": "across-the-river"},
        )
        assert answer.status_code in {302, 303}
    assert set(session.scalars(select(RateLimit.count))) == {0}


def test_looking_at_the_sign_in_page_is_not_a_try(client: CheckedClient) -> None:
    assert {client.get("/sign-in").status_code for _ in range(15)} == {200}


def test_nobody_can_be_read_from_the_counts(client: CheckedClient, session: Session) -> None:
    try_password(client, "maya@example.org", "203.0.113.5")
    keys = session.scalars(select(RateLimit.key)).all()
    assert (
        len(keys) == 3
    )  # a minute and an hour of the visitor, a quarter of an hour of the account
    for key in keys:
        assert "maya" not in key
        assert "203.0.113" not in key


def test_links_are_opened_at_most_120_times_a_minute(
    client: CheckedClient, session: Session, now: datetime, database: Database
) -> None:
    """Also with links that are wrong: guessing one is what this is against."""
    statuses = [client.get(f"/r/guess-{number}").status_code for number in range(121)]
    assert statuses[:120] == [404] * 120
    assert statuses[120] == 429
    link = issue_link(session, kind="referral", subject_id=uuid.uuid4(), now=now)
    token = token_of(link, secret=database.settings.secret_key)
    assert client.get(f"/r/{token}").status_code == 429


def test_a_household_with_ipv6_is_one_visitor(client: CheckedClient) -> None:
    for number in range(10):
        try_password(client, f"person{number}@example.org", f"2001:db8:1:2::{number + 1}")
    assert try_password(client, "a@example.org", "2001:db8:1:2::ffff").status_code == 429
    assert try_password(client, "a@example.org", "2001:db8:1:3::1").status_code == 200


@pytest.mark.parametrize(("trusted", "told_apart"), [(0, False), (1, True)])
def test_forwarded_addresses_are_believed_only_from_proxies_that_are_named(
    make_app: MakeApp, make_client: MakeClient, trusted: int, told_apart: bool
) -> None:
    client = make_client(make_app(trusted_proxies=trusted))
    page = client.get("/sign-in")
    answers = [
        client.submit(
            page,
            data={"email": f"person{number}@example.org", "password": ""},
            headers={
                "X-Forwarded-For": f"203.0.113.{number}",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "localhost",
            },
        ).status_code
        for number in range(11)
    ]
    assert (answers[-1] == 200) is told_apart


@pytest.mark.parametrize("url", ["redis:/", "carrier-pigeon://loft", "not an address"])
def test_a_redis_url_that_cannot_be_used_stops_the_start(make_app: MakeApp, url: str) -> None:
    with pytest.raises(SettingsError, match="REDIS_URL cannot be used"):
        make_app(redis_url=url)


@pytest.fixture
def storage(concurrent_app: Flask) -> Iterator[DatabaseStorage]:
    with concurrent_app.app_context():
        yield DatabaseStorage(lambda: db.engine)


def test_counts_at_once_are_all_counted(storage: DatabaseStorage, concurrent_app: Flask) -> None:
    def count() -> None:
        with concurrent_app.app_context():
            for _ in range(25):
                storage.incr("key", 60)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.get("key") == 100


def test_a_window_that_has_ended_begins_anew(storage: DatabaseStorage) -> None:
    start = datetime(2026, 10, 13, 14, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        assert [storage.incr("key", 60) for _ in range(3)] == [1, 2, 3]
        assert storage.get_expiry("key") == start.timestamp() + 60
    with time_machine.travel(start + timedelta(seconds=60), tick=False):
        assert storage.get("key") == 0
        assert storage.incr("key", 60, amount=2) == 2
        storage.clear("key")
        assert storage.get("key") == 0
        assert storage.check()


def test_ended_windows_are_deleted_running_ones_stay(storage: DatabaseStorage) -> None:
    start = datetime(2026, 10, 13, 14, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        storage.incr("short", 60)
        storage.incr("long", 3600)
        later = start + timedelta(minutes=5)
        with work_unit() as session:
            assert purge_expired(session, now=later) == 1
        assert (storage.get("short"), storage.get("long")) == (0, 1)


def test_signing_in_counts_without_waiting_for_the_requests_own_transaction(
    concurrent_app: Flask,
) -> None:
    """On SQLite the count would wait ten seconds for its own request, then fail, if it came later."""
    client = concurrent_app.test_client()
    concurrent_app.config["PROPAGATE_EXCEPTIONS"] = True
    page = client.get("/sign-in", base_url="https://localhost").get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    answer = client.post(
        "/sign-in",
        base_url="https://localhost",
        headers={"Referer": "https://localhost/sign-in"},
        data={"email": "a@example.org", "password": "wrong", "csrf_token": token},
    )
    assert answer.status_code == 200
    with concurrent_app.app_context(), db.sessionmaker() as session:
        assert len(session.scalars(select(RateLimit)).all()) == 3
