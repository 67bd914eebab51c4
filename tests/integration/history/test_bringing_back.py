"""Any value, row or version that the history holds can be brought back, and then stays."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import CatalogValueError
from catalog.history import Author, write_as
from catalog.models import (
    Attribute,
    FieldChange,
    ImportConflict,
    Organization,
    Phone,
    Service,
    TaxonomyTerm,
)
from catalog.queries import current_revision
from catalog.restoring import bring_back, bring_back_version
from tests.factories.catalog import make_eligibility, make_organization, make_service
from tests.integration.catalog.packages import bring_in, sample_tables, write_package


class Days:
    """One thing done a day, each by Ann."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now

    def next(self) -> datetime:
        self.session.flush()
        self.now += timedelta(days=1)
        write_as(self.session, Author("Ann Persona", "staff", self.now))
        return self.now


@pytest.fixture
def service(session: Session) -> Service:
    service = make_service(session, name="First name", email="first@example.org")
    session.commit()
    return service


@pytest.fixture
def days(session: Session, service: Service, now: datetime) -> Days:
    days = Days(session, now)
    days.next()
    return days


def change(session: Session, field: str, **where: Any) -> FieldChange:
    """The latest change of a field."""
    session.flush()
    found = session.scalars(
        select(FieldChange)
        .filter_by(field_name=field, **where)
        .order_by(FieldChange.last_action_date.desc(), FieldChange.position.desc())
    ).first()
    assert found is not None
    return found


def test_a_value_comes_back_as_a_change_of_its_own(
    session: Session, service: Service, days: Days
) -> None:
    service.name = "Second name"
    now = days.next()
    before = current_revision(session)
    assert bring_back(session, change(session, "name"), now=now)
    assert service.name == "First name"
    row = change(session, "name")
    assert (row.previous_value, row.replacement_value) == ("Second name", "First name")
    assert row.last_action_date == now
    assert service.last_modified == now
    assert current_revision(session) > before


def test_open_places_and_rules_come_back(session: Session, service: Service, days: Days) -> None:
    rule = make_eligibility(session, service, "age", low=6, high=12.5)
    seats = service.capacities[0]
    days.next()
    facts, told_at = rule.facts, seats.updated
    rule.facts, seats.updated, seats.available = {"low": 10, "high": 11}, days.now, 0
    session.flush()
    number, problems = bring_back_version(session, change(session, "available"), now=days.now)
    assert (number, problems) == (2, [])
    assert (rule.facts, seats.updated, seats.available) == (facts, told_at, 5)


def test_what_says_it_already_is_not_changed(
    session: Session, service: Service, days: Days
) -> None:
    service.name = "Second name"
    days.next()
    changed = change(session, "name")
    assert bring_back(session, changed, now=days.now)
    assert not bring_back(session, changed, now=days.now)


def test_a_row_that_was_taken_away_is_put_back_whole(
    session: Session, service: Service, days: Days
) -> None:
    phone = Phone(number="423-555-0100", type="voice", description="Desk")
    service.phones.append(phone)
    days.next()
    id_ = phone.id
    service.phones.remove(phone)
    days.next()
    assert bring_back(session, change(session, "number", last_action_type="delete"), now=days.now)
    (found,) = service.phones
    assert (found.id, found.number, found.type, found.description) == (
        id_, "423-555-0100", "voice", "Desk",
    )  # fmt: skip


def test_a_row_that_came_is_taken_away_again(
    session: Session, service: Service, days: Days
) -> None:
    service.phones.append(Phone(number="423-555-0100"))
    days.next()
    assert bring_back(session, change(session, "number"), now=days.now)
    assert service.phones == []


def test_a_version_comes_back_with_all_that_hung_on_it(
    session: Session, service: Service, days: Days
) -> None:
    service.phones.append(Phone(number="1"))
    days.next()
    service.name, service.minimum_age = "Second name", None
    service.phones[0].number = "2"
    session.flush()
    first = change(session, "name")
    days.next()
    service.name = "Third name"
    service.phones.remove(service.phones[0])
    service.phones.append(Phone(number="3"))
    days.next()
    number, problems = bring_back_version(session, first, now=days.now)
    assert (number, problems) == (3, [])
    assert (service.name, service.minimum_age) == ("First name", 5)
    assert [phone.number for phone in service.phones] == ["1"]


def test_a_version_of_a_service_leaves_its_organization(
    session: Session, service: Service, days: Days
) -> None:
    assert service.organization
    service.name = service.organization.name = "Second name"
    session.flush()
    bring_back_version(session, change(session, "name", resource_type="service"), now=days.now)
    assert (service.name, service.organization.name) == ("First name", "Second name")


def test_a_reference_that_is_gone_is_said(session: Session, service: Service, days: Days) -> None:
    other = make_organization(session)
    service.organization, mine = other, service.organization
    days.next()
    service.organization = mine
    days.next()
    session.expire_all()
    changed = change(session, "organization_id", replacement_value=str(mine.id))  # type: ignore[union-attr]
    session.delete(session.get(Organization, other.id))
    session.flush()
    with pytest.raises(CatalogValueError, match="no longer in the directory"):
        bring_back(session, changed, now=days.now)


