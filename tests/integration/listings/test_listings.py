"""A partner keeps its listing true, by a link from a message or with an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.listings.models import ListingChange
from app.listings.services import ask_if_still_right
from app.notices.models import Notice
from app.security.models import AccessLink
from catalog.models import Service
from catalog.queries import current_revision
from tests.factories import make_listing_link, make_organization, make_service, make_user
from tests.fixtures.client import CheckedClient, MakeClient

SECRET = "not a secret: only for the tests of Footbridge"


@dataclass
class Scene:
    """A partner's service, and the link to its listing."""

    service: Service
    path: str
    link: AccessLink


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    service = make_service(session, seats=5, name="Dentist", description="Teeth.")
    link, token = make_listing_link(session, service, secret=SECRET, now=now)
    return Scene(service, f"/l/{token}", link)


def test_one_tap_confirms(client: CheckedClient, session: Session, scene: Scene) -> None:
    before = current_revision(session)
    answer = client.submit(client.get(scene.path), "/confirm", follow_redirects=True)
    assert "confirmed today" in answer.text
    session.expire_all()
    assert scene.service.assured_date == date(2026, 10, 13)
    assert current_revision(session) > before, "matching reads the new fact"


@pytest.mark.parametrize("told", ["0", "12"])
def test_open_places_in_one_tap(
    client: CheckedClient, session: Session, scene: Scene, told: str, now: datetime
) -> None:
    client.submit(client.get(scene.path), "#places-1", {"available": told})
    session.expire_all()
    (capacity,) = scene.service.capacities
    assert (capacity.available, capacity.updated) == (int(told), now)


@pytest.mark.parametrize("told", ["", "-1", "many", "1.5", "9999999", "٣٣٣٣٣٣٣"])
def test_a_number_of_places_that_is_none_is_refused(
    client: CheckedClient, session: Session, scene: Scene, told: str
) -> None:
    answer = client.post(
        f"{scene.path}/places", data={"available": told, "csrf_token": client.csrf_token()}
    )
    assert answer.status_code == 422
    session.expire_all()
    assert scene.service.capacities[0].available == 5


def test_a_small_correction_is_live_at_once_and_a_large_one_waits(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    page = client.get(scene.path)
    sent = client.submit(
        page,
        "/corrections",
        {"phone": "423-555-0199", "description": "Teeth and gums."},
        follow_redirects=True,
    )
    assert "looks at it before" in sent.text
    assert "Waits for a look" in sent.text
    session.expire_all()
    assert scene.service.phones[0].number == "423-555-0199"
    assert scene.service.description == "Teeth."
    states = {c.field: c.state for c in session.scalars(select(ListingChange))}
    assert states == {"phone": "live", "description": "waiting"}

    team = make_client()
    team.sign_in(make_user(session, "district_admin"))
    queue = team.get("/listing-changes")
    assert "Teeth and gums." in queue.text
    done = team.submit(queue, "/apply", follow_redirects=True)
    assert "The listing is changed" in done.text
    session.expire_all()
    assert scene.service.description == "Teeth and gums."
    again = team.submit(queue, "/apply")
    assert again.status_code == 409


def test_a_refused_change_leaves_the_listing(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    client.submit(client.get(scene.path), "/corrections", {"description": "Spam"})
    team = make_client()
    team.sign_in(make_user(session, "district_admin"))
    team.submit(team.get("/listing-changes"), "/refuse")
    session.expire_all()
    assert scene.service.description == "Teeth."
    assert session.scalars(select(ListingChange)).one().state == "refused"


def test_a_change_of_what_has_changed_since_is_not_applied(
    client: CheckedClient, make_client: MakeClient, session: Session, scene: Scene
) -> None:
    client.submit(client.get(scene.path), "/corrections", {"description": "Newer"})
    scene.service.description = "Corrected by somebody else"
    session.flush()
    team = make_client()
    team.sign_in(make_user(session, "district_admin"))
    answer = team.submit(team.get("/listing-changes"), "/apply")
    assert answer.status_code == 409
    session.expire_all()
    assert scene.service.description == "Corrected by somebody else"


def test_a_newer_wish_replaces_the_one_that_waits_and_the_same_changes_nothing(
    client: CheckedClient, session: Session, scene: Scene
) -> None:
    client.submit(client.get(scene.path), "/corrections", {"description": "First"})
    client.submit(client.get(scene.path), "/corrections", {"description": "First"})
    same = client.submit(
        client.get(scene.path), "/corrections", {"description": "First"}, follow_redirects=True
    )
    assert "nothing was changed" in same.text
    client.submit(client.get(scene.path), "/corrections", {"description": "Second"})
    session.expire_all()
    rows = session.scalars(select(ListingChange)).all()
    assert {row.new_value: row.state for row in rows} == {"First": "refused", "Second": "waiting"}


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "x" * 301},
        {"url": "javascript:alert(1)"},
        {"description": "x" * 4001},
    ],
)
def test_a_correction_that_cannot_be_is_refused_whole(
    client: CheckedClient, session: Session, scene: Scene, values: dict[str, str]
) -> None:
    answer = client.post(
        f"{scene.path}/corrections",
        data={"phone": "423-555-0111", **values, "csrf_token": client.csrf_token()},
    )
    assert answer.status_code == 422
    assert session.scalars(select(ListingChange)).all() == []


def test_hostile_text_is_text(client: CheckedClient, scene: Scene) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} \u202e"
    client.submit(client.get(scene.path), "/corrections", {"phone": hostile[:40]})
    page = client.get(scene.path).text
    assert "<script>alert(1)" not in page
    assert "49" not in page.split("423-555")[0][-200:]


def test_a_partner_with_an_account_sees_its_own_listings_only(
    client: CheckedClient, session: Session, scene: Scene
) -> None:
    other = make_service(session, name="Somebody else's")
    client.sign_in(make_user(session, "partner", organization=scene.service.organization))
    listed = client.get("/listings").text
    assert "Dentist" in listed
    assert "Somebody else" not in listed
    shown = client.get(f"/listings/{scene.service.id}")
    client.submit(shown, "/confirm")
    assert client.get(f"/listings/{other.id}").status_code == 404


def test_who_has_not_confirmed_lately_is_asked_once(
    session: Session, app_context: None, now: datetime
) -> None:
    partner = make_organization(session)
    stale = make_service(session, organization=partner, assured_date=date(2026, 1, 1))
    never = make_service(session, organization=partner, assured_date=None)
    make_service(session, organization=partner, assured_date=date(2026, 10, 1))
    make_service(session, organization=partner, assured_date=None, status="inactive")
    make_service(session, organization=partner, assured_date=None, referral_email=None)
    half_year = timedelta(days=180)
    assert ask_if_still_right(session, older_than=half_year, limit=10, now=now) == 2
    assert ask_if_still_right(session, older_than=half_year, limit=10, now=now) == 0
    links = session.scalars(select(AccessLink).where(AccessLink.kind == "listing")).all()
    assert {link.subject_id for link in links} == {stale.id, never.id}
    letters = session.scalars(select(Notice)).all()
    assert {letter.kind for letter in letters} == {"still_right"}
    later = now + timedelta(days=31)
    assert ask_if_still_right(session, older_than=half_year, limit=1, now=later) == 1


def test_a_stale_or_foreign_link_opens_nothing(
    client: CheckedClient, session: Session, scene: Scene, now: datetime
) -> None:
    assert client.get(scene.path.replace("/l/", "/r/")).status_code == 404
    scene.link.expires_at = now - timedelta(seconds=1)
    session.flush()
    assert client.get(scene.path).status_code == 410
