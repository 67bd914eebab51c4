"""What every answer carries to keep a child's data from caches, frames, other sites and plain http."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import make_school, make_student, make_user
from tests.fixtures.client import CheckedClient, MakeClient

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_the_cookie_travels_by_https_alone_and_no_script_reads_it(client: CheckedClient) -> None:
    [cookie] = client.get("/sign-in").headers.getlist("Set-Cookie")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_on_this_machine_alone_plain_http_will_do(
    make_app: Callable[..., Flask], make_client: MakeClient
) -> None:
    local = make_client(make_app(base_url="http://127.0.0.1:8000"))
    answer = local.get("/sign-in")
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie
    assert "Strict-Transport-Security" not in answer.headers


def test_a_page_about_a_child_is_kept_by_no_cache_and_shown_in_no_frame(
    client: CheckedClient, session: Session
) -> None:
    school = make_school(session)
    student = make_student(session, school=school)
    client.sign_in(make_user(session, "plan_manager", schools=[school]))
    for path in (f"/students/{student.id}", f"/api/v1/students/{student.id}/matches"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age=" in headers["Strict-Transport-Security"]
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_each_answer_has_a_nonce_of_its_own(client: CheckedClient) -> None:
    policies = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "///x", "http:x", "javascript:x"],
)
def test_nobody_is_sent_on_to_another_site(client: CheckedClient, target: str) -> None:
    chosen = client.post(
        "/language",
        data={"language": "en", "next": target, "csrf_token": client.csrf_token()},
    )
    assert chosen.location == "/"
