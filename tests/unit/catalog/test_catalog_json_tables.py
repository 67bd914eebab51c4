"""HSDS 3 in JSON becomes tables, whatever shape it comes in."""

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import BrokenFileError, ImportFileError, NotACatalogError
from catalog.importers.package import Package, read_package

ORGANIZATION = {"id": "o1", "name": "Sample House", "description": "Helps"}
SERVICE = {"id": "s1", "name": "Tutoring", "status": "active", "organization": ORGANIZATION}
WHOLE = {
    **SERVICE,
    "phones": [{"id": "p1", "number": "423-555-0100", "extension": 7, "languages": [{"id": "l1"}]}],
    "service_at_locations": [
        {
            "id": "x1",
            "location": {"id": "k1", "location_type": "physical", "latitude": 35.0},
            "phones": [{"id": "p1", "number": "423-555-0100"}],
        }
    ],
    "attributes": [{"id": "a1", "taxonomy_term": {"id": "t1", "code": "x", "name": "Tutors"}}],
    "metadata": [{"id": "m1", "field_name": "name"}],
    "program": {"id": "g1", "name": "Homework", "description": ""},
    "odd": {"kept": [1, 2]},
}


def read(tmp_path: Path, content: Any, name: str = "export.json") -> Package:
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_package(path)


def cells(package: Package, table: str) -> list[dict[str, str]]:
    return [row.cells for row in package.tables[table].rows]


def test_what_is_nested_names_its_parent(tmp_path: Path) -> None:
    package = read(tmp_path, WHOLE)
    assert package.kind == "hsds"
    (service,) = cells(package, "service")
    assert (service["organization_id"], service["program_id"]) == ("o1", "g1")
    assert json.loads(service["odd"]) == {"kept": [1, 2]}
    (place,) = cells(package, "service_at_location")
    assert (place["service_id"], place["location_id"]) == ("s1", "k1")
    (label,) = cells(package, "attribute")
    assert (label["link_id"], label["link_entity"]) == ("s1", "service")
    assert label["taxonomy_term_id"] == "t1"
    (change,) = cells(package, "metadata")
    assert (change["resource_id"], change["resource_type"]) == ("s1", "service")
    (program,) = cells(package, "program")
    assert program["organization_id"] == "o1"


def test_the_same_object_met_twice_is_one_row(tmp_path: Path) -> None:
    (phone,) = cells(read(tmp_path, WHOLE), "phone")
    assert (phone["service_id"], phone["service_at_location_id"]) == ("s1", "x1")
    assert phone["extension"] == "7"


def test_two_objects_of_one_id_that_disagree_are_two_rows(tmp_path: Path) -> None:
    package = read(tmp_path, [ORGANIZATION, {**ORGANIZATION, "name": "Another"}])
    assert [row["name"] for row in cells(package, "organization")] == ["Sample House", "Another"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (WHOLE, "one.json"),
        ([WHOLE], "list.json"),
        ({"total_pages": 1, "page_number": 1, "contents": [WHOLE]}, "page.json"),
        (json.dumps(WHOLE) + "\n\n" + json.dumps(ORGANIZATION) + "\n", "lines.ndjson"),
        ({**ORGANIZATION, "services": [{k: v for k, v in WHOLE.items() if k != "organization"}]},
         "organization.json"),
        ({"id": "x1", "service": SERVICE, "location": {"id": "k1"}}, "service_at_location.json"),
        ({"organizations.csv": [ORGANIZATION], "services.csv": [
            {"id": "s1", "name": "Tutoring", "organization_id": "o1", "status": "active"}]},
         "tabular.json"),
    ],
)  # fmt: skip
def test_every_shape_holds_the_service_and_its_organization(
    tmp_path: Path, content: Any, name: str
) -> None:
    package = read(tmp_path, content, name)
    (service,) = cells(package, "service")
    assert (service["id"], service["organization_id"]) == ("s1", "o1")
    assert [row["name"] for row in cells(package, "organization")] == ["Sample House"]


def test_a_folder_of_pages_is_one_package(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, name in enumerate(("Tutoring", "Meals"), 1):
        page = {
            "total_pages": 2,
            "page_number": number,
            "contents": [{**SERVICE, "id": f"s{number}", "name": name}],
        }
        (folder / f"page{number}.json").write_text(json.dumps(page))
    package = read_package(folder)
    assert [row["name"] for row in cells(package, "service")] == ["Tutoring", "Meals"]
    assert len(cells(package, "organization")) == 1


def test_one_page_of_several_is_warned_of(tmp_path: Path) -> None:
    page = {"total_pages": 3, "page_number": 1, "total_items": 9, "contents": [SERVICE]}
    (line,) = read(tmp_path, page).lines
    assert (line.severity, line.code) == ("warning", "one_page")
    assert "page 1 of 3" in line.reason


@pytest.mark.parametrize(
    ("tables", "version"),
    [
        (WHOLE, "3.0"),
        ({**WHOLE, "additional_urls": [{"id": "u", "url": "https://a.org"}]}, "3.1"),
        ({**WHOLE, "additional_urls": []}, "3.1"),
        ({**WHOLE, "attributes": [{"id": "a", "label": "Age 6 to 12"}]}, "3.1"),
    ],
)
def test_the_version_is_told_by_the_shape(tmp_path: Path, tables: Any, version: str) -> None:
    assert read(tmp_path, tables).version == version


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ('{"id": "o1", "name": ', BrokenFileError),
        ('{"version": "3.0", "profile": "x"}', NotACatalogError),
        ('{"colour": "red"}', NotACatalogError),
        ("[1, 2]", NotACatalogError),
        ("{" * 5000, BrokenFileError),
        ("[" * 100_000, BrokenFileError),
        ('{"name": "a", "services": [' * 200 + "]}" * 200, BrokenFileError),
    ],
)
def test_what_is_no_directory_is_refused_with_words(
    tmp_path: Path, content: str, error: type[ImportFileError]
) -> None:
    with pytest.raises(error) as refused:
        read(tmp_path, content)
    assert "export.json" in str(refused.value)
