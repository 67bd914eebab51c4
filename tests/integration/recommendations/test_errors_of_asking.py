"""What cannot be asked is told alike on the page and by the API: what, and what to do."""

from __future__ import annotations

import html
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_service_at_location
from tests.fixtures.client import CheckedClient
from tests.integration.recommendations.conftest import Someone
from tests.integration.recommendations.test_find_support_page import page_of, text_of

NOBODY = uuid.UUID(int=9)
GONE = "This service is not in the catalog any more. Pick another one."


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("need=teeth", "need", "There is no need with the code “teeth”. Choose one of those in"),
        ("interest=teeth", "interest", "There is no interest with the code “teeth”. Choose one"),
        ("need=glasses&interest=lego", "interest", "were asked for at once. Ask for one of them."),
        (f"need=glasses&goal={NOBODY}", "goal", "with something else. Ask for one of them."),
        (f"goal={NOBODY}", "goal", "plan has no such goal. Open “Find support” again"),
    ],
)
def test_a_question_that_nobody_can_answer(
    client: CheckedClient, someone: Someone, query: str, field: str, says: str
) -> None:
    client.sign_in(someone.manager)
    for path in (page_of(someone), f"{page_of(someone)}/compare"):
        page = client.get(f"{path}?{query}")
        assert page.status_code == 422
        assert says in text_of(page.text)
    answer = client.get(f"/api/v1/students/{someone.ana.id}/matches?{query}")
    assert answer.status_code == 422
    assert says in answer.get_json()["detail"]
    assert list(answer.get_json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("facts", "field", "says"),
    [
        ({"home_county": "Hamilton"}, "county", "the county must name its state"),
        ({"home_latitude": 95.0}, "home", "the home's point on the map must be a latitude"),
        ({"income_percent": -1}, "income_percent", "the household income must be a share"),
        ({"free_hours": [["Monday"]]}, None, "The free hours in this student's record cannot be"),
    ],
)
def test_a_record_that_no_student_can_have(
    client: CheckedClient, someone: Someone, facts: dict[str, Any], field: str | None, says: str
) -> None:
    for name, value in facts.items():
        setattr(someone.ana, name, value)
    client.sign_in(someone.manager)
    page = client.get(page_of(someone))
    assert page.status_code == 422
    answer = client.get(f"/api/v1/students/{someone.ana.id}/matches")
    assert answer.status_code == 422
    for told in (html.unescape(page.text), answer.get_json()["detail"]):
        assert says in told
        assert "in the student's record." in told
        assert "95.0" not in told
    assert field is None or field in answer.get_json()["errors"]


def test_a_service_that_is_not_in_the_catalog(client: CheckedClient, someone: Someone) -> None:
    client.sign_in(someone.manager)
    answer = client.get(f"/api/v1/students/{someone.ana.id}/matches/{NOBODY}")
    assert (answer.status_code, answer.get_json()["detail"]) == (404, GONE)
    begun = client.post(
        f"/students/{someone.ana.id}/referrals",
        data={
            "csrf_token": client.csrf_token(),
            "service_at_location_id": str(NOBODY),
            "category": "glasses",
        },
        headers={"Referer": "https://localhost/"},
    )
    assert begun.status_code == 404
    assert GONE in text_of(begun.text)


def test_a_service_that_is_in_the_catalog_and_offered_to_nobody(
    client: CheckedClient, session: Session, someone: Someone
) -> None:
    place = make_service_at_location(session, status="inactive")
    client.sign_in(someone.manager)
    body = client.get(f"/api/v1/students/{someone.ana.id}/matches/{place.id}").get_json()
    assert body["rank"] is None
    (sentence,) = body["sentences"]
    assert sentence.startswith("Its listing is not active, so it is not offered to anyone.")
    assert sentence.endswith("ask the district team to correct the listing.")


@pytest.mark.parametrize("category", ["teeth", ""])
def test_a_referral_for_what_is_neither_a_need_nor_an_interest(
    client: CheckedClient, session: Session, someone: Someone, category: str
) -> None:
    place = make_service_at_location(session)
    client.sign_in(someone.manager)
    begun = client.post(
        f"/students/{someone.ana.id}/referrals",
        data={
            "csrf_token": client.csrf_token(),
            "service_at_location_id": str(place.id),
            "category": category,
        },
        headers={"Referer": "https://localhost/"},
    )
    assert begun.status_code == 422
    assert "is neither a need nor an interest that Footbridge knows. Open" in text_of(begun.text)


def test_offers_to_compare_that_cannot_be_read(client: CheckedClient, someone: Someone) -> None:
    client.sign_in(someone.manager)
    page = client.get(f"{page_of(someone)}/compare?offer=the-first")
    assert page.status_code == 422
    assert "cannot be read. Go back to the list and tick the offers again." in text_of(page.text)
