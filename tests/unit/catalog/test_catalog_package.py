"""Files handed over for import: what is read, and what is refused, with what to do about it."""

import io
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import (
    BrokenFileError,
    ImportFileError,
    MissingFileError,
    NotACatalogError,
    TooLargeError,
    UnsafeFileError,
    WrongEncodingError,
)
from catalog.importers.package import read_package

ORGANIZATIONS = "id,name\n1,Sample House\n"
SERVICES = "id,organization_id,name,status\n1,1,Tutoring,active\n"


def zip_of(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_a_folder_with_the_two_files_is_a_package(tmp_path: Path) -> None:
    (tmp_path / "organizations.csv").write_text(ORGANIZATIONS, encoding="utf-8-sig")
    (tmp_path / "services.csv").write_text(SERVICES, encoding="utf-8")
    package = read_package(tmp_path)
    assert package.kind == "hsds"
    assert package.tables["organization"].rows[0].cells == {"id": "1", "name": "Sample House"}
    assert package.tables["organization"].rows[0].number == 2


def test_a_zip_may_hold_the_package_in_one_folder(tmp_path: Path) -> None:
    files = {
        "export/organizations.csv": ORGANIZATIONS,
        "export/services.csv": SERVICES,
        "__MACOSX/export/._services.csv": "junk",
        "export/README.txt": "hello",
    }
    package = read_package(zip_of(tmp_path / "county.zip", files))
    assert package.name == "county"
    assert set(package.tables) == {"organization", "service"}


def test_one_csv_is_a_flat_sheet(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("Provider;Phone\nSample House;423-555-0100\n")
    package = read_package(path)
    assert package.kind == "flat_sheet"
    assert package.tables["sheet"].columns == ("Provider", "Phone")


def test_a_file_that_is_not_known_is_reported_with_its_rows(tmp_path: Path) -> None:
    (tmp_path / "organizations.csv").write_text(ORGANIZATIONS)
    (tmp_path / "services.csv").write_text(SERVICES)
    (tmp_path / "horoscopes.csv").write_text("a,b\n1,2\n")
    (line,) = read_package(tmp_path).lines
    assert (line.severity, line.file, line.code) == ("error", "horoscopes.csv", "file_not_known")
    assert "1 rows" in line.reason


def test_ragged_rows_are_kept_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("Provider,Phone\nShort\nRight,1\nLong,2,surplus words\n")
    package = read_package(path)
    assert [row.cells for row in package.tables["sheet"].rows] == [
        {"Provider": "Short", "Phone": ""},
        {"Provider": "Right", "Phone": "1"},
        {"Provider": "Long", "Phone": "2", "column (3)": "surplus words"},
    ]
    assert [(line.row, line.code) for line in package.lines] == [
        (2, "row_ragged"),
        (4, "row_ragged"),
    ]
    assert "surplus words" in package.lines[1].reason


def test_headings_that_repeat_or_are_blank_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("Provider,Phone,Phone,\nA,1,2,3\n")
    package = read_package(path)
    assert package.tables["sheet"].columns == ("Provider", "Phone", "Phone (3)", "column (4)")
    assert [line.code for line in package.lines] == ["heading_unclear", "heading_unclear"]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="nothing at"):
        read_package(tmp_path / "absent")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="holds no CSV, JSON or XLSX file"):
        read_package(tmp_path)


# A file beside the tables of a package, and what its line tells somebody to do.
UNREAD = {
    "more.xlsx": "Import it by itself",
    "old.xls": "Save it as XLSX",
    "within.zip": "Import it by itself",
    "flyer.pdf": "save that as CSV or XLSX",
    "no ending": "save that as CSV or XLSX",
    "2024/": "Import it by itself",
}


@pytest.mark.parametrize("is_zip", [True, False])
@pytest.mark.parametrize("sheets", [("organizations.csv", "services.csv"), ("a.csv", "b.csv")])
def test_what_is_not_read_is_named(
    tmp_path: Path, sheets: tuple[str, str], *, is_zip: bool
) -> None:
    path = tmp_path / "county"
    files = dict(zip(sheets, (ORGANIZATIONS, SERVICES), strict=True))
    files |= {name: "x" for name in UNREAD if not name.endswith("/")}
    if is_zip:
        path = zip_of(tmp_path / "county.zip", files)
    else:
        path.mkdir()
        for name, text in files.items():
            (path / name).write_text(text)
        (path / "2024").mkdir()
    told = {line.file: line for line in read_package(path).lines if line.code == "file_not_read"}
    assert sorted(told) == sorted(UNREAD if not is_zip else UNREAD.keys() - {"2024/"})
    for file, line in told.items():
        assert line.severity == "warning"
        assert UNREAD[file] in line.reason


def test_papers_that_go_with_a_directory_share_one_line(tmp_path: Path) -> None:
    papers = ["README", "README.md", "LICENSE", "license.pdf", "about.html", "notes.txt"]
    papers += ["datapackage.json", ".DS_Store", "__MACOSX/._services.csv", "Thumbs.db"]
    files = {"organizations.csv": ORGANIZATIONS, "services.csv": SERVICES}
    package = read_package(zip_of(tmp_path / "a.zip", files | dict.fromkeys(papers, "{}")))
    (line,) = package.lines
    assert (line.severity, line.code) == ("info", "papers_not_read")
    assert all(Path(paper).name in line.reason for paper in papers)


