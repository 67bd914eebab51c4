"""What is confidential of a place is told by no route to anyone without the right, whoever asks.

One scene holds a shelter with every fact of its place unmistakable; each visitor then opens every
page, endpoint and file there is. A new route is covered without being named: only one that answers no
visitor must say why in NEVER_OPENED, since silence proves nothing.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.downloads import services as downloads
from app.downloads import work
from app.jobs.own_process import Work
from app.listings.models import ListingChange
from app.notices.models import Notice
from app.places.models import PlaceProposal, PlacesRun, SeatValue
from app.security.policy import Actor, Role
from app.settings import Settings
from app.students.models import Student
from catalog.duplicate_queue import refresh_pairs
from catalog.history import NEW
from catalog.models import (
    Accessibility,
    Address,
    Contact,
    DuplicatePair,
    ImportConflict,
    Language,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from catalog.services import bump_revision
from tests.factories import (
    label_service,
    make_consent,
    make_family_link,
    make_import_run,
    make_listing_link,
    make_location,
    make_organization,
    make_partner_link,
    make_referral,
    make_school,
    make_service,
    make_service_at_location,
    make_student,
    make_suggestion,
    make_user,
)
from tests.fixtures.client import CheckedClient, MakeClient
from tests.project.routes import LIBRARY_ROUTES, Route, all_routes, call

SECRET = "not a secret: only for the tests of Footbridge"
TOWN = "Ooltewah"
FACTS = {
    "name": "Hollowmere House",
    "alternate_name": "Brackenwood",
    "description": "Behind the Quillfeather bakery.",
    "transportation": "Get off at Tanglefoot Corner.",
    "url": "https://larkspurhollow.example.org",
}
# What stands in no answer. A point with four digits tells a house; a ZIP code a handful of streets.
SECRETS = (
    *("Hollowmere", "Brackenwood", "Quillfeather", "Tanglefoot", "larkspurhollow"),
    *("Windlesham", "37351", "35.2345", "-85.0678", "555-0187", "5550187"),
    *("Marigold Vexley", "Ramp beside the Foxglove gate", "Ring the Nightjar bell"),
)
GETS = [route for route in all_routes() if route.method == "GET"]

NEVER_OPENED = {
    "security.static": "a library's script",
    "static": "a library's address for files; ours come from web.asset",
    "web.asset": "files of the program, the same for everybody",
    "security.verify": "asks the password again of who is signed in",
    "web.front_door": "leads on to the page of the role",
    "notices.demo_mail": "in a demo alone; letters are tested below",
    "downloads.show_progress": "answers a script that waits for a download",
    "imports.show_progress": "answers a script that waits for an import",
    "imports.download_mapping": "of an import of a sheet alone, for those who import",
}


@dataclass
class Scene:
    """Rows by the name of the argument; tokens by kind of link; people by role."""

    rows: dict[str, uuid.UUID]
    several: dict[str, list[uuid.UUID]]
    by_endpoint: dict[str, uuid.UUID]
    tokens: dict[str, str]
    people: dict[str, object]
    service: Service


@pytest.fixture
def scene(session: Session, now: datetime, app: Flask) -> Scene:
    """A shelter whose place is confidential, with all that can hang on one."""
    shelter = make_organization(session, name="Safe Harbor")
    places = [hidden_place(session, shelter) for _ in range(2)]
    service, twin = (
        make_service(
            session, organization=shelter, name="Safe Night", categories=["dental-checkup"]
        )
        for _ in range(2)
    )
    label_service(session, service, "soccer")
    at = [
        make_service_at_location(session, service=one, location=place)
        for one, place in zip((service, twin), places, strict=True)
    ]
    court = make_service_at_location(session, name="Open Court", categories=["soccer"])
    school = make_school(session)
    manager = make_user(session, Role.PLAN_MANAGER, schools=[school])
    student = make_student(session, school=school, plan_manager=manager)
    consent = make_consent(session, student)
    referral = make_referral(
        session, state="opened", student=student, place=at[0], consent=consent, by=manager
    )
    make_suggestion(session, student=student, place=at[0])
    change_everything(session, places[0])
    conflict_and_change(session, service, places[0], now)
    refresh_pairs(session, now=now)
    one, other = sorted((places[0].id, places[1].id), key=str)
    same = DuplicatePair(
        kind="location", first_id=one, second_id=other, score=900, parts=[], found_at=now
    )
    session.add(same)
    session.flush()
    pairs = session.scalars(select(DuplicatePair)).all()
    run = make_import_run(session, now=now)
    shared = places_run(session, student, at[1], now)
    bump_revision(session)
    session.flush()
    taxonomy = Taxonomy(name="Sample", description="Words")
    session.add(taxonomy)
    session.flush()
    term = TaxonomyTerm(name="Word", description="A word", code="w", taxonomy_id=taxonomy.id)
    session.add(term)
    session.flush()
    return Scene(
        rows={
            "service_id": service.id,
            "student_id": student.id,
            "referral_id": referral.id,
            "consent_id": consent.id,
            "service_at_location_id": at[0].id,
            "run_id": run.id,
        },
        several={
            "location_id": [places[0].id, court.location_id],
            "pair_id": [pair.id for pair in pairs],
        },
        by_endpoint={
            "hsds.get_organization": shelter.id,
            "hsds.get_service": service.id,
            "hsds.get_service_at_location": at[0].id,
            "hsds.get_taxonomy": taxonomy.id,
            "hsds.get_taxonomy_term": term.id,
            "places.show_run": shared.id,
            "places.show_progress": shared.id,
        },
        tokens={
            "referral": make_partner_link(
                session, referral, secret=SECRET, now=now - timedelta(hours=1)
            )[1],
            "family": make_family_link(session, student, secret=SECRET, now=now)[1],
            "listing": make_listing_link(session, service, secret=SECRET, now=now)[1],
        },
        people={
            "plan manager": manager,
            "another partner": make_user(
                session, Role.PARTNER, organization=make_organization(session)
            ),
            "its own partner": make_user(session, Role.PARTNER, organization=shelter),
            "district team": make_user(session, Role.DISTRICT_ADMIN),
        },
        service=service,
    )


def places_run(
    session: Session, student: Student, place: ServiceAtLocation, now: datetime
) -> PlacesRun:
    """Open places were shared out, and the shelter's is proposed."""
    run = PlacesRun(
        school_id=student.school_id,
        term="Spring",
        state="done",
        created_at=now,
        created_by="Lee Poe",
        ended_at=now,
        counts={"students": 1, "proposals": 1, "without": 0, "untold": 0},
    )
    session.add(run)
    session.flush()
    session.add_all(
        [
            PlaceProposal(
                run_id=run.id,
                student_id=student.id,
                service_id=place.service_id,
                service_at_location_id=place.id,
                category="dental-checkup",
                urgency=2,
                score=900,
            ),
            SeatValue(
                run_id=run.id,
                service_id=place.service_id,
                seats=1,
                proposed=1,
                urgent=0,
                pressing=0,
                students=1,
                score=900,
            ),
        ]
    )
    session.flush()
    return run


