"""What no database keeps is refused with words, in every way to send text, on both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.consents.models import Consent
from app.referrals.models import Referral
from app.students.models import Student
from tests.factories import make_consent, make_referral, make_school, make_student, make_user
from tests.fixtures.client import CheckedClient


@dataclass
class Scene:
    """A plan manager's student and a draft."""

    student: Student
    draft: Referral


@pytest.fixture
def scene(client: CheckedClient, session: Session) -> Scene:
    school = make_school(session)
    student = make_student(session, school=school, family_name="Zephyrsample")
    draft = make_referral(session, student=student)
    client.sign_in(make_user(session, "plan_manager", schools=[school]))
    return Scene(student, draft)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=Zephyr%00sample",
        "%00=x",
        "grade=99999999999999999999",
        "grade=13",
        "grade=1.5",
        "grade=%D9%A3",
    ],
)
def test_in_the_address(client: CheckedClient, scene: Scene, query: str) -> None:
    assert client.get(f"/students?{query}").status_code == 422


@pytest.mark.parametrize("grade", range(-1, 13))
def test_every_grade_can_be_picked(client: CheckedClient, scene: Scene, grade: int) -> None:
    scene.student.grade = grade
    assert "Zephyrsample" in client.get(f"/students?grade={grade}").text
    assert (
        "Zephyrsample" not in client.get(f"/students?grade={grade - 1 if grade > -1 else 0}").text
    )


def test_in_a_form_nothing_is_kept(client: CheckedClient, session: Session, scene: Scene) -> None:
    path = f"/students/{scene.student.id}/permissions"
    page = client.get(path)
    answer = client.submit(page, path, {"elements": ["name"], "signed_by": "Maria\0Sample"})
    assert answer.status_code == 422
    assert "zero byte" in answer.text
    session.expire_all()
    assert session.scalars(select(Consent)).all() == []
    make_consent(session, scene.student)
    sent = client.submit(client.get(f"/referrals/{scene.draft.id}"), "/send", {"message": "a\0b"})
    assert sent.status_code == 422
    assert scene.draft.state == "draft"


@pytest.mark.parametrize(
    "note", ["a\0b", "\ud800", {"deep": ["in", {"it": "\udfff"}]}, {"\0": "x"}], ids=ascii
)
def test_in_json(client: CheckedClient, scene: Scene, note: object) -> None:
    answer = client.post(
        f"/api/v1/referrals/{scene.draft.id}/actions",
        data=json.dumps({"action": "withdraw", "reason": "moved", "note": note}),
        content_type="application/json",
        headers={"X-CSRFToken": client.csrf_token(), "If-Match": '"1"'},
    )
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert "cannot be kept" in answer.json["detail"]
    assert scene.draft.state == "draft"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"a":' * 20_000, 422),
        (b"[" * 200_000, 422),
        (b'"' + b"x" * (1024 * 1024) + b'"', 413),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b"null", 422),
    ],
    ids=["deep", "deeper", "large", "cut off", "not text", "a list", "null"],
)
@pytest.mark.parametrize("path", ["/api/v1/referrals", "/sign-in"])
def test_json_that_is_no_form(
    client: CheckedClient, scene: Scene, body: bytes, status: int, path: str
) -> None:
    if path == "/sign-in":
        client.sign_out()
        status = {400: 400, 413: 413}.get(status, status)
    answer = client.post(
        path,
        data=body,
        content_type="application/json",
        headers={"X-CSRFToken": client.csrf_token(), "Accept": "application/json"},
    )
    assert 400 <= answer.status_code < 500
    if path != "/sign-in":
        assert answer.status_code == status


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_only_the_database_finds_too_long_is_no_breakdown(
    app: Flask, client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last net, for a column's length that no form checks. Its words quote no value."""

    def keep_too_much() -> str:
        raise DataError("INSERT …", {"name": "Zephyrsample"}, Exception("Zephyrsample is too long"))

    monkeypatch.setitem(app.view_functions, "web.health", keep_too_much)
    answer = client.get("/health")
    assert answer.status_code == 422
    assert "too long" in answer.text
    assert "Zephyrsample" not in answer.text
