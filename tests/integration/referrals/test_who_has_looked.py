"""What a partner is shown is shown only while it is needed, and each time somebody looked is kept
(FERPA, 34 CFR 99.32). By link and in the inbox alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import Disclosure
from app.referrals.models import Referral
from app.referrals.states import CLOSED, State
from tests.factories import (
    make_consent,
    make_partner_link,
    make_referral,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient, MakeClient

SECRET = "not a secret: only for the tests of Footbridge"
WAYS = ("link", "inbox")
Visitor = Callable[..., tuple[CheckedClient, str]]


@pytest.fixture
def visitor(make_client: MakeClient, session: Session, now: datetime) -> Visitor:
    """A partner's new browser, and the address at which it finds the referral."""

    def come(referral: Referral, way: str) -> tuple[CheckedClient, str]:
        client = make_client()
        if way == "inbox":
            client.sign_in(make_user(session, "partner", organization=referral.organization))
            return client, f"/inbox/{referral.id}"
        _, token = make_partner_link(session, referral, secret=SECRET, now=now)
        return client, f"/r/{token}"

    return come


def referral_in(session: Session, state: State) -> Referral:
    """Maya's referral, with a permission for everything."""
    student = make_student(session, given_name="Maya", family_name="Zephyrsample")
    consent = make_consent(session, student)
    return make_referral(
        session, state=state, student=student, consent=consent, message="Prefers mornings"
    )


def looks(session: Session) -> int:
    session.expire_all()
    return len(session.scalars(select(Disclosure)).all())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", sorted(CLOSED))
def test_a_closed_referral_tells_nothing_of_the_student_any_more(
    session: Session, visitor: Visitor, state: State, way: str
) -> None:
    """Withdrawn or run out before anyone opened it, declined, or done: nobody needs it to help."""
    client, path = visitor(referral_in(session, state), way)
    page = client.get(path)
    assert page.status_code == 200
    for word in ("Maya", "Zephyrsample", "Maria", "Prefers mornings", "Open the referral"):
        assert word not in page.text
    assert "Nothing more is needed" in page.text
    forced = client.post(f"{path}/open", data={"csrf_token": client.csrf_token()})
    assert forced.status_code == 409
    assert looks(session) == 0


@pytest.mark.parametrize("way", WAYS)
def test_closing_it_ends_the_visit_that_was_looking(
    session: Session, visitor: Visitor, way: str
) -> None:
    client, path = visitor(referral_in(session, State.SENT), way)
    opened = client.submit(client.get(path), "/open", follow_redirects=True)
    assert "Maya Zephyrsample" in opened.text
    after = client.submit(opened, "/decline", {"reason": "no_capacity"}, follow_redirects=True)
    assert "Zephyrsample" not in after.text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", [State.OPENED, State.WAITLISTED, State.ACCEPTED])
def test_each_visit_begins_with_open_and_is_kept(
    session: Session, visitor: Visitor, state: State, way: str
) -> None:
    referral = referral_in(session, state)
    client, path = visitor(referral, way)
    door = client.get(path)
    assert "Zephyrsample" not in door.text, "a scanner, or whom the message was passed on to"
    assert looks(session) == 0
    assert "Maya Zephyrsample" in client.submit(door, "/open", follow_redirects=True).text
    assert looks(session) == 1
    assert "Maya Zephyrsample" in client.get(path).text, "the same visit"
    assert looks(session) == 1
    assert referral.state == state, "looking again is no step"


def test_a_visit_ends(session: Session, visitor: Visitor, now: datetime) -> None:
    client, path = visitor(referral_in(session, State.OPENED), "link")
    client.submit(client.get(path), "/open")
    with time_machine.travel(now + timedelta(hours=11), tick=False):
        assert "Zephyrsample" in client.get(path).text
    with time_machine.travel(now + timedelta(hours=13), tick=False):
        assert "Zephyrsample" not in client.get(path).text


def test_a_visit_belongs_to_the_account_that_opened(session: Session, visitor: Visitor) -> None:
    """Two people of one organization at one computer: each is noted."""
    referral = referral_in(session, State.OPENED)
    client, path = visitor(referral, "inbox")
    client.submit(client.get(path), "/open")
    client.sign_in(make_user(session, "partner", organization=referral.organization))
    assert "Zephyrsample" not in client.get(path).text
