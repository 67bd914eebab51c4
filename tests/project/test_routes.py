"""Every route has a guard, and every guard holds: signed out, in the wrong role, for another's row.

The tables are made from the URL map and the policy, so a new route or role is tested by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.referrals.states import State
from app.security.links import LIFETIME, ROLE
from app.security.models import User
from app.security.policy import POLICY, Role, Scope
from tests.factories import (
    make_consent,
    make_family_link,
    make_listing_link,
    make_organization,
    make_partner_link,
    make_referral,
    make_school,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient
from tests.project.routes import (
    LIBRARY_ROUTES,
    SAFE,
    Route,
    all_routes,
    call,
    roles_with,
    roles_without,
)

ROUTES = all_routes()
GUARDED = [route for route in ROUTES if route.kind == "requires"]
BY_LINK = [route for route in ROUTES if route.kind == "link"]
ANYTHING = (Scope.ALL, Scope.OWN_SCHOOLS, Scope.OWN_ORGANIZATION)

# Views that write nothing to the database although they are not GET.
WRITES_NO_ROW = {
    "web.choose_language": "the language stands in the cookie",
    "imports.stop": "it writes in a unit of its own, or asks the worker",
}

on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Ids = Callable[[str], uuid.UUID]


def make_account(session: Session, role: Role) -> User:
    """Somebody in `role` with a school or an organization of their own."""
    if role is Role.PLAN_MANAGER:
        return make_user(session, role, schools=[make_school(session)])
    if role is Role.PARTNER:
        return make_user(session, role, organization=make_organization(session))
    return make_user(session, role)


@pytest.fixture
def foreign(session: Session) -> Ids:
    """Rows of another school and another organization, by the name of the argument."""
    student = make_student(session)
    referral = make_referral(session, student=student, state=State.OPENED)
    rows = {
        "student_id": student.id,
        "referral_id": referral.id,
        "consent_id": make_consent(session, student).id,
        "service_id": referral.service_id,
    }
    return lambda name: rows.get(name) or uuid.uuid4()


def nowhere(_name: str) -> uuid.UUID:
    """An id that names nothing."""
    return uuid.uuid4()


def test_the_policy_tests_have_something_to_test() -> None:
    assert len(GUARDED) > 20
    assert {route.detail for route in (*GUARDED, *BY_LINK)} <= set(POLICY)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_carries_a_guard(route: Route) -> None:
    if route.endpoint in LIBRARY_ROUTES:
        assert route.kind == "none"
        return
    assert route.kind in {"requires", "link", "public"}, (
        f"{route.endpoint} is open to the world: add @requires, @requires_link or @public"
    )
    if route.kind == "public":
        assert len(route.detail) > len("because"), f"say why {route.endpoint} may be public"


def test_the_list_of_the_libraries_routes_is_not_too_long() -> None:
    assert set(LIBRARY_ROUTES) <= {route.endpoint for route in ROUTES}


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.endpoint not in LIBRARY_ROUTES], ids=str
)
def test_who_writes_commits_and_who_reads_does_not(route: Route) -> None:
    if route.method in SAFE or route.endpoint in WRITES_NO_ROW:
        assert not route.commits, f"{route.endpoint} has nothing to commit: @commits hides mistakes"
    else:
        assert route.commits, f"{route.endpoint} writes: it needs @commits"


@on_one_database
@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_signed_out(route: Route, client: CheckedClient) -> None:
    answer = call(client, route, nowhere)
    if route.is_api:
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
    else:
        assert answer.status_code in {302, 303}
        assert answer.location.startswith("/sign-in")


@on_one_database
@pytest.mark.parametrize(
    ("route", "role"),
    [(route, role) for route in GUARDED for role in roles_without(route.detail)],
    ids=str,
)
def test_in_the_wrong_role(
    route: Route, role: Role, client: CheckedClient, session: Session, foreign: Ids
) -> None:
    client.sign_in(make_account(session, role))
    assert call(client, route, foreign).status_code == 403


@pytest.mark.parametrize(
    ("route", "role"),
    [
        (route, role)
        for route in GUARDED
        if route.objects
        for role in roles_with(route.detail, Scope.OWN_SCHOOLS, Scope.OWN_ORGANIZATION)
    ],
    ids=str,
)
def test_for_a_row_of_another_school_or_organization(
    route: Route, role: Role, client: CheckedClient, session: Session, foreign: Ids
) -> None:
    """It answers as if the row were not there: not even its existence is told."""
    client.sign_in(make_account(session, role))
    assert call(client, route, foreign).status_code == 404


@on_one_database
@pytest.mark.parametrize(
    ("route", "role"),
    [
        (route, role)
        for route in GUARDED
        if route.objects
        for role in roles_with(route.detail, *ANYTHING)
    ],
    ids=str,
)
def test_for_a_row_that_is_not_there(
    route: Route, role: Role, client: CheckedClient, session: Session
) -> None:
    client.sign_in(make_account(session, role))
    assert call(client, route, nowhere).status_code == 404


@on_one_database
@pytest.mark.parametrize("route", BY_LINK, ids=str)
def test_by_a_forged_link(route: Route, client: CheckedClient) -> None:
    assert call(client, route, nowhere, token="forged").status_code == 404


@on_one_database
@pytest.mark.parametrize("route", BY_LINK, ids=str)
def test_by_a_link_of_the_other_kind_or_one_that_has_run_out(
    route: Route, app: Flask, client: CheckedClient, session: Session, now: datetime
) -> None:
    secret = app.extensions["footbridge"].settings.secret_key
    referral = make_referral(session, state=State.OPENED)
    kind = next(kind for kind, role in ROLE.items() if role in POLICY[route.detail])
    makers = {
        "family": lambda at: make_family_link(session, referral.student, secret=secret, now=at),
        "referral": lambda at: make_partner_link(session, referral, secret=secret, now=at),
        "listing": lambda at: make_listing_link(session, referral.service, secret=secret, now=at),
    }
    other = next(name for name in makers if name != kind)
    assert call(client, route, nowhere, token=makers[other](now)[1]).status_code == 404
    _, stale = makers[kind](now - LIFETIME[kind])
    assert call(client, route, nowhere, token=stale).status_code == 410
    _, replaced = makers[kind](now)
    makers[kind](now + timedelta(minutes=1))
    assert call(client, route, nowhere, token=replaced).status_code == 410
