"""Needs are proposed for services that have none, and the district's team decides them in bulk."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.jobs.registry import job_named
from app.jobs.runner import run_job
from app.needs.services import read_catalog
from app.transactions import work_unit
from catalog import proposed_needs
from catalog.models import Attribute, FieldChange, NeedProposal, NeedReading, Service, TaxonomyTerm
from catalog.proposals import propose_needs
from catalog.services import bump_revision
from catalog.taxonomy import term
from tests.factories import label_service, make_service, make_user
from tests.fixtures.client import CheckedClient, CheckedRunner

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def district(client: CheckedClient, session: Session) -> CheckedClient:
    client.sign_in(make_user(session, "district_admin", name="Lee Poe"))
    return client


def read(app: Flask, session: Session, *, most: int = 2_000) -> int:
    """The job's part; how many services were read."""
    session.commit()
    with app.app_context():
        return read_catalog(work_unit, now=utcnow(), most=most)


def services(session: Session) -> dict[str, Service]:
    made = {
        name: make_service(session, categories=(), name=name, description=description)
        for name, description in (
            ("Free Dental Clinic", "We see children. No insurance is needed."),
            ("Harbor House", "A friendly place. We run a food pantry every Monday."),
            ("Xyzzy", None),
        )
    }
    bump_revision(session)
    return made


def waiting(session: Session) -> dict[tuple[str, str], NeedProposal]:
    rows = session.scalars(select(NeedProposal).where(NeedProposal.state == "waiting"))
    return {(row.service.name, row.code): row for row in rows}


def needs_of(session: Session, service: Service) -> set[str | None]:
    return set(
        session.scalars(
            select(TaxonomyTerm.code)
            .join(Attribute, Attribute.taxonomy_term_id == TaxonomyTerm.id)
            .where(Attribute.link_id == service.id)
        )
    )


def test_the_job_keeps_what_is_heard_and_where(app: Flask, session: Session) -> None:
    services(session)
    assert read(app, session) == 3
    found = waiting(session)
    dental = next(row for (name, _), row in found.items() if name == "Free Dental Clinic")
    assert (dental.heard_in, dental.heard) == ("name", "Free Dental Clinic")
    assert 30 <= dental.confidence <= 90
    food = found["Harbor House", "food-pantry"]
    assert food.heard == "We run a food pantry every Monday."
    assert not [name for name, _ in found if name == "Xyzzy"]
    assert read(app, session) == 0  # nothing changed since


def test_only_what_is_new_or_changed_is_read_again(app: Flask, session: Session) -> None:
    made = services(session)
    assert read(app, session) == 3
    made["Xyzzy"].name = "Eyeglasses for kids"
    bump_revision(session)
    assert read(app, session) == 1
    assert ("Eyeglasses for kids", "glasses") in waiting(session)
    make_service(session, categories=["glasses"], name="Has one already")
    bump_revision(session)
    assert read(app, session) == 0


