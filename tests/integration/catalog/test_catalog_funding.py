"""Funding and the numbers of an organization have tables of their own, with what stood in `extra`."""

from __future__ import annotations

import importlib.util
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import FieldChange, Funding, Organization, OrganizationIdentifier, Service
from tests.factories import make_service, make_user
from tests.fixtures.client import CheckedClient
from tests.integration.catalog.packages import bring_in, sample_tables, write_package

FUNDS = [
    {"id": "1", "service_id": "100", "organization_id": "10", "source": "County grant"},
    {"id": "2", "service_id": "", "organization_id": "10", "source": "Gifts"},
    {"id": "3", "service_id": "999", "organization_id": "", "source": "Nobody's"},
]


def migration() -> ModuleType:
    """The migration that moved them."""
    (path,) = Path("app/migrations").glob("*_funding_and_identifiers_of_organizations.py")
    spec = importlib.util.spec_from_file_location("moved", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_funding_comes_in_with_what_it_pays_for(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    report = bring_in(
        session, write_package(tmp_path / "sample", {**sample_tables(), "funding": FUNDS}), now
    )
    found = {row.funding_source: row for row in session.scalars(select(Funding))}
    assert set(found) == {"County grant", "Gifts"}
    tutoring = session.scalars(select(Service).where(Service.name == "Tutoring")).one()
    assert found["County grant"].service_id == tutoring.id
    assert found["Gifts"].organization_id == tutoring.organization_id
    assert [line.row for line in report.lines if line.file == "funding.csv"] == [4]


def test_what_stood_beside_rows_is_moved_and_the_next_import_knows_it(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    tables = {**sample_tables(), "funding": FUNDS[:2]}
    bring_in(session, write_package(tmp_path / "sample", tables), now)
    for row in session.scalars(select(Funding)):
        session.delete(row)
    tutoring = session.scalars(select(Service).where(Service.name == "Tutoring")).one()
    house = tutoring.organization
    assert house
    tutoring.extra = {"funding": [{"id": "1", "source": "County grant"}], "region": "North"}
    house.extra = {
        "funding": [{"id": "2", "source": "Gifts", "share": "half"}],
        "organization_identifiers": [{"id": "7", "identifier": "123", "identifier_type": "EIN"}],
        "metadata": [
            {"id": "8", "last_action_date": "2019-01-02", "last_action_type": "update",
             "field_name": "name", "previous_value": "Old House", "replacement_value": "House",
             "updated_by": "Somebody"},
            {"id": "9", "last_action_date": "some day"},
        ],
    }  # fmt: skip
    session.commit()
    for change in session.scalars(select(FieldChange)):
        session.delete(change)
    session.commit()
    migration().move_kept_rows(session.connection())
    session.expire_all()
    assert tutoring.extra == {"region": "North"}
    assert house.extra == {"metadata": [{"id": "9", "last_action_date": "some day"}]}
    assert [row.funding_source for row in tutoring.funding] == ["County grant"]
    assert [(row.funding_source, row.extra) for row in house.funding] == [
        ("Gifts", {"share": "half"})
    ]
    assert [(row.identifier_type, row.identifier) for row in house.identifiers] == [("EIN", "123")]
    (change,) = session.scalars(select(FieldChange).filter_by(owner_id=house.id))
    assert (change.previous_value, change.made_by) == ("Old House", "elsewhere")
    bring_in(session, write_package(tmp_path / "sample", tables), now)
    assert sorted(row.funding_source or "" for row in session.scalars(select(Funding))) == [
        "County grant", "Gifts",
    ]  # fmt: skip


@pytest.mark.parametrize("is_told", [True, False])
def test_the_page_of_a_service_says_who_pays_and_how_others_know_the_organization(
    client: CheckedClient, session: Session, *, is_told: bool
) -> None:
    service = make_service(session)
    if is_told:
        service.funding = [Funding(funding_source="County grant")]
        organization = session.get(Organization, service.organization_id)
        assert organization
        organization.identifiers = [
            OrganizationIdentifier(identifier_type="EIN", identifier="12-3")
        ]
    client.sign_in(make_user(session, "plan_manager"))
    page = client.get(f"/directory/services/{service.id}")
    for words in ("County grant", "EIN: 12-3", "Paid for by:"):
        assert (words in page.text) is is_told
