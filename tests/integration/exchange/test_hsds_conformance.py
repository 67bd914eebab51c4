"""The public listing and the files hold to the standard: to its schemas, strictly, and to its API
description, under questions made up by a fuzzer.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from check_jsonschema import main as check_jsonschema_command
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance
from sqlalchemy.orm import Session

from catalog.models import Accessibility, Program, RequiredDocument, Url
from tests.fixtures.client import CheckedClient, CheckedRunner
from tests.integration.exchange.standard import Standard, kind_of
from tests.integration.exchange.test_hsds_api import NO_ID, Listing, make_listing

# Each address of a list, and the schema of its objects.
LISTS = {
    "services": "service_list",
    "services?full=true": "service",
    "service_at_locations": "service_at_location_list",
    "service_at_locations?full=true": "service_at_location",
    "organizations": "organization_list",
    "organizations?full=true": "organization",
    "organizations?full_service=true": "organization",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
WHOLE = {
    "services": "service",
    "service_at_locations": "service_at_location",
    "organizations": "organization",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
OPERATIONS = 11
EXAMPLES = 16  # questions an operation; more find nothing more, and take their time
USUAL = {
    "modified_after": "2026-01-01T00:00:00Z", "postcode": "37403", "proximity": "5000",
    "format": "json", "page": 1, "per_page": 10,
}  # fmt: skip
ASKED = 37  # parameters of all operations, in 3.0; 3.1 has two more
QUESTIONS = {
    **USUAL, "search": "clinic", "taxonomy_term_id": NO_ID, "taxonomy_id": NO_ID,
    "organization_id": NO_ID, "parent_id": NO_ID,
}  # fmt: skip


@pytest.fixture
def rich(session: Session) -> Listing:
    """A listing with a row in every table of the standard that we hold."""
    listing = make_listing(session)
    service, place = listing.service, listing.place
    program = Program(organization_id=service.organization_id, name="Smiles", description="")
    session.add(program)
    session.flush()
    service.program_id = program.id
    service.email = "not an address"
    session.add_all(
        [
            Accessibility(location_id=place.location_id, description="wheelchair"),
            RequiredDocument(service_id=service.id, document="Proof of address", uri="no address"),
            Url(service_id=service.id, url="example.org/form", label="Form"),
            Url(organization_id=service.organization_id, url="https://example.org/about"),
        ]
    )
    session.flush()
    return make_listing(session, 2)


def contents(client: CheckedClient, path: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    found: list[dict[str, Any]] = client.get(f"/hsds/{path}").get_json()["contents"]
    assert found
    return found


@pytest.mark.parametrize("is_strict", [False, True], ids=["as published", "strict"])
def test_every_object_is_what_the_standard_says(
    client: CheckedClient, rich: Listing, real_data: Path, is_strict: bool
) -> None:
    standard = Standard(real_data, "3.1")
    problems = [
        f"{path} {problem}"
        for path, schema in LISTS.items()
        for row in contents(client, path)
        for problem in standard.problems(schema, row, is_strict=is_strict)
    ]
    problems += [
        f"{path}/… {problem}"
        for path, schema in WHOLE.items()
        for row in contents(client, path)
        for problem in standard.problems(
            schema, client.get(f"/hsds/{path}/{row['id']}").get_json(), is_strict=is_strict
        )
    ]
    assert problems == []


def test_the_strict_form_refuses_what_is_made_up(real_data: Path) -> None:
    """Else the test above would prove nothing."""
    standard = Standard(real_data, "3.1")
    service = {"id": "b1", "name": "x", "status": "active", "invented": 1}
    assert "'invented' was unexpected" in str(standard.problems("service", service, is_strict=True))
    assert "is not a 'uuid'" in str(standard.problems("service", service, is_strict=False))


def test_objects_hold_to_the_version_before_as_well(
    client: CheckedClient, rich: Listing, real_data: Path
) -> None:
    standard = Standard(real_data, "3.0")
    assert [
        problem
        for path, schema in LISTS.items()
        for row in contents(client, path)
        for problem in standard.problems(schema, row, is_strict=False)
    ] == []


def test_of_version_3_0_only_fields_that_3_1_added_are_unknown(
    client: CheckedClient, rich: Listing, real_data: Path
) -> None:
    """Strictly by 3.0, too: what it refuses is a field of 3.1, and nothing else."""
    before, now = Standard(real_data, "3.0"), Standard(real_data, "3.1")
    refused: set[str] = set()
    for path, schema in LISTS.items():
        added = fields_in(now.schema(schema)) - fields_in(before.schema(schema))
        for row in contents(client, path):
            for problem in before.problems(schema, row, is_strict=True):
                assert "Additional properties" in problem, problem
                refused |= set(re.findall(r"'(\w+)'", problem)) - added
    assert refused <= {"service_areas"}, "which 3.1 allows of a service at a place as well"


def fields_in(schema: Any) -> set[str]:
    """The names of all fields that a schema knows, at any depth."""
    if isinstance(schema, list):
        return set().union(*map(fields_in, schema))
    if not isinstance(schema, dict):
        return set()
    own = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return own.union(*map(fields_in, schema.values()))


def test_the_file_of_the_whole_catalog_holds_to_the_standard(
    runner: CheckedRunner, rich: Listing, real_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "catalog.json"
    result = runner.invoke(args=["catalog", "export", str(path), "--format", "hsds-json"])
    assert result.exit_code == 0, result.output
    standard = Standard(real_data, "3.1")
    objects = json.loads(path.read_text(encoding="utf-8"))
    assert {kind_of(one) for one in objects} == {"organization", "taxonomy", "taxonomy_term"}
    for one in objects:
        assert standard.problems(kind_of(one), one, is_strict=True) == []


def check_jsonschema(schema: Path, *files: Path) -> Result:
    """The command that the field checks files with, with the words that anybody would give it."""
    return CliRunner().invoke(
        check_jsonschema_command, ["--schemafile", str(schema), *map(str, files)]
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_check_jsonschema_finds_nothing_wrong(
    client: CheckedClient, rich: Listing, real_data: Path, tmp_path: Path, version: str
) -> None:
    standard = Standard(real_data, version)
    for path, name in WHOLE.items():
        schema = tmp_path / f"{name}.schema.json"
        schema.write_text(json.dumps(standard.schema(name)), encoding="utf-8")
        files = []
        for row in contents(client, path):
            files.append(tmp_path / f"{name}-{row['id']}.json")
            files[-1].write_bytes(client.get(f"/hsds/{path}/{row['id']}").get_data())
        checked = check_jsonschema(schema, *files)
        assert checked.exit_code == 0, f"{path}: {checked.output}"
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"id": "b1", "name": 1}', encoding="utf-8")
    assert check_jsonschema(tmp_path / "taxonomy.schema.json", wrong).exit_code == 1


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_the_tabular_package_holds_to_the_standard(
    runner: CheckedRunner, rich: Listing, real_data: Path, tmp_path: Path, version: str
) -> None:
    """Every column is one of the standard's, of the same type; what it demands is there, but for
    its slips (an organization with one program only) and what directories leave blank."""
    folder = tmp_path / "package"
    result = runner.invoke(args=["catalog", "export", str(folder), "--format", "hsds-csv"])
    assert result.exit_code == 0, result.output
    published = (real_data / "hsds-spec" / version / "datapackage.json").read_text("utf-8")
    tables = {table["name"]: table for table in json.loads(published)["resources"]}
    ours = json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
    new = {"service_capacity", "unit", "url"}  # in 3.1, where they are described by half only
    for table in ours:
        if table["name"] in new:
            continue
        standard = {field["name"]: field for field in tables[table["name"]]["schema"]["fields"]}
        assert table["path"] == tables[table["name"]]["path"]
        rows = read_rows(folder / table["path"])
        for field in table["schema"]["fields"]:
            if (table["name"], field["name"]) in {
                ("attribute", "label"),
                ("service_area", "service_at_location_id"),
            } and version == "3.0":
                continue  # new in 3.1
            told = standard[field["name"]]
            assert field["type"] == told["type"]
            allowed = told.get("constraints", {}).get("enum")
            cells = [row[field["name"]] for row in rows]
            assert not allowed or set(cells) <= {*allowed, ""}
            if field["type"] == "number":
                assert all(float(cell) is not None for cell in cells if cell)
            if field.get("constraints", {}).get("required"):
                assert all(cells), f"{table['name']}.{field['name']}"
    assert_references_hold(folder, ours)


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def assert_references_hold(folder: Path, tables: list[dict[str, Any]]) -> None:
    """Every key names a row that is in the package, and ids are not used twice."""
    rows = {table["name"]: read_rows(folder / table["path"]) for table in tables}
    ids = {name: [row["id"] for row in found] for name, found in rows.items()}
    assert {name for name, found in ids.items() if len(set(found)) != len(found)} == set()
    for table in tables:
        for key in table["schema"]["foreignKeys"]:
            target = key["reference"]["resource"] or table["name"]
            named = {row[key["fields"]] for row in rows[table["name"]]} - {""}
            assert named <= set(ids[target]), f"{table['name']}.{key['fields']}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "file", ["3.0/openapi.bundled.json", "3.0/openapi.json", "3.1/openapi.json"]
)
def test_every_question_of_the_api_description_is_taken(
    client: CheckedClient, rich: Listing, real_data: Path, file: str
) -> None:
    """Each parameter that the standard gives an operation is one of ours, and is answered. 3.1 lets
    the lists be asked by POST too, with the same parameters; here everything is read by GET alone."""
    described = json.loads((real_data / "hsds-spec" / file).read_text(encoding="utf-8"))
    ours = client.get("/api/openapi.json").get_json()["paths"]
    refused = []
    asked = 0
    for path, operations in described["paths"].items():
        taken = parameters(ours["/hsds" + path.replace("{id}", "{id_}")]["get"])
        for operation in (operations["get"], operations.get("post", {})):
            wanted = parameters(operation, described)
            refused += [f"{path}?{name}" for name in wanted if name not in taken]
        id_ = contents(client, path.split("/")[1])[0]["id"] if "{id}" in path else ""
        for name in parameters(operations["get"], described):
            query = {name: QUESTIONS.get(name, "true")}
            query |= {"postcode": "37403"} if name == "proximity" else {}
            answer = client.get(f"/hsds{path.format(id=id_)}", query_string=query, buffered=True)
            refused += [f"{path}?{name}: {answer.status_code}"] if answer.status_code != 200 else []
            asked += 1
    assert refused == []
    assert asked >= ASKED


def parameters(operation: dict[str, Any], description: dict[str, Any] | None = None) -> list[str]:
    """The names of what may stand in the query of an operation."""
    named = []
    for one in operation.get("parameters", ()):
        found = one
        for part in one.get("$ref", "#").split("/")[1:]:
            found = (description or {} if found is one else found)[part]
        named += [found["name"]] if found.get("in") == "query" else []
    return named


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_operation_of_the_api_description_answers(
    client: CheckedClient, rich: Listing, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made-up questions never break it, what it answers is as described, and every operation
    answered well at least once: random ids alone would only ever find nothing."""
    monkeypatch.setattr("app.security.rate_limits.PUBLIC_LISTING", ())
    path = real_data / "hsds-spec" / "3.0" / "openapi.bundled.json"
    described = schemathesis.openapi.from_dict(json.loads(path.read_text(encoding="utf-8")))
    ids = {name: [row["id"] for row in contents(client, name)] for name in WHOLE}
    answered: dict[str, Counter[int]] = {}
    for result in described.get_all_operations():
        operation = result.ok()
        statuses = answered.setdefault(f"{operation.method} {operation.path}", Counter())
        for status in ask_at_random(client, operation, ids):
            statuses[status] += 1
    told = "\n".join(f"{name}: {dict(statuses)}" for name, statuses in answered.items())
    print(told)  # noqa: T201 - the figures of the run, shown with -s
    assert len(answered) == OPERATIONS, told
    assert all(statuses[200] for statuses in answered.values()), told
    assert {s for statuses in answered.values() for s in statuses} <= {200, 400, 404, 422}, told


