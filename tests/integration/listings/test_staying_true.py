"""Listings stay true: visitors suggest corrections, silent partners are called, places by unit."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.listings import queries
from app.listings.models import ListingChange, ListingSuggestion
from app.listings.services import ask_if_still_right
from app.notices.models import Notice
from app.security.models import AccessLink
from app.security.policy import Actor, Role
from catalog.models import FieldChange, Phone, Service
from tests.factories import (
    make_listing_link,
    make_location,
    make_organization,
    make_service,
    make_service_at_location,
    make_user,
)
from tests.fixtures.client import CheckedClient

SECRET = "not a secret: only for the tests of Footbridge"


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


@pytest.fixture
def service(session: Session) -> Service:
    service = make_service(session, name="Dentist", description="Teeth.", seats=5)
    service.phones = [Phone(number="423-555-0100")]
    make_service_at_location(session, service=service)
    return service


@pytest.fixture
def team(client: CheckedClient, session: Session) -> CheckedClient:
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN, email="dana@example.org"))
    return client


def suggest(client: CheckedClient, service: Service, **data: str) -> str:
    """Send the form of the public page, and give the page that answers."""
    page = client.get(f"/services/{service.id}")
    sent = {"about": "phone", "text": "423-555-0199", "contact": "ann@example.org", **data}
    return client.submit(page, "/corrections#correction", sent, follow_redirects=True).text


def test_a_visitor_points_at_what_visitors_see_and_writes_no_notation(
    client: CheckedClient, session: Session, service: Service
) -> None:
    offered = set(
        re.findall(r'<option value="([a-z_]+)"', client.get(f"/services/{service.id}").text)
    )
    assert {"phone", "eligibility_description", "hours", "closed", "other"} <= offered
    assert not {"ages", "zips", "insurance", "fee"} & offered, (
        "read from a text by rules: not for all"
    )
    sent = {"about": "ages", "text": "all of them", "csrf_token": client.csrf_token()}
    answer = client.post(f"/services/{service.id}/corrections", data=sent)
    assert answer.status_code == 422
    assert "Choose what is not right" in answer.text


def test_a_visitor_without_an_account_suggests_and_the_team_takes_it(
    client: CheckedClient, session: Session, service: Service
) -> None:
    assert "Thank you" in suggest(client, service)
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    page = client.get("/listing-changes")
    text = text_of(page.text)
    assert "423-555-0199" in text
    assert "ann@example.org" in text
    waiting = session.scalars(select(ListingSuggestion)).one()
    client.submit(page, f"/listing-suggestions/{waiting.id}/take")
    session.expire_all()
    assert [phone.number for phone in service.phones] == ["423-555-0199"]
    assert (waiting.state, waiting.contact) == ("taken", None)
    change = session.scalars(select(ListingChange)).one()
    assert (change.old_value, change.state) == ("423-555-0100", "live")
    assert session.scalars(select(FieldChange).filter_by(field_name="number")).all()
    assert "ann@example.org" not in client.get("/listing-changes").text


def test_refused_the_listing_stays_and_the_contact_is_forgotten(
    client: CheckedClient, session: Session, service: Service
) -> None:
    suggest(client, service, about="name", text="Bad Dentist")
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    page = client.get("/listing-changes")
    waiting = session.scalars(select(ListingSuggestion)).one()
    client.submit(page, f"/listing-suggestions/{waiting.id}/refuse")
    session.expire_all()
    assert service.name == "Dentist"
    assert (waiting.state, waiting.contact) == ("refused", None)


def test_what_is_no_field_is_marked_as_done(
    client: CheckedClient, session: Session, service: Service
) -> None:
    suggest(client, service, about="closed", text="It closed in June.")
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    page = client.get("/listing-changes")
    assert "Done: the listing is corrected" in page.text
    waiting = session.scalars(select(ListingSuggestion)).one()
    client.submit(page, f"/listing-suggestions/{waiting.id}/take")
    session.expire_all()
    assert waiting.state == "taken"
    assert not session.scalars(select(ListingChange)).all()


def test_the_partner_is_asked_and_sees_what_visitors_say(
    client: CheckedClient, session: Session, service: Service, now: datetime
) -> None:
    suggest(client, service)
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    page = client.get("/listing-changes")
    waiting = session.scalars(select(ListingSuggestion)).one()
    client.submit(page, f"/listing-suggestions/{waiting.id}/ask")
    (notice,) = session.scalars(select(Notice).filter_by(kind="still_right")).all()
    assert "423-555-0199" not in notice.body
    client.sign_out()
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    text = text_of(client.get(f"/l/{token}").text)
    assert "Visitors say this is not right" in text
    assert "423-555-0199" in text
    assert "ann@example.org" not in text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"about": ""}, "about"),
        ({"about": "password"}, "about"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"contact": "x" * 255}, "contact"),
    ],
)
def test_a_form_that_is_not_complete_keeps_what_was_typed(
    client: CheckedClient, session: Session, service: Service, data: dict[str, str], field: str
) -> None:
    token = re.findall(
        r'name="csrf_token" value="([^"]+)"', client.get(f"/services/{service.id}").text
    )[0]
    sent = {"about": "phone", "text": "kept words", "contact": "", **data}
    answer = client.post(
        f"/services/{service.id}/corrections",
        data={"csrf_token": token, **sent},
        headers={"Referer": f"http://localhost/services/{service.id}"},
    )
    assert answer.status_code == 422
    assert sent["text"].strip() in answer.text
    if field != "contact":
        assert f'id="{field}-error"' in answer.text
    assert not session.scalars(select(ListingSuggestion)).all()


def test_a_robot_is_thanked_and_not_heard(
    client: CheckedClient, session: Session, service: Service
) -> None:
    assert "Thank you" in suggest(client, service, website="https://spam.example")
    assert not session.scalars(select(ListingSuggestion)).all()


def test_the_sixth_in_an_hour_is_asked_to_wait(
    client: CheckedClient, session: Session, service: Service
) -> None:
    for _ in range(5):
        assert "Thank you" in suggest(client, service)
    page = client.get(f"/services/{service.id}")
    answer = client.submit(page, "/corrections#correction", {"about": "phone", "text": "x"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get(f"/services/{service.id}").status_code == 200, "reading goes on"


def test_the_public_page_tells_nothing_confidential(
    client: CheckedClient, session: Session
) -> None:
    hidden = make_location(session, is_confidential=True, name="Hidden House")
    hidden.addresses[0].address_1 = "77 Secret Lane"
    service = make_service(session, name="Shelter", assurer_email="private@example.org")
    make_service_at_location(session, service=service, location=hidden)
    page = client.get(f"/services/{service.id}")
    assert page.status_code == 200
    for word in ("Hidden House", "Secret Lane", "private@example.org"):
        assert word not in page.text
    assert client.get(f"/services/{uuid.uuid4()}").status_code == 404


def test_the_public_page_speaks_spanish(client: CheckedClient, service: Service) -> None:
    page = client.get(f"/services/{service.id}", headers={"Accept-Language": "es"})
    assert "Sugerir una corrección" in page.text


def test_who_does_not_answer_is_called_and_confirmed_in_one_tap(
    team: CheckedClient, session: Session, service: Service, now: datetime
) -> None:
    service.assured_date = (now - timedelta(days=200)).date()
    assert service.intake is not None
    service.intake.referral_email = "office@example.org"
    asked = ask_if_still_right(session, older_than=timedelta(days=180), limit=5, now=now)
    assert asked == 1
    assert "Nobody to call" in team.get("/listings-to-call").text, "asked just now"
    session.expire_all()
    link_age = timedelta(days=15)
    link = session.scalars(select(AccessLink)).one()
    link.created_at = now - link_age
    session.commit()
    page = team.get("/listings-to-call")
    text = text_of(page.text)
    assert "Dentist" in text
    assert "(423) 555-0100" in text
    assert "asked 15 days ago" in text
    team.submit(page, f"/listings-to-call/{service.id}/confirm")
    session.expire_all()
    assert service.assured_date == now.date()
    assert service.assurer_email == "dana@example.org"
    assert "Nobody to call" in team.get("/listings-to-call").text


def test_everybody_is_asked_in_turn_and_stays_on_the_list_until_confirmed(
    team: CheckedClient, session: Session, service: Service, now: datetime
) -> None:
    """Twelve listings, five a day: none is passed over, and asking again takes none off the list."""
    services = [service, *(make_service(session) for _ in range(11))]
    for one in services:
        one.assured_date = (now - timedelta(days=200)).date()
        assert one.intake is not None
        one.intake.referral_email = "office@example.org"
    session.flush()
    half_year = timedelta(days=180)
    asked = [
        ask_if_still_right(session, older_than=half_year, limit=5, now=now + timedelta(days=day))
        for day in range(35)
    ]
    assert asked[:5] == [5, 5, 2, 0, 0]
    assert asked[30:] == [5, 5, 2, 0, 0], "each again after 30 days"
    links = session.scalars(select(AccessLink.subject_id)).all()
    assert {links.count(one.id) for one in services} == {2}

    def to_call(day: int) -> int:
        moment = now + timedelta(days=day)
        return queries.listings_to_call(
            session,
            Actor(role=Role.DISTRICT_ADMIN, name="Dana"),
            before=(moment - half_year).date(),
            asked_before=moment - timedelta(days=14),
            limit=50,
            offset=0,
        )[1]

    assert [to_call(day) for day in (13, 15, 20, 31, 34, 40, 60)] == [0, 5, 12, 12, 12, 12, 12]
    service.assured_date = (now + timedelta(days=60)).date()
    session.flush()
    assert to_call(61) == 11, "confirmed: off the list at once"
    assert to_call(60 + 181) == 11, "it was asked before it was confirmed, not since"


def test_who_cannot_be_asked_is_on_the_list_at_once(
    team: CheckedClient, session: Session, service: Service
) -> None:
    assert service.intake is not None
    service.intake.referral_email = None
    service.assured_date = None
    session.commit()
    assert "no address to ask" in team.get("/listings-to-call").text
    service.status = "inactive"
    session.commit()
    assert "Nobody to call" in team.get("/listings-to-call").text


@pytest.mark.parametrize("number", ["call me maybe", "12"])
def test_a_number_that_nobody_can_dial_is_refused_with_what_was_typed(
    client: CheckedClient, session: Session, service: Service, now: datetime, number: str
) -> None:
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    page = client.get(f"/l/{token}")
    answer = client.submit(page, "/corrections", {"phone": number})
    assert answer.status_code == 422
    assert "is no telephone number" in answer.text
    assert f'value="{number}"' in answer.text
    session.expire_all()
    assert service.phones[0].number == "423-555-0100"


def test_by_link_the_partners_address_is_the_assurer(
    client: CheckedClient, session: Session, service: Service, now: datetime
) -> None:
    assert service.intake is not None
    service.intake.referral_email = "office@example.org"
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    client.submit(client.get(f"/l/{token}"), "/confirm")
    session.expire_all()
    assert service.assurer_email == "office@example.org"
    assert "office@example.org" not in client.get(f"/hsds/services/{service.id}").text


@pytest.mark.parametrize(("step", "available"), [("more", 6), ("fewer", 4), ("full", 0), (None, 5)])
def test_open_places_by_one_tap_each_unit_by_itself(
    client: CheckedClient,
    session: Session,
    service: Service,
    now: datetime,
    step: str | None,
    available: int,
) -> None:
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    path = f"/l/{token}"
    client.submit(client.get(path), "#places-other", {"unit": "beds", "available": "2"})
    page = client.get(path)
    assert "beds" in text_of(page.text)
    session.expire_all()
    number = 1 + sorted(row.unit.name for row in service.capacities).index("seats")
    client.submit(page, f"#places-{number}", {"step": step} if step else {})
    session.expire_all()
    told = {row.unit.name: row.available for row in service.capacities}
    assert told == {"beds": 2, "seats": available}


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"available": "9", "maximum": "3"}, 422),
        ({"available": "1", "unit": "x" * 41}, 422),
        ({"available": "1", "step": "double"}, 422),
        ({"available": "3", "maximum": "8"}, 302),
    ],
)
def test_places_that_cannot_be_are_refused(
    client: CheckedClient,
    session: Session,
    service: Service,
    now: datetime,
    data: dict[str, str],
    status: int,
) -> None:
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', client.get(f"/l/{token}").text)[0]
    answer = client.post(
        f"/l/{token}/places",
        data={"csrf_token": csrf, **data},
        headers={"Referer": f"http://localhost/l/{token}"},
    )
    assert answer.status_code == status


def test_the_age_of_a_listing_shows_where_it_is_used(
    client: CheckedClient, session: Session, service: Service, now: datetime
) -> None:
    from tests.factories import make_school, make_student

    service.assured_date = (now - timedelta(days=15)).date()
    school = make_school(session)
    student = make_student(session, school=school)
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    client.sign_in(manager)
    for path in (
        f"/students/{student.id}/support",
        "/directory?q=dentist",
        f"/directory/services/{service.id}",
        f"/services/{service.id}",
        f"/l/{token}",
    ):
        assert re.search("15 days ago|Sep 28, 2026", text_of(client.get(path).text)), path


def test_only_the_team_decides(client: CheckedClient, session: Session, service: Service) -> None:
    client.sign_in(make_user(session, Role.PARTNER, organization=make_organization(session)))
    assert client.get("/listings-to-call").status_code == 403
    assert client.get("/listing-changes").status_code == 403
