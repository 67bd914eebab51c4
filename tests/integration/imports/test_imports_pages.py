"""A directory comes in on a page: uploaded, checked, mended, imported; and what stands in the way."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.extensions import db
from app.imports import services
from app.imports.models import ImportLine, ImportRun
from app.imports.states import State
from app.storage.models import StoredFile, StoredPart
from catalog.models import Organization, Service
from tests.factories import make_user
from tests.fixtures.client import CheckedClient
from tests.integration.imports.uploading import (
    SHEET,
    checked,
    names,
    only_run,
    plain,
    send,
    work,
)


def test_a_sheet_comes_in_after_a_look_at_it(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    empty = district.get("/imports")
    assert "Nothing came in yet" in empty.text
    answer = send(district, SHEET, source="  Our   partners ")
    waiting = district.get(answer.location)
    assert "Waits to be checked" in waiting.text
    assert "Import it" not in waiting.text
    assert work(app) == 1
    page = district.get(answer.location)
    told = plain(page)
    assert "Checked, not imported yet" in told
    assert "Agency Name" in told
    assert "Sample House" in told  # the preview
    assert names(session) == []
    waiting = district.submit(page, "/apply", follow_redirects=True)
    assert "Waits to be imported" in waiting.text
    assert names(session) == []
    assert work(app) == 1
    page = district.get(answer.location)
    assert "What was done" in page.text
    assert names(session) == ["Rowing", "Tutoring"]
    assert {row.source for row in session.scalars(select(Organization))} == {"Our partners"}
    listed = plain(district.get("/imports"))
    assert "Our partners" in listed
    assert "Lee Poe" in listed
    assert "Imported" in listed
    assert session.scalar(select(func.count()).select_from(StoredPart)) == 0


def test_the_same_again_has_nothing_to_import(app: Flask, district: CheckedClient) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    district.submit(page, "/apply")
    work(app)
    again = checked(app, district, SHEET, "partners.csv")
    assert "There is nothing to import" in again.text


def test_a_file_whose_rows_cannot_come_in_says_so(app: Flask, district: CheckedClient) -> None:
    page = checked(app, district, "Provider,Service\n,Tutoring\n,Chess\n", "partners.csv")
    assert "No row of it can be brought in" in plain(page)
    assert "names no provider" in plain(page)
    assert "Import it" not in page.text


@pytest.mark.parametrize("sheet", ["Provider,Service\n", "Provider,Service\nOther House,Chess\n"])
def test_most_services_are_marked_as_gone_only_by_a_tick(
    app: Flask, district: CheckedClient, session: Session, sheet: str
) -> None:
    page = checked(app, district, SHEET, "partners.csv", source="Same")
    district.submit(page, "/apply")
    work(app)
    page = checked(app, district, sheet, "partners.csv", source="Same")
    assert "It is meant: 2 services, most of this directory, are marked as gone" in plain(page)
    refused = district.submit(page, "/apply")
    assert refused.status_code == 422
    assert "Tick the box beside Import it" in plain(refused)
    assert work(app) == 0
    district.submit(page, "/apply", {"agreed_gone": "2"})
    work(app)
    assert "What was done" in district.get(page.request.path).text
    gone = session.scalars(select(Service.name).where(Service.status == "inactive"))
    assert set(gone) == {"Rowing", "Tutoring"}


def test_what_became_most_after_the_check_waits_for_a_tick_too(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    """What was checked is not what is in the catalog when the worker takes it up."""
    other = checked(app, district, "Provider,Service\nClub,Chess\n", "o.csv", source="Same")
    page = checked(app, district, SHEET, "partners.csv", source="Same")
    district.submit(page, "/apply")
    work(app)
    district.submit(other, "/apply")
    work(app)
    page = district.get(other.request.path)
    assert "Most services that came from 'Same' before (2) are not in this file" in plain(page)
    assert set(session.scalars(select(Service.status))) == {"active"}
    district.submit(page, "/check")
    work(app)
    page = district.get(other.request.path)
    district.submit(page, "/apply", {"agreed_gone": "2"})
    work(app)
    assert set(session.scalars(select(Service.status))) == {"active", "inactive"}


def test_the_report_is_counted_filtered_and_downloaded(app: Flask, district: CheckedClient) -> None:
    rows = "".join(f"Club {number},Chess,=1+1,\n" for number in range(30))
    page = checked(
        app, district, f"Provider,Service,Phone,Street\n{rows},Nobody,423-555-0100,\n", "many.csv"
    )
    told = plain(page)
    assert "Error" in told
    assert told.index("names no provider") < told.index("no street address")  # errors first
    assert "Page 1 of" in told
    filtered = district.get(page.request.path + "?severity=error")
    assert "no street address" not in plain(filtered)
    assert "names no provider" in plain(filtered)
    one_kind = district.get(page.request.path + "?code=no_address&page=2")
    assert "no street address" in plain(one_kind)
    assert "no number" not in plain(one_kind)
    assert district.get(page.request.path + "?severity=x&code=%00'&page=-1").status_code in {
        200,
        422,
    }
    report = district.get(page.request.path + "/report.csv", buffered=True)
    lines = list(csv.DictReader(io.StringIO(report.text.removeprefix("\ufeff"))))
    assert lines[0]["severity"] == "error"
    assert len([line for line in lines if line["code"] == "no_address"]) == 30
    assert not any(cell[:1] in "=+-@" for line in lines for cell in line.values() if cell)


def test_who_asks_twice_or_too_late_is_told(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    first = send(district, SHEET, source="Same")
    second = send(district, SHEET, source="Same")
    assert second.status_code == 409
    assert "is being checked or imported just now" in plain(second)
    other = send(district, SHEET, source="Other")
    assert other.status_code in {302, 303}
    work(app)
    work(app)
    page = district.get(first.location)
    district.submit(page, "/apply")
    late = district.submit(page, "/apply")
    assert late.status_code == 409
    assert "moved on meanwhile" in plain(late)
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 2


def test_a_source_that_another_process_imports_is_not_imported_beside_it(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    from app.imports.locking import only_import_of

    page = checked(app, district, SHEET, "partners.csv", source="Same")
    district.submit(page, "/apply")
    with app.app_context(), only_import_of("Same"):
        work(app)
    page = district.get(page.request.path)
    assert "is being imported just now" in plain(page)
    assert names(session) == []
    district.submit(page, "/apply")  # it can be started again
    work(app)
    assert names(session) == ["Rowing", "Tutoring"]


def test_what_breaks_in_the_middle_leaves_nothing_and_says_so(
    app: Flask, district: CheckedClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    district.submit(page, "/apply")

    def breaks(*_args: object, **_more: object) -> None:
        raise MemoryError("Sample House, 423-555-0100")

    with monkeypatch.context() as patched:
        patched.setattr(services, "note_applied", breaks)  # all is written, nothing committed
        work(app)
    page = district.get(page.request.path)
    assert "Was not imported" in page.text
    assert "MemoryError" in page.text
    assert "423-555-0100" not in (only_run(session).problem or "")
    assert names(session) == []
    district.submit(page, "/apply")
    work(app)
    assert names(session) == ["Rowing", "Tutoring"]


def test_a_run_whose_worker_was_killed_says_so_and_starts_again(
    app: Flask, district: CheckedClient, session: Session, now: datetime
) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    district.submit(page, "/apply")
    services.take_up_next(session, now=now)  # by a worker that is no more
    assert "Is being imported" in district.get(page.request.path).text
    work(app)
    page = district.get(page.request.path)
    assert "It was interrupted" in plain(page)
    assert names(session) == []
    district.submit(page, "/apply")
    work(app)
    assert names(session) == ["Rowing", "Tutoring"]


def test_a_run_that_was_given_up_cannot_commit(
    app: Flask, district: CheckedClient, session: Session, now: datetime
) -> None:
    """A worker that everybody took for dead, and that wakes up at the end."""
    from app.errors import Conflict
    from catalog.importers import ImportReport

    checked(app, district, SHEET, "partners.csv")
    run = only_run(session)
    assert run.state == State.CHECKED
    with pytest.raises(Conflict, match="given up"):
        services.note_applied(session, run.id, ImportReport("x"), now=now)


def test_a_discarded_file_is_gone_and_the_run_stays_in_the_list(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    answer = district.submit(page, "/discard", follow_redirects=True)
    assert "Nothing of it was imported" in answer.text
    assert "Deleted, not imported" in answer.text
    for table in (StoredFile, StoredPart, ImportLine):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert "Import it" not in district.get(page.request.path).text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["Sample House,Tutoring"], ["1 row read, 0 not brought in."]),
        (["Sample House,Tutoring", ",Chess"], ["2 rows read, 1 not brought in."]),
    ],
)
def test_one_is_said_in_the_singular(
    app: Flask, district: CheckedClient, rows: list[str], said: list[str]
) -> None:
    page = checked(app, district, "\n".join(["Provider,Service", *rows, ""]), "partners.csv")
    for words in said:
        assert words in plain(page)


def test_an_import_that_waits_is_stopped_and_can_be_started_again(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    waiting = district.submit(page, "/apply", follow_redirects=True)
    stopped = district.submit(waiting, "/stop", follow_redirects=True)
    assert "Stopped. Nothing was imported" in plain(stopped)
    assert "Checked, not imported yet" in plain(stopped)
    assert "By table and by file" in stopped.text, "the report of the check is still there"
    assert only_run(session).applied_by is None
    assert work(app) == 0
    assert names(session) == []
    district.submit(stopped, "/apply")
    assert work(app) == 1
    assert names(session) == ["Rowing", "Tutoring"]


def test_a_check_that_waits_is_stopped_and_its_file_deleted(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    waiting = district.get(send(district, SHEET, source="Wrong").location)
    answer = district.submit(waiting, "/discard", follow_redirects=True)
    assert "Nothing of it was imported" in answer.text
    assert work(app) == 0
    assert session.scalar(select(func.count()).select_from(StoredPart)) == 0
    assert send(district, SHEET, source="Wrong").status_code in {302, 303}, "its name is free again"


def test_a_check_that_the_worker_has_begun_is_not_stopped(
    app: Flask, district: CheckedClient, session: Session, now: datetime
) -> None:
    address = send(district, SHEET).location
    page = district.get(address)
    assert services.take_up_next(session, now=now)
    late = district.submit(page, "/discard")
    assert late.status_code == 409
    assert "moved on meanwhile" in plain(late)
    session.expire_all()
    assert only_run(session).state == State.CHECKING
    assert "Stop" not in plain(district.get(address))


def test_an_import_that_the_worker_has_begun_is_asked_to_stop_once(
    app: Flask, district: CheckedClient, session: Session, now: datetime
) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    waiting = district.submit(page, "/apply", follow_redirects=True)
    assert services.take_up_next(session, now=now)
    stopping = district.submit(waiting, "/stop", follow_redirects=True)
    assert "It is being stopped" in plain(stopping)
    assert "Being stopped; what was written so far is taken back" in plain(stopping)
    assert "/stop" not in stopping.text, "it is asked for once"
    assert only_run(session).state == State.APPLYING


def test_files_previews_and_lines_go_after_their_time_and_counts_stay(
    app: Flask, district: CheckedClient, session: Session, now: datetime
) -> None:
    page = checked(app, district, SHEET, "partners.csv")
    with time_machine.travel(now + timedelta(days=13), tick=False):
        assert services.purge_uploads(session, days=14, now=utcnow()) == 0
    with time_machine.travel(now + timedelta(days=15), tick=False):
        assert services.purge_uploads(session, days=14, now=utcnow()) == 1
        assert services.purge_uploads(session, days=14, now=utcnow()) == 0
        district.sign_in(make_user(session, "district_admin"))
        page = district.get(page.request.path)
        assert "The lines were deleted with the file" in page.text
        assert "rows added" in page.text
        assert "Sample House" not in plain(page)
        late = district.post(
            page.request.path + "/apply", headers={"X-CSRFToken": district.csrf_token()}
        )
        assert late.status_code == 409
        assert "The file was deleted since" in plain(late)
    for table in (StoredFile, StoredPart, ImportLine):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_a_file_larger_than_a_part_comes_back_whole(
    app: Flask, district: CheckedClient, session: Session
) -> None:
    rows = "".join(f"Club {number},{'long ' * 200}\n" for number in range(2_500))
    page = checked(app, district, f"Provider,Service\n{rows}", "large.csv")
    assert session.scalar(select(func.count()).select_from(StoredPart)) == 3
    assert only_run(session).summary["rows_read"] == {"large.csv": 2_500}
    assert "2,500" in plain(page)


def test_the_progress_answers_alone_and_ends_with_the_work(
    app: Flask, district: CheckedClient
) -> None:
    answer = send(district, SHEET)
    progress = district.get(answer.location + "/progress", headers={"HX-Request": "true"})
    assert "Waiting for the worker" in progress.text
    work(app)
    progress = district.get(answer.location + "/progress", headers={"HX-Request": "true"})
    assert progress.headers["HX-Redirect"] == answer.location


def test_the_progress_of_rows_is_seen_while_the_import_is_open(
    app: Flask, district: CheckedClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.imports import progress

    monkeypatch.setattr(progress, "SELDOM_S", 0)
    page = checked(app, district, SHEET, "partners.csv")
    district.submit(page, "/apply")
    seen = []
    tell = progress.Teller.tell

    def look(teller: progress.Teller) -> None:
        tell(teller)
        with app.app_context():
            run = ImportRun(id=teller.run_id, phase="", done=0, total=0)
            if progress.progress_file() is None:
                run = db.session.get_one(ImportRun, teller.run_id)
            seen.append(progress.progress_of(run))
            db.session.rollback()

    monkeypatch.setattr(progress.Teller, "tell", look)
    work(app)
    assert [one.phase for one in seen][:3] == ["reading", "comparing", "writing"]
    assert seen[-1].done == seen[-1].total > 5
    folder = app.extensions["footbridge"].settings.instance_dir / progress.AT_WORK
    assert not folder.exists()