def ask_at_random(client: CheckedClient, operation: Any, ids: dict[str, list[str]]) -> list[int]:
    """Put made-up questions to one operation, with real ids in about half of them; how each was
    answered. Fails where an answer is our failure, or is not as described."""
    statuses: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), is_usual=st.booleans(), number=st.integers(0, 1000))
    def ask(case: Any, is_usual: bool, number: int) -> None:
        if is_usual:
            put_real_ids(case, {kind: some[number % len(some)] for kind, some in ids.items()})
        sent = case.as_transport_kwargs(base_url="https://localhost/hsds")
        response = client.get(
            sent["url"].removeprefix("https://localhost"),
            query_string=sent.get("params"),
            buffered=True,
        )
        statuses.append(response.status_code)
        if response.mimetype != "application/x-ndjson":
            case.validate_response(
                response, checks=[not_a_server_error, response_schema_conformance]
            )

    ask()
    return statuses


def put_real_ids(case: Any, ids: dict[str, str]) -> None:
    """Real ids in place of those made up, and what nobody could guess in place of noise."""
    if "id" in case.path_parameters:
        case.path_parameters["id"] = ids[case.path.strip("/").partition("/")[0]]
    usual = {
        **USUAL,
        "taxonomy_term_id": ids["taxonomy_terms"],
        "parent_id": ids["taxonomy_terms"],
        "taxonomy_id": ids["taxonomies"],
        "organization_id": ids["organizations"],
    }
    case.query = {key: usual.get(key, value) for key, value in (case.query or {}).items()}
