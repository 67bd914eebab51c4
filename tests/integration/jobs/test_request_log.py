"""The request log says which page, how long and how many statements; never who asked for what."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.security.models import User
from app.sql_counter import count_statements
from tests.fixtures.client import CheckedClient, MakeClient
from tests.fixtures.database import MakeApp


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


def test_what_breaks_outside_a_view_is_logged_without_path_and_text(
    make_app: MakeApp, make_client: MakeClient, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make_app(testing=False)

    def breaking(_response: Response) -> Response:
        raise RuntimeError("Zephyrsample")

    app.after_request_funcs.setdefault(None, []).insert(0, breaking)
    answer = make_client(app).get("/r/a-secret-token")
    assert answer.status_code == 500
    told = "".join(capsys.readouterr()) + answer.text
    assert "broke_outside_a_view" in told
    for word in ("a-secret-token", "Zephyrsample", "Traceback"):
        assert word not in told


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
