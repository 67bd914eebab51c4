"""The queue of pairs, both sides, merging with the values chosen, undoing, and old addresses."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duplicates import wording
from app.security.policy import Role
from catalog.duplicate_queue import refresh_pairs
from catalog.hours_words import hours_as_text, schedules_from_text
from catalog.likeness import POINTS
from catalog.merging import kept_ids
from catalog.models import DuplicatePair, Location, Merge, Organization, Service
from tests.factories import (
    label_service,
    make_listing_link,
    make_location,
    make_organization,
    make_service,
    make_service_at_location,
    make_user,
)
from tests.fixtures.client import CheckedClient

SECRET = "not a secret: only for the tests of Footbridge"


@pytest.fixture
def pair(session: Session, now: datetime) -> DuplicatePair:
    """A service that stands twice; the second says more."""
    office = make_organization(session, name="River House Tutoring")
    make_service(
        session, organization=office, name="Homework Help Evenings", email="old@example.org"
    )
    make_service(
        session, organization=office, name="Homework Help Evening", email="new@example.org"
    )
    refresh_pairs(session, now=now)
    return session.scalars(select(DuplicatePair).filter_by(kind="service")).one()


@pytest.fixture
def team(session: Session, client: CheckedClient) -> CheckedClient:
    """The district's team, signed in."""
    client.sign_in(make_user(session, Role.DISTRICT_ADMIN))
    return client


