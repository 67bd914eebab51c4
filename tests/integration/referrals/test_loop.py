"""The referral loop as its people walk it: draft, send, open, answer, close, through real pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import Disclosure
from app.notices.models import Notice
from app.referrals.models import Referral
from app.referrals.services import expire_overdue
from app.security.links import token_of
from app.security.models import AccessLink, User
from app.students.models import Student
from catalog.models import ServiceAtLocation
from tests.factories import (
    make_consent,
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient, MakeClient

SECRET = "not a secret: only for the tests of Footbridge"


@dataclass
class Scene:
    """A plan manager, her student, and a dentist."""

    manager: User
    student: Student
    place: ServiceAtLocation


@pytest.fixture
def scene(session: Session) -> Scene:
    school = make_school(session)
    manager = make_user(session, "plan_manager", schools=[school])
    student = make_student(
        session,
        school=school,
        plan_manager=manager,
        needs=["dental-checkup"],
        given_name="Maya",
        family_name="Zephyrsample",
    )
    place = make_service_at_location(session, categories=["dental-checkup"])
    return Scene(manager, student, place)


def begin(client: CheckedClient, scene: Scene) -> TestResponse:
    """Click Refer at the first match; the draft's page."""
    client.sign_in(scene.manager)
    page = client.get(f"/students/{scene.student.id}/support?need=dental-checkup")
    return client.submit(page, f"/students/{scene.student.id}/referrals", follow_redirects=True)


def send(client: CheckedClient, scene: Scene, message: str = "") -> TestResponse:
    """Begin and send; the referral's page."""
    draft = begin(client, scene)
    data = {"message": message} if message else {}
    return client.submit(draft, "/send", data, follow_redirects=True)


def only_referral(session: Session) -> Referral:
    session.expire_all()
    return session.scalars(select(Referral)).one()


def partner_path(session: Session, referral: Referral) -> str:
    link = session.scalars(
        select(AccessLink).where(
            AccessLink.subject_id == referral.id, AccessLink.revoked_at.is_(None)
        )
    ).one()
    return f"/r/{token_of(link, secret=SECRET)}"


