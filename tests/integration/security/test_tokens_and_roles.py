"""How a program signs in, and what an account with odd roles may do."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy.orm import Session

from app.security.guard import actor_of
from app.security.models import User
from app.security.policy import Role
from tests.factories import make_organization, make_school, make_student, make_user
from tests.fixtures.client import CheckedClient


@pytest.fixture
def manager(session: Session) -> User:
    school = make_school(session)
    make_student(session, school=school, family_name="Zephyrsample")
    return make_user(session, "plan_manager", schools=[school])


def token_of(client: CheckedClient, user: User) -> str:
    with client.application.test_request_context():
        return str(user.get_auth_token())


def test_a_token_signs_in_by_its_header_alone(client: CheckedClient, manager: User) -> None:
    """In an address it would stand in histories and logs; in a body, CSRF is not checked by it."""
    token = token_of(client, manager)
    by_header = client.get("/api/v1/referrals", headers={"Authentication-Token": token})
    assert by_header.status_code == 200
    assert client.get(f"/api/v1/referrals?auth_token={token}").status_code == 401
    assert client.get(f"/students?auth_token={token}").status_code == 302
    by_body = client.post(
        "/api/v1/referrals",
        json={"auth_token": token},
        headers={"X-CSRFToken": client.csrf_token()},
    )
    assert by_body.status_code == 401


def test_a_header_that_is_no_token_opens_no_other_door(
    client: CheckedClient, manager: User
) -> None:
    answer = client.post(
        "/api/v1/referrals", json={}, headers={"Authentication-Token": "not a token"}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_an_account_that_is_switched_off_is_out_at_once(
    client: CheckedClient, session: Session, manager: User, by: str
) -> None:
    headers = {"Authentication-Token": token_of(client, manager)} if by == "token" else {}
    if by == "cookie":
        client.sign_in(manager)
    assert client.get("/api/v1/referrals", headers=headers).status_code == 200
    manager.active = False
    assert client.get("/api/v1/referrals", headers=headers).status_code == 401


ACCOUNTS = (Role.PLAN_MANAGER, Role.PARTNER, Role.DISTRICT_ADMIN)


@pytest.mark.parametrize("roles", list(itertools.permutations(ACCOUNTS, 2)), ids=str)
def test_of_two_roles_the_narrower_counts_whatever_their_order(
    session: Session, roles: tuple[Role, Role]
) -> None:
    first = make_user(session, roles[0])
    second = make_user(session, roles[1])
    first.roles = [*first.roles, *second.roles]
    actor = actor_of(first)
    assert actor is not None
    assert actor.role is (Role.PARTNER if Role.PARTNER in roles else Role.PLAN_MANAGER)


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.FAMILY_LINK, Role.PARTNER_LINK])
def test_an_account_never_has_a_role_of_links_or_of_the_system(
    session: Session, role: Role
) -> None:
    assert actor_of(make_user(session, role)) is None


@pytest.mark.parametrize("role", ["partner", "plan_manager"])
def test_an_account_without_organization_or_school_reaches_nothing(
    client: CheckedClient, session: Session, role: str
) -> None:
    make_student(session, family_name="Zephyrsample")
    make_organization(session)
    client.sign_in(make_user(session, role))
    page = client.get("/inbox" if role == "partner" else "/students")
    assert page.status_code == 200
    assert "Zephyrsample" not in page.text
    assert "/inbox/" not in page.text
