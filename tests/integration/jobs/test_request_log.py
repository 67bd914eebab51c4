"""The request log says which page, how long and how many statements; never who asked for what."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.security.models import User
from app.sql_counter import count_statements
from tests.fixtures.client import CheckedClient


def logged(client: CheckedClient, path: str) -> list[dict[str, Any]]:
    with capture_logs() as logs:
        client.get(path)
    return [dict(line) for line in logs if line["event"] == "request"]


def test_a_request_is_one_line_by_its_endpoint(client: CheckedClient) -> None:
    [line] = logged(client, "/health?student=Jordan")
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "endpoint": "web.health",
        "method": "GET",
        "status": 200,
        "statements": 0,
    }


@pytest.mark.parametrize("path", ["/r/a-secret-token", "/f/a-secret-token", "/no/a-secret-token"])
def test_a_link_never_reaches_the_log(client: CheckedClient, path: str) -> None:
    with capture_logs() as logs:
        assert client.get(path).status_code == 404
    assert "a-secret-token" not in str(logs)
    assert [line["status"] for line in logs if line["event"] == "request"] == [404]


def test_statements_are_counted_inside_the_block_only(session: Session) -> None:
    session.scalars(select(User)).all()
    with count_statements() as outer:
        session.scalars(select(User)).all()
        with count_statements() as inner, session.begin_nested():
            session.scalars(select(User)).all()
            session.scalars(select(User)).all()
    session.scalars(select(User)).all()
    assert (inner.count, outer.count) == (2, 3)


def test_each_request_is_counted_for_itself(client: CheckedClient) -> None:
    counts = {logged(client, "/sign-in")[0]["statements"] for _ in range(3)}
    assert len(counts) == 1