def test_the_whole_loop_by_link(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    make_consent(session, scene.student, elements=["name", "guardian", "message"])
    sent = send(client, scene, "Prefers mornings")
    assert "moves next" in sent.text

    referral = only_referral(session)
    assert (referral.state, referral.version) == ("sent", 2)
    assert referral.ranking["parts"], "how it was found is kept with it"
    assert "Zephyrsample" not in str(referral.ranking)

    partner = make_client()
    path = partner_path(session, referral)
    door = partner.get(path)
    assert "Zephyrsample" not in door.text
    assert only_referral(session).state == "sent", (
        "a mail scanner that follows the link opens nothing"
    )

    opened = partner.submit(door, "/open", follow_redirects=True)
    assert "Maya Zephyrsample" in opened.text
    assert "Prefers mornings" in opened.text
    shown = session.scalars(select(Disclosure)).one()
    assert (shown.elements, shown.basis) == (["name", "guardian", "message"], "consent")

    accepted = partner.submit(opened, "/accept", follow_redirects=True)
    assert "Accepted" in accepted.text
    completed = partner.submit(
        accepted, "/complete", {"outcome": "need_met"}, follow_redirects=True
    )
    assert "Nothing more is needed" in completed.text

    student = client.get(f"/students/{scene.student.id}")
    for step in ("Referral sent", "Opened by the partner", "Accepted by the partner", "Completed"):
        assert step in student.text
    referral = only_referral(session)
    assert (referral.state, referral.outcome) == ("completed", "need_met")
    assert [e.action for e in referral.events] == ["draft", "send", "open", "accept", "complete"]


def test_messages_never_hold_the_students_data(
    client: CheckedClient, session: Session, scene: Scene
) -> None:
    make_consent(session, scene.student)
    send(client, scene, "A message about Maya")
    letter = session.scalars(select(Notice)).one()
    assert letter.recipient == "referrals@example.org"
    for word in ("Maya", "Zephyrsample", "dental", "Dental", "555"):
        assert word not in letter.subject + letter.body
    assert "{link}" in letter.body, "no working link is stored"


def test_a_partners_name_cannot_put_a_link_into_a_message(
    client: CheckedClient, session: Session, scene: Scene
) -> None:
    scene.place.service.organization.name = "Partner {link} of {link}\nBcc: x@example.org"
    send(client, scene)
    letter = session.scalars(select(Notice)).one()
    assert letter.body.count("{link}") == 1
    assert "\nBcc" not in letter.body


def test_without_permission_the_partner_learns_nothing_that_identifies(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    draft = begin(client, scene)
    assert "No permission is in force" in draft.text
    client.submit(draft, "/send")
    partner = make_client()
    door = partner.get(partner_path(session, only_referral(session)))
    opened = partner.submit(door, "/open", follow_redirects=True)
    for word in ("Maya", "Zephyrsample", "Maria", "555-0142"):
        assert word not in opened.text
    assert session.scalars(select(Disclosure)).one().basis == "none"


def test_a_permission_taken_back_hides_at_once(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene, now: datetime
) -> None:
    consent = make_consent(session, scene.student)
    send(client, scene)
    partner = make_client()
    path = partner_path(session, only_referral(session))
    partner.submit(partner.get(path), "/open")
    assert "Zephyrsample" in partner.get(path).text
    consent.revoked_at = now
    session.flush()
    assert "Zephyrsample" not in partner.get(path).text


def test_a_permission_given_later_does_not_widen_what_was_sent(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    make_consent(session, scene.student, elements=["grade"])
    send(client, scene)
    make_consent(session, scene.student)
    partner = make_client()
    path = partner_path(session, only_referral(session))
    opened = partner.submit(partner.get(path), "/open", follow_redirects=True)
    assert "Zephyrsample" not in opened.text


def test_a_second_click_on_accept_is_told_so(
    make_client: MakeClient, session: Session, scene: Scene
) -> None:
    referral = make_referral(session, state="sent", student=scene.student, place=scene.place)
    partner = make_client()
    path = link_to(session, referral)
    opened = partner.submit(partner.get(path), "/open", follow_redirects=True)
    first = partner.submit(opened, "/accept")
    second = partner.submit(opened, "/accept")
    assert (first.status_code, second.status_code) == (302, 409)
    assert "already done" in second.text
    assert [e.action for e in only_referral(session).events].count("accept") == 1


def test_a_reason_that_the_step_does_not_ask_for_is_kept_nowhere(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    """Nothing has checked it: it would stand in the plan manager's timeline as free text."""
    referral = make_referral(session, state="opened", student=scene.student, place=scene.place)
    partner = make_client()
    answer = partner.post(
        f"{link_to(session, referral)}/accept",
        data={
            "version": referral.version,
            "reason": "Call this number: " + "5" * 60,
            "outcome": "x" * 60,
            "csrf_token": partner.csrf_token(),
        },
    )
    assert answer.status_code == 302
    accepted = only_referral(session)
    assert (accepted.state, accepted.events[-1].reason) == ("accepted", None)


def test_two_people_at_once_only_the_first_is_kept(
    make_client: MakeClient, session: Session, scene: Scene
) -> None:
    referral = make_referral(session, state="opened", student=scene.student, place=scene.place)
    path = link_to(session, referral)
    one, other = make_client(), make_client()
    page_of_one, page_of_other = opened_by(one, path), opened_by(other, path)
    assert one.submit(page_of_one, "/waitlist").status_code == 302
    late = other.submit(page_of_other, "/accept")
    assert late.status_code == 409
    assert "a moment ago" in late.text
    assert only_referral(session).state == "waitlisted"


def test_declining_needs_a_reason_and_comes_back_to_the_plan_manager(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    referral = make_referral(session, state="opened", student=scene.student, place=scene.place)
    path = link_to(session, referral)
    partner = make_client()
    page = opened_by(partner, path)
    without = partner.submit(page, "/decline")
    assert without.status_code == 422
    assert "Say why" in without.text
    partner.submit(page, "/decline", {"reason": "no_capacity"})
    client.sign_in(scene.manager)
    today = client.get("/today")
    assert "Ended without help" in today.text
    assert "Maya Zephyrsample" in today.text
    letter = session.scalars(select(Notice).where(Notice.kind == "partner_answered")).one()
    assert letter.recipient == scene.manager.email
    assert "Zephyrsample" not in letter.body


@pytest.mark.parametrize(
    ("token", "status", "words"),
    [
        ("forged", 404, "not complete"),
        ("AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA", 404, "not complete"),
        ("%00", 404, "not complete"),
        ("é", 404, "not complete"),
    ],
)
def test_a_forged_link_opens_nothing(
    client: CheckedClient, token: str, status: int, words: str
) -> None:
    answer = client.get(f"/r/{token}")
    assert answer.status_code == status
    assert words in answer.text


def test_a_family_link_does_not_open_a_referral(
    client: CheckedClient, session: Session, scene: Scene, now: datetime
) -> None:
    link = AccessLink(
        kind="family",
        subject_id=scene.student.id,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    session.add(link)
    session.flush()
    token = token_of(link, secret=SECRET)
    assert client.get(f"/r/{token}").status_code == 404
    assert client.get(f"/f/{token}").status_code == 200


def test_a_stale_link_says_so_and_a_new_one_can_be_sent(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene, now: datetime
) -> None:
    send(client, scene)
    referral = only_referral(session)
    old = partner_path(session, referral)
    shown = client.get(f"/referrals/{referral.id}")
    client.submit(shown, "/link")
    assert make_client().get(old).status_code == 410
    fresh = partner_path(session, referral)
    assert fresh != old
    assert make_client().get(fresh).status_code == 200
    session.scalars(select(AccessLink).where(AccessLink.revoked_at.is_(None))).one().expires_at = (
        now - timedelta(seconds=1)
    )
    session.flush()
    expired = make_client().get(fresh)
    assert expired.status_code == 410
    assert "Ask the school for a new one" in expired.text
    assert len(session.scalars(select(Notice)).all()) == 2


def test_refer_twice_continues_the_draft_and_refuses_a_second_open_one(
    client: CheckedClient, session: Session, scene: Scene
) -> None:
    begin(client, scene)
    support = client.get(f"/students/{scene.student.id}/support?need=dental-checkup")
    assert "/referrals" in support.text
    first = only_referral(session)
    again = begin(client, scene)
    assert str(first.id) in again.request.path
    client.submit(again, "/send")
    data = {
        "service_at_location_id": str(scene.place.id),
        "category": "dental-checkup",
        "csrf_token": token_in(support),
    }
    refused = client.post(f"/students/{scene.student.id}/referrals", data=data)
    assert refused.status_code == 409
    assert "already an open referral" in refused.text


def test_a_partner_without_an_address_is_told_before_anything_is_written(
    client: CheckedClient, session: Session
) -> None:
    school = make_school(session)
    manager = make_user(session, "plan_manager", schools=[school])
    student = make_student(session, school=school)
    place = make_service_at_location(session, referral_email=None, email=None)
    place.service.organization.email = None
    referral = make_referral(session, student=student, place=place)
    client.sign_in(manager)
    page = client.get(f"/referrals/{referral.id}")
    assert "It cannot be sent" in page.text
    answer = client.post(
        f"/referrals/{referral.id}/send", data={"version": 1, "csrf_token": token_in(page)}
    )
    assert answer.status_code == 422
    assert only_referral(session).state == "draft"


def test_what_no_partner_answers_expires_once(session: Session, scene: Scene) -> None:
    referral = make_referral(session, state="sent", student=scene.student, place=scene.place)
    later = referral.changed_at + timedelta(days=31)
    assert expire_overdue(session, now=referral.changed_at + timedelta(days=29)) == 0
    assert expire_overdue(session, now=later) == 1
    assert expire_overdue(session, now=later) == 0
    assert (referral.state, referral.closed_at) == ("expired", later)


def opened_by(partner: CheckedClient, path: str) -> TestResponse:
    """Press Open; what the partner then sees."""
    return partner.submit(partner.get(path), "/open", follow_redirects=True)


def link_to(session: Session, referral: Referral) -> str:
    from tests.factories import make_partner_link

    _, token = make_partner_link(
        session, referral, secret=SECRET, now=datetime.fromisoformat("2026-10-13T13:00:00+00:00")
    )
    return f"/r/{token}"


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found.group(1)
