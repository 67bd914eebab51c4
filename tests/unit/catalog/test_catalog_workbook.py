"""XLSX workbooks come in as the CSV files that a person would save from them."""

from __future__ import annotations

import contextlib
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from catalog.errors import (
    BrokenFileError,
    CatalogError,
    NotACatalogError,
    TooLargeError,
    UnsafeFileError,
)
from catalog.importers import Package, read_package

SEEN = datetime(2026, 3, 1, 8, 5)  # noqa: DTZ001 - a workbook knows no zone


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_of(package: Package, table: str) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, row.cells) for row in package.tables[table].rows]


def test_columns_that_continue_a_text_are_joined_and_no_others(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Name", "Notes", "Phone", "Phone 2", "Notes [continued 2]", "Notes [continued 3]",
         "Hours [continued 2]"],
        ["A", "one ", "423", "706", "'=two ", "''three", "kept"],
        ["B", "short", "423"],
        ["C", "one ", "423", None, "'two"],
    ]  # fmt: skip
    package = read_package(workbook(tmp_path / "partners.xlsx", Partners=rows))
    found = [row.cells for row in package.tables["sheet"].rows]
    assert [list(cells.values()) for cells in found] == [
        ["A", "one =two 'three", "423", "706", "kept"],
        ["B", "short", "423", "", ""],
        ["C", "one two", "423", "", ""],
    ]
    assert "Hours [continued 2]" in found[0]


def test_a_plain_sheet_reads_like_its_csv(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Provider", "Phone", "Since", "Seats", "Free", "Opens", "Seen"],
        ["Bridge, Clínica", 4235550100, date(2026, 3, 1), 12.0, True, time(9, 30), None],
        [],
        ["Other", "423", SEEN, 1.5, False],
    ]
    package = read_package(workbook(tmp_path / "partners.xlsx", Partners=rows))
    assert (package.name, package.kind) == ("partners", "flat_sheet")
    first, second = rows_of(package, "sheet")
    assert list(first[1].values()) == [
        "Bridge, Clínica",
        "4235550100",
        "2026-03-01",
        "12",
        "TRUE",
        "09:30:00",
        "",
    ]
    assert second[0] == 4, "rows are counted as the workbook counts them"
    assert list(second[1].values())[2:5] == ["2026-03-01 08:05:00", "1.5", "FALSE"]


def test_a_workbook_of_hsds_tables_is_a_package(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "county.xlsx",
        organizations=[["id", "name", "description"], ["o1", "Sample", "x"]],
        services=[["id", "organization_id", "name", "status"], ["s1", "o1", "Tutoring", "active"]],
    )
    package = read_package(path)
    assert package.kind == "hsds"
    assert rows_of(package, "service")[0][1]["name"] == "Tutoring"


@pytest.mark.parametrize("is_zip", [True, False])
def test_one_workbook_alone_in_a_folder_or_zip_is_that_workbook(
    tmp_path: Path, *, is_zip: bool
) -> None:
    folder = tmp_path / "county"
    folder.mkdir()
    path = workbook(folder / "List.XLSX", Partners=[["Provider"], ["Sample"]])
    (folder / "README.txt").write_text("hello")
    if is_zip:
        with zipfile.ZipFile(tmp_path / "county.zip", "w") as archive:
            archive.write(path, "x/List.XLSX")
            archive.write(folder / "README.txt", "README.txt")
    package = read_package(tmp_path / ("county.zip" if is_zip else "county"))
    assert package.name == "county"
    assert rows_of(package, "sheet") == [(2, {"Provider": "Sample"})]
    assert [line.code for line in package.lines] == ["papers_not_read"]