def test_a_label_whose_term_is_gone_is_said_and_the_rest_comes_back(
    session: Session, service: Service, days: Days
) -> None:
    term = TaxonomyTerm(name="Odd", code="odd")
    session.add(term)
    session.flush()
    label = Attribute(link_entity="service", link_id=service.id, taxonomy_term_id=term.id)
    session.add(label)
    days.next()
    session.delete(label)
    service.name = "Second name"
    session.flush()
    session.delete(term)
    days.next()
    number, problems = bring_back_version(session, change(session, "name"), now=days.now)
    assert number == 1
    assert len(problems) == 1
    assert "taxonomy term that is no longer" in str(problems[0])
    assert service.name == "First name"


def test_a_field_of_a_row_that_is_gone_is_said(
    session: Session, service: Service, days: Days
) -> None:
    service.phones.append(Phone(number="1"))
    days.next()
    service.phones[0].number = "2"
    days.next()
    service.phones.clear()
    days.next()
    with pytest.raises(CatalogValueError, match="not there any more"):
        bring_back(session, change(session, "number", last_action_type="update"), now=days.now)


def test_a_value_that_does_not_go_with_the_rest_is_said(
    session: Session, service: Service, days: Days
) -> None:
    service.minimum_age = 3
    days.next()
    service.maximum_age = 4
    days.next()
    with pytest.raises(CatalogValueError, match="does not go with"):
        bring_back(session, change(session, "minimum_age"), now=days.now)


def test_a_service_is_not_taken_away(session: Session, service: Service, days: Days) -> None:
    session.add(Service(name="Brand new", organization=service.organization))
    session.flush()
    with pytest.raises(CatalogValueError, match="status"):
        bring_back(session, change(session, "name", last_action_type="create"), now=days.now)


class TestNextImport:
    """What was brought back survives it."""

    @pytest.fixture
    def tables(self, session: Session, tmp_path: Path, now: datetime) -> dict[str, Any]:
        tables = sample_tables()
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        return tables

    def test_a_value(
        self, session: Session, tables: dict[str, Any], tmp_path: Path, now: datetime
    ) -> None:
        tables["services"][0]["name"] = "Tutoring for all"
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        changed = change(session, "name", made_by="source")
        bring_back(session, changed, now=now)
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        service = session.get(Service, changed.resource_id)
        assert service is not None
        assert service.name == "Tutoring"
        tables["services"][0]["name"] = "Tutoring, newly named"
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        assert service.name == "Tutoring"
        assert session.scalars(select(ImportConflict.ours)).all() == ["Tutoring"]

    def test_a_row_that_the_source_dropped(
        self, session: Session, tables: dict[str, Any], tmp_path: Path, now: datetime
    ) -> None:
        phones = tables["phones"]
        tables["phones"] = [{**phones[0], "id": "401", "service_id": "102", "location_id": ""}]
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        changed = change(session, "number", last_action_type="delete")
        bring_back(session, changed, now=now)
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        assert session.get(Phone, changed.resource_id) is not None
        tables["phones"] = phones
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        assert session.get(Phone, changed.resource_id) is not None

    def test_a_row_that_was_taken_away_here(
        self, session: Session, tables: dict[str, Any], tmp_path: Path, now: datetime
    ) -> None:
        phone = session.scalars(select(Phone)).first()
        assert phone is not None
        id_ = phone.id
        session.delete(phone)
        session.commit()
        report = bring_in(session, write_package(tmp_path / "sample", tables), now)
        assert session.get(Phone, id_) is None
        assert report.lines_by_code()["warning", "removed_here"] == 1
        bring_back(session, change(session, "number", last_action_type="delete"), now=now)
        bring_in(session, write_package(tmp_path / "sample", tables), now)
        again = session.get(Phone, id_)
        assert again is not None
        assert again.imported


TEXTS = st.none() | st.text(alphabet="ab \n“é", min_size=1, max_size=5)
STEPS = st.lists(
    st.tuples(st.sampled_from(["name", "alert", "phone", "drop"]), TEXTS), min_size=1, max_size=6
)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS, back=st.integers(0, 5))
def test_any_version_comes_back(
    session: Session, now: datetime, steps: list[tuple[str, str | None]], back: int
) -> None:
    """Whatever was done since: the service says what it said then."""
    write_as(session, Author("A test", "system", now))
    service = make_service(session, name="Start")
    session.commit()
    days = Days(session, now)
    days.next()
    versions: list[tuple[uuid.UUID | None, Any]] = []
    for what, text in steps:
        said = state(service)
        if what == "phone":
            service.phones.append(Phone(number=text or "0"))
        elif what == "drop" and service.phones:
            service.phones.pop()
        elif what in {"name", "alert"}:
            setattr(service, what, text or ("x" if what == "name" else None))
        session.flush()
        rows = session.scalars(
            select(FieldChange).filter_by(owner_id=service.id, last_action_date=days.now)
        ).all()
        if rows:
            versions.append((rows[0].id, said))
        days.next()
    if not versions:
        return
    id_, said = versions[back % len(versions)]
    change_then = session.get(FieldChange, id_)
    assert change_then is not None
    assert bring_back_version(session, change_then, now=days.now)[1] == []
    session.expire_all()
    assert state(service) == said


def state(service: Service) -> Any:
    """What it says."""
    numbers = sorted((str(phone.id), phone.number) for phone in service.phones)
    return (service.name, service.alert, numbers)
