"""Accounts from the command line: made for a role, changed, closed; and then signing in."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.security.models import User
from tests.factories import make_organization, make_school
from tests.fixtures.client import CheckedClient, CheckedRunner

PASSWORD = "a long enough password"


def add(runner: CheckedRunner, *arguments: str, password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return runner.invoke(
        args=["accounts", "add", *arguments, "--name", "Pat Sample", "--password", password]
    )


def sign_in(client: CheckedClient, email: str, password: str = PASSWORD) -> str:
    page = client.get("/sign-in")
    answer = client.submit(
        page, "/sign-in", {"email": email, "password": password}, follow_redirects=True
    )
    return answer.request.path


def test_an_account_signs_in_until_it_is_closed(
    runner: CheckedRunner, client: CheckedClient, session: Session
) -> None:
    school = make_school(session, code="03309999")
    made = add(runner, "pat@example.org", "--role", "plan_manager", "--school", "03309999")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    user = session.scalars(select(User)).one()
    assert [row.school_id for row in user.schools] == [school.id]
    assert user.password != PASSWORD
    assert user.password.startswith("$argon2")  # type: ignore[union-attr]
    assert sign_in(client, "pat@example.org") == "/today"

    closed = runner.invoke(args=["accounts", "close", "pat@example.org"])
    assert closed.exit_code == 0
    assert client.get("/today").status_code == 302, "who was signed in is signed out"
    assert sign_in(client, "pat@example.org") == "/sign-in"
    assert "closed" in runner.invoke(args=["accounts", "list"]).output


def test_a_new_password_ends_the_old_one(
    runner: CheckedRunner, client: CheckedClient, session: Session
) -> None:
    make_organization(session, name="Sunny Clinic")
    add(runner, "pat@example.org", "--role", "partner", "--organization", "sunny clinic")
    assert sign_in(client, "pat@example.org") == "/inbox"
    done = runner.invoke(
        args=["accounts", "password", "pat@example.org", "--password", "another long password"]
    )
    assert done.exit_code == 0
    assert client.get("/inbox").status_code == 302
    assert sign_in(client, "pat@example.org") == "/sign-in"
    assert sign_in(client, "pat@example.org", "another long password") == "/inbox"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["not-an-address", "--role", "district_admin"], "no e-mail address"),
        (["pat@example.org", "--role", "plan_manager"], "needs at least one school"),
        (["pat@example.org", "--role", "plan_manager", "--school", "0"], "No school has"),
        (["pat@example.org", "--role", "partner"], "needs an organization"),
        (["pat@example.org", "--role", "partner", "--organization", "Nobody"], "No organization"),
        (["pat@example.org", "--role", "partner", "--organization", "Twin"], "Several"),
        (["pat@example.org", "--role", "district_admin", "--school", "03309999"], "no other role"),
        (["pat@example.org", "--role", "family_link"], "Invalid value"),
    ],
)
def test_a_wrong_account_is_refused_and_nothing_is_kept(
    runner: CheckedRunner, session: Session, arguments: list[str], words: str
) -> None:
    make_school(session, code="03309999")
    make_organization(session, name="Twin")
    make_organization(session, name="twin")
    refused = add(runner, *arguments)
    assert refused.exit_code != 0
    assert words in refused.output
    assert session.scalars(select(User)).all() == []


def test_a_short_password_and_a_second_account_are_refused(
    runner: CheckedRunner, session: Session
) -> None:
    short = add(runner, "pat@example.org", "--role", "district_admin", password="short")
    assert "at least 12" in short.output
    assert add(runner, "pat@example.org", "--role", "district_admin").exit_code == 0
    again = add(runner, "pat@example.org", "--role", "district_admin")
    assert again.exit_code == 1
    assert "already an account" in again.output
    assert len(session.scalars(select(User)).all()) == 1