def test_a_run_reads_a_bounded_number_and_the_next_goes_on(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposed_needs, "BATCH", 2)
    for number in range(5):
        make_service(session, categories=(), name=f"Dental clinic {number}")
    bump_revision(session)
    assert [read(app, session, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert session.scalar(select(func.count()).select_from(NeedReading)) == 5


def test_the_ticked_are_named_and_plans_find_the_service(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    made = services(session)
    read(app, session)
    page = district.get("/proposed-needs")
    for words in ("Harbor House", "We run a food pantry", "in its description"):
        assert words in page.text
    chosen = waiting(session)["Harbor House", "food-pantry"]
    answer = district.submit(
        page, "#proposals", {"chosen": [chosen.id], "decision": "accept"}, follow_redirects=True
    )
    assert "Needs are named for 1 service." in answer.text
    assert needs_of(session, made["Harbor House"]) == {"food-pantry"}
    change = session.scalars(
        select(FieldChange).where(
            FieldChange.owner_id == made["Harbor House"].id, FieldChange.field_name == "label"
        )
    ).one()
    assert change.updated_by == "Lee Poe"
    decided = district.get("/proposed-needs/decided")
    assert "Lee Poe" in decided.text
    assert "Named" in decided.text


def test_a_refusal_is_remembered_and_can_be_taken_back(
    app: Flask, district: CheckedClient, session: Session, runner: CheckedRunner
) -> None:
    made = services(session)
    read(app, session)
    chosen = waiting(session)["Harbor House", "food-pantry"]
    page = district.get("/proposed-needs")
    answer = district.submit(
        page, "#proposals", {"chosen": [chosen.id], "decision": "refuse"}, follow_redirects=True
    )
    assert "Refused for 1 service." in answer.text
    made["Harbor House"].description = "A food pantry, and one more food pantry."
    bump_revision(session)
    read(app, session)
    assert ("Harbor House", "food-pantry") not in waiting(session)
    assert ("Harbor House", "food-pantry") not in {
        (one.service, one.need) for one in propose_needs(session)
    }
    assert (
        '"need": "food-pantry"' not in runner.invoke(args=["catalog", "propose", "--json"]).output
    )
    district.submit(district.get("/proposed-needs/decided"), "/reopen")
    assert ("Harbor House", "food-pantry") in waiting(session)
    assert needs_of(session, made["Harbor House"]) == set()


def test_all_or_nothing_when_something_was_decided_meanwhile(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    services(session)
    read(app, session)
    page = district.get("/proposed-needs?tick=all")
    for_all = {"decision": "accept", "chosen": [row.id for row in waiting(session).values()]}
    other = waiting(session)["Harbor House", "food-pantry"]
    proposed_needs.refuse_proposals(session, [other], decided_by="Pat", now=utcnow())
    answer = district.submit(page, "#proposals", for_all)
    assert answer.status_code == 409
    assert "none of them was decided now" in answer.text
    assert session.scalar(select(func.count()).select_from(Attribute)) == 0
    assert {row.state for row in session.scalars(select(NeedProposal))} == {"waiting", "refused"}


def test_all_that_the_filter_shows_are_named_at_once(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    for number in range(60):
        make_service(session, categories=(), name=f"Dental clinic {number}")
        make_service(session, categories=(), name=f"Immigration lawyer {number}")
    bump_revision(session)
    read(app, session)
    page = district.get("/proposed-needs?area=dental&least=40")
    assert "Dental clinic" in page.text
    assert "Immigration lawyer" not in page.text
    assert "Page 1 of 3" in page.text
    assert "60 services" in page.text
    unsure = district.submit(page, "/accept-all")
    assert unsure.status_code == 422
    answer = district.submit(page, "/accept-all", {"sure": "1"}, follow_redirects=True)
    assert "Needs are named for 60 services" in answer.text
    assert "Nothing of that kind waits" in answer.text
    left = waiting(session)
    assert "dental" not in {term(code).area for name, code in left if name.startswith("Dental")}
    assert any(name.startswith("Immigration") for name, _ in left)


@pytest.mark.parametrize("change", ["one more", "one less", "one for another"])
def test_not_one_is_named_when_others_wait_than_were_seen(
    change: str, app: Flask, district: CheckedClient, session: Session, now: datetime
) -> None:
    made = [make_service(session, categories=(), name=f"Dental clinic {n}") for n in range(3)]
    bump_revision(session)
    read(app, session)
    page = district.get("/proposed-needs")
    if change != "one less":
        make_service(session, categories=(), name="Dental clinic, new")
    if change != "one more":
        made[0].name = "Nothing to be heard"
    bump_revision(session)
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        read(app, session)
    answer = district.submit(page, "/accept-all", {"sure": "1"}, follow_redirects=True)
    if change == "one more":  # what came later was not seen, and is not named
        assert "named for 3 services" in answer.text
        assert {name for name, _ in waiting(session)} == {"Dental clinic, new"}
    else:
        assert answer.status_code == 409
        assert session.scalar(select(func.count()).select_from(Attribute)) == 0


def test_a_service_that_got_a_need_elsewhere_waits_no_more(app: Flask, session: Session) -> None:
    made = services(session)
    read(app, session)
    label_service(session, made["Harbor House"], "food-pantry")
    bump_revision(session)
    read(app, session)
    assert {name for name, _ in waiting(session)} == {"Free Dental Clinic"}


def test_a_service_that_is_gone_takes_its_proposals_along(app: Flask, session: Session) -> None:
    made = services(session)
    read(app, session)
    session.delete(made["Harbor House"])
    session.commit()
    assert "Harbor House" not in {name for name, _ in waiting(session)}


def test_what_no_page_sends_is_refused_in_words(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    services(session)
    read(app, session)
    token = {"X-CSRFToken": district.csrf_token()}
    for path, data, status in (
        ("/proposed-needs", {"decision": "accept"}, 422),
        ("/proposed-needs", {"decision": "delete", "chosen": str(uuid.uuid4())}, 422),
        ("/proposed-needs", {"decision": "accept", "chosen": "x"}, 422),
        ("/proposed-needs", {"decision": "accept", "chosen": str(uuid.uuid4())}, 409),
        ("/proposed-needs/accept-all", {"sure": "1", "expected": "x"}, 422),
        ("/proposed-needs/accept-all", {"sure": "1", "expected": "1", "until": "2026-01-01"}, 422),
    ):
        answer = district.post(path, data=data, headers=token)
        assert answer.status_code == status, (path, data)
    odd = district.get("/proposed-needs?area=x&least=-1&page=99999999&tick=no")
    assert odd.status_code == 200
    assert session.scalar(select(func.count()).select_from(Attribute)) == 0


def test_the_page_says_what_to_do_when_nothing_waits_and_when_some_is_unread(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    services(session)
    assert "are being read just now" in district.get("/proposed-needs").text
    session.commit()
    with app.app_context():
        assert run_job(job_named("propose_needs"), now=utcnow()).report.counts == {"read": 3}
    page = district.get("/proposed-needs")
    assert "are being read just now" not in page.text
    assert len(re.findall(r'type="checkbox"[^>]* checked', page.text)) == 0
    ticked = district.get("/proposed-needs?tick=all")
    assert len(re.findall(r'name="chosen"[^>]* checked', ticked.text)) == len(waiting(session))
    for row in waiting(session).values():
        proposed_needs.refuse_proposals(session, [row], decided_by="Pat", now=utcnow())
    assert "Nothing waits" in district.get("/proposed-needs").text