def hidden_place(session: Session, organization: object) -> Location:
    """A confidential place that says everything a place can say."""
    place = make_location(
        session,
        organization=organization,  # type: ignore[arg-type]
        is_confidential=True,
        latitude=35.2345,
        longitude=-85.0678,
        **FACTS,
    )
    place.addresses = [
        Address(
            address_1="77 Windlesham Way",
            address_2="Unit Windlesham",
            city=TOWN,
            state_province="TN",
            postal_code="37351",
        )
    ]
    place.phones = [Phone(number="+14235550187", description="At the Windlesham desk")]
    place.contacts = [Contact(name="Marigold Vexley", email="marigold@larkspurhollow.example.org")]
    place.accessibility = [
        Accessibility(description="wheelchair", details="Ramp beside the Foxglove gate")
    ]
    place.schedules = [Schedule(description="Ring the Nightjar bell")]
    place.languages = [Language(code="fr")]
    session.flush()
    return place


def change_everything(session: Session, place: Location) -> None:
    """Put all of it into the history."""
    session.info.pop(NEW, None)
    for name, text in FACTS.items():
        setattr(place, name, f"{text} Again.")
    place.addresses[0].address_1 = "78 Windlesham Way"
    place.addresses[0].postal_code = "37351-1234"
    place.phones[0].description = "At the other Windlesham desk"
    place.latitude, place.longitude = 35.23451, -85.06781
    place.schedules[0].description = "Ring the Nightjar bell twice"
    session.flush()


