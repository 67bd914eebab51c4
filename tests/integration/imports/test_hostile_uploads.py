"""What is damaged, far too large or made to do harm, by the page: refused or made harmless, with
words that say what and what to do; the command reads files through the same door."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.imports.forms import clean_file_name, clean_source
from app.imports.models import ImportRun
from app.storage.models import StoredFile
from catalog.models import Organization, Service
from tests.factories import make_user
from tests.fixtures.client import CheckedClient
from tests.integration.imports.uploading import SHEET, checked, plain, send, work

MB = 1024 * 1024


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def workbook(change: Callable[[str, bytes], bytes] = lambda _name, content: content) -> bytes:
    """A small workbook, its inner files changed."""
    book = Workbook()
    book.active.append(["Provider", "Service", "Phone"])  # type: ignore[union-attr]
    book.active.append(["Sample House", "Tutoring", "423-555-0100"])  # type: ignore[union-attr]
    plain_one, out = io.BytesIO(), io.BytesIO()
    book.save(plain_one)
    with zipfile.ZipFile(plain_one) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, change(member, old.read(member)))
    return out.getvalue()


def with_entities(name: str, content: bytes) -> bytes:
    if name != "xl/worksheets/sheet1.xml":
        return content
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    return laughs + content[content.index(b"<worksheet") :].replace(
        b"</worksheet>", b"&b;</worksheet>"
    )


HOSTILE = {
    "a zip that unpacks to 60 MB": (
        "bomb.zip",
        lambda: zipped(("organizations.csv", b"0" * 60 * MB), ("services.csv", b"id\n")),
        "is larger than 50 MB when unpacked",
    ),
    "a workbook that unpacks to 500 MB": (
        "bomb.xlsx",
        lambda: zipped(("xl/worksheets/sheet1.xml", b"0" * 500 * MB)),
        "is larger than 50 MB when unpacked",
    ),
    "a path that climbs out": (
        "escape.zip",
        lambda: zipped(("../../services.csv", b"id\n")),
        "points outside of it",
    ),
    "a path from the root": (
        "root.zip",
        lambda: zipped(("/etc/services.csv", b"id\n")),
        "points outside of it",
    ),
    "XML entities": ("laughs.xlsx", lambda: workbook(with_entities), "asks to be expanded"),
    "more than 200 files": (
        "many.zip",
        lambda: zipped(*((f"{number}.csv", b"a\n") for number in range(201))),
        "at most 200",
    ),
    "a zip cut short": (
        "short.zip",
        lambda: zipped(("services.csv", SHEET.encode() * 50))[:200],
        "damaged or cut short",
    ),
    "a workbook cut short": ("short.xlsx", lambda: workbook()[:1500], "damaged or cut short"),
    "a sheet cut short within a quotation": (
        "short.csv",
        lambda: b'Provider,Service\n"Sample House,Tutoring\n',
        "never closed",
    ),
    "a picture under the name of a sheet": (
        "logo.csv",
        lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "is no text at all",
    ),
    "a PDF under its own name": ("list.pdf", lambda: b"%PDF-1.7\n1 0 obj", "does not look like"),
    "a workbook of the old kind": (
        "old.xls",
        lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 100,
        "is a workbook of another kind",
    ),
    "a program under the name of a zip": ("tool.zip", lambda: b"MZ" * 200, "cannot be opened"),
    "JSON that is none": ("x.json", lambda: b'{"id": ', "x.json"),
    "JSON nested without end": ("deep.json", lambda: b"[" * 100_000, "deep.json"),
    "JSON about something else": ("x.json", lambda: json.dumps({"a": 1}).encode(), "x"),
    "a zip of nothing": ("empty.zip", zipped, "holds no CSV, JSON or XLSX file"),
    "a sheet of nothing but blanks": ("blank.csv", lambda: b"\n \n\n", "is empty"),
    "a list of nothing": ("none.json", lambda: b"[]", "holds no service"),
    "a page of nothing": ("none.json", lambda: b'{"contents": []}', "holds no service"),
    "a sheet of a heading alone": ("head.csv", lambda: b"Provider,Phone\n", "holds no service"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_cannot_be_read_is_refused_in_words(
    case: str, app: Flask, district: CheckedClient, session: Session
) -> None:
    name, make, told = HOSTILE[case]
    page = checked(app, district, make(), name)
    assert "Cannot be imported as it is" in page.text
    assert told in plain(page)
    assert "broke on our side" not in page.text
    assert "Import it" not in page.text
    assert session.scalar(select(func.count()).select_from(Service)) == 0
    assert "Cannot be imported" in district.get("/imports").text


@pytest.mark.parametrize("case", ["formulas", "markup"])
def test_what_is_harmless_once_it_is_shown_comes_in_as_text(
    case: str, app: Flask, district: CheckedClient, session: Session
) -> None:
    name = {"formulas": "=HYPERLINK(1)", "markup": "<script>alert(1)</script>"}[case]
    page = checked(app, district, f"Provider,Service\n{name},Tutoring\n", "x.csv")
    assert "<script>alert" not in page.text
    district.submit(page, "/apply")
    work(app)
    assert session.scalars(select(Organization)).one().name == name


def test_an_empty_file_and_no_file_are_told_at_once(
    district: CheckedClient, session: Session
) -> None:
    empty = send(district, b"", "empty.csv")
    assert empty.status_code == 422
    assert "The file is empty" in plain(empty)
    token = {"X-CSRFToken": district.csrf_token()}
    for fields in ({}, {"file": (io.BytesIO(b""), "")}, {"file": "a text"}):
        none = district.post(
            "/imports", data=fields, content_type="multipart/form-data", headers=token
        )
        assert none.status_code == 422
        assert "Choose the directory" in plain(none)
    status = send(district, SHEET, status="gone")
    assert status.status_code == 422
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    make_app: Callable[..., Flask],
    make_client: Callable[..., CheckedClient],
    session: Session,
) -> None:
    client = make_client(make_app(import_limit_mb=1))
    client.sign_in(make_user(session, "district_admin"))
    page = client.get("/imports")
    assert "At most 1 MB" in page.text
    read: list[int] = []

    class Body(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            read.append(size or 0)
            return super().read(size)

    answer = client.post(
        "/imports",
        input_stream=Body(b"x" * 3 * MB),
        content_length=3 * MB,
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": client.csrf_token()},
    )
    assert answer.status_code == 413
    assert "The file is larger than 1 MB" in plain(answer)
    assert read == []
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_who_may_not_import_is_refused_before_the_file_is_read(
    client: CheckedClient, session: Session
) -> None:
    class Body(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("the file was read")

    def attempt() -> int:
        return client.post(
            "/imports",
            input_stream=Body(b"x"),
            content_length=1000,
            content_type="multipart/form-data; boundary=x",
        ).status_code

    assert attempt() in {302, 303}  # to the sign-in page
    client.sign_in(make_user(session, "partner"))
    assert attempt() == 403


def test_an_upload_cut_short_on_its_way_leaves_nothing(
    district: CheckedClient, session: Session
) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        + SHEET.encode()
    )
    answer = district.post(
        "/imports",
        data=body,
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": district.csrf_token()},
    )
    assert answer.status_code in {400, 422}
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 0
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\lee\\partners.csv", "partners.csv"),
        ("..", "directory"),
        (".csv", "csv"),
        ("a\n\u202eb.csv", "ab.csv"),
        ("x" * 500 + ".xlsx", "x" * 120 + ".xlsx"),
        ("ñ" * 500 + ".zip", "ñ" * 60 + ".zip"),
        ("no ending", "no ending"),
        ("a.csv.", "a.csv"),
    ],
)
def test_a_file_name_is_bare_and_short(given: str, name: str) -> None:
    assert clean_file_name(given) == name


def test_a_source_has_a_name() -> None:
    assert clean_source(" \t Our\u200b  partners ", "x.csv") == "Our partners"
    assert clean_source("", "x.csv") == "x"
    assert len(clean_source("x" * 999, "y.csv")) == 120