def test_several_workbooks_are_taken_one_by_one(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        workbook(tmp_path / name, Partners=[["Provider"], ["Sample"]])
    with pytest.raises(NotACatalogError, match=r"several workbooks \(a.xlsx, b.xlsx\)"):
        read_package(tmp_path)


def test_a_bomb_in_a_zip_is_refused_too(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", S=[["Provider"], ["Sample"]])
    rewritten(path, "xl/worksheets/sheet1.xml", b" " * 20_000_000)
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.write(path, "p.xlsx")
    with pytest.raises(TooLargeError, match="1 MB"):
        read_package(tmp_path / "p.zip", limit=1024 * 1024)


def test_a_formula_whose_result_was_never_saved_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", S=[["Provider", "Seats"], ["Sample", "=1+1"]])
    package = read_package(path)
    assert rows_of(package, "sheet")[0][1]["Seats"] == ""
    (line,) = [line for line in package.lines if line.code == "formulas_without_result"]
    assert (line.severity, line.file) == ("warning", "S.csv")


def test_an_empty_sheet_is_told(tmp_path: Path) -> None:
    package = read_package(workbook(tmp_path / "p.xlsx", S=[["Provider"], ["Sample"]], Empty=[]))
    assert [line.file for line in package.lines if line.code == "file_empty"] == ["Empty.csv"]


def rewritten(path: Path, name: str, content: bytes) -> Path:
    """The workbook with one of its parts replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return path


def test_xml_that_asks_to_be_expanded_is_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    path = workbook(tmp_path / "p.xlsx", S=[["Provider"], ["Sample"]])
    with pytest.raises(UnsafeFileError, match="not opened"):
        read_package(rewritten(path, "xl/worksheets/sheet1.xml", bomb))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", S=[["Provider"], ["Sample"]])
    bomb = rewritten(path, "xl/worksheets/sheet1.xml", b" " * 20_000_000)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(TooLargeError, match="1 MB"):
        read_package(bomb, limit=1024 * 1024)


def test_more_text_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx", S=[["Provider"], *[["x" * 30_000]] * 50])
    with pytest.raises(TooLargeError):
        read_package(path, limit=1024 * 1024)


def test_the_limit_is_named_whichever_sheet_goes_over_it(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Provider"], *[["x" * 30_000]] * 30]
    path = workbook(tmp_path / "p.xlsx", A=rows, B=rows)
    with pytest.raises(TooLargeError, match="larger than 1 MB"):
        read_package(path, limit=1024 * 1024)


@pytest.mark.parametrize(
    "rows",
    [
        "".join(
            f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="XFD{n}"/></row>' for n in range(1, 99)
        ),
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2000000000"><c r="A2000000000"/></row>',
    ],
    ids=["wide", "tall"],
)
def test_a_few_bytes_that_claim_a_huge_sheet_are_refused(tmp_path: Path, rows: str) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    path = workbook(tmp_path / "p.xlsx", S=[["Provider"]])
    with pytest.raises(TooLargeError):
        read_package(rewritten(path, "xl/worksheets/sheet1.xml", sheet.encode()), limit=1_500_000)


def test_leading_zeros_that_a_format_shows_stay(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Provider", "ZIP"])
    sheet.append(["Sample", 2134])
    sheet["B2"].number_format = "00000"
    book.save(tmp_path / "p.xlsx")
    assert rows_of(read_package(tmp_path / "p.xlsx"), "sheet")[0][1]["ZIP"] == "02134"


@settings(max_examples=150, deadline=None)
@given(places=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), max_size=20))
def test_damaged_bytes_are_told_and_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory, places: list[tuple[float, int]]
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "p.xlsx"
    workbook(path, S=[["Provider", "Seats"], *[[f"Sample {n}", n] for n in range(60)]])
    content = bytearray(path.read_bytes())
    for place, value in places:
        content[int(place * len(content))] = value
    path.write_bytes(content)
    with contextlib.suppress(CatalogError):
        read_package(path)


@pytest.mark.parametrize("suffix", ["xlsx", "zip"])
@pytest.mark.parametrize(
    ("offset", "byte"),
    [
        pytest.param(6, 0xFF, id="a version of zip that does not exist"),
        pytest.param(47, 0xFF, id="a name that is no UTF-8"),
    ],
)
def test_an_entry_that_zip_cannot_mean_is_told(
    tmp_path: Path, suffix: str, offset: int, byte: int
) -> None:
    path = workbook(tmp_path / "p.xlsx", S=[["Provider"], ["Sample"]])
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")  # an entry of the central directory
    content[entry + 9] |= 0x08  # its name is in UTF-8
    content[entry + offset] = byte
    damaged = tmp_path / f"damaged.{suffix}"
    damaged.write_bytes(content)
    with pytest.raises(BrokenFileError):
        read_package(damaged)


def test_a_locked_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 5_000)
    with pytest.raises(BrokenFileError, match="locked with a password"):
        read_package(path)


@pytest.mark.parametrize("cut", [0, 10, 2_000])
def test_a_damaged_workbook_is_told(tmp_path: Path, cut: int) -> None:
    path = workbook(tmp_path / "p.xlsx", S=[["Provider"], ["Sample"]])
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BrokenFileError):
        read_package(path)


def test_a_zip_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
    with pytest.raises(BrokenFileError, match="no XLSX inside"):
        read_package(path)


def test_a_workbook_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "p.ods").write_bytes(b"PK\x03\x04")
    with pytest.raises(NotACatalogError, match="Save as"):
        read_package(tmp_path / "p.ods")
