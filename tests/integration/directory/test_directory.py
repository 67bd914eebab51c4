"""The directory's pages: what they find, what they tell, and what they never tell."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.directory import index
from app.security.policy import Role
from catalog.models import Contact, CostOption, Phone, RequiredDocument, Service
from tests.factories import (
    make_eligibility,
    make_location,
    make_organization,
    make_school,
    make_service,
    make_service_at_location,
    make_user,
)
from tests.fixtures.client import CheckedClient

PAGE = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def fresh_index() -> Iterator[None]:
    index.forget()
    yield
    index.forget()


@pytest.fixture
def manager(session: Session, client: CheckedClient) -> CheckedClient:
    client.sign_in(make_user(session, Role.PLAN_MANAGER, schools=[make_school(session)]))
    return client


def points_in(page: str) -> list[dict[str, object]]:
    found = re.search(r'<script type="application/json" id="map-points"[^>]*>(.*?)</script>', page)
    points: list[dict[str, object]] = json.loads(found[1]) if found else []
    return points


def titles(page: str) -> list[str]:
    return re.findall(r'/directory/services/[0-9a-f-]+">([^<]+)</a></h2>', page)


def test_words_with_typing_errors_find_the_service(
    session: Session, manager: CheckedClient
) -> None:
    make_service_at_location(session, name="Riverside Rowing Club", categories=["soccer"])
    make_service_at_location(session, name="Smile Dental Clinic")
    page = manager.get("/directory?q=rivreside+rowng").text
    assert titles(page) == ["Riverside Rowing Club"]
    assert "1 service" in page
    assert points_in(page)[0]["n"] == 1


def test_without_scripts_the_list_is_whole_and_the_map_is_hidden(
    session: Session, manager: CheckedClient
) -> None:
    make_service_at_location(session, name="Smile Dental Clinic")
    page = manager.get("/directory").text
    assert re.search(r'<section class="directory-map no-print"[^>]* hidden>', page)
    assert "Sample Street" in page


def test_what_is_not_said_is_asked_and_stands_below(
    session: Session, manager: CheckedClient
) -> None:
    make_service_at_location(session, name="Art A", fee_cents=None)
    make_service_at_location(session, name="Art B", fee_cents=0)
    make_service_at_location(session, name="Art C", fee_cents=900)
    asked = make_service_at_location(session, name="Art D", fee_cents=900).service
    asked.cost_options.append(CostOption(amount_cents=0, option="For families who ask"))
    session.flush()
    page = manager.get("/directory?q=art&cost=0").text
    assert titles(page) == ["Art B", "Art A"]
    assert "Ask first: the cost" in page


def test_a_filter_that_cannot_be_used_is_told(session: Session, manager: CheckedClient) -> None:
    make_service_at_location(session, name="Art A")
    page = manager.get(
        "/directory?zip=99999&age=old&term=nothing&day=1&language=xx&status=odd&grade=77&miles=x"
    ).text
    assert titles(page) == ["Art A"]
    assert page.count('class="field-error"') >= 7
    assert "Write the time of day as well." in page
    assert "There is no ZIP area of this number" in page


def test_near_a_zip_code_the_nearest_comes_first(session: Session, manager: CheckedClient) -> None:
    near = make_location(session, latitude=35.04, longitude=-85.31)
    far = make_location(session, latitude=35.2, longitude=-85.1)
    make_service_at_location(session, name="A far one", location=far)
    make_service_at_location(session, name="B near one", location=near)
    assert titles(manager.get("/directory?zip=37403").text) == ["B near one", "A far one"]
    assert titles(manager.get("/directory?zip=37403&miles=5").text) == ["B near one"]


def test_near_a_zip_code_without_a_listing(session: Session, manager: CheckedClient) -> None:
    """Wherever it lies: Georgia's 30741 is next to Chattanooga, and no outline is drawn of it."""
    make_service_at_location(session, name="B", location=make_location(session, latitude=35.2))
    make_service_at_location(session, name="A", location=make_location(session, latitude=35.04))
    page = manager.get("/directory?zip=30741&miles=10").text
    assert titles(page) == ["A"]
    assert titles(manager.get("/directory?zip=30741").text) == ["A", "B"]
    assert 'class="field-error"' not in page


