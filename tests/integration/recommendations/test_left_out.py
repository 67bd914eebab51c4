"""What Find support left out, and why: near misses, what is ruled out, "Why isn't it here?"."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from catalog.services import bump_revision
from tests.factories import (
    make_eligibility,
    make_location,
    make_service,
    make_service_at_location,
)
from tests.fixtures.client import CheckedClient
from tests.integration.recommendations.conftest import Someone
from tests.integration.recommendations.test_find_support_page import page_of, text_of
from tests.integration.recommendations.test_narrow_and_compare import names_shown


def test_a_near_miss_says_what_would_change_it(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    service = make_service(session, name="Big kids' dentist")
    make_eligibility(session, service, "grade", low=5, high=8)
    make_service_at_location(session, service=service)
    client.sign_in(someone.manager)
    text = text_of(client.get(page_of(someone)).text)
    assert "Nothing fits Ana right now" in text
    assert "Near misses" in text
    assert "Big kids' dentist" in text.replace("&#39;", "'")
    assert "The student is in grade 4. It would match from" in text


def test_near_misses_stand_the_best_first_and_each_service_once(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    fees = {"Sixth": 9000, "Second": 500, "Fourth": 2500, "First": 0, "Fifth": 5000, "Third": 1200}
    for name, cents in fees.items():
        service = make_service(session, name=f"{name} dentist", fee_cents=cents)
        make_eligibility(session, service, "grade", low=5, high=8)
        for _ in range(2):
            make_service_at_location(session, service=service)
    client.sign_in(someone.manager)
    _, _, below = client.get(page_of(someone)).text.partition('id="near-misses"')
    assert re.findall(r'row-title">(\w+) dentist<', below) == [
        "First",
        "Second",
        "Third",
        "Fourth",
        "Fifth",
    ]
    assert "These are the best; there are more." in text_of(below)


def test_near_misses_say_where_and_leave_out_services_that_fit_elsewhere(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    someone.ana.travel = "bus"
    far = make_location(session, latitude=35.35, longitude=-85.3)
    both = make_service(session, name="Dentist near and far")
    make_service_at_location(session, service=both)
    make_service_at_location(session, service=both, location=far)
    only = make_service(session, name="Far dentist")
    make_service_at_location(session, service=only, location=far)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone)).text
    _, _, below = page.partition('id="near-misses"')
    assert re.findall(r'row-title">([^<]+)<', below) == ["Far dentist"]
    assert far.addresses[0].address_1 in below
    assert "there are more" not in below
    assert len(re.findall(r"\d miles past", text_of(below))) == 1, "the distance is told once"


def test_where_nothing_fits_and_nothing_nearly_the_first_reasons_are_told(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    for name, cents in (("Second", 900), ("First", 0)):
        service = make_service(session, name=f"{name} dentist", fee_cents=cents)
        make_eligibility(session, service, "residence", counties=["Walker, GA"])
        for _ in range(2):
            make_service_at_location(session, service=service)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone)).text
    _, _, below = page.partition('id="ruled-out"')
    assert re.findall(r'row-title">([^<]+)<', below) == ["First dentist", "Second dentist"]
    assert text_of(below).count("It serves only Walker County, GA") == 2
    assert "near misses" not in text_of(page)
    elsewhere = make_service(session, name="School dentist")
    elsewhere.intake.delivered_at_schools = ["ANOTHER"]  # type: ignore[union-attr]
    make_service_at_location(session, service=elsewhere)
    bump_revision(session)
    _, _, below = client.get(page_of(someone)).text.partition('id="ruled-out"')
    assert "School dentist" in below
    assert "At school" not in below, "not at this student's"
    make_service_at_location(session, name="Good dentist")
    bump_revision(session)
    assert 'id="ruled-out"' not in client.get(page_of(someone)).text


def test_why_it_is_not_here_names_every_reason(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    service = make_service(session, name="Dentist for Georgia", ages=(12, 18))
    make_eligibility(session, service, "residence", counties=["Walker, GA"])
    make_service_at_location(session, service=service)
    make_service_at_location(session, name="Good dentist")
    make_service_at_location(session, name="Closed dentist", status="inactive")
    make_service_at_location(session, name="Soccer", categories=["soccer"])
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    told = text_of(client.submit(page, "/support#why", {"why": "georgia DENTIST"}).text)
    assert "not old enough yet" in told
    assert "It serves only Walker County, GA" in told
    told = text_of(client.get(page_of(someone, "?need=dental-checkup&why=good")).text)
    assert re.search(r"It fits Rank 1 of all that fit, \d{3} of 1000 for “Dental checkup", told)
    told = text_of(client.get(page_of(someone, "?why=closed")).text)
    assert "not active" in told
    told = text_of(client.get(page_of(someone, "?why=closd dent")).text)
    assert "Closed dentist" in told
    assert "not active" in told
    told = text_of(client.get(page_of(someone, "?why=soccer")).text)
    assert "It serves none of the needs or interests that were asked for." in told
    told = text_of(client.get(page_of(someone, "?why=100%25_sure")).text)
    assert "No service and no partner has “100%_sure” in its name" in told


def test_why_it_is_not_here_says_when_more_have_the_name(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    for tree in ("Ash", "Birch", "Cedar", "Elm", "Linden", "Willow"):
        make_service_at_location(session, name=f"Dentist {tree}")
    client.sign_in(someone.manager)
    for words, has_more in (("dentist", True), ("dentist willow", False)):
        told = text_of(client.get(page_of(someone, f"?why={words}")).text)
        assert (f"More have “{words}” in their name" in told) == has_more


def test_a_service_that_fits_at_another_place_fits(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    service = make_service(session, name="Dentist")
    far = make_location(session, latitude=35.9, longitude=-86.4)
    for location in (far, None, far):
        make_service_at_location(
            session, service=service, **({"location": location} if location else {})
        )
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?why=dentist"))
    assert names_shown(page.text) == ["Dentist"]
    assert "Rank 1 of all that fit" in text_of(page.text)
