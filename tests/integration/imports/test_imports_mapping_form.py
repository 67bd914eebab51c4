"""The form that says which column of a sheet holds what, and the mapping files that it saves and takes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import yaml
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.imports.models import ImportMapping
from catalog.importers import read_mappings
from catalog.models import Service
from tests.fixtures.client import CheckedClient
from tests.integration.imports.uploading import SHEET, checked, names, only_run, plain, work


def test_a_guess_by_the_look_of_cells_says_so(app: Flask, district: CheckedClient) -> None:
    sheet = "Agency,Program,Main line\n" + "".join(
        f"House {number},Chess,423-555-010{number}\n" for number in range(5)
    )
    page = checked(app, district, sheet, "lines.csv")
    assert "Guessed: 5 of 5 cells look so" in plain(page)
    assert "'Main line' is phone (guessed: 5 of 5 cells look so)" in plain(page)
    page = district.get(district.submit(page, "/mapping").location)
    work(app)
    assert "cells look so" not in plain(district.get(page.request.path))  # a person said it now


def test_columns_are_mended_in_the_form_and_remembered(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    sheet = "Who,Program,Telefono\nSample House,Tutoring,423-555-0100\n"
    page = checked(app, district, sheet, "who.csv", source="Who")
    assert "does not look like a list of providers" in plain(page)
    assert "Import it" not in page.text
    wrong = district.submit(page, "/mapping", {"s0-0": "description"})
    assert wrong.status_code == 422
    assert "says of no column that it is the provider" in plain(wrong)
    mended = district.submit(
        wrong, "/mapping", {"s0-0": "provider", "s0-2": "phone", "s0-city": "Chattanooga"}
    )
    assert work(app) == 1
    page = district.get(mended.location)
    assert "Checked, not imported yet" in page.text
    district.submit(page, "/apply")
    work(app)
    assert names(session) == ["Tutoring"]
    assert session.scalar(select(ImportMapping.source)) == "Who"
    # The next time it is known, and says so by being read without a question.
    again = checked(app, district, sheet.replace("Tutoring", "Chess"), "newer.csv", source="Who")
    assert "Checked, not imported yet" in again.text
    yaml = district.get(again.request.path + "/mapping.yaml")
    assert "Who: provider" in yaml.text
    assert "attachment" in yaml.headers["Content-Disposition"]


def test_a_saved_mapping_that_finds_no_provider_any_more_gives_way_to_a_guess(
    app: Flask, district: CheckedClient
) -> None:
    district.submit(checked(app, district, SHEET, "a.csv", source="x"), "/apply")
    work(app)
    renamed = SHEET.replace("Agency Name", "Organization")
    assert "Checked, not imported yet" in checked(app, district, renamed, "a.csv", source="x").text


def test_marks_get_their_words_in_the_form(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    sheet = "Organization,Service,Phone,Kids\nSample House,Tutoring,423-555-0100,X\n"
    page = checked(app, district, sheet, "marks.csv")
    wrong = district.submit(page, "/mapping", {"s0-3": "age", "s0-3-says": "small ones"})
    assert wrong.status_code == 422
    assert "write the ages that a mark stands for" in plain(wrong)
    district.submit(wrong, "/mapping", {"s0-3": "age", "s0-3-says": "6-12"})
    work(app)
    district.submit(district.get(page.request.path), "/apply")
    work(app)
    service = session.scalars(select(Service)).one()
    [rule] = service.eligibility_rules
    assert (rule.kind, rule.facts) == ("age", {"low": 6, "high": 12})


def test_a_sheet_without_a_heading_is_read_by_place(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    page = checked(app, district, "Sample House,Tutoring\nRiver Club,Rowing\n", "bare.csv")
    district.submit(page, "/mapping", {"s0-0": "provider", "s0-1": "service", "s0-heading": None})
    work(app)
    page = district.get(page.request.path)
    assert "Checked, not imported yet" in page.text
    district.submit(page, "/apply")
    work(app)
    assert names(session) == ["Rowing", "Tutoring"]


def send_mapping(client: CheckedClient, path: str, content: bytes) -> str:
    answer = client.post(
        path + "/mapping-file",
        data={"mapping": (io.BytesIO(content), "m.yaml")},
        content_type="multipart/form-data",
        headers={"X-CSRFToken": client.csrf_token()},
    )
    return plain(answer) if answer.status_code == 422 else str(answer.status_code)


def test_a_mapping_file_is_taken_and_a_wrong_one_refused(
    app: Flask, district: CheckedClient
) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    path = page.request.path
    bomb = b"columns: &a [x]\nconstants: *a\n"
    for content, told in (
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"columns: [", "no YAML"),
        (b"columns: {Agency Name: owner}", "cannot be 'owner'"),
        (bomb, "refers to its own parts"),
        (b"sheets: {other.csv: {columns: {A: provider}}}", "none of this import"),
        (b"", "no 'columns'"),
    ):
        assert told in send_mapping(district, path, content)
    given = b"columns: {Agency Name: provider, Program Name: service}\nconstants: {city: Erlanger}"
    assert send_mapping(district, path, given) in {"302", "303"}
    work(app)
    assert "Erlanger" in district.get(path + "/mapping.yaml").text
    assert "city: Erlanger" in district.get(path + "/mapping.yaml").text


def test_two_sheets_have_a_form_together(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    book, out = Workbook(), io.BytesIO()
    book.active.title = "Clubs"  # type: ignore[union-attr]
    for row in (["Provider", "Service", "Phone"], ["Sample House", "Tutoring", "423-555-0100"]):
        book.active.append(row)  # type: ignore[union-attr]
    other = book.create_sheet("Help")
    for row in (["Who", "What"], ["River Club", "Rowing"]):
        other.append(row)
    book.save(out)
    page = checked(app, district, out.getvalue(), "two.xlsx")
    assert "Help.csv" in plain(page)
    assert "does not look like a list" in plain(page)
    wrong = district.submit(page, "/mapping", {"s0-0": "extra", "s1-0": "provider"})
    assert "Clubs.csv: The mapping says of no column" in plain(wrong)
    district.submit(wrong, "/mapping", {"s0-0": "provider", "s1-1": "service"})
    work(app)
    district.submit(district.get(page.request.path), "/apply")
    work(app)
    assert names(session) == ["Rowing", "Tutoring"]


def test_what_the_form_cannot_show_stays(app: Flask, district: CheckedClient) -> None:
    sheet = SHEET.replace("Agency Name", "AGENCY NAME")
    page = checked(app, district, sheet, "partners.csv")
    given = (
        b"columns: {agency name: provider, Program Name: service, Gone: phone}\n"
        b"constants: {zip: '37402', city: \"Chatta\\nnooga\"}\n"
        b'splits: {service: "\\n;", languages: "/"}\n'
    )
    send_mapping(district, page.request.path, given)
    work(app)
    page = district.get(page.request.path)
    before = read_mappings(
        district.get(page.request.path + "/mapping.yaml").text, ["partners.csv"]
    )["partners.csv"]
    district.submit(page, "/mapping")
    work(app)
    after = read_mappings(district.get(page.request.path + "/mapping.yaml").text, ["partners.csv"])[
        "partners.csv"
    ]
    assert (after.constants, after.splits) == (before.constants, before.splits)
    told = {name for name, said in after.columns.items() if said != "extra"}
    assert told == {"AGENCY NAME", "Program Name"}  # each once, as the sheet writes it


@pytest.mark.parametrize(
    ("folder", "rows"), [("chattanooga-service-providers", 117), ("sf-youth-programs", 865)]
)
def test_saving_the_form_untouched_changes_nothing_of_real_sheets(
    folder: str, rows: int, app: Flask, district: CheckedClient, session: Session, real_data: Path
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in sorted((real_data / folder).glob("*.csv")):
            archive.write(file, file.name)
    page = checked(app, district, out.getvalue(), "real.zip")
    assert sum(only_run(session).summary["rows_read"].values()) == rows
    before, counts = only_run(session).mapping, only_run(session).summary
    district.submit(page, "/mapping")
    work(app)
    session.expire_all()
    assert yaml.safe_load(only_run(session).mapping or "") == yaml.safe_load(before or "")
    assert only_run(session).summary == counts