def test_open_on_a_day_at_a_time(session: Session, manager: CheckedClient) -> None:
    make_service_at_location(session, name="Open then", days="TU")
    make_service_at_location(session, name="Open otherwise", days="WE")
    make_service_at_location(session, name="Perhaps", days=None)
    page = manager.get("/directory?day=1&time=16:00").text
    assert titles(page) == ["Open then", "Perhaps"]
    assert "Ask first: days and hours" in page


def test_a_crisis_shows_whom_to_call_and_ranks_nothing(
    session: Session, manager: CheckedClient
) -> None:
    make_service_at_location(session, name="Suicide Prevention Center")
    page = manager.get("/directory?q=suicide+prevention").text
    assert "988" in page
    assert titles(page) == []
    link = re.search(r'href="([^"]+partners=1)"', page)
    assert link
    again = manager.get(link[1].replace("&amp;", "&")).text
    assert "988" in again
    assert titles(again) == ["Suicide Prevention Center"]


def test_a_change_of_the_catalog_is_seen_at_once(session: Session, manager: CheckedClient) -> None:
    from catalog.services import bump_revision

    make_service_at_location(session, name="The first")
    assert titles(manager.get("/directory").text) == ["The first"]
    make_service_at_location(session, name="The second")
    bump_revision(session)
    assert titles(manager.get("/directory").text) == ["The first", "The second"]


def test_pages_of_a_long_list(session: Session, manager: CheckedClient) -> None:
    for number in range(23):
        make_service_at_location(session, name=f"Club {number:02}")
    assert len(titles(manager.get("/directory").text)) == 20
    second = manager.get("/directory?page=2").text
    assert titles(second) == ["Club 20", "Club 21", "Club 22"]
    assert 'start="21"' in second
    assert "There are fewer pages than that" in manager.get("/directory?page=9").text


SECRETS = ("17 Hidden Lane", "Refuge House", "37499", "35.0611", "-85.2711", "Bus 9 stops")


def make_shelter(session: Session) -> Service:
    location = make_location(
        session,
        name="Refuge House",
        is_confidential=True,
        latitude=35.0611,
        longitude=-85.2711,
        transportation="Bus 9 stops in front.",
    )
    location.addresses[0].address_1 = "17 Hidden Lane"
    location.addresses[0].postal_code = "37499"
    location.addresses[0].city = "Red Bank"
    session.flush()
    return make_service_at_location(session, location=location, name="Safe Shelter").service


@pytest.mark.parametrize("role", [Role.PLAN_MANAGER, Role.DISTRICT_ADMIN, Role.PARTNER])
def test_of_a_confidential_place_only_the_town_is_told(
    session: Session, client: CheckedClient, role: Role
) -> None:
    shelter = make_shelter(session)
    facts = {"organization": make_organization(session)} if role is Role.PARTNER else {}
    client.sign_in(make_user(session, role, **facts))
    for path in (
        "/directory?q=shelter",
        "/directory?zip=37403",
        f"/directory/services/{shelter.id}",
    ):
        page = client.get(path).text
        assert "Safe Shelter" in page
        assert "Red Bank" in page
        assert not [secret for secret in SECRETS if secret in page], path
        assert points_in(page) == []


@pytest.mark.parametrize("words", ["hidden lane", "37499", "refuge house"])
def test_a_confidential_place_is_not_found_by_its_address(
    session: Session, manager: CheckedClient, words: str
) -> None:
    make_shelter(session)
    assert titles(manager.get("/directory", query_string={"q": words}).text) == []


def test_a_distance_never_tells_where_a_confidential_place_is(
    session: Session, manager: CheckedClient
) -> None:
    make_shelter(session)
    for miles in (1, 25):
        page = manager.get(f"/directory?zip=37403&miles={miles}").text
        assert "Ask first: where it is" in page
        assert not re.search(r"[0-9.]+ miles?<", page.split('class="found"')[1].split("</ol>")[0])


