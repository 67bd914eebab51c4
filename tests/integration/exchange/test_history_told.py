"""What of the history leaves the catalog: whose kind of person, never a name; no hidden street."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from catalog.exporters.hsds_csv import export_csv
from catalog.exporters.json_file import export_json
from catalog.history import Author, write_as
from catalog.models import CostOption, ServiceAtLocation
from tests.factories import make_service_at_location
from tests.fixtures.client import CheckedClient


@pytest.fixture
def place(session: Session, now: datetime) -> ServiceAtLocation:
    """A place that is confidential since Ann corrected its street, and its service."""
    place = make_service_at_location(session)
    session.commit()
    write_as(session, Author("Ann Persona", "staff", now))
    place.location.addresses[0].address_1 = "77 Secret Street"
    place.service.alert = "Closed on Friday"
    place.service.assurer_email = "ann@example.org"
    place.service.cost_options.append(CostOption(amount_cents=1250))
    session.flush()
    place.location.is_confidential = True
    session.commit()
    return place


def test_one_object_of_the_api_tells_its_history_and_a_list_does_not(
    client: CheckedClient, place: ServiceAtLocation
) -> None:
    told = client.get(f"/hsds/services/{place.service_id}")
    changes = {row["field_name"]: row for row in told.json["metadata"]}  # type: ignore[index]
    assert changes["alert"] == {
        "id": changes["alert"]["id"],
        "resource_id": str(place.service_id),
        "resource_type": "service",
        "last_action_date": "2026-10-13",
        "last_action_type": "update",
        "field_name": "alert",
        "previous_value": "",
        "replacement_value": "Closed on Friday",
        "updated_by": "District or school staff",
    }
    assert changes["amount"]["replacement_value"] == "12.5"
    assert "Secret" not in told.text
    assert "ersona" not in told.text
    assert "ann@example.org" not in told.text
    for query in ("", "?full=true"):
        assert '"metadata"' not in client.get(f"/hsds/services{query}").text


def test_no_file_tells_a_name_or_a_hidden_street(
    session: Session, place: ServiceAtLocation, tmp_path: Path
) -> None:
    export_json(session, tmp_path / "catalog.json")
    export_csv(session, tmp_path / "package")
    nested = (tmp_path / "catalog.json").read_text()
    flat = (tmp_path / "package" / "metadata.csv").read_text()
    for text in (nested, flat):
        assert "Closed on Friday" in text
        assert "District or school staff" in text
        for secret in ("Secret", "ersona", "ann@example.org"):
            assert secret not in text
    rows = list(csv.DictReader(flat.splitlines()))
    told = [
        row
        for one in json.loads(nested)
        for service in one.get("services", [])
        for row in service.get("metadata", [])
        if service["id"] == str(place.service_id)
    ]
    mine = {row["id"] for row in rows if row["resource_type"] in {"service", "cost_option"}}
    assert {row["id"] for row in told if row["resource_type"] != "service_at_location"} <= mine
    assert any(row["id"] in {one["id"] for one in rows} for row in told)