def conflict_and_change(session: Session, service: Service, place: Location, now: datetime) -> None:
    """Two sources disagree of the place, and its partner corrected it."""
    session.add(
        ImportConflict(
            entity="location",
            entity_id=place.id,
            label="Hollowmere House",
            field="name",
            source="sample",
            ours="Hollowmere House",
            theirs="Brackenwood",
            found_at=now,
        )
    )
    session.add(
        ListingChange(
            service_id=service.id,
            field=f"street:{service.service_at_locations[0].id.hex}",
            old_value="77 Windlesham Way",
            new_value="78 Windlesham Way",
            proposed_at=now,
            proposed_by="Safe Harbor",
        )
    )
    session.flush()


# Who sees what of the shelter's place, and why: all others are told the town and nothing else.
RIGHT = {
    "district team": "keeps the directory",
    "its own partner": "its own address, on its own pages",
}
OWN_PAGES = {"listings.show_listing", "listings.list_listings"}


def answers_of(
    client: CheckedClient, scene: Scene, route: Route, exports: list[uuid.UUID]
) -> list[tuple[int, str]]:
    """Status and whole text of what the route answers: files unpacked, headers among it."""
    several = {**scene.several, "export_id": exports}
    name = next((name for name, _ in route.arguments if name in several), None)
    ids = [{name: id_} for id_ in several[name]] if name else [{}]
    kind = {"/r/": "referral", "/f/": "family", "/l/": "listing"}.get(route.rule[:3], "referral")
    found = []
    for more in ids:
        own = scene.by_endpoint.get(route.endpoint)
        rows = {**scene.rows, **more, **({"id_": own, "run_id": own} if own else {})}
        answer = call(client, route, lambda name, rows=rows: rows[name], token=scene.tokens[kind])
        text = contents(answer.get_data()) + "\n".join(f"{k}: {v}" for k, v in answer.headers)
        found.append((answer.status_code, text))
    return found


def contents(data: bytes) -> str:
    """A file's text, unpacked."""
    if data[:2] != b"PK":
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(archive.read(one).decode("utf-8", "replace") for one in archive.namelist())


def told(text: str) -> list[str]:
    """The secrets that stand in a text; not digits that an id happens to hold."""
    return [
        secret
        for secret in SECRETS
        if re.search(rf"(?<![0-9a-f-]){re.escape(secret)}(?![0-9a-f])", text)
    ]


@pytest.fixture
def exports(app: Flask, session: Session, scene: Scene, now: datetime) -> list[uuid.UUID]:
    """A download in each format, made as the worker makes it."""

    def here(one: Work, _settings: Settings, id_: uuid.UUID) -> None:
        one(id_)

    by = Actor(Role.DISTRICT_ADMIN, "Lee Poe")
    asked = [
        downloads.ask_for_export(session, name, by=by, now=now)
        for name in ("hsds-json", "hsds-csv", "xlsx")
    ]
    session.commit()
    settings = app.extensions["footbridge"].settings
    with app.app_context():
        for _ in asked:
            assert work.make_waiting(now=now, settings=settings, run_work=here) == 1
    return [one.id for one in asked]


