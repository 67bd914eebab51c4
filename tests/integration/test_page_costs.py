"""Each page's number of SQL statements: stated here, and not growing with what it lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.families.models import FamilyResponse
from catalog.models import DuplicatePair, ImportConflict
from tests.factories import (
    make_consent,
    make_family_link,
    make_import_run,
    make_listing_link,
    make_partner_link,
    make_places_runs,
    make_proposals,
    make_referral,
    make_school,
    make_service_at_location,
    make_student,
    make_user,
)
from tests.fixtures.client import MakeClient
from tests.fixtures.statements import CountStatements

SECRET = "not a secret: only for the tests of Footbridge"

# page -> statements, those of knowing who is signed in among them.
COSTS = {
    "/today": 9,
    "/students": 6,
    "/students/{student}": 13,
    "/students/{student}/support?need=dental-checkup": 12,
    "/students/{student}/support?plan=1": 13,
    "/students/{student}/support/compare?offer={place}": 10,
    "/students/{student}/permissions": 8,
    "/students/{student}/family-link": 9,
    "/referrals": 4,
    "/referrals/{referral}": 9,
    "/district": 4,
    "/directory?q=sample": 12,
    "/words-not-understood": 4,
    "/directory/services/{service}": 22,
    "/directory/services/{service}/history": 7,
    "/inbox": 4,
    "/inbox/{referral}": 8,
    "/r/{partner_token}": 8,
    "/f/{family_token}": 12,
    "/l/{listing_token}": 17,
    "/listings": 5,
    "/listings/{service}": 17,
    "/listing-changes": 6,
    "/listings-to-call": 4,
    "/listings-to-mend": 3,
    "/services/{service}": 23,
    "/imports": 5,
    "/imports/{import_run}": 4,
    "/imports/{import_run}/progress": 3,
    "/proposed-needs": 9,
    "/proposed-needs/decided": 4,
    "/places": 8,
    "/places/{places_run}": 18,
    "/places/{places_run}?state=accepted": 18,
    "/places/{places_waiting}": 3,
    "/downloads": 4,
    "/import-conflicts": 4,
    "/import-conflicts/decided": 4,
    "/directory/services/{service}/edit": 16,
    "/places-on-map?kind=given": 5,
    "/places-on-map/{location}/pin": 4,
    "/duplicates": 6,
    "/duplicates/{pair}": 25,
    "/duplicates/merges": 4,
    "/demo/mail": 1,
}
VISITORS = ("plan_manager", "partner", "district_admin", "nobody")
OPENED_FIRST = {"/inbox/{referral}", "/r/{partner_token}"}
ROLE = {
    "/listings": "partner",
    "/listings/{service}": "partner",
    "/listing-changes": "district_admin",
    "/listings-to-call": "district_admin",
    "/listings-to-mend": "district_admin",
    "/imports": "district_admin",
    "/imports/{import_run}": "district_admin",
    "/imports/{import_run}/progress": "district_admin",
    "/proposed-needs": "district_admin",
    "/proposed-needs/decided": "district_admin",
    "/import-conflicts": "district_admin",
    "/import-conflicts/decided": "district_admin",
    "/directory/services/{service}/edit": "district_admin",
    "/places-on-map?kind=given": "district_admin",
    "/places-on-map/{location}/pin": "district_admin",
    "/duplicates": "district_admin",
    "/duplicates/{pair}": "district_admin",
    "/duplicates/merges": "district_admin",
    "/words-not-understood": "district_admin",
    "/district": "district_admin",
    "/inbox": "partner",
    "/inbox/{referral}": "partner",
}


def fill(session: Session, now: datetime, *, rows: int) -> dict[str, object]:
    """A school with `rows` students, each with referrals, answers and permissions."""
    school = make_school(session)
    manager = make_user(session, "plan_manager", schools=[school])
    place = make_service_at_location(session, categories=["dental-checkup", "soccer"])
    students = []
    for _ in range(rows):
        student = make_student(session, school=school, plan_manager=manager)
        students.append(student)
        consent = make_consent(session, student)
        referral = make_referral(
            session, state="opened", student=student, place=place, consent=consent, by=manager
        )
        other = make_service_at_location(session, categories=["dental-checkup", "soccer"])
        make_referral(session, state="declined", student=student, place=other)
        session.add(
            FamilyResponse(
                student_id=student.id,
                service_id=other.service_id,
                answer="interested",
                answered_at=now,
            )
        )
        for _ in range(2):
            make_service_at_location(session, categories=["dental-checkup", "soccer"])
    for kind in ("waiting", "accepted"):
        make_proposals(session, number=rows, state=kind, now=now)
    places_run, places_waiting = make_places_runs(session, students, place, now=now)
    runs = [make_import_run(session, now=now, lines=5 * rows) for _ in range(rows)]
    for number in range(rows):
        session.add(
            ImportConflict(
                entity="service",
                entity_id=place.service_id,
                label="Tutoring",
                field="email",
                source="sample",
                ours=f"{number}@ours.example",
                theirs="theirs@example.org",
                found_at=now,
            )
        )
        session.add(
            ImportConflict(
                entity="service",
                entity_id=place.service_id,
                label="Tutoring",
                field="email",
                source="sample",
                ours=f"{number}@ours.example",
                theirs="theirs@example.org",
                found_at=now,
                state="ours",
                decided_at=now,
                decided_by="Sample",
            )
        )
    twins = [
        make_service_at_location(session, name="Homework Help").service for _ in range(rows + 1)
    ]
    for twin in twins[1:]:
        session.add(
            DuplicatePair(
                kind="service",
                first_id=twins[0].id,
                second_id=twin.id,
                score=900,
                parts=[["name", 600, 100]],
                found_at=now,
            )
        )
    session.flush()
    pair = session.scalars(select(DuplicatePair).limit(1)).one()
    _, partner_token = make_partner_link(
        session, referral, secret=SECRET, now=now - timedelta(hours=1)
    )
    _, listing_token = make_listing_link(session, place.service, secret=SECRET, now=now)
    _, family_token = make_family_link(session, student, secret=SECRET, now=now)
    return {
        "student": student.id,
        "place": place.id,
        "pair": pair.id,
        "referral": referral.id,
        "partner_token": partner_token,
        "family_token": family_token,
        "listing_token": listing_token,
        "service": place.service_id,
        "location": place.location_id,
        "import_run": runs[0].id,
        "places_run": places_run.id,
        "places_waiting": places_waiting.id,
        "users": {
            "plan_manager": manager,
            "partner": make_user(session, "partner", organization=place.service.organization),
            "district_admin": make_user(session, "district_admin"),
        },
    }


def visitor_of(page: str) -> str:
    """Whose page it is: a role, or nobody's who is signed in."""
    by_link_or_open = page.startswith(("/r/", "/f/", "/l/", "/demo/"))
    return "nobody" if by_link_or_open else ROLE.get(page, "plan_manager")


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_page_costs_what_it_says_however_much_it_lists(
    visitor: str,
    session: Session,
    now: datetime,
    make_app: Callable[..., object],
    make_client: MakeClient,
    count_statements: CountStatements,
) -> None:
    """All pages of a visitor in one scene, which takes longer to make than they to answer."""
    scene = fill(session, now, rows=6)
    users = scene.pop("users")
    client = make_client(make_app(demo=True))
    if visitor != "nobody":
        client.sign_in(users[visitor])  # type: ignore[index]
    wrong = []
    for page, cost in COSTS.items():
        if visitor_of(page) != visitor:
            continue
        path = page.format(**scene)
        first = client.get(path)  # the engine is built by the first
        assert first.status_code == 200, page
        if page in OPENED_FIRST:
            client.submit(first, "/open")
        with count_statements() as sent:
            client.get(path)
        if len(sent) != cost:
            wrong.append(f"{page}: {len(sent)} SQL statements instead of {cost}:\n{sent.listed()}")
    assert not wrong, "\n".join(wrong)


def test_every_page_that_costs_is_some_visitors() -> None:
    assert {visitor_of(page) for page in COSTS} == {*VISITORS}
