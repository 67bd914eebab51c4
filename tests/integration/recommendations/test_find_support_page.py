"""The page Find support: what fits, the reasons, what to ask, near misses, and who may see it."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy.orm import Session

from app.security.policy import Role
from catalog.models import RequiredDocument
from catalog.services import bump_revision
from tests.factories import (
    label_service,
    make_location,
    make_organization,
    make_referral,
    make_service,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import CheckedClient
from tests.fixtures.statements import CountStatements
from tests.integration.recommendations.conftest import Someone

PAGE_STATEMENTS = 12
LISTINGS = 7  # besides, where they are read for the first time after a change of the catalog
SEARCH_STATEMENTS = 1


def page_of(someone: Someone, query: str = "") -> str:
    return f"/students/{someone.ana.id}/support{query}"


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


def test_the_most_urgent_need_is_shown_first_with_reasons(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    partner = make_organization(session, name="Bright Teeth")
    dentist = make_service(session, organization=partner, name="Dental check-up day")
    make_service_at_location(session, service=dentist)
    make_service_at_location(session, name="Lego Saturdays", categories=["stem-club", "lego"])
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    text = text_of(page.text)
    assert page.status_code == 200
    assert "Dental check-up day" in text
    assert "Bright Teeth" in text
    assert "Lego Saturdays" not in text, "the interest is asked for on its own"
    assert "Why this rank" in text
    assert "Staff speak Spanish" in text
    assert "Free for the family." in text
    assert "Monday to Friday, 3 pm to 6 pm" in text
    assert "5 open places" in text
    assert re.search(r"\d\.\d miles", text)


def test_the_parts_on_the_page_add_up_to_the_score(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    make_service_at_location(session)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    (score,) = re.findall(r'<strong class="stat-number">(\d+)</strong>', page.text)
    points = re.findall(r'class="bar-points">(\d+) of \d+', page.text)
    assert len(points) > 5
    assert sum(map(int, points)) == int(score)


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?interest=lego", "Lego Saturdays", "Dental check-up day"),
        ("?need=dental-checkup", "Dental check-up day", "Lego Saturdays"),
        ("?plan=1", "Lego Saturdays", "Nothing fits Ana"),
        ("?plan=1", "Dental check-up day", "Nothing fits Ana"),
    ],
)
def test_one_need_one_interest_or_the_whole_plan(
    client: CheckedClient, session: Session, someone: Someone, query: str, shown: str, hidden: str
) -> None:
    make_service_at_location(session, name="Dental check-up day")
    make_service_at_location(session, name="Lego Saturdays", categories=["lego"])
    client.sign_in(someone.manager)
    text = text_of(client.get(page_of(someone, query)).text)
    assert shown in text
    assert hidden not in text


def test_what_is_not_known_is_asked_first(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    make_service_at_location(session, seats=None, ages=None)
    client.sign_in(someone.manager)
    text = text_of(client.get(page_of(someone)).text)
    assert "Ask first" in text
    assert "Ask the partner: is there an open place now?" in text
    assert "Ask the partner: what ages or grades does it take?" in text


def test_a_card_says_what_to_bring_and_what_it_is_only_close_to(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    service = make_service(session, name="Volleyball", categories=["volleyball"])
    service.required_documents = [RequiredDocument(document="Proof of address")]
    make_service_at_location(session, service=service)
    make_service_at_location(session, name="Soccer", categories=["soccer"])
    both = ["dental-checkup", "volleyball"]
    make_service_at_location(session, name="Dentists' club", categories=both)
    client.sign_in(someone.manager)
    whole = text_of(client.get(page_of(someone, "?plan=1")).text)
    assert re.search(r"1\. Dentists&#39; club .{0,40} for Dental checkup", whole)
    text = text_of(client.get(page_of(someone, "?interest=soccer")).text)
    assert "To bring: Proof of address" in text
    assert re.search(r"Volleyball .{0,40}close to Soccer", text)
    assert "for Soccer" not in text_of(
        client.get(page_of(someone, "?plan=1")).text.partition("Volleyball</h2>")[2][:300]
    )


def test_an_open_referral_takes_the_service_off_the_list_and_says_so(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    place = make_service_at_location(session, name="Dental check-up day")
    make_referral(session, student=someone.ana, place=place, state="sent")
    client.sign_in(someone.manager)
    text = text_of(client.get(page_of(someone, "?why=dental check")).text)
    assert "The student already has an open referral to it." in text


def test_refer_and_suggest_are_offered_to_those_who_may(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    make_service_at_location(session, name="Dental check-up day")
    make_service_at_location(session, name="Lego Saturdays", categories=["lego"])
    client.sign_in(someone.manager)
    need, interest = client.get(page_of(someone)), client.get(page_of(someone, "?interest=lego"))
    assert "Refer" in text_of(need.text)
    assert "Suggest to family" not in text_of(need.text), "a dentist is no activity"
    assert "Suggest to family" in text_of(interest.text)
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    district = client.get(page_of(someone))
    assert district.status_code == 200
    assert "/referrals" not in district.text.partition("<main")[2], "may look, not refer"


def test_refer_begins_a_draft_that_keeps_how_it_was_found(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    from app.referrals.queries import referrals_of_student

    make_service_at_location(session, name="Dental check-up day")
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    answer = client.submit(page, f"/students/{someone.ana.id}/referrals")
    assert answer.status_code in {302, 303}
    (referral,) = referrals_of_student(session, someone.ana.id)
    assert referral.category == "dental-checkup"
    assert referral.ranking["rank"] == 1
    assert sum(part["points"] for part in referral.ranking["parts"]) == referral.ranking["score"]
    assert referral.ranking["parameters_version"].startswith("urgent-")
    kept = str(referral.ranking)
    assert someone.ana.given_name not in kept
    assert someone.ana.family_name not in kept
    assert str(someone.ana.id) not in kept


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?need=made-up", 422),
        ("?interest=dental-checkup", 422),
        ("?need=dental-checkup&interest=lego", 422),
        ("?need=%00", 422),
        ("?page=0", 200),
        ("?page=999999", 200),
        ("?page=x&why=%25", 200),
        ("?why=%00", 422),
        ("?need=", 200),
    ],
)
def test_odd_addresses_get_a_clear_answer(
    client: CheckedClient, session: Session, someone: Someone, query: str, status: int
) -> None:
    make_service_at_location(session)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, query))
    assert page.status_code == status
    if status == 422:
        assert "Something needs correcting" in page.text


def test_a_student_of_another_school_is_not_there(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    client.sign_in(someone.manager)
    other = make_student(session)
    for student_id in (other.id, uuid.uuid4()):
        page = client.get(f"/students/{student_id}/support")
        assert page.status_code == 404
        assert other.family_name not in page.text


def test_only_the_roles_that_match_students_come_in(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    assert client.get(page_of(someone)).status_code in {302, 303}
    partner = make_user(session, Role.PARTNER, organization=make_organization(session))
    client.sign_in(partner)
    assert client.get(page_of(someone)).status_code == 403


def test_a_plan_without_needs_and_interests_says_what_to_do(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    empty = make_student(session, school=someone.school, needs=[], interests=[])
    without = make_student(session, school=someone.school, has_plan=False)
    client.sign_in(someone.manager)
    for student, why in (
        (empty, f"The plan of {empty.given_name} names no open need, no interest and no goal."),
        (without, f"{without.given_name} has no plan in Footbridge."),
    ):
        page = client.get(f"/students/{student.id}/support")
        assert "Nothing to look for yet" in text_of(page.text)
        assert f"{why} Plans cannot be written in Footbridge yet" in text_of(page.text)
        assert "Open the plan" not in page.text, "nothing can be added there"


def test_a_confidential_place_keeps_its_street_and_its_distance(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    shelter = make_location(session, is_confidential=True, name="Hidden House")
    make_service_at_location(session, location=shelter)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    assert shelter.addresses[0].address_1 not in page.text
    assert "Hidden House" not in page.text
    assert "The partner tells you where" in page.text
    assert not re.search(r"\d\.\d miles", page.text)


def test_an_impossible_record_is_named_and_does_not_break_the_page(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    someone.ana.home_county = "Hamilton"
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    assert page.status_code == 422
    assert "county" in page.text
    assert "Hamilton, TN" in page.text


def test_names_of_partners_are_text_and_never_markup(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    make_service_at_location(session, name="<script>alert(1)</script>")
    client.sign_in(someone.manager)
    page = client.get(page_of(someone, "?why=<b>script"))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_pages_of_ten(client: CheckedClient, session: Session, someone: Someone) -> None:
    for number in range(13):
        make_service_at_location(session, name=f"Dentist number {number:02}")
    client.sign_in(someone.manager)
    first, second = client.get(page_of(someone)), client.get(page_of(someone, "?page=2"))
    names = [re.findall(r"Dentist number \d\d</h2>", page.text) for page in (first, second)]
    assert [len(found) for found in names] == [10, 3]
    assert not set(names[0]) & set(names[1])
    assert "13 services" in text_of(second.text)
    assert '<p class="print-only">Page 2 of 2</p>' in second.text, "paper has no pager"
    assert "11. Dentist number" in text_of(second.text)


def test_a_service_is_shown_once_with_its_other_places(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    from app.referrals.queries import referrals_of_student

    service = make_service(session, name="Dentist on two streets")
    far = make_location(session, latitude=35.08, longitude=-85.25)
    near = make_service_at_location(session, service=service)
    farther = make_service_at_location(session, service=service, location=far)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    text = text_of(page.text)
    assert "1 service for" in text
    assert "All 2 places that serve this fit." in text
    assert "Also at 1 other place" in text
    street = far.addresses[0].address_1
    assert re.search(rf'class="print-only">Also at: {street}', page.text), "shut places print too"
    places = re.findall(r'name="service_at_location_id" value="([^"]+)"', page.text)
    assert places == [str(farther.id), str(near.id)], "the other place can be referred to as well"
    assert far.addresses[0].address_1 in text
    (token,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', page.text))
    data = {"csrf_token": token, "service_at_location_id": places[0], "category": "dental-checkup"}
    client.post(
        f"/students/{someone.ana.id}/referrals", data=data, headers={"Referer": page.request.url}
    )
    (referral,) = referrals_of_student(session, someone.ana.id)
    assert referral.service_at_location_id == farther.id
    assert referral.ranking["rank"] == 2


def test_the_number_of_statements_does_not_grow_with_the_catalog(
    client: CheckedClient, session: Session, someone: Someone, count_statements: CountStatements
) -> None:
    for _ in range(2):
        make_service_at_location(session)
    client.sign_in(someone.manager)
    address = page_of(someone)
    client.get(address)  # builds the engine
    with count_statements(PAGE_STATEMENTS):
        client.get(address)
    for number in range(12):
        make_service_at_location(session, name=f"More {number}")
    bump_revision(session)
    client.get(page_of(someone, "?interest=lego"))  # builds the engine, and shows none of these
    with count_statements(PAGE_STATEMENTS + LISTINGS):
        client.get(address)
    with count_statements(PAGE_STATEMENTS):
        page = client.get(address)
    assert "All 14 places" in text_of(page.text)
    with count_statements(PAGE_STATEMENTS + SEARCH_STATEMENTS):
        client.get(address + "?why=more")


def test_a_change_of_the_catalog_is_seen_at_the_next_request(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    place = make_service_at_location(session, name="Dental check-up day")
    client.sign_in(someone.manager)
    assert "Dental check-up day" in client.get(page_of(someone)).text
    label_service(session, place.service, "soccer")
    place.is_listed = False
    bump_revision(session)
    assert "Dental check-up day" not in client.get(page_of(someone)).text


def test_the_street_of_a_place_that_becomes_confidential_is_told_no_more(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    place = make_service_at_location(session, name="Dental check-up day")
    street = place.location.addresses[0].address_1
    client.sign_in(someone.manager)
    for _ in range(2):  # read, then remembered
        assert street in client.get(page_of(someone)).text
    place.location.is_confidential = True
    bump_revision(session)
    page = client.get(page_of(someone)).text
    assert "Dental check-up day" in page
    assert "The partner tells you where" in page
    assert street not in page