def test_the_page_of_a_service(session: Session, manager: CheckedClient) -> None:
    place = make_service_at_location(
        session,
        name="Smile Dental Clinic",
        application_process="Call the desk.",
        assured_date=date(2026, 1, 5),
        source="a-directory",
    )
    service = place.service
    make_eligibility(session, service, "grade", low=3, high=5)
    make_eligibility(session, service, "insurance", accepted=["tenncare", "none"])
    make_eligibility(session, service, "residence", counties=["Hamilton, TN"], zips=["37403"])
    make_eligibility(session, service, "situation", "bar", any_of=["veteran"])
    make_eligibility(session, service, "anyone", axis="income")
    service.required_documents = [RequiredDocument(document="Proof of address")]
    service.cost_options = [
        CostOption(amount_cents=2500, option="Usual fee", amount_description="per visit"),
        CostOption(amount_cents=0, option="For families who ask"),
    ]
    service.fees_description = "$25.00 per visit; free for families who ask"
    service.phones = [Phone(number="423-555-0100", extension="7")]
    contact = Contact(service_id=service.id, name="Ann Private", email="ann@example.org")
    contact.phones = [Phone(number="423-555-0199")]
    session.add(contact)
    session.flush()
    page = manager.get(f"/directory/services/{service.id}").text
    for words in (
        "Smile Dental Clinic",
        "Grades 3 to 5",
        "TennCare (Medicaid) or No insurance",
        "ZIP 37403 or Hamilton County, TN",
        "Not for: Veteran in the family",
        "No restriction",
        "Ages 5 to 18",
        "Monday, Tuesday, Wednesday, Thursday, and Friday, 3:00 PM to 6:00 PM",
        "Proof of address",
        "5 open places",
        "1 day ago",
        "$25 per visit<br>Free for families who ask <",
        "English, Spanish",
        "(423) 555-0100",
        "ext. 7",
        "Call the desk.",
        "Last confirmed Jan 5, 2026",
        "Check before you rely on it",
        "a-directory",
        "Refer a student",
    ):
        assert words in page, words
    assert "$25.00" not in page, "what the prices say already"
    public = manager.get(f"/services/{service.id}", headers={**PAGE, "Accept-Language": "es"}).text
    assert "$25 por visita<br>Gratis para las familias que lo pidan" in public
    assert "Ann Private" not in page
    assert "555-0199" not in page
    assert "referrals@example.org" not in page


def test_the_page_of_a_service_of_which_nothing_is_said(
    session: Session, client: CheckedClient
) -> None:
    service = make_service(
        session, name="Bare", categories=(), ages=None, fee_cents=None, seats=None, languages=(),
        description=None, assured_date=None,
    )  # fmt: skip
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    page = client.get(f"/directory/services/{service.id}").text
    for words in (
        "The listing has no description.",
        "not stated is not",
        "No place is listed.",
        "cost not known",
        "Nobody has confirmed this listing yet.",
    ):
        assert words in page, words
    assert "Refer a student" not in page


def test_a_service_that_is_not_there(manager: CheckedClient) -> None:
    assert manager.get(f"/directory/services/{uuid.uuid4()}", headers=PAGE).status_code == 404


def test_an_inactive_service_is_found_by_its_status_and_says_so(
    session: Session, manager: CheckedClient
) -> None:
    place = make_service_at_location(session, name="Closed Club", status="temporarily closed")
    assert titles(manager.get("/directory").text) == []
    page = manager.get("/directory?status=any").text
    assert titles(page) == ["Closed Club"]
    assert "Takes no referrals now" in page
    assert "takes no referrals now" in manager.get(f"/directory/services/{place.service_id}").text


def test_in_spanish(session: Session, manager: CheckedClient) -> None:
    place = make_service_at_location(
        session, name="Dental", extra={"name_es": "Clínica dental"}, categories=["dental-checkup"]
    )
    headers = {"Accept-Language": "es"}
    page = manager.get("/directory", headers=headers).text
    assert titles(page) == ["Clínica dental"]
    assert "Directorio" in page
    assert (
        "Para quién es"
        in manager.get(f"/directory/services/{place.service_id}", headers=headers).text
    )


def test_a_tile_server_is_allowed_by_the_content_policy_only_when_set(
    make_app: object, app: Flask, client: CheckedClient
) -> None:
    assert "img-src 'self' data:;" in client.get("/sign-in").headers["Content-Security-Policy"]
    other = make_app(map_tiles_url="https://{s}.tiles.example.org/{z}/{x}/{y}.png")  # type: ignore[operator]
    policy = other.test_client().get("/health").headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.tiles.example.org;" in policy
