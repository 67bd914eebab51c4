"""The catalog as a file to take along, on a page: made once, handed out in parts, and telling no
more than the command tells."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.downloads import services, work
from app.downloads.models import CatalogExport
from app.jobs.work import Work
from app.settings import Settings
from app.storage.models import StoredFile, StoredPart
from catalog.errors import ExportPlaceError
from catalog.exporters import hsds_xlsx
from catalog.models import Contact
from catalog.services import bump_revision
from tests.factories import make_location, make_organization, make_service_at_location, make_user
from tests.fixtures.client import CheckedClient, CheckedRunner

STREET = "44 Hidden Shelter Lane"


@pytest.fixture
def staff(client: CheckedClient, session: Session) -> CheckedClient:
    make_service_at_location(session, name="Tutoring", categories=["dental-checkup"])
    hidden = make_location(session, is_confidential=True)
    hidden.addresses[0].address_1 = STREET
    place = make_service_at_location(session, name="Shelter", location=hidden)
    session.add(Contact(organization_id=place.service.organization_id, name="Jordan Secret"))
    bump_revision(session)
    client.sign_in(make_user(session, "plan_manager", name="Pat Doe"))
    return client


def make(app: Flask) -> int:
    """The worker makes what waits, in this process."""

    def here(work: Work, _settings: Settings, id_: uuid.UUID) -> None:
        work(id_)

    with app.app_context():
        settings = app.extensions["footbridge"].settings
        return work.make_waiting(now=utcnow(), settings=settings, run_work=here)


def made(app: Flask, client: CheckedClient, format_: str) -> tuple[str, bytes]:
    """The name and the content of a download."""
    answer = client.submit(client.get("/downloads"), f"#ask-{format_}", {}, follow_redirects=True)
    assert "Is being made" in answer.text
    assert make(app) == 1
    page = client.get("/downloads")
    link = page.text.partition(f'id="format-{format_}"')[2].partition('href="/downloads/')[2][:36]
    file = client.get(f"/downloads/{link}", buffered=True)
    assert file.status_code == 200
    assert file.content_length == len(file.data)
    return file.headers["Content-Disposition"], file.data


@pytest.mark.parametrize(
    ("format_", "ending"), [("hsds-json", ".json"), ("hsds-csv", ".zip"), ("xlsx", ".xlsx")]
)
def test_a_download_is_what_the_command_writes(
    format_: str,
    ending: str,
    app: Flask,
    staff: CheckedClient,
    runner: CheckedRunner,
    tmp_path: Path,
) -> None:
    name, content = made(app, staff, format_)
    assert name == f"attachment; filename=catalog-2026-10-13{ending}"
    path = tmp_path / f"command{ending}"
    told = runner.invoke(args=["catalog", "export", str(path), "--format", format_])
    assert told.exit_code == 0, told.output
    assert tables_of(content) == tables_of(path.read_bytes())
    for secret in (STREET, "Jordan Secret"):
        assert secret not in str(tables_of(content))
    assert "Tutoring" in str(tables_of(content))


def tables_of(content: bytes) -> object:
    """What a file says, without the moment at which it was packed."""
    if content[:2] != b"PK":
        return json.loads(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "[Content_Types].xml" not in archive.namelist():
            return {name: archive.read(name) for name in sorted(archive.namelist())}
    book = load_workbook(io.BytesIO(content), read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_it_is_made_once_for_each_state_of_the_catalog(
    app: Flask, staff: CheckedClient, session: Session
) -> None:
    made(app, staff, "hsds-json")
    page = staff.get("/downloads")
    assert "As the directory is now" in page.text
    assert 'id="ask-hsds-json"' not in page.text
    token = {"X-CSRFToken": staff.csrf_token()}
    staff.post("/downloads", data={"format": "hsds-json"}, headers=token)
    assert make(app) == 0
    bump_revision(session)
    page = staff.get("/downloads")
    assert "The directory has changed since" in page.text
    old = page.text.partition('id="format-hsds-json"')[2].partition('href="/downloads/')[2][:36]
    staff.submit(page, "#ask-hsds-json")
    staff.submit(page, "#ask-hsds-json")  # twice is once
    assert (
        staff.get(f"/downloads/{old}", buffered=True).status_code == 200
    )  # until the new one is there
    assert make(app) == 1
    assert make(app) == 0
    gone = staff.get(f"/downloads/{old}")
    assert gone.status_code == 404
    assert "open Downloads" in gone.text
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_a_catalog_that_changes_while_it_is_read_is_read_again(
    app: Flask, staff: CheckedClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, read = work.MAKERS["hsds-json"], []

    def counted(session: Session, path: Path) -> dict[str, int]:
        read.append(1)
        return export(session, path)

    revisions = iter([7, 8, 8, 8])  # it moves while the catalog is read the first time
    monkeypatch.setitem(work.MAKERS, "hsds-json", counted)
    monkeypatch.setattr(work, "current_revision", lambda _session: next(revisions))
    made(app, staff, "hsds-json")
    assert len(read) == 2
    assert session.scalars(select(CatalogExport.revision)).one() == 8


def test_what_was_killed_says_so_and_is_made_anew(
    app: Flask, staff: CheckedClient, session: Session, now: datetime
) -> None:
    page = staff.get("/downloads")
    staff.submit(page, "#ask-xlsx")
    assert services.take_up_next(session)  # by a worker that is no more
    assert "Is being made" in staff.get("/downloads").text
    make(app)
    page = staff.get("/downloads")
    assert "It was interrupted" in page.text
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        made(app, staff, "xlsx")
        assert "It was interrupted" not in staff.get("/downloads").text
    assert session.scalar(select(func.count()).select_from(CatalogExport)) == 1


def test_what_breaks_is_told_without_what_was_in_it(
    app: Flask, staff: CheckedClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_arguments: object) -> dict[str, int]:
        raise RuntimeError(STREET)

    monkeypatch.setitem(work.MAKERS, "xlsx", breaks)
    staff.submit(staff.get("/downloads"), "#ask-xlsx")
    make(app)
    page = staff.get("/downloads")
    assert "Something broke on our side" in page.text
    assert STREET not in page.text
    assert session.scalar(select(func.count()).select_from(StoredPart)) == 0


def test_partners_read_it_in_their_language(
    app: Flask, staff: CheckedClient, session: Session
) -> None:
    made(app, staff, "xlsx")
    staff.sign_in(make_user(session, "partner", organization=make_organization(session)))
    page = staff.get("/downloads", headers={"Accept-Language": "es"})
    for words in ("Descargas", "Como está el directorio ahora", "contactos (1)"):
        assert words in page.text


def test_a_format_that_cannot_hold_it_says_so_in_the_partners_language(
    app: Flask, staff: CheckedClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hsds_xlsx, "MOST_ROWS", 1)
    place = make_service_at_location(session, name="One row too many")
    staff.sign_in(make_user(session, "partner", organization=place.service.organization))
    staff.submit(staff.get("/downloads"), "#ask-xlsx")
    make(app)
    spanish = staff.get("/downloads", headers={"Accept-Language": "es"}).text
    assert "Este formato no puede contener el directorio tal como está" in spanish
    assert "Use en su lugar las tablas (CSV en un zip)." in spanish
    assert "characters" not in spanish
    english = staff.get("/downloads").text
    assert "This format cannot hold the directory as it is" in english
    assert "Take the tables (CSV in a zip) instead." in english
    assert made(app, staff, "hsds-csv")[0].endswith(".zip")


def test_a_place_that_cannot_be_written_is_not_told_to_a_partner(
    app: Flask, staff: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_session: Session, path: Path) -> dict[str, int]:
        raise ExportPlaceError("Nothing can be written to %(folder)s.", folder=path.parent)

    monkeypatch.setitem(work.MAKERS, "xlsx", no_room)
    staff.submit(staff.get("/downloads"), "#ask-xlsx")
    make(app)
    page = staff.get("/downloads").text
    assert "Something broke on our side" in page
    assert "Nothing can be written" not in page


def test_odd_requests_are_refused_in_words(staff: CheckedClient, session: Session) -> None:
    token = {"X-CSRFToken": staff.csrf_token()}
    assert staff.post("/downloads", data={"format": "pdf"}, headers=token).status_code == 422
    staff.submit(staff.get("/downloads"), "#ask-xlsx")
    unmade = session.scalars(select(CatalogExport.id)).one()
    assert staff.get(f"/downloads/{unmade}").status_code == 404
    progress = staff.get("/downloads/progress", headers={"HX-Request": "true"})
    assert "Is being made" in progress.text
