"""What a list of proposed places says of each: what to ask first, what does not fit, and where one is."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.places.models import PlacesRun
from app.referrals.models import Referral
from catalog.services import bump_revision
from tests.factories import make_referral, make_service_at_location, make_student
from tests.fixtures.client import CheckedClient
from tests.integration.places.conftest import Scene, Worker, ask, newest_run, proposals_of


def test_what_is_to_be_asked_first_is_shown_and_nothing_is_sent_past_it(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    first, second = proposals_of(session, newest_run(session))
    page = client.get(run_page)
    assert "Ask first" not in page.text
    first.service.eligibility_rules.clear()
    bump_revision(session)
    session.commit()
    sent = client.submit(page, f"/{first.id}/accept", {"how": "send"}, follow_redirects=True)
    assert "Ask this before you send it: Ask the partner: where must a family live" in sent.text
    referral = session.scalars(select(Referral)).one()
    assert referral.state == "draft"
    second.service.eligibility_rules.clear()
    bump_revision(session)
    session.commit()
    page = client.get(run_page)
    assert "Ask first" in page.text
    assert "Ask the partner: where must a family live to be served?" in page.text
    assert "Accept and send" not in page.text


def test_what_does_not_fit_any_more_is_told_before_anybody_tries(
    client: CheckedClient, session: Session, scene: Scene, run_page: str
) -> None:
    scene.urgent.birth_date = scene.urgent.birth_date.replace(year=2000)
    session.commit()
    page = client.get(run_page)
    assert "Does not fit any more" in page.text
    assert page.text.count("Accept and send") == 1


def test_a_place_that_is_only_close_to_an_interest_says_so(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    for student in scene.students:
        session.delete(student)
    make_service_at_location(session, name="Hoops", categories=["basketball"], seats=1)
    make_service_at_location(session, name="Kicks", categories=["soccer", "basketball"], seats=1)
    for liked in ("volleyball", "soccer"):
        make_student(session, school=scene.school, needs=[], interests=[liked])
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    run = newest_run(session)
    assert {one.category for one in proposals_of(session, run)} == {"volleyball", "soccer"}
    text = client.get(f"/places/{run.id}").text
    assert "close to “Volleyball”" in text
    assert "close to “Soccer”" not in text


@pytest.fixture
def many(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> PlacesRun:
    """A list of two pages: 26 proposals."""
    for dentist in scene.dentists:
        dentist.service.capacities[0].available = 13
    for _ in range(23):
        make_student(session, school=scene.school, needs=["dental-checkup"], interests=[])
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    run = newest_run(session)
    assert len(proposals_of(session, run)) == 26
    return run


def test_after_a_decision_one_stays_at_the_page_and_an_emptied_one_shows_the_last(
    client: CheckedClient, session: Session, many: PlacesRun
) -> None:
    page = client.get(f"/places/{many.id}?page=2&for=dental-checkup")
    (last,) = [one for one in proposals_of(session, many) if str(one.id) in page.text]
    answer = client.submit(page, f"/{last.id}/drop")
    assert answer.location.endswith("?for=dental-checkup&page=2")
    after = client.get(answer.location)
    assert "No place could be proposed" not in after.text
    assert after.text.count("Accept and send") == 25


def test_a_page_past_the_end_of_the_lists_shows_the_last(
    client: CheckedClient, scene: Scene, run_page: str
) -> None:
    assert "Spring 2027" in client.get("/places?page=7").text
    assert "No list yet" not in client.get("/places?page=7").text


def test_a_list_without_a_proposal_is_not_called_decided(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    for student in scene.students:
        session.delete(student)
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    listed = client.get("/places").text
    assert "Nothing proposed" in listed
    assert "All decided" not in listed


def test_a_service_that_has_promised_too_much_is_named(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    for _ in range(2):
        make_referral(session, student=make_student(session), place=scene.dentists[0], state="sent")
    client.sign_in(scene.manager)
    ask(client, scene)
    assert let_worker_work() == 1
    text = client.get(f"/places/{newest_run(session).id}").text
    named = text[text.index("1 service has promised more places than it told") :]
    assert f'/directory/services/{scene.dentists[0].service_id}"' in named[: named.index("</ul>")]
