"""How many services of a real directory end with the right area, against the judgement of a person.

Two hundred services of the Washington directory, drawn by chance and judged before the product's
answer was looked at (judged_services.yaml says how). A service ends with the needs that its labels
surely mean, else with the best need that is proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Attribute, Service, TaxonomyTerm
from catalog.proposals import own_codes, propose_needs
from catalog.taxonomy import term
from tests.integration.catalog.packages import bring_in

JUDGED = Path(__file__).parent / "judged_services.yaml"
RIGHT = 0.85  # the least share that must end with the right area


def areas_in_the_end(session: Session) -> dict[str, set[str]]:
    """The areas that each service ends with, by the directory's own id."""
    ids = {row.id: row.source_id for row in session.execute(select(Service.id, Service.source_id))}
    areas: dict[str, set[str]] = {}
    for service_id, code in session.execute(
        select(Attribute.link_id, TaxonomyTerm.code)
        .join(Attribute.taxonomy_term)
        .where(Attribute.link_entity == "service", TaxonomyTerm.code.in_(own_codes()))
    ):
        areas.setdefault(ids[service_id], set()).add(term(code).area)
    for proposal in propose_needs(session):
        areas.setdefault(ids[proposal.service_id], {term(proposal.need).area})
    return areas


def share_right(judged: Mapping[int, list[str]], areas: Mapping[str, set[str]]) -> float:
    """The share of the judged services of which any area is one that the person found right."""
    right = [areas.get(str(id_), {"none"}) & set(allowed) for id_, allowed in judged.items()]
    return sum(map(bool, right)) / len(right)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is heard is of no database
def test_the_right_area_in_the_end(
    session: Session, real_data: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    judged = yaml.safe_load(JUDGED.read_text(encoding="utf-8"))
    bring_in(session, real_data / "hsds20-dc-2022", now)
    areas = areas_in_the_end(session)
    shares = {name: share_right(services, areas) for name, services in judged.items()}
    with capsys.disabled():
        print()  # noqa: T201
        for name, share in shares.items():
            number = len(judged[name])
            print(f"right area, {name} ({number} services judged by hand): {share:.0%}")  # noqa: T201
    assert all(len(services) == 100 for services in judged.values())
    assert min(shares.values()) >= RIGHT


def test_the_judgement_names_areas_that_exist() -> None:
    known = {term(code).area for code in own_codes()} | {"none"}
    for services in yaml.safe_load(JUDGED.read_text(encoding="utf-8")).values():
        assert {area for areas in services.values() for area in areas} <= known
