"""Find support beyond the list: filters and order, side by side, all needs together, one goal, the map."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.recommendations.together import OPTIONS
from app.security.policy import Role
from tests.factories import (
    make_location,
    make_organization,
    make_referral,
    make_school,
    make_service,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient
from tests.fixtures.statements import CountStatements
from tests.integration.recommendations.conftest import Someone
from tests.integration.recommendations.test_find_support_page import page_of, text_of

FAR = (35.20, -85.20)  # some twelve miles from the student's home


def names_shown(page: str) -> list[str]:
    """The services of the list, in its order."""
    return re.findall(r'id="match-\d+-name"><span class="muted">\d+\.</span> ([^<]+)</h2>', page)


@pytest.fixture
def dentists(session: Session, someone: Someone) -> None:
    """A near one with open places, and one that is farther and in the evening."""
    make_service_at_location(session, name="Near dentist", fee_cents=2000)
    far = make_location(session, latitude=35.12, longitude=-85.20)
    make_service_at_location(session, name="Far dentist", location=far, days="MO,SA", fee_cents=0)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Near dentist", "Far dentist"]),
        ("&miles=5", ["Near dentist"]),
        ("&day=5", ["Far dentist"]),
        ("&day=5&day=1", ["Near dentist", "Far dentist"]),
        ("&cost=0", ["Far dentist"]),
        ("&language=es", ["Near dentist", "Far dentist"]),
        ("&open=1", ["Near dentist", "Far dentist"]),
        ("&sort=cheap", ["Far dentist", "Near dentist"]),
        ("&sort=near&miles=25", ["Near dentist", "Far dentist"]),
        ("&miles=1&cost=0", []),
    ],
)
@pytest.mark.usefixtures("dentists")
def test_filters_leave_out_and_orders_arrange(
    client: CheckedClient, someone: Someone, query: str, names: list[str]
) -> None:
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, f"?need=dental-checkup{query}"))
    assert sorted(names_shown(page.text)) == sorted(names)
    if "sort" in query:
        assert names_shown(page.text) == names
    if not names:
        assert "Nothing is left by the filters" in text_of(page.text)
    assert "2 of the 2 places" in text_of(page.text) or not names


def test_what_a_listing_does_not_say_stays_below_with_a_word(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    make_service_at_location(session, name="Silent dentist", days=None)
    make_service_at_location(session, name="Saturday dentist", days="SA")
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?need=dental-checkup&day=5"))
    assert names_shown(page.text)[-1] == "Silent dentist"
    text = text_of(page.text)
    assert "1 of the services does not say all that the filters ask" in text
    assert "Does not say all that the filters ask" in text


def test_a_filter_survives_the_next_page_and_the_form(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    for number in range(12):
        make_service_at_location(session, name=f"Dentist {number:02}", days="MO,SA")
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?need=dental-checkup&day=5&day=0&sort=near"))
    (following,) = re.findall(r'href="([^"]+)"[^>]*>.{0,400}?<span>Next</span>', page.text, re.S)
    second = client.get(following.replace("&amp;", "&"))
    assert len(names_shown(second.text)) == 2
    assert 'id="day-5" name="day" value="5" checked' in second.text
    assert 'id="day-0" name="day" value="0" checked' in second.text
    assert '<option value="near" selected>' in second.text


@pytest.mark.parametrize("query", ["?miles=7", "?day=9", "?sort=x", "?offer=x", "?goal=x"])
def test_what_no_list_offers_is_refused_in_words(
    client: CheckedClient, someone: Someone, query: str
) -> None:
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, query))
    assert page.status_code == 422
    assert "Something needs correcting" in page.text


def test_the_map_has_the_places_of_the_list_and_no_hidden_one(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    make_service_at_location(session, name="Near dentist")
    shelter = make_location(session, is_confidential=True, latitude=35.0511, longitude=-85.3011)
    make_service_at_location(session, name="Hidden dentist", location=shelter)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    (data,) = re.findall(r'id="map-points"[^>]*>(.*?)</script>', page.text, re.S)
    assert [(point["name"], point["point"]) for point in json.loads(data)] == [
        ("Near dentist", [35.05, -85.3])
    ]
    assert "Hidden dentist" in text_of(page.text)
    assert "35.0511" not in page.text


def test_up_to_four_stand_side_by_side_with_parts_or_reasons(
    client: CheckedClient, session: Session, someone: Someone, count_statements: CountStatements
) -> None:
    places = [
        make_service_at_location(session, name="Near dentist"),
        make_service_at_location(session, name="Dentist for teens", ages=(13, 18)),
        make_service_at_location(session, name="Third dentist"),
        make_service_at_location(session, name="Fourth dentist"),
        make_service_at_location(session, name="Fifth dentist"),
    ]
    client.sign_in(someone.manager)
    client.get(page_of(someone))  # builds the engine
    query = "&".join(f"offer={place.id}" for place in places)
    address = page_of(someone, "").replace("/support", "/support/compare")
    with count_statements(17):
        page = client.get(f"{address}?need=dental-checkup&{query}")
    text = text_of(page.text)
    assert page.text.count('<th scope="col">') == 4
    assert "Near dentist" in text
    assert "Fifth dentist" not in text
    assert "1 more was ticked and is not shown" in text
    assert "not old enough yet" in text
    score = re.search(r"<strong>(\d+)</strong> of 1000, rank \d", page.text)
    assert score
    columns = [
        [int(points) for points in re.findall(r"<td><strong>(\d+)</strong> of \d+(?:,|<br>)", row)]
        for row in page.text.partition("Where the points come from")[2].split("<tr>")[1:]
    ]
    assert sum(row[0] for row in columns if row) == int(score[1])
    (back,) = re.findall(
        r'href="([^"]+)"[^>]*><svg[^>]*>.{0,200}?Back to the list', page.text, re.S
    )
    ticked = client.get(back.replace("&amp;", "&"))
    assert len(re.findall(r'form="compare" checked', ticked.text)) == 3, "the fourth does not fit"


@pytest.mark.parametrize("query", ["", f"?offer={uuid.UUID(int=7)}"])
def test_nothing_to_compare_says_what_to_do(
    client: CheckedClient, someone: Someone, query: str
) -> None:
    client.sign_in(someone.manager)
    page = client.get(page_of(someone).replace("/support", "/support/compare") + query)
    assert "Tick “Compare” on two to four services" in text_of(page.text)
    assert ("not on offer any more" in text_of(page.text)) == bool(query)


def test_comparing_is_for_those_who_match_this_student(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    other = make_student(session)
    client.sign_in(someone.manager)
    assert client.get(f"/students/{other.id}/support/compare").status_code == 404
    client.sign_in(make_user(session, Role.PARTNER, organization=make_organization(session)))
    page = client.get(page_of(someone).replace("/support", "/support/compare"))
    assert page.status_code == 403


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


def test_one_goal_is_asked_for_in_its_own_words(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    student = make_student(
        session, school=someone.school, goals=["Get glasses and wear them", "Be on time"]
    )
    glasses = student.plan.goals[0]  # type: ignore[union-attr]
    glasses.domain = "health"
    make_service_at_location(session, name="Optician", categories=["glasses"])
    make_service_at_location(session, name="Dentist")
    client.sign_in(someone.manager)
    page = client.get(f"/students/{student.id}/support?goal={glasses.id}")
    assert names_shown(page.text) == ["Optician"]
    assert "What could help with this goal: Glasses" in text_of(page.text)
    assert f"goal={glasses.id}" in page.text
    other = client.get(page_of(someone, f"?goal={glasses.id}"))
    assert other.status_code == 422, "not a goal of this student"


def test_a_goal_that_tells_a_crisis_ranks_nothing_and_shows_the_line(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    student = make_student(session, school=someone.school, goals=["Stop wanting to kill myself"])
    make_service_at_location(session, name="Dentist")
    client.sign_in(someone.manager)
    goal = student.plan.goals[0]  # type: ignore[union-attr]
    page = client.get(f"/students/{student.id}/support?goal={goal.id}")
    assert "988" in text_of(page.text)
    assert not names_shown(page.text)


def test_what_is_to_be_brought_and_when_it_was_confirmed_are_compared(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    service = make_service(session, name="Dentist", assured_date=date(2026, 10, 1))
    place = make_service_at_location(session, service=service)
    client.sign_in(someone.manager)
    page = client.get(
        page_of(someone).replace("/support", "/support/compare") + f"?offer={place.id}"
    )
    assert "Oct 1, 2026" in text_of(page.text)
