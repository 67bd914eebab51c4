"""Find support beyond the list: filters and order, side by side, one goal, the map."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.security.policy import Role
from catalog.taxonomy import label
from tests.factories import (
    make_location,
    make_organization,
    make_service,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.factories.catalog import SEATS_SAID
from tests.fixtures.client import CheckedClient
from tests.fixtures.statements import CountStatements
from tests.integration.recommendations.conftest import Someone
from tests.integration.recommendations.test_find_support_page import page_of, text_of


def names_shown(page: str) -> list[str]:
    """The services of the list, in its order."""
    return re.findall(r'id="match-\d+-name"><span class="muted">\d+\.</span> ([^<]+)</h2>', page)


@pytest.fixture
def dentists(session: Session, someone: Someone) -> None:
    """A near one with open places, and one that is farther, free, open on Saturdays, speaks English
    alone, and told its open places so long ago that they are to be asked for."""
    make_service_at_location(session, name="Near dentist", fee_cents=2000)
    far = make_location(session, latitude=35.12, longitude=-85.20)
    other = make_service(
        session,
        name="Far dentist",
        fee_cents=0,
        languages=["en"],
        interpretation_services="No",
    )
    other.capacities[0].updated = SEATS_SAID - timedelta(days=60)
    make_service_at_location(session, service=other, location=far, days="MO,SA")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Near dentist", "Far dentist"]),
        ("&miles=5", ["Near dentist"]),
        ("&day=5", ["Far dentist"]),
        ("&day=5&day=1", ["Near dentist", "Far dentist"]),
        ("&cost=0", ["Far dentist"]),
        ("&language=es", ["Near dentist"]),
        ("&language=en", ["Near dentist", "Far dentist"]),
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
    assert "All 2 places" in text_of(page.text) or not names


@pytest.mark.usefixtures("dentists")
def test_an_old_figure_of_open_places_is_not_known_to_the_filter(
    client: CheckedClient, someone: Someone
) -> None:
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?need=dental-checkup&open=1")).text
    assert "1 of the services does not say all that the filters ask" in text_of(page)
    unsure = page.index("Does not say all that the filters ask")
    assert page.index("Far dentist</h2>") < unsure


@pytest.mark.usefixtures("dentists")
def test_one_rank_counts_services_wherever_it_is_told(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    """Five places of a service before another one: it is the second all the same."""
    service = make_service(session, name="Dentist everywhere")
    for _ in range(5):
        make_service_at_location(session, service=service)
    client.sign_in(someone.manager)
    whole = client.get(page_of(someone, "?need=dental-checkup")).text
    listed = names_shown(whole)
    assert listed == ["Dentist everywhere", "Near dentist", "Far dentist"]
    cheap = text_of(client.get(page_of(someone, "?need=dental-checkup&sort=cheap&cost=0")).text)
    assert re.search(r"2\. Far dentist .{0,40} · rank 3 of all that fit", cheap)
    offers = re.findall(r'name="offer" value="([^"]+)"', whole)
    address = page_of(someone).replace("/support", "/support/compare")
    compared = client.get(f"{address}?need=dental-checkup&offer={offers[2]}&offer={offers[1]}")
    assert re.findall(r"of 1000, rank (\d)", compared.text) == ["3", "2"]
    told = text_of(client.get(page_of(someone, "?need=dental-checkup&why=far+dentist")).text)
    assert "Rank 3 of all that fit" in told


@pytest.mark.usefixtures("dentists")
def test_why_it_is_not_here_says_that_a_filter_hides_it_and_keeps_the_filters(
    client: CheckedClient, someone: Someone
) -> None:
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?need=dental-checkup&miles=5&day=1&sort=near"))
    told = client.submit(page, "/support#why", {"why": "far dentist"})
    assert names_shown(told.text) == ["Near dentist"]
    assert "Rank 2 of all that fit" in text_of(told.text)
    assert "The filters leave it out." in text_of(told.text)
    near = client.submit(page, "/support#why", {"why": "near dentist"})
    assert "The filters leave it out." not in text_of(near.text)
    blank = client.submit(page, "/support#why", {"why": " "})
    assert "Type a part of the name first." in text_of(blank.text)
    assert "Type a part" not in text_of(page.text)


def test_back_to_the_list_is_back_to_the_same_page_of_it(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    for number in range(12):
        make_service_at_location(session, name=f"Dentist {number:02}", days="MO,SA")
    client.sign_in(someone.manager)
    query = "?need=dental-checkup&cost=1000&open=1&sort=near&day=0&day=5&page=2"
    page = client.get(page_of(someone, query))
    compared = client.submit(page, "/support/compare")
    (back,) = set(re.findall(r'href="([^"]+/support\?[^"]+)"', compared.text))
    again = client.get(back.replace("&amp;", "&"))
    assert len(names_shown(page.text)) == 2
    assert names_shown(again.text) == names_shown(page.text)
    for kept in ("cost=1000", "open=1", "sort=near", "day=0", "day=5", "page=2"):
        assert kept in back


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


@pytest.mark.parametrize(
    ("domain", "asks_for"),
    [("attendance", ["attendance-mentoring", "school-ride"]), ("health", ["primary-care"])],
)
def test_a_goal_whose_words_name_nothing_is_asked_for_by_its_domain(
    client: CheckedClient, session: Session, someone: Someone, domain: str, asks_for: list[str]
) -> None:
    student = make_student(session, school=someone.school, goals=["Do better every week"])
    goal = student.plan.goals[0]  # type: ignore[union-attr]
    goal.domain = domain
    client.sign_in(someone.manager)
    page = client.get(f"/students/{student.id}/support?goal={goal.id}")
    told = page.text.partition("What could help with this goal: ")[2].partition("</p>")[0]
    assert re.findall(r"<strong>([^<]+)</strong>", told) == [label(code) for code in asks_for]


@pytest.mark.parametrize(
    ("words", "domain", "weights"),
    [
        ("Learn to play the guitar", "enrichment", "enrichment"),
        ("Get glasses and wear them", "health", "balanced"),
    ],
)
def test_a_goal_of_interests_is_ranked_by_liking_and_another_one_is_not(
    client: CheckedClient,
    session: Session,
    someone: Someone,
    words: str,
    domain: str,
    weights: str,
) -> None:
    student = make_student(session, school=someone.school, goals=[words])
    goal = student.plan.goals[0]  # type: ignore[union-attr]
    goal.domain = domain
    make_service_at_location(session, categories=["guitar", "glasses"])
    client.sign_in(someone.manager)
    page = client.get(f"/students/{student.id}/support?goal={goal.id}")
    assert len(names_shown(page.text)) == 1
    assert f"weights {weights}-" in text_of(page.text)


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
