"""`catalog duplicates` lists what looks alike, the likeliest first, and changes nothing."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from tests.factories import make_organization
from tests.fixtures.client import CheckedRunner


def test_it_lists_pairs_and_changes_nothing(runner: CheckedRunner, session: Session) -> None:
    facts = {"website": "https://sunnymolar.example.org", "email": "hello@sunnymolar.example.org"}
    first = make_organization(session, name="Sunny Molar Dental House", **facts)
    second = make_organization(session, name="Sunny Molar Dental Hous", **facts)
    make_organization(session, name="Riverbend Food Pantry")
    told = runner.invoke(args=["catalog", "duplicates", "--json"])
    assert told.exit_code == 0, told.output
    (pair,) = json.loads(told.output)
    assert pair["kind"] == "organization"
    assert set(pair["ids"]) == {str(first.id), str(second.id)}
    assert pair["score"] == sum(part["points"] for part in pair["parts"]) >= 650
    shown = runner.invoke(args=["catalog", "duplicates"])
    assert "Sunny Molar Dental House" in shown.output
    assert "1 pair looks alike. No entry was changed." in shown.output
    assert json.loads(runner.invoke(args=["catalog", "duplicates", "--json"]).output) == [pair]
