"""A partner corrects whom its service is for, and what to know, from the link of a message."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.listings.models import ListingChange
from catalog.models import Service
from tests.factories import make_eligibility, make_listing_link, make_service, make_user
from tests.fixtures.client import CheckedClient, MakeClient
from tests.integration.listings.test_listings import SECRET


@pytest.fixture
def service(session: Session) -> Service:
    service = make_service(session, name="Dentist", description="Teeth.", ages=None)
    make_eligibility(session, service, "age", low=4, high=12)
    make_eligibility(session, service, "insurance", accepted=["private", "tenncare"])
    return service


@pytest.fixture
def path(session: Session, service: Service, now: datetime) -> str:
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    return f"/l/{token}"


def test_it_waits_for_a_look_and_then_is_a_rule(
    client: CheckedClient, make_client: MakeClient, session: Session, service: Service, path: str
) -> None:
    sent = {"ages": "4-12, 16+", "counties": "Hamilton, TN", "insurance": ["tenncare", "none"]}
    answer = client.submit(client.get(path), "/corrections", sent, follow_redirects=True)
    assert "looks at it before" in answer.text
    session.expire_all()
    asked = {c.field: (c.old_value, c.new_value) for c in session.scalars(select(ListingChange))}
    assert asked == {
        "ages": ("4-12", "4-12, 16+"),
        "counties": ("", "Hamilton, TN"),
        "insurance": ("tenncare, private", "tenncare, none"),
    }
    assert {rule.kind for rule in service.eligibility_rules} == {"age", "insurance"}, "not yet live"

    team = make_client()
    team.sign_in(make_user(session, "district_admin"))
    for change in session.scalars(select(ListingChange)).all():
        done = team.submit(team.get("/listing-changes"), f"{change.id}/apply")
        assert done.status_code == 302
    session.expire_all()
    facts = [(rule.kind, rule.facts) for rule in service.eligibility_rules]
    assert sorted(str(one) for one in facts) == sorted(
        str(one)
        for one in [
            ("age", {"low": 4, "high": 12}),
            ("age", {"low": 16, "high": None}),
            ("insurance", {"accepted": ["tenncare", "none"]}),
            ("residence", {"counties": ["Hamilton, TN"]}),
        ]
    )


def test_sent_back_as_it_was_shown_nothing_is_different(
    client: CheckedClient, session: Session, path: str
) -> None:
    answer = client.submit(client.get(path), "/corrections", {}, follow_redirects=True)
    assert "nothing was changed" in answer.text
    assert not session.scalars(select(ListingChange)).all()


def test_nothing_ticked_takes_the_restriction_away(
    client: CheckedClient, session: Session, path: str
) -> None:
    assert 'type="hidden" name="insurance" value=""' in client.get(path).text
    sent = {"insurance": "", "csrf_token": client.csrf_token()}
    assert client.post(f"{path}/corrections", data=sent).status_code == 302
    session.expire_all()
    assert session.scalars(select(ListingChange)).one().new_value == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ages": "12-5"}, "is no range"),
        ({"grades": "K-13"}, "is no range"),
        ({"zips": "374"}, "is no ZIP code"),
        ({"counties": "Hamilton"}, "needs its state"),
        ({"insurance": ["gold"]}, "is none of"),
        ({"languages": "Spanish"}, "is no language code"),
        ({"fee": "-1"}, "Write a number"),
    ],
)
def test_what_is_wrong_is_told_beside_it_with_all_that_was_written(
    client: CheckedClient, session: Session, path: str, wrong: dict[str, str], said: str
) -> None:
    client.get(path)
    sent = {**wrong, "phone": "423-555-0199", "csrf_token": client.csrf_token()}
    answer = client.post(f"{path}/corrections", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "423-555-0199" in answer.text, "nothing that was written is lost"
    session.expire_all()
    assert not session.scalars(select(ListingChange)).all(), "all of it or nothing"


def test_in_spanish(client: CheckedClient, service: Service, path: str, session: Session) -> None:
    assert service.intake is not None
    service.intake.notice_language = "es"
    session.flush()
    page = client.get(path)
    assert "A quién está dirigido, en palabras" in page.text
    assert "Seguro privado" in page.text
    sent = {"ages": "old", "zips": "3740", "csrf_token": client.csrf_token()}
    answer = client.post(f"{path}/corrections", data=sent)
    assert answer.status_code == 422
    for words in ("no es un rango", "no es un código postal", "No se guardó nada"):
        assert words in answer.text
    for words in ("is no range", "is no ZIP code", "Nothing was saved"):
        assert words not in answer.text
