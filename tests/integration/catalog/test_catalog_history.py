"""Every change of a field of the directory is kept: who, when, from, to, whoever made it and how."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.bulk import update_rows
from catalog.conflicts import settle_conflict
from catalog.errors import UnknownAuthorError
from catalog.history import AUTHOR, Author, author_of, write_as, written_by
from catalog.models import (
    Contact,
    FieldChange,
    ImportConflict,
    Organization,
    Phone,
    Schedule,
    Service,
)
from catalog.proposals import accept_needs
from catalog.services import confirm_service, record_openings
from tests.factories.catalog import make_organization, make_service
from tests.integration.catalog.packages import bring_in, sample_tables, write_package


@pytest.fixture
def service(session: Session, now: datetime) -> Service:
    """A listing that was there before Ann came."""
    service = make_service(session)
    session.commit()
    write_as(session, Author("Ann Persona", "staff", now))
    return service


def told(session: Session, **where: Any) -> list[tuple[str, str, str, str, str]]:
    """The history: table, action, field, from, to."""
    session.flush()
    rows = session.scalars(
        select(FieldChange)
        .filter_by(**where)
        .where(FieldChange.updated_by != "A test")
        .order_by(FieldChange.position)
    )
    return [
        (r.resource_type, r.last_action_type, r.field_name, r.previous_value, r.replacement_value)
        for r in rows
    ]


def test_a_changed_field_says_who_when_from_and_to(
    session: Session, service: Service, now: datetime
) -> None:
    service.description, service.minimum_age = "New words", 6
    session.commit()
    assert told(session) == [
        ("service", "update", "description", "What we do, in a sentence.", "New words"),
        ("service", "update", "minimum_age", "5.0", "6"),
    ]
    row = session.scalars(select(FieldChange).filter_by(field_name="description")).one()
    assert (row.resource_id, row.owner_id) == (service.id, service.id)
    assert (row.updated_by, row.made_by, row.last_action_date) == ("Ann Persona", "staff", now)


def test_what_is_set_to_what_it_was_is_no_change(session: Session, service: Service) -> None:
    name = service.name
    session.expire_all()
    service.name = name
    session.commit()
    assert told(session) == []


def test_a_field_set_unread_is_compared_with_what_stood_there(
    session: Session, service: Service
) -> None:
    before = service.name
    session.expire_all()
    service.name = "Another name"
    session.commit()
    assert told(session) == [("service", "update", "name", before, "Another name")]


def test_a_changed_reference_is_a_change(session: Session, service: Service) -> None:
    before = str(service.organization_id)
    other = make_organization(session)
    service.organization = other
    assert (
        "service", "update", "organization_id", before, str(other.id)
    ) in told(session)  # fmt: skip


def test_what_comes_to_a_service_and_goes_from_it_is_told_field_by_field(
    session: Session, service: Service
) -> None:
    phone = Phone(number="423-555-0100", type="voice")
    service.phones.append(phone)
    added = told(session, last_action_type="create")
    assert ("phone", "create", "number", "", "423-555-0100") in added
    assert ("phone", "create", "type", "", "voice") in added
    service.phones.remove(phone)
    gone = told(session, last_action_type="delete")
    assert ("phone", "delete", "number", "423-555-0100", "") in gone
    assert {row.owner_id for row in session.scalars(select(FieldChange))} >= {service.id}


def test_a_new_service_is_one_row_with_all_that_came_with_it(
    session: Session, service: Service
) -> None:
    new = Service(name="New here", organization=service.organization)
    new.schedules = [Schedule(freq="WEEKLY", byday="MO")]
    session.add(new)
    session.flush()
    new.description = "Thought of a little later"
    assert told(session, owner_id=new.id) == [("service", "create", "name", "", "New here")]


def test_a_person_at_a_partner_has_no_history(session: Session, service: Service) -> None:
    contact = Contact(name="Pat", email="pat@example.org", service=service)
    contact.phones = [Phone(number="423-555-0199")]
    session.add(contact)
    session.flush()
    contact.phones[0].number = "423-555-0188"
    contact.name = "Pat Persona"
    assert told(session) == []


def test_who_confirms_and_tells_open_places_is_told(
    session: Session, service: Service, now: datetime
) -> None:
    confirm_service(session, service, now=now)
    record_openings(session, service, available=2, now=now)
    changes = [(table, field, old, new) for table, _, field, old, new in told(session)]
    assert ("service", "assured_date", "2026-09-15", now.date().isoformat()) in changes
    assert ("service_capacity", "available", "5", "2") in changes


def test_accepted_needs_are_told(session: Session, service: Service) -> None:
    accept_needs(session, [(service.id, "food-pantry")])
    assert ("attribute", "create", "label", "", "Food pantries") in [
        (*row[:4], "Food pantries") for row in told(session) if row[2] == "label"
    ]


def test_nobody_changes_the_directory(session: Session, service: Service) -> None:
    session.info[AUTHOR] = None
    service.name = "By nobody"
    with pytest.raises(UnknownAuthorError):
        session.flush()
    session.rollback()
    table = Service.__table__
    with pytest.raises(UnknownAuthorError):
        update_rows(session, table, [(service.id, {"name": "By nobody"})])  # type: ignore[arg-type]


def test_an_author_for_a_while_gives_way_to_the_one_before(session: Session, now: datetime) -> None:
    before = author_of(session)
    with written_by(session, Author("Somebody", "staff", now)):
        assert author_of(session).name == "Somebody"
    assert author_of(session) is before


class TestImport:
    """What a directory brings."""

    @pytest.fixture
    def tables(self, session: Session, tmp_path: Path, now: datetime) -> dict[str, Any]:
        tables = sample_tables()
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        return tables

    def test_what_comes_in_for_the_first_time_has_no_history(
        self, session: Session, tables: dict[str, Any]
    ) -> None:
        assert tables
        assert told(session) == []

    def test_what_the_source_changes_adds_and_drops_is_told_in_its_name(
        self, session: Session, tables: dict[str, Any], tmp_path: Path, now: datetime
    ) -> None:
        tables["services"][0]["name"] = "Tutoring for all"
        tables["schedules"].pop()
        tables["phones"].append(
            {"id": "401", "service_id": "102", "location_id": "", "number": "423-555-0177"}
        )
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        changes = told(session)
        assert ("service", "update", "name", "Tutoring", "Tutoring for all") in changes
        assert ("phone", "create", "number", "", "423-555-0177") in changes
        assert ("schedule", "delete", "byday", "SA", "") in changes
        rows = session.scalars(select(FieldChange).where(FieldChange.updated_by != "A test")).all()
        assert {(row.updated_by, row.made_by) for row in rows} == {("sample", "source")}
        rowing = session.scalars(select(Service).where(Service.name == "Rowing")).one()
        assert {row.owner_id for row in rows if row.resource_type == "phone"} == {rowing.id}

    def test_the_same_import_again_adds_nothing_to_it(
        self, session: Session, tables: dict[str, Any], tmp_path: Path, now: datetime
    ) -> None:
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        assert told(session) == []

    def test_a_settled_difference_is_told(
        self, session: Session, tables: dict[str, Any], tmp_path: Path, now: datetime
    ) -> None:
        tutoring = session.scalars(select(Service).where(Service.name == "Tutoring")).one()
        tutoring.email = "ours@sample.org"
        session.commit()
        tables["services"][0]["email"] = "theirs@sample.org"
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        conflict = session.scalars(select(ImportConflict)).one()
        with written_by(session, Author("Dee", "staff", now)):
            settle_conflict(session, conflict, take="theirs", decided_by="Dee", now=now)
        assert told(session, updated_by="Dee") == [
            ("service", "update", "email", "ours@sample.org", "theirs@sample.org")
        ]


def test_what_is_done_in_one_go_belongs_together(session: Session, service: Service) -> None:
    service.name = "One"
    session.flush()
    service.name = "Two"
    assert service.organization
    service.organization.description = "Three"
    session.flush()
    rows = session.scalars(select(FieldChange).filter_by(updated_by="Ann Persona")).all()
    assert len({row.change_id for row in rows}) == 1
    assert sorted(row.position for row in rows) == [0, 1, 2]
    organizations = session.scalars(select(Organization.id)).all()
    assert {row.owner_id for row in rows} <= {service.id, *organizations}
    assert isinstance(rows[0].change_id, uuid.UUID)
