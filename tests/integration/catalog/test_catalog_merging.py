"""Merging two entries: all that hangs on one moves to the other, and undoing makes it as it was."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.families.models import FamilyResponse, Suggestion
from app.jobs.registry import job_named
from app.jobs.runner import run_job
from app.referrals.models import Referral
from app.security.models import AccessLink, User
from catalog import models
from catalog.db import Base
from catalog.duplicate_queue import refresh_pairs
from catalog.errors import CatalogValueError
from catalog.merging import kept_ids, merge
from catalog.models import (
    DuplicatePair,
    FieldChange,
    Phone,
    Service,
)
from catalog.services import bump_revision
from catalog.unmerging import undo_merge
from tests.factories import (
    make_eligibility,
    make_listing_link,
    make_location,
    make_organization,
    make_referral,
    make_service,
    make_service_at_location,
    make_student,
    make_suggestion,
    make_user,
)
from tests.integration.exchange.test_round_trip import NOW, catalogs, empty_catalog

BOOKKEEPING = {"version", "last_modified"}
NOT_COMPARED = {"merge", "metadata", "catalog_revision", "duplicate_pair"}


def everything(session: Session) -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of every table, but for what counts changes."""
    session.flush()
    return {
        table.name: {
            row["id"]: {k: v for k, v in row.items() if k not in BOOKKEEPING}
            for row in session.execute(select(table)).mappings()
        }
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_COMPARED and "id" in table.c
    }


def assert_same(before: dict[str, dict[Any, Any]], after: dict[str, dict[Any, Any]]) -> None:
    for name, rows in before.items():
        assert after[name] == rows, name


@settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(rows=catalogs(), data=st.data())
def test_merged_and_undone_any_catalog_is_as_it_was(rows: list[Any], data: st.DataObject) -> None:
    with empty_catalog() as session:
        session.add_all(rows)
        session.flush()
        kind = data.draw(st.sampled_from(["organization", "service", "location"]))
        table = Base.metadata.tables[kind]
        ids = session.scalars(select(table.c.id).order_by(table.c.id)).all()
        if len(ids) < 2:
            return
        kept, gone = data.draw(st.permutations(ids))[:2]
        before = everything(session)
        names = {row["id"]: row.get("name") for row in before[kind].values()}
        record = merge(session, kind, kept_id=kept, gone_id=gone, by="Ann", now=NOW)
        merged = everything(session)
        assert set(merged[kind]) == set(before[kind]) - {gone}
        assert merged[kind][kept]["name"] == (names[kept] or names[gone])
        assert str(gone) not in str(merged), "something still hangs on the merged row"
        undone = undo_merge(session, record, by="Ann", now=NOW)
        assert undone.left == []
        assert_same(before, everything(session))


def test_nothing_of_what_hung_on_either_is_lost(session: Session, now: datetime) -> None:
    kept = make_service(session, name="Dentist", ages=(4, 18))
    gone = make_service(session, name="Dentist Inc", ages=(4, 18), email="new@example.org")
    gone.phones.append(Phone(number="423-555-0177"))
    kept.email = None
    session.flush()
    count = {
        name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name]))
        for name in ("phone", "attribute", "eligibility_rule", "service_capacity")
    }
    record = merge(session, "service", kept_id=kept.id, gone_id=gone.id, by="Ann", now=now)
    kept = session.get_one(Service, kept.id)
    assert "423-555-0177" in {phone.number for phone in kept.phones}
    assert kept.email == "new@example.org", "what the kept one did not say is filled in"
    for name, number in count.items():
        left = session.scalar(select(func.count()).select_from(Base.metadata.tables[name]))
        removed = sum(table == name for table, _ in record.removed)
        assert (left or 0) + removed == number, name


def test_the_kept_ones_own_rules_stand(session: Session, now: datetime) -> None:
    kept, gone = make_service(session, ages=None), make_service(session, ages=None)
    other = make_service(session, ages=None)
    make_eligibility(session, kept, "grade", low=1, high=5)
    make_eligibility(session, gone, "grade", low=6, high=8)
    merge(session, "service", kept_id=kept.id, gone_id=gone.id, by="Ann", now=now)
    rules = session.get_one(Service, kept.id).eligibility_rules
    assert [rule.facts["high"] for rule in rules if rule.kind == "grade"] == [5]
    merge(session, "service", kept_id=other.id, gone_id=kept.id, by="Ann", now=now)
    rules = session.get_one(Service, other.id).eligibility_rules
    assert [rule.facts["high"] for rule in rules if rule.kind == "grade"] == [5], "it had none"


