"""`flask catalog export`: whole or not at all, and nothing in it that is not for everyone."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import frictionless
import openpyxl
import pytest
from sqlalchemy.orm import Session

from catalog.exporters import json_file
from catalog.exporters.hsds_csv import FILES
from catalog.long_cells import LONGEST_CELL
from catalog.models import Phone, Program, Service, TaxonomyTerm, Unit
from tests.factories import make_service, make_service_at_location
from tests.fixtures.client import CheckedRunner
from tests.integration.exchange.standard import kind_of
from tests.integration.exchange.test_hsds_api import make_listing, secrets_in


def export(runner: CheckedRunner, path: Path, format_: str) -> str:
    """Run the command; what it said."""
    result = runner.invoke(args=["catalog", "export", str(path), "--format", format_])
    assert result.exit_code == 0, result.output
    return str(result.output)


@pytest.mark.parametrize(
    ("name", "format_"), [("c.json", "hsds-json"), ("c", "hsds-csv"), ("c.zip", "hsds-csv")]
)
def test_what_is_private_stays_here_and_is_counted(
    runner: CheckedRunner, session: Session, tmp_path: Path, name: str, format_: str
) -> None:
    make_listing(session)
    path = tmp_path / name
    said = export(runner, path, format_)
    assert "Kept back: contacts (1)" in said
    assert "Kept back: streets of confidential places (1)" in said
    if path.is_dir():
        texts = [file.read_text(encoding="utf-8") for file in path.iterdir()]
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            texts = [archive.read(file).decode() for file in archive.namelist()]
    else:
        texts = [path.read_text(encoding="utf-8")]
    assert any("Check-ups 1" in text for text in texts)
    assert any("Red Bank" in text for text in texts)
    assert secrets_in(texts) == []
    assert [file.name for file in tmp_path.iterdir()] == [name], "nothing is left beside it"


def test_the_tabular_package_passes_frictionless(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    make_listing(session)
    export(runner, tmp_path / "c", "hsds-csv")
    report = frictionless.Package(str(tmp_path / "c" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])[:10]
    assert {task.name for task in report.tasks} == set(FILES)


def test_a_workbook_runs_nothing_and_tells_nothing_private(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    make_listing(session)
    make_service(session, name='=HYPERLINK("http://example.org")', description="a\x0bb")
    export(runner, tmp_path / "c.xlsx", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}, "text, and no formula"
    texts = [str(cell.value) for cell in cells]
    assert '\'=HYPERLINK("http://example.org")' in texts
    assert secrets_in(texts) == []
    assert [file.name for file in tmp_path.iterdir()] == ["c.xlsx"]


def test_a_text_too_long_for_a_cell_of_a_workbook_is_continued_beside_it(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    """No cell is too long for a spreadsheet program, and none of them is a formula."""
    text = " =x" * 50_000
    make_service(session, description=text, alternate_name="y" * LONGEST_CELL)
    make_service(session, description="short")
    export(runner, tmp_path / "c.xlsx", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    heading, *rows_ = [[cell.value for cell in row] for row in book["services"].iter_rows()]
    assert heading[-4:] == [f"description [continued {number}]" for number in (2, 3, 4, 5)]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert max(len(str(cell.value)) for cell in cells) == LONGEST_CELL
    long = next(row for row in rows_ if row[-1])
    assert long[heading.index("description")] + "".join(part[1:] for part in long[-4:]) == text
    assert [row[-4:] for row in rows_ if not row[-1]] == [[None] * 4]


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    service = make_service(session, name='=HYPERLINK("http://example.org")', description="-1 day")
    session.add(Phone(service_id=service.id, number="+1 423 555 0100", extension="7"))
    export(runner, tmp_path / "c", "hsds-csv")
    row = rows(tmp_path / "c" / "services.csv")[0]
    assert row["name"] == '\'=HYPERLINK("http://example.org")'
    assert row["description"] == "'-1 day"
    phone = rows(tmp_path / "c" / "phones.csv")[0]
    assert (phone["number"], phone["extension"]) == ("'+1 423 555 0100", "7")


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_services_without_an_organization_are_told_too(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    make_listing(session)
    service = make_service(session, name="Nobody's")
    service.organization_id = None
    session.flush()
    said = export(runner, tmp_path / "c.json", "hsds-json")
    objects = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert "service                       1" in said
    assert [one["name"] for one in objects if "status" in one] == ["Nobody's"]


def test_what_json_has_no_place_for_is_said_and_counted(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    organization = make_service(session).organization
    session.add_all(
        [
            Program(name="Alone"),
            Program(name="Theirs", organization_id=organization.id),
            Unit(name="beds"),
            TaxonomyTerm(name="Word", source="a directory", extra={"colour": "red"}),
            TaxonomyTerm(name="Word alone"),
        ]
    )
    session.flush()
    said = export(runner, tmp_path / "c.json", "hsds-json")
    assert [line for line in said.splitlines() if "Not in JSON" in line] == [
        f"Not in JSON: {what} (1). Export as hsds-csv to have them."
        for what in (
            "programs of no organization and no service",
            "units in which nothing is counted",
            "taxonomies and terms with further columns",
        )
    ]
    objects = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    terms = [one["name"] for one in objects if kind_of(one) == "taxonomy_term"]
    assert {"Word", "Word alone"} <= set(terms)
    assert "Not in JSON" not in export(runner, tmp_path / "c.zip", "hsds-csv")


def test_places_that_are_no_longer_listed_and_what_hangs_on_them_stay_out(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    gone = make_service_at_location(session, name="Moved", is_listed=False)
    session.add(Phone(service_at_location_id=gone.id, number="423-555-0111"))
    export(runner, tmp_path / "c", "hsds-csv")
    for file in ("service_at_location.csv", "schedules.csv", "phones.csv"):
        assert rows(tmp_path / "c" / file) == []


def test_a_file_stays_as_it_was_when_the_export_fails(
    runner: CheckedRunner, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_listing(session)
    path = tmp_path / "c.json"
    path.write_text("as it was")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json_file, "write_object", full)
    result = runner.invoke(args=["catalog", "export", str(path), "--format", "hsds-json"])
    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert path.read_text() == "as it was"
    assert [file.name for file in tmp_path.iterdir()] == ["c.json"]


@pytest.mark.parametrize(
    ("made", "name", "format_", "says"),
    [
        ("full/x.csv", "full", "hsds-csv", "something at"),
        ("file", "file", "hsds-csv", "something at"),
        ("full/x.csv", "full", "hsds-json", "is a folder"),
        ("file", "missing/c.json", "hsds-json", "Nothing can be written"),
    ],
)
def test_a_place_that_will_not_do_is_said_so(
    runner: CheckedRunner, session: Session, tmp_path: Path,
    made: str, name: str, format_: str, says: str,
) -> None:  # fmt: skip
    (tmp_path / made).parent.mkdir(exist_ok=True)
    (tmp_path / made).write_text("kept")
    result = runner.invoke(args=["catalog", "export", str(tmp_path / name), "--format", format_])
    assert result.exit_code == 1
    assert says in result.output
    assert (tmp_path / made).read_text() == "kept"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "format_", "better"),
    [
        ("c.zip", "hsds-json", "c.json"),
        ("c.xlsx", "hsds-json", "c.json"),
        ("c.csv", "xlsx", "c.xlsx"),
        ("c.JSON", "xlsx", "c.xlsx"),
        ("c.csv", "hsds-csv", "c.zip"),
        ("c.json", "hsds-csv", "c.zip"),
    ],
)
def test_a_name_that_says_another_kind_of_file_is_refused(
    runner: CheckedRunner, session: Session, tmp_path: Path, name: str, format_: str, better: str
) -> None:
    make_service(session)
    path = tmp_path / name
    path.write_text("somebody's")
    result = runner.invoke(args=["catalog", "export", str(path), "--format", format_])
    assert result.exit_code == 1
    assert f"{name} ends in {path.suffix}" in result.output
    assert f"Name it {better}, or choose the format" in result.output
    assert path.read_text() == "somebody's"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["catalog", "catalog.2026-11", "catalog.bak"])
@pytest.mark.parametrize("format_", ["hsds-json", "hsds-csv", "xlsx"])
def test_a_name_that_says_nothing_of_its_kind_will_do(
    runner: CheckedRunner, session: Session, tmp_path: Path, name: str, format_: str
) -> None:
    make_service(session)
    export(runner, tmp_path / name, format_)
    assert (tmp_path / name).is_dir() == (format_ == "hsds-csv")


def test_two_exports_of_one_catalog_are_alike(
    runner: CheckedRunner, session: Session, tmp_path: Path
) -> None:
    for number in (1, 2):
        make_listing(session, number)
    assert session.query(Service).count() == 4
    for name in ("a.json", "b.json"):
        export(runner, tmp_path / name, "hsds-json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