VISITORS = ("nobody", "plan manager", "another partner", "its own partner", "district team")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the others below run on both
def test_no_route_tells_where_a_confidential_place_is(
    make_app: Callable[..., Flask],
    make_client: MakeClient,
    scene: Scene,
    exports: list[uuid.UUID],
) -> None:
    leaks: list[str] = []
    opened: set[str] = set()
    for visitor in VISITORS:
        client = make_client(make_app())
        if visitor in scene.people:
            client.sign_in(scene.people[visitor])  # type: ignore[arg-type]
        for route in GETS:
            if route.endpoint in NEVER_OPENED or route.endpoint in LIBRARY_ROUTES:
                continue
            for status, text in answers_of(client, scene, route, exports):
                opened |= {route.endpoint} if status == 200 else set()
                may = visitor == "district team" and route.kind == "requires"
                may |= visitor == "its own partner" and route.endpoint in OWN_PAGES
                if not may and told(text):
                    leaks.append(f"{visitor}: {route} tells {told(text)}")
    assert not leaks, "\n".join(leaks)
    silent = {route.endpoint for route in GETS} - opened - set(NEVER_OPENED) - set(LIBRARY_ROUTES)
    assert silent == set(), "these answered no visitor, so nothing was proven of them"


# The same routes, asked for more.
ASKED = (
    "/students/{student_id}/support?need=dental-checkup",
    "/students/{student_id}/support?plan=1",
    "/students/{student_id}/support?why={service_at_location_id}",
    "/students/{student_id}/support/compare?offer={service_at_location_id}",
    "/api/v1/students/{student_id}/matches?need=dental-checkup",
    "/directory?q=Safe+Night",
    "/hsds/services?full=true",
    "/hsds/services?format=ndjson",
    "/hsds/services?full=true&format=ndjson",
    "/hsds/service_at_locations?full=true&format=ndjson",
    "/hsds/organizations?full=true",
    "/hsds/organizations/{organization}?full_service=true",
)


@pytest.mark.parametrize("path", ASKED)
def test_nor_does_one_that_is_asked_for_more(
    client: CheckedClient, scene: Scene, path: str
) -> None:
    client.sign_in(scene.people["plan manager"])  # type: ignore[arg-type]
    organization = scene.by_endpoint["hsds.get_organization"]
    answer = client.get(path.format(**scene.rows, organization=organization), buffered=True)
    assert answer.status_code == 200, answer.text[:300]
    assert told(answer.text) == []
    assert "Safe" in answer.text


@pytest.mark.parametrize("words", ["Windlesham Way", "Hollowmere", "Brackenwood", "Quillfeather"])
@pytest.mark.parametrize("path", ["/directory?q={}", "/hsds/services?search={}"])
def test_a_search_for_what_is_hidden_does_not_find_it(
    client: CheckedClient, scene: Scene, path: str, words: str
) -> None:
    client.sign_in(scene.people["plan manager"])  # type: ignore[arg-type]
    page = client.get(path.format(words)).text
    assert "Safe Night" not in page
    assert "Safe Night" in client.get(path.format("Safe Night")).text


def test_a_search_around_it_does_not_find_it(
    client: CheckedClient, session: Session, scene: Scene
) -> None:
    """Neither near its ZIP area's middle nor as far as one may ask, though it is within."""
    for metres in (20_000, 500_000):
        near = f"/hsds/service_at_locations?postcode=37351&proximity={metres}&per_page=100"
        answer = client.get(near)
        assert answer.status_code == 200, answer.text[:300]
        found = {row["service"]["name"] for row in answer.get_json()["contents"]}
        assert found == {"Open Court"}
    # It is found where its place is no secret: the distance is not what kept it away.
    for location in session.scalars(select(Location).where(Location.is_confidential)):
        location.is_confidential = False
    session.flush()
    bump_revision(session)
    found = {row["service"]["name"] for row in client.get(near).get_json()["contents"]}
    assert found == {"Open Court", "Safe Night"}


def test_no_letter_tells_it(session: Session, scene: Scene) -> None:
    for notice in session.scalars(select(Notice)):
        assert told(f"{notice.subject} {notice.body}") == []