def test_fields_are_chosen_one_by_one(session: Session, now: datetime) -> None:
    kept = make_organization(session, name="Bright Teeth", email="a@example.org")
    gone = make_organization(session, name="Bright Teeth Inc.", email="b@example.org")
    with pytest.raises(CatalogValueError, match="'website' is none in which the two differ"):
        merge(
            session,
            "organization",
            kept_id=kept.id,
            gone_id=gone.id,
            take=["website"],
            by="A",
            now=now,
        )
    record = merge(
        session, "organization", kept_id=kept.id, gone_id=gone.id, take=["email"], by="Ann", now=now
    )
    session.refresh(kept)
    assert (kept.name, kept.email) == ("Bright Teeth", "b@example.org")
    change = session.scalars(
        select(FieldChange).filter_by(resource_id=kept.id, field_name="email")
    ).one()
    assert (change.previous_value, change.replacement_value) == ("a@example.org", "b@example.org")
    undo_merge(session, record, by="Ann", now=now)
    session.refresh(kept)
    assert kept.email == "a@example.org"


def test_referrals_suggestions_answers_links_and_accounts_move_along(
    session: Session, now: datetime
) -> None:
    house = make_location(session)
    organizations = [make_organization(session, name=name) for name in ("Kept", "Gone")]
    services = [make_service(session, organization=one) for one in organizations]
    places = [make_service_at_location(session, service=s, location=house) for s in services]
    student, other = make_student(session), make_student(session)
    referral = make_referral(session, state="sent", student=student, place=places[1])
    make_suggestion(session, student=student, place=places[1])
    for one, answer in ((services[0], "interested"), (services[1], "later")):
        session.add(
            FamilyResponse(student_id=other.id, service_id=one.id, answer=answer, answered_at=now)
        )
    account = make_user(session, "partner", organization=organizations[1])
    make_listing_link(session, services[1], secret="only for tests", now=now)
    before = everything(session)
    (kept, gone), (here, there) = ([row.id for row in rows] for rows in (services, places))
    partner, former = (one.id for one in organizations)
    record = merge(session, "service", kept_id=kept, gone_id=gone, by="Ann", now=now)
    team = merge(session, "organization", kept_id=partner, gone_id=former, by="Ann", now=now)
    moved = session.get_one(Referral, referral.id)
    assert (moved.service_id, moved.service_at_location_id) == (kept, here)
    assert moved.organization_id == partner
    assert session.scalars(select(Suggestion.service_at_location_id)).all() == [here]
    assert session.scalars(select(FamilyResponse.answer)).all() == ["interested"]
    assert session.scalars(select(AccessLink.subject_id)).all() == [kept]
    assert session.get_one(User, account.id).organization_id == partner
    assert kept_ids(session, [there, gone, former]) == {there: here, gone: kept, former: partner}
    assert undo_merge(session, team, by="Ann", now=now).left == []
    assert undo_merge(session, record, by="Ann", now=now).left == []
    assert_same(before, everything(session))


def test_two_open_referrals_of_one_student_must_be_one_first(
    session: Session, now: datetime
) -> None:
    places = [make_service_at_location(session) for _ in range(2)]
    student = make_student(session)
    for place in places:
        make_referral(session, state="sent", student=student, place=place)
    with pytest.raises(CatalogValueError, match="Close one referral of each first") as refusal:
        merge(
            session,
            "service",
            kept_id=places[0].service_id,
            gone_id=places[1].service_id,
            by="Ann",
            now=now,
        )
    assert student.family_name not in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "same", "says"),
    [
        ("service", True, "into itself"),
        ("phone", False, "cannot be merged"),
        ("service", False, "not in the directory"),
    ],
)
def test_what_cannot_be_merged_is_told(
    session: Session, now: datetime, kind: str, same: bool, says: str
) -> None:
    one = make_service(session)
    other = one.id if same else uuid.uuid4()
    with pytest.raises(CatalogValueError, match=says):
        merge(session, kind, kept_id=one.id, gone_id=other, by="Ann", now=now)


def test_of_two_who_merge_the_same_the_second_is_told(session: Session, now: datetime) -> None:
    one, two, three = (make_service(session).id for _ in range(3))
    merge(session, "service", kept_id=one, gone_id=two, by="Ann", now=now)
    with pytest.raises(CatalogValueError, match="merged already"):
        merge(session, "service", kept_id=three, gone_id=two, by="Bob", now=now)


def test_chains_lead_to_the_last_and_are_undone_backwards(session: Session, now: datetime) -> None:
    one, two, three = (make_service(session).id for _ in range(3))
    first = merge(session, "service", kept_id=two, gone_id=one, by="Ann", now=now)
    second = merge(session, "service", kept_id=three, gone_id=two, by="Ann", now=now)
    assert kept_ids(session, [one, two, three]) == {one: three, two: three}
    with pytest.raises(CatalogValueError, match="itself merged"):
        undo_merge(session, first, by="Ann", now=now)
    undo_merge(session, second, by="Ann", now=now)
    assert kept_ids(session, [one, two]) == {one: two}
    undo_merge(session, first, by="Ann", now=now)
    assert kept_ids(session, [one]) == {}
    with pytest.raises(CatalogValueError, match="undone already"):
        undo_merge(session, first, by="Ann", now=now)


