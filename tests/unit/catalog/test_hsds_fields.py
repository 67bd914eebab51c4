"""What a row tells outside, column by column: formats, what is withheld, words for rules."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exporters.eligibility_words import describe_rules
from catalog.exporters.fields import COLUMNS, fields_of
from catalog.exporters.hsds_csv import FILES, data_package, escaped
from catalog.exporters.own_facts import (
    eligibility_attributes,
    extra_attributes,
    intake_facts,
    location_facts,
    own_terms,
    read_own_fact,
)

ID = uuid.UUID("5b1a7c52-6f0e-4d0b-9a3e-2f6f0a5d7c11")


def row(table: str, **values: Any) -> dict[str, Any]:
    """A row of a table with nothing but these values."""
    return {column.name: None for column in COLUMNS[table]} | {"id": ID, "extra": {}} | values


@pytest.mark.parametrize(
    ("table", "values", "told"),
    [
        ("service", {"name": "A", "status": "active"}, {"name": "A", "status": "active"}),
        ("service", {"url": "example.org/x"}, {"url": "http://example.org/x"}),
        ("service", {"url": "ask us"}, {}),
        ("service", {"email": "ask us"}, {}),
        ("service", {"minimum_age": 5.0, "maximum_age": 17.5}, {"minimum_age": 5, "maximum_age": 17.5}),
        ("service", {"assured_date": date(2026, 1, 31)}, {"assured_date": "2026-01-31"}),
        (
            "service",
            {"last_modified": datetime(2026, 1, 31, 8, 0, 0, 123456, UTC)},
            {"last_modified": "2026-01-31T08:00:00.123Z"},
        ),
        ("service", {"alternate_name": ""}, {}),
        ("organization", {"name": "A", "description": ""}, {"name": "A", "description": ""}),
        ("schedule", {"opens_at": time(9), "timezone": -5.0}, {"opens_at": "09:00:00", "timezone": -5}),
        ("address", {"city": "", "postal_code": ""}, {"city": "", "postal_code": ""}),
        ("cost_option", {"amount_cents": 1250}, {"amount": 12.5}),
        ("cost_option", {"amount_cents": 0}, {"amount": 0}),
        ("cost_option", {"amount_cents": None}, {}),
        ("phone", {"number": "1", "extension": "12"}, {"number": "1", "extension": 12}),
        ("phone", {"number": "1", "extension": "012"}, {"number": "1 ext. 012"}),
        ("phone", {"number": "1", "extension": None}, {"number": "1"}),
    ],
)  # fmt: skip
def test_values_in_the_formats_of_the_standard(
    table: str, values: dict[str, Any], told: dict[str, Any]
) -> None:
    assert fields_of(table, row(table, **values)) == {"id": str(ID), **told}


def test_a_confidential_place_tells_its_town_only() -> None:
    location = row(
        "location", location_type="physical", name="12 Oak Street", latitude=35.0, longitude=-85.0,
        description="behind the church", is_confidential=True,
    )  # fmt: skip
    assert fields_of("location", location) == {"id": str(ID), "location_type": "physical"}
    address = row(
        "address", address_1="12 Oak Street", address_2="2", attention="Jo", city="Red Bank",
        state_province="TN", postal_code="37415", country="US", address_type="physical",
    )  # fmt: skip
    assert fields_of("address", address, is_confidential=True) == {
        "id": str(ID),
        "address_1": "Address confidential",
        "city": "Red Bank",
        "state_province": "TN",
        "postal_code": "",
        "country": "US",
        "address_type": "physical",
    }
    schedule = row("schedule", byday="MO", description="ring at 12 Oak Street", notes="side door")
    assert fields_of("schedule", schedule, is_confidential=True) == {"id": str(ID), "byday": "MO"}
    ramp = row("accessibility", description="wheelchair", details="ramp on Oak Street")
    assert fields_of("accessibility", ramp, is_confidential=True) == {
        "id": str(ID), "description": "wheelchair",
    }  # fmt: skip


def test_no_column_of_the_standard_that_is_a_persons_is_told() -> None:
    told = {(table, column.name) for table, columns in COLUMNS.items() for column in columns}
    assert not told & {("phone", "contact_id"), ("service", "assurer_email")}
    assert "contact" not in COLUMNS
    assert set(FILES) == set(COLUMNS)


def rule(kind: str, effect: str = "require", **facts: Any) -> dict[str, Any]:
    return {
        "id": ID, "service_id": ID, "kind": kind, "effect": effect, "facts": facts,
        "source_text": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([], None),
        (
            [rule("age", low=6, high=8), rule("age", low=12, high=14)],
            "Ages 6 to 8; or Ages 12 to 14.",
        ),
        ([rule("age", low=None, high=2.5)], "Up to age 2.5."),
        ([rule("age", low=16, high=None)], "Age 16 and up."),
        ([rule("grade", low=0, high=5)], "Grades K to 5."),
        ([rule("grade", low=-1, high=-1)], "Grade Pre-K."),
        (
            [rule("residence", counties=["Hamilton, TN"], statewide="GA")],
            "Families who live in Hamilton County, TN or Georgia.",
        ),
        (
            [rule("residence", centre=[35.0, -85.3], radius_metres=8047)],
            "Families who live within 5.0 miles of 35.0000, -85.3000.",
        ),
        (
            [rule("insurance", accepted=["tenncare", "none"])],
            "Insurance: TennCare (Medicaid) or No insurance.",
        ),
        (
            [rule("income", ceiling_percent=200)],
            "Household income up to 200% of the federal poverty level.",
        ),
        (
            [rule("situation", "bar", any_of=["veteran"]), rule("gender", only="female")],
            "Not for: Situation: Veteran in the family. Girls.",
        ),
        ([rule("anyone", axis="residence")], "No restriction by where the family lives."),
        ([rule("school", schools=["03300005"])], "Students of school 03300005."),
    ],
)
def test_rules_in_words(rules: list[dict[str, Any]], words: str | None) -> None:
    assert describe_rules(rules) == words


def test_a_rule_comes_back_from_its_label() -> None:
    told = eligibility_attributes([rule("age", low=6, high=8)])[0]
    code = next(t["code"] for t in own_terms() if str(t["id"]) == told["taxonomy_term_id"])
    assert code == "footbridge-eligibility-age"
    kind, facts = read_own_fact(code, told["value"]) or ("", {})
    assert kind == "eligibility"
    assert (facts["kind"], facts["effect"], facts["facts"]) == (
        "age",
        "require",
        {"low": 6, "high": 8},
    )
    assert read_own_fact("dentist", told["value"]) is None
    assert read_own_fact(code, "not json") is None
    assert read_own_fact(code, "[1]") is None


def test_of_the_intake_only_what_a_family_may_know() -> None:
    intake = {
        "service_id": ID, "referral_email": "x@example.org", "referral_cap": 3,
        "notice_language": "es", "has_waitlist": False, "next_intake": date(2026, 9, 1),
        "provides_transport": True, "delivered_at_schools": [],
    }  # fmt: skip
    assert intake_facts(intake) == {
        "has_waitlist": False, "next_intake": "2026-09-01", "provides_transport": True,
    }  # fmt: skip
    assert intake_facts(None) == {}


def test_what_a_place_is_beyond_the_standard() -> None:
    place = {"is_confidential": False, "latitude": 1.0, "point_precision": "address"}
    assert location_facts(place) == {}
    assert location_facts({**place, "point_precision": "zip"}) == {"point_precision": "zip"}
    assert location_facts({**place, "is_confidential": True}) == {"is_confidential": True}


def test_cells_of_a_source_that_may_name_a_person_stay_here() -> None:
    extra = {
        "region": "North", "Contact": "Jo Sample", "staff notes": "x", "reach": "jo@example.org",
        "cell": "423",
    }  # fmt: skip
    told = extra_attributes("service", {"id": ID, "extra": extra})
    assert [label["value"] for label in told] == ['{"region": "North"}']
    assert extra_attributes("service", {"id": ID, "extra": {"Contact": "Jo"}}) == []


@given(st.text(alphabet="'=+-@ab1\t", max_size=6))
def test_no_cell_is_a_formula_and_taking_one_apostrophe_off_gives_it_back(text: str) -> None:
    cell = escaped(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t"))
    if cell != text:
        assert cell == f"'{text}"
    # What was escaped can be told from what was not, so that an import can undo it.
    was_escaped = cell[:1] == "'" and cell.lstrip("'")[:1] in set("=+-@\t") - {""}
    assert was_escaped == (cell != text) or not cell.lstrip("'")


def test_the_description_of_the_package_names_every_file_and_its_keys() -> None:
    resources = {table["name"]: table for table in data_package()["resources"]}
    assert [table["path"] for table in resources.values()] == list(FILES.values())
    keys = {
        key["fields"]: key["reference"]["resource"]
        for key in resources["phone"]["schema"]["foreignKeys"]
    }
    assert keys == {
        "location_id": "location", "service_id": "service", "organization_id": "organization",
        "service_at_location_id": "service_at_location",
    }  # fmt: skip
    parent = resources["taxonomy_term"]["schema"]["foreignKeys"]
    assert {"fields": "parent_id", "reference": {"resource": "", "fields": "id"}} in parent
