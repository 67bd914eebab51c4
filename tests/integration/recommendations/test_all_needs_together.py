"""All needs together: one offer for each need, few trips, and what is said of the needs without one."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from app.recommendations.together import OPTIONS
from tests.factories import (
    make_location,
    make_referral,
    make_school,
    make_service,
    make_service_at_location,
    make_student,
)
from tests.fixtures.client import CheckedClient
from tests.integration.recommendations.conftest import Someone
from tests.integration.recommendations.test_find_support_page import page_of, text_of
from tests.integration.recommendations.test_narrow_and_compare import names_shown

FAR = (35.20, -85.20)  # some twelve miles from the student's home


def all_needs(page: str) -> str:
    """The words of the card "All needs together"."""
    found = re.search(r'id="together">(.*?)</section>', page, re.S)
    return text_of(found[1]) if found else ""


@pytest.fixture
def dentist_and_two_opticians(session: Session, someone: Someone) -> None:
    """The optician in the dentist's house is a little worse than another one elsewhere."""
    house = make_location(session)
    make_service_at_location(session, name="House dentist", location=house)
    make_service_at_location(
        session, name="House optician", categories=["glasses"], location=house, fee_cents=500
    )
    elsewhere = make_location(session, latitude=35.0505, longitude=-85.2990)
    make_service_at_location(
        session, name="Free optician", categories=["glasses"], location=elsewhere, fee_cents=0
    )


@pytest.mark.usefixtures("dentist_and_two_opticians")
def test_all_needs_together_prefer_one_trip_and_say_so(
    client: CheckedClient, someone: Someone
) -> None:
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?plan=1"))
    told = all_needs(page.text)
    assert "1 place to go to instead of 2" in told
    assert "House dentist" in told
    assert "House optician" in told
    assert "Free optician" not in told
    assert re.search(r"One trip serves this too: dental checkup.*is \d+ points? ahead", told, re.I)
    assert not all_needs(client.get(page_of(someone, "?need=glasses")).text)
    assert not all_needs(client.get(page_of(someone, "?plan=1&cost=0")).text)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("dentist_and_two_opticians")
def test_a_place_for_all_needs_is_found_behind_however_many_better_ones(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    elsewhere = make_location(session, latitude=35.0505, longitude=-85.2990)
    for number in range(OPTIONS):
        make_service_at_location(
            session,
            name=f"Optician {number}",
            categories=["glasses"],
            location=elsewhere,
            fee_cents=0,
        )
    client.sign_in(someone.manager)
    fits = client.get(page_of(someone, "?need=glasses")).text
    assert "House optician" not in names_shown(fits)  # of the first page
    assert "House optician" in all_needs(client.get(page_of(someone, "?plan=1")).text)


def test_each_need_of_all_together_is_ranked_as_on_its_own_page(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    """An open place outweighs the price for the urgent need, and not for the other one."""
    for need, name in (("dental-checkup", "dentist"), ("glasses", "optician")):
        make_service_at_location(
            session, name=f"Open {name}", categories=[need], seats=5, fee_cents=50_000
        )
        make_service_at_location(
            session, name=f"Free {name}", categories=[need], seats=None, fee_cents=0
        )
    client.sign_in(someone.manager)
    told = all_needs(client.get(page_of(someone, "?plan=1")).text)
    for need, best, other in (
        ("dental-checkup", "Open dentist", "Free dentist"),
        ("glasses", "Free optician", "Open optician"),
    ):
        assert names_shown(client.get(page_of(someone, f"?need={need}")).text) == [best, other]
        assert best in told
        assert other not in told


def test_a_need_that_nobody_serves_is_said(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    make_service_at_location(session, name="Dentist")
    client.sign_in(someone.manager)
    assert "Nothing fits now for: Glasses" in all_needs(
        client.get(page_of(someone, "?plan=1")).text
    )


@pytest.mark.parametrize(
    ("state", "is_confidential", "is_own_school", "goes"),
    [
        ("accepted", False, True, True),
        ("in_service", False, True, True),
        ("opened", False, True, False),
        ("accepted", True, True, False),
        ("accepted", False, False, False),
    ],
)
def test_where_a_brother_goes_already_is_no_further_trip(
    client: CheckedClient,
    session: Session,
    someone: Someone,
    state: str,
    is_confidential: bool,
    is_own_school: bool,
    goes: bool,
) -> None:
    school = someone.school if is_own_school else make_school(session)
    brother = make_student(session, school=school, guardians=someone.ana.guardians)
    house = make_location(session, is_confidential=is_confidential)
    other = make_service(session, name="Homework club", categories=["homework-help"])
    club = make_service_at_location(session, service=other, location=house)
    make_referral(session, state=state, student=brother, place=club)
    make_service_at_location(session, name="Dentist", location=house)
    make_service_at_location(
        session,
        name="Optician",
        categories=["glasses"],
        location=make_location(session, latitude=FAR[0], longitude=FAR[1]),
    )
    client.sign_in(someone.manager)
    told = all_needs(client.get(page_of(someone, "?plan=1")).text)
    assert ("a brother or sister goes there already" in told) == goes
    assert brother.family_name not in told