def test_what_changed_since_stays_and_is_told(session: Session, now: datetime) -> None:
    kept = make_organization(session, name="Kept", email="a@example.org")
    gone = make_organization(session, name="Gone", email="b@example.org")
    make_service(session, organization=gone)
    record = merge(
        session, "organization", kept_id=kept.id, gone_id=gone.id, take=["email"], by="A", now=now
    )
    session.refresh(kept)
    kept.email = "c@example.org"
    undone = undo_merge(session, record, by="Ann", now=now)
    assert undone.left == ["“email” was changed since, and stays so."]
    session.refresh(kept)
    assert kept.email == "c@example.org"
    assert undone.restored == 2, "the organization, and its service"


def test_called_different_holds_after_a_merge_and_after_its_undoing(
    session: Session, now: datetime
) -> None:
    office = make_organization(session, name="River House Tutoring")
    one, two, three = (
        make_service(session, organization=office, name=f"Homework Help Evening{end}").id
        for end in ("", "s", "z")
    )
    refresh_pairs(session, now=now)
    pairs = {
        frozenset((pair.first_id, pair.second_id)): pair
        for pair in session.scalars(select(DuplicatePair).filter_by(kind="service"))
    }
    assert len(pairs) == 3
    pair = pairs[frozenset((two, three))]
    pair.state, pair.decided_at, pair.decided_by = "different", now, "Ann"
    session.delete(pairs[frozenset((one, three))])
    session.flush()
    record = merge(session, "service", kept_id=one, gone_id=two, by="Ann", now=now)
    assert refresh_pairs(session, now=now)["new"] == 0, "two, which is one now, is not three"
    undo_merge(session, record, by="Ann", now=now)
    refresh_pairs(session, now=now)
    states = {
        frozenset((pair.first_id, pair.second_id)): pair.state
        for pair in session.scalars(select(DuplicatePair).filter_by(kind="service"))
    }
    assert states[frozenset((two, three))] == "different"
    assert states[frozenset((one, two))] == "waiting"


def test_the_job_looks_only_when_the_directory_has_changed(
    app: Flask, session: Session, now: datetime
) -> None:
    office = make_organization(session, name="River House Tutoring")
    for end in ("", "s"):
        make_service(session, organization=office, name=f"Homework Help Evening{end}")
    session.commit()
    job = job_named("find_duplicates")
    with app.app_context():
        first = run_job(job, now=now)
        assert first.report.counts["new"] >= 1
        assert not run_job(job, now=now + timedelta(minutes=15)).report.did_something
        bump_revision(session)
        session.commit()
        assert run_job(job, now=now + timedelta(minutes=30)).report.did_something


def test_the_queue_follows_the_directory(session: Session, now: datetime) -> None:
    office = make_organization(session, name="River House Tutoring")
    twins = [
        make_service(session, organization=office, name=name)
        for name in ("Homework Help Evenings", "Homework Help Evening")
    ]
    assert refresh_pairs(session, now=now)["new"] >= 1
    (pair,) = session.scalars(select(DuplicatePair).filter_by(kind="service")).all()
    assert {pair.first_id, pair.second_id} == {twin.id for twin in twins}
    assert refresh_pairs(session, now=now) == {"new": 0, "alike_no_more": 0}
    pair.state, pair.decided_at, pair.decided_by = "different", now, "Ann"
    assert refresh_pairs(session, now=now) == {"new": 0, "alike_no_more": 0}
    pair.state, pair.decided_at, pair.decided_by = "waiting", None, None
    twins[1].name = "Canoe Weekends"
    assert refresh_pairs(session, now=now)["alike_no_more"] >= 1
    assert not session.scalars(select(DuplicatePair).filter_by(kind="service")).all()


def columns_that_name_rows() -> Iterable[tuple[str, str]]:
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            is_id = str(column.type) in {"CHAR(32)", "UUID"} or "uuid" in str(column.type).lower()
            if is_id and not column.foreign_keys and not column.primary_key:
                yield table.name, column.name


def test_every_column_that_names_a_row_is_known_to_merging() -> None:
    """A new table that names a service without a foreign key must be told to merging."""
    from catalog.merging import LEFT_ALONE, SOFT_REFERENCES

    unknown = [
        (table, column)
        for table, column in columns_that_name_rows()
        if table not in LEFT_ALONE and (table, column) not in SOFT_REFERENCES
    ]
    assert unknown == []
    assert models.Merge.__tablename__ in LEFT_ALONE