def test_tables_between_tabs_are_read_in_a_folder_too(tmp_path: Path) -> None:
    (tmp_path / "partners.tsv").write_text("Provider\tPhone\nSample House\t423-555-0100\n")
    package = read_package(tmp_path)
    assert package.tables["sheet"].columns == ("Provider", "Phone")


def test_json_beside_sheets_is_named(tmp_path: Path) -> None:
    (tmp_path / "partners.csv").write_text("Provider\nSample House\n")
    (tmp_path / "more.json").write_text("[]")
    assert [line.code for line in read_package(tmp_path).lines] == ["json_beside_csv"]


def test_a_blank_sheet_beside_others_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    (tmp_path / "b.csv").write_text("Provider\nSample House\n")
    package = read_package(tmp_path)
    assert [table.file for table in package.tables.values()] == ["b.csv"]
    assert [(line.file, line.code) for line in package.lines] == [("a.csv", "file_empty")]


def test_a_required_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text(SERVICES)
    (tmp_path / "phones.csv").write_text("id,number\n")
    with pytest.raises(MissingFileError, match=r"organizations\.csv"):
        read_package(tmp_path)


def test_a_folder_of_other_tables(tmp_path: Path) -> None:
    (tmp_path / "phones.csv").write_text("id,number\n1,423-555-0100\n")
    (tmp_path / "b.csv").write_text("y\n1\n")
    with pytest.raises(NotACatalogError, match="no directory in HSDS form"):
        read_package(tmp_path)


def test_a_broken_zip(tmp_path: Path) -> None:
    whole = zip_of(tmp_path / "whole.zip", {"services.csv": SERVICES * 50}).read_bytes()
    path = tmp_path / "cut.zip"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFileError, match="damaged"):
        read_package(path)


def test_a_text_named_zip(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_text("no zip")
    with pytest.raises(BrokenFileError):
        read_package(path)


@pytest.mark.parametrize(
    "name", ["../services.csv", "/etc/services.csv", "a/../../s.csv", "C:\\s.csv"]
)
def test_a_path_that_climbs_out_of_the_zip(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeFileError, match="points outside"):
        read_package(zip_of(tmp_path / "slip.zip", {name: SERVICES}))


def test_a_link_inside_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    member = zipfile.ZipInfo("services.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(UnsafeFileError):
        read_package(path)


def test_a_link_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(SERVICES)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "services.csv").symlink_to(outside)
    with pytest.raises(UnsafeFileError, match="link"):
        read_package(folder)


def test_a_zip_bomb_is_stopped_while_it_is_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "bomb.zip", {"services.csv": "0" * 5_000_000})
    assert path.stat().st_size < 100_000
    with pytest.raises(TooLargeError):
        read_package(path, limit=100_000)


def test_too_many_files(tmp_path: Path) -> None:
    files = {f"{number}.csv": "a\n" for number in range(300)}
    with pytest.raises(TooLargeError, match="300 files"):
        read_package(zip_of(tmp_path / "many.zip", files))


def test_too_large_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("Provider,Phone\nA,1\n")
    with pytest.raises(TooLargeError, match="Split it"):
        read_package(path, limit=10)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("Provider,Phone\nCafé,1\n".encode("cp1252"), ["Café"]),
        ("Provider,Phone\nCafé “Sol”,1\n".encode("cp1252"), ["Café “Sol”"]),
        ("Provider,Phone\nCafé,1\n".encode() + "Niños,2\n".encode("cp1252"), ["Café", "Niños"]),
        (b"Provider,Phone\nMentoring \x89\xdb\xd2 North,1\n", ["Mentoring – North"]),
    ],
)
def test_letters_of_windows_and_mac_are_read_line_by_line_and_reported(
    tmp_path: Path, content: bytes, names: list[str]
) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes(content)
    package = read_package(path)
    assert [row.cells["Provider"] for row in package.tables["sheet"].rows] == names
    assert "encoding_guessed" in {line.code for line in package.lines}


def test_garbled_letters_are_mended_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("Provider,Phone\nChildrenâ€™s CafÃ©,1\n", encoding="utf-8")
    package = read_package(path)
    assert package.tables["sheet"].rows[0].cells["Provider"] == "Children’s Café"
    assert [line.code for line in package.lines] == ["letters_mended"]


def test_utf_16_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_bytes("Provider,Phone\nA,1\n".encode("utf-16"))
    with pytest.raises(WrongEncodingError, match="UTF-8"):
        read_package(path)


def test_an_unclosed_quotation_mark(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text('Provider,Phone\n"Sample,1\nOther,2\n')
    with pytest.raises(BrokenFileError, match="quotation mark"):
        read_package(path)


def test_a_locked_zip(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("services.csv", SERVICES)
    content = bytearray(buffer.getvalue())
    content[6] |= 1  # the local header's "encrypted" bit
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(bytes(content))
    with pytest.raises(BrokenFileError, match="password"):
        read_package(path)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.zip"]), st.booleans())
def test_no_bytes_do_more_than_be_refused(content: bytes, name: str, is_zip_like: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes((b"PK\x03\x04" if is_zip_like else b"") + content)
        refusal = ""
        tables = 0
        try:
            tables = len(read_package(path).tables)
        except ImportFileError as refused:
            refusal = str(refused)
        assert tables or len(refusal) > 20