def text_of(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


def test_a_pair_is_looked_at_merged_and_made_two_again(
    team: CheckedClient, session: Session, pair: DuplicatePair
) -> None:
    first, second = pair.first_id, pair.second_id
    names = {id_: session.get_one(Service, id_).name for id_ in (first, second)}
    emails = {id_: session.get_one(Service, id_).email for id_ in (first, second)}
    listed = team.get("/duplicates?kind=service")
    assert "Homework Help Evening" in listed.text
    assert "names alike" in listed.text
    page = team.get(f"/duplicates/{pair.id}")
    text = text_of(page.text)
    assert "old@example.org" in text
    assert "new@example.org" in text
    assert page.text.count('name="keep"') == 2
    data = {"keep": "first", "value-name": "second", "value-email": "first"}
    answer = team.submit(page, f"/duplicates/{pair.id}/merge", data)
    assert answer.status_code in {302, 303}
    kept = session.get_one(Service, first)
    assert session.get(Service, second) is None
    assert (kept.name, kept.email) == (names[second], emails[first]), "as chosen, field by field"
    merges = team.get("/duplicates/merges")
    assert "became part of" in merges.text
    record = session.scalars(select(Merge)).one()
    assert record.fields["name"][1] == kept.name
    team.submit(merges, f"/duplicates/merges/{record.id}/undo")
    assert session.get(Service, second) is not None
    assert "Undone" in text_of(team.get("/duplicates/merges").text)


@pytest.mark.parametrize(("side", "hours"), [("first", "Mon"), ("second", "Tue")])
def test_hours_are_seen_and_chosen_and_labels_are_put_together(
    team: CheckedClient, session: Session, pair: DuplicatePair, side: str, hours: str
) -> None:
    ids = (pair.first_id, pair.second_id)
    first, second = (session.get_one(Service, id_) for id_ in ids)
    first.schedules = schedules_from_text("Mon 3:00 PM-6:00 PM")
    second.schedules = schedules_from_text("Tue 4:00 PM-5:00 PM; Wed 4:00 PM-5:00 PM")
    label_service(session, second, "chess")
    session.flush()
    before = told_of(session, ids)
    address = f"/duplicates/{pair.id}"
    page = team.get(address)
    text = text_of(page.text)
    assert "Mon 3:00 PM-6:00 PM" in text
    assert "Tue 4:00 PM-5:00 PM" in text
    assert "Chess" in text
    data = {"keep": "first", "value-schedule": side}
    team.submit(page, f"{address}/merge", data)
    (kept,) = told_of(session, ids)
    assert kept[0].startswith(hours)
    assert kept[1] == ["chess", "dental-checkup"]
    record = session.scalars(select(Merge)).one()
    team.submit(team.get("/duplicates/merges"), f"/duplicates/merges/{record.id}/undo")
    assert told_of(session, ids) == before


def told_of(session: Session, ids: tuple[uuid.UUID, ...]) -> list[tuple[str, list[str]]]:
    """Hours and labels of those of the two that are there."""
    session.expire_all()
    return [
        (
            hours_as_text(sorted(one.schedules, key=lambda row: row.byday or "")),
            sorted(label.taxonomy_term.name for label in one.attributes),
        )
        for id_ in ids
        if (one := session.get(Service, id_))
    ]


def test_different_ones_are_asked_about_once_and_can_be_looked_at_again(
    team: CheckedClient, session: Session, pair: DuplicatePair, now: datetime
) -> None:
    page = team.get(f"/duplicates/{pair.id}")
    team.submit(page, f"/duplicates/{pair.id}/different")
    assert refresh_pairs(session, now=now) == {"new": 0, "alike_no_more": 0}
    assert "Nothing waits" in team.get("/duplicates?kind=service").text
    listed = team.get("/duplicates?kind=service&state=different")
    assert "Called different by" in listed.text
    again = team.get(f"/duplicates/{pair.id}")
    team.submit(again, f"/duplicates/{pair.id}/waiting")
    assert "Nothing waits" not in team.get("/duplicates?kind=service").text


def test_of_two_people_the_second_is_told(
    team: CheckedClient, session: Session, pair: DuplicatePair
) -> None:
    address = f"/duplicates/{pair.id}"
    page = team.get(address)
    team.submit(page, f"{address}/merge", {"keep": "first"})
    answer = team.submit(page, f"{address}/merge", {"keep": "second"})
    assert answer.status_code == 404
    assert "merged" in answer.text
    assert team.get(address).status_code == 404


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"keep": "third"}, 422),
        ({}, 422),
        ({"keep": "first", "value-name": "x"}, 422),
        ({"keep": "first", "value-password": "second"}, 409),
    ],
)
def test_what_no_form_sends_is_refused(
    team: CheckedClient,
    session: Session,
    pair: DuplicatePair,
    data: dict[str, str],
    status: int,
) -> None:
    page = team.get(f"/duplicates/{pair.id}")
    (token,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', page.text))
    answer = team.post(
        f"/duplicates/{pair.id}/merge",
        data={"csrf_token": token, **data},
        headers={"Referer": page.request.url},
    )
    assert answer.status_code == status
    assert session.scalars(select(Merge)).all() == []


def merged(
    team: CheckedClient, session: Session, pair: DuplicatePair
) -> tuple[uuid.UUID, uuid.UUID]:
    """Merge the pair's first into the second: the old id and the new."""
    old, new = pair.first_id, pair.second_id
    page = team.get(f"/duplicates/{pair.id}")
    team.submit(page, f"/duplicates/{pair.id}/merge", {"keep": "second"})
    assert kept_ids(session, [old]) == {old: new}
    return old, new


@pytest.mark.parametrize(
    "path",
    [
        "/directory/services/{}",
        "/directory/services/{}/history?field=service.name",
        "/hsds/services/{}",
    ],
)
def test_old_addresses_lead_to_the_one_that_stays(
    team: CheckedClient, session: Session, pair: DuplicatePair, path: str
) -> None:
    old, new = merged(team, session, pair)
    answer = team.get(path.format(old))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(path.format(new))
    assert team.get(path.format(new)).status_code == 200
    assert team.get(path.format(uuid.uuid4())).status_code == 404


def test_a_redirect_shows_nobody_what_they_may_not_see(
    team: CheckedClient, session: Session, pair: DuplicatePair
) -> None:
    old, _ = merged(team, session, pair)
    partner = make_user(session, Role.PARTNER, organization=make_organization(session))
    team.sign_in(partner)
    answer = team.get(f"/listings/{old}")
    assert answer.status_code == 302
    assert team.get(answer.headers["Location"]).status_code == 404, "not theirs"
    team.sign_out()
    assert "/sign-in" in team.get(f"/directory/services/{old}").headers["Location"]


def test_links_that_were_sent_open_the_one_that_stays(
    team: CheckedClient, session: Session, pair: DuplicatePair, now: datetime
) -> None:
    service = session.get_one(Service, pair.first_id)
    _, token = make_listing_link(session, service, secret=SECRET, now=now)
    _, new = merged(team, session, pair)
    page = team.get(f"/l/{token}")
    assert page.status_code == 200
    assert session.get_one(Service, new).name in page.text


def test_the_export_and_the_api_list_the_one_that_stays_alone(
    team: CheckedClient, session: Session, pair: DuplicatePair
) -> None:
    old, new = merged(team, session, pair)
    ids = [row["id"] for row in team.get("/hsds/services").get_json()["contents"]]
    assert str(new) in ids
    assert str(old) not in ids


def test_a_confidential_place_is_compared_without_its_street(
    team: CheckedClient, session: Session, now: datetime
) -> None:
    office = make_organization(session, name="Safe Harbor")
    for name in ("Harbor House North", "Harbor House North"):
        place = make_location(
            session, organization=office, name=name, is_confidential=True, latitude=35.0511
        )
        make_service_at_location(session, location=place)
        place.addresses[0].address_1 = "77 Hidden Lane"
    refresh_pairs(session, now=now)
    found = session.scalars(select(DuplicatePair).filter_by(kind="location")).one()
    for path in ("/duplicates?kind=location", f"/duplicates/{found.id}"):
        page = team.get(path)
        assert page.status_code == 200
        for word in ("Hidden Lane", "Harbor House", "35.0511"):
            assert word not in page.text, (path, word)
    assert session.scalars(select(Location.id)).all()


def test_organizations_are_merged_on_a_page_too(
    team: CheckedClient, session: Session, now: datetime
) -> None:
    for name in ("Bright Teeth Dental Center", "Bright Teeth Dental Centre"):
        make_service(session, organization=make_organization(session, name=name))
    refresh_pairs(session, now=now)
    found = session.scalars(select(DuplicatePair).filter_by(kind="organization")).one()
    kept = found.second_id
    page = team.get(f"/duplicates/{found.id}")
    team.submit(page, f"/duplicates/{found.id}/merge", {"keep": "second"})
    assert len(session.get_one(Organization, kept).services) == 2


def test_only_the_districts_team_comes_in(
    client: CheckedClient, session: Session, pair: DuplicatePair
) -> None:
    client.sign_in(make_user(session, Role.PLAN_MANAGER))
    assert client.get("/duplicates").status_code == 403
    assert client.get(f"/duplicates/{pair.id}").status_code == 403


def test_every_part_of_a_likeness_has_words() -> None:
    codes = {code for points in POINTS.values() for code in points}
    assert codes == set(wording.PARTS)
