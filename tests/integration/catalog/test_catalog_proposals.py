"""Services that no plan finds get needs proposed, and a person accepts them in bulk."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.errors import CatalogValueError
from catalog.models import Attribute, Service, Taxonomy, TaxonomyTerm
from catalog.proposals import accept_needs, propose_needs, read_chosen, to_csv
from catalog.queries import current_revision
from tests.factories import make_service, make_service_at_location
from tests.fixtures.client import CheckedRunner
from tests.integration.catalog.packages import bring_in


def proposed(session: Session) -> list[tuple[str, str, str]]:
    return [(one.service, one.need, one.heard_in) for one in propose_needs(session)]


def test_a_name_tells_the_need(session: Session) -> None:
    make_service(session, categories=(), name="Free Dental Clinic")
    (first, *_) = list(propose_needs(session))
    assert (first.service, first.heard_in) == ("Free Dental Clinic", "name")
    assert first.need.startswith("dental")
    assert 0.3 <= first.confidence <= 0.9


def test_a_directorys_own_label_is_believed_before_the_description(session: Session) -> None:
    service = make_service(
        session, categories=(), name="Harbor House", description="We also give out food."
    )
    other = Taxonomy(name="theirs", description="x")
    label = TaxonomyTerm(name="Eyeglasses", code="T-1", description="x")
    session.add(other)
    session.flush()
    label.taxonomy_id = other.id
    session.add(label)
    session.flush()
    session.add(Attribute(link_id=service.id, link_entity="service", taxonomy_term_id=label.id))
    session.flush()
    needs = proposed(session)
    assert needs[0][1:] == ("glasses", "label")
    assert ("Harbor House", "food-pantry", "description") in needs


@pytest.mark.parametrize(("link_type", "is_heard"), [("eligibility", False), ("category", True)])
def test_a_label_of_whom_it_is_for_does_not_say_what_it_is(
    session: Session, link_type: str, is_heard: bool
) -> None:
    service = make_service(session, categories=(), name="Harbor House", description=None)
    theirs = Taxonomy(name="theirs", description="x")
    session.add(theirs)
    session.flush()
    label = TaxonomyTerm(name="Homeless", code="T-1", description="x", taxonomy_id=theirs.id)
    session.add(label)
    session.flush()
    session.add(
        Attribute(
            link_id=service.id,
            link_entity="service",
            taxonomy_term_id=label.id,
            link_type=link_type,
        )
    )
    session.flush()
    assert bool(proposed(session)) == is_heard


def test_a_service_with_a_need_and_one_without_words_get_none(session: Session) -> None:
    make_service_at_location(session, categories=["dental-checkup"], name="Free Dental Clinic")
    make_service(session, categories=(), name="Xyzzy", description=None)
    assert proposed(session) == []


def test_what_is_accepted_is_named_once_and_matching_is_told(session: Session) -> None:
    service = make_service(session, categories=(), name="Free Dental Clinic")
    revision = current_revision(session)
    assert accept_needs(session, [(service.id, "glasses"), (service.id, "glasses")]) == 1
    assert current_revision(session) > revision
    assert accept_needs(session, [(service.id, "glasses")]) == 0
    assert proposed(session) == []


def test_nothing_is_accepted_by_halves(session: Session) -> None:
    service = make_service(session, categories=(), name="Free Dental Clinic")
    count = select(func.count()).select_from(Attribute)
    before = session.scalar(count)
    for bad in ((service.id, "unicorns"), (uuid.UUID(int=7), "glasses")):
        with pytest.raises(CatalogValueError):
            accept_needs(session, [(service.id, "glasses"), bad])
    assert session.scalar(count) == before


def test_a_sheet_goes_out_and_comes_back(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    service = make_service(session, categories=(), name="=Dental, Free")
    sheet = tmp_path / "proposals.csv"
    told = runner.invoke(args=["catalog", "propose", "--csv", str(sheet)])
    assert "Nothing was changed" in told.output
    head, first, *_ = sheet.read_text(encoding="utf-8-sig").splitlines()
    assert "'=Dental, Free" in first
    sheet.write_text(f"{head}\n{first}\n", encoding="utf-8-sig")
    told = runner.invoke(args=["catalog", "propose", "--accept", str(sheet)])
    assert "1 needs were named" in told.output, told.output
    told = runner.invoke(args=["catalog", "propose", "--json"])
    assert str(service.id) not in told.output


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,b\n1,2\n", "no columns"), ("service_id,need\nmine,glasses\n", "Row 2: 'mine'")],
)
def test_a_spoilt_sheet_is_refused_with_its_row(
    runner: CheckedRunner, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "p.csv").write_text(text, encoding="utf-8")
    told = runner.invoke(args=["catalog", "propose", "--accept", str(tmp_path / "p.csv")])
    assert told.exit_code == 1
    assert message in told.output


def test_json_has_what_the_sheet_has(runner: CheckedRunner, session: Session) -> None:
    service = make_service(session, categories=(), name="Free Dental Clinic")
    rows = json.loads(runner.invoke(args=["catalog", "propose", "--json"]).output)
    assert rows[0]["service_id"] == str(service.id)
    assert read_chosen(to_csv(propose_needs(session))) == [
        (uuid.UUID(row["service_id"]), row["need"]) for row in rows
    ]


def test_most_services_of_a_real_directory_have_a_need_or_a_proposal(
    session: Session, real_data: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_in(session, real_data / "hsds20-dc-2022", now)
    total = session.scalar(select(func.count()).select_from(Service)) or 0
    proposals = list(propose_needs(session))
    sure = {one.service_id for one in proposals}
    accept_needs(session, [(one.service_id, one.need) for one in proposals])
    left = total - len(
        session.execute(
            select(Attribute.link_id)
            .join(Attribute.taxonomy_term)
            .join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
            .where(Taxonomy.name == "needs", Attribute.link_entity == "service")
            .distinct()
        ).all()
    )
    with capsys.disabled():
        print(  # noqa: T201
            f"\nof {total:,} services {len(sure):,} got proposals, {left:,} have none"
        )
    assert left / total < 0.15
