"""What every process answers from: built once, kept in a folder, and never waited for by a page."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.clock import day_there, utcnow
from app.extensions import db
from app.recommendations import engines, kept
from app.recommendations.engines import doubts_on, engine_for, forget
from app.recommendations.offers import OfferList
from app.recommendations.queries import never_wait, refresh_offers
from catalog.models import ServiceAtLocation
from catalog.services import bump_revision
from catalog.taxonomy import broader
from matching.engine import Engine
from matching.types import Need, Profile
from tests.factories import make_service_at_location
from tests.fixtures.client import CheckedClient
from tests.integration.recommendations.conftest import Someone

pytestmark = pytest.mark.usefixtures("app_context")

ON = date(2026, 10, 13)
NOBODY = Profile("", needs=(Need("dental-checkup"),))


@pytest.fixture
def folder(session: Session, tmp_path: Path) -> Iterator[Path]:
    """The folder that the session's process keeps offers in; it waits for a rebuild as commands do."""
    session.info[kept.FOLDER] = tmp_path / "offers"
    yield tmp_path / "offers"
    forget()


@pytest.fixture
def place(session: Session) -> ServiceAtLocation:
    """A dentist with open places and no waitlist."""
    return make_service_at_location(session)


def changed(session: Session) -> mock.Mock:
    """Let the catalog count a change, with nobody having built since, in a process that never waits.
    What it gives is called where the process has a build done beside it."""
    session.flush()
    bump_revision(session)
    have_built = mock.Mock()
    session.info[engines.NEVER_WAITS] = have_built
    return have_built


def fitting(engine: Engine) -> list[str]:
    return [match.offer.key for match in engine.rank(NOBODY, 9, on=ON).matches]


def test_what_is_kept_answers_as_what_is_read(
    session: Session, folder: Path, place: ServiceAtLocation
) -> None:
    read = engines.read_offers(session, ON)
    engine, _ = engine_for(session, "urgent", on=ON)
    assert fitting(engine) == [str(place.id)]
    fresh = Engine(read.offers, engine.parameters, broader())
    assert engine.rank(NOBODY, 9, on=ON) == fresh.rank(NOBODY, 9, on=ON)
    assert engine.offers == fresh.offers
    assert doubts_on(session, ON) == read.doubts
    forget()  # another process
    with mock.patch.object(engines, "read_offers", side_effect=AssertionError("read again")):
        again, _ = engine_for(session, "urgent", on=ON)
    assert again.rank(NOBODY, 9, on=ON) == fresh.rank(NOBODY, 9, on=ON)
    assert {file.stat().st_mode & 0o077 for file in (folder, *folder.glob("*.npy"))} == {0}


@pytest.mark.parametrize("change", ["full", "closed", "unlisted", "deleted", "partner", "secret"])
def test_nothing_stale_is_answered_while_nobody_has_built(
    session: Session, folder: Path, place: ServiceAtLocation, change: str
) -> None:
    engine_for(session, "balanced", on=ON)
    assert place.service.intake is not None
    assert place.service.organization is not None
    if change == "full":
        place.service.capacities[0].available = 0
        place.service.intake.has_waitlist = False
    elif change == "closed":
        place.service.status = "inactive"
    elif change == "unlisted":
        place.is_listed = False
    elif change == "deleted":
        session.execute(delete(ServiceAtLocation).where(ServiceAtLocation.id == place.id))
    elif change == "partner":
        place.service.organization.is_active = False
    else:
        place.location.is_confidential = True
    changed(session)
    with mock.patch.object(engines, "read_offers", side_effect=AssertionError("waited")):
        engine, _ = engine_for(session, "balanced", on=ON)
    assert fitting(engine) == []
    del session.info[engines.NEVER_WAITS]
    if change == "full":
        again, _ = engine_for(session, "balanced", on=ON)
        assert again.rank(NOBODY, 9, on=ON) == engine.rank(NOBODY, 9, on=ON)
        assert again.offers == engine.offers


def test_a_page_takes_the_newer_one_when_it_is_there(
    session: Session, folder: Path, place: ServiceAtLocation
) -> None:
    _, revision = engine_for(session, "balanced", on=ON)
    other = make_service_at_location(session)
    changed(session)
    engine, built_from = engine_for(session, "balanced", on=ON)
    assert (fitting(engine), built_from) == ([str(place.id)], revision)
    version = kept.version_of(session, revision + 1, ON)
    kept.opened_or_built(folder, version, lambda: engines.read_offers(session, ON))
    engine, built_from = engine_for(session, "balanced", on=ON)
    assert set(fitting(engine)) == {str(place.id), str(other.id)}
    assert built_from == revision + 1


def test_a_page_that_slept_through_a_build_answers_from_it_though_it_is_not_the_newest(
    session: Session, folder: Path, place: ServiceAtLocation
) -> None:
    _, revision = engine_for(session, "balanced", on=ON)
    other = make_service_at_location(session)
    changed(session)
    version = kept.version_of(session, revision + 1, ON)
    kept.opened_or_built(folder, version, lambda: engines.read_offers(session, ON))
    changed(session)
    engine, built_from = engine_for(session, "balanced", on=ON)
    assert set(fitting(engine)) == {str(place.id), str(other.id)}
    assert built_from == revision + 1


def test_where_no_worker_builds_a_page_has_it_built_beside_and_answers_at_once(
    client: CheckedClient,
    session: Session,
    folder: Path,
    place: ServiceAtLocation,
    someone: Someone,
    now: datetime,
) -> None:
    revision = refresh_offers(session, now=now)
    other = make_service_at_location(session, name="A new dentist")
    changed(session)
    have_built = mock.Mock()
    client.sign_in(someone.manager)

    def asked() -> str:
        return client.get(f"/students/{someone.ana.id}/support").text

    with mock.patch.dict(db.sessionmaker.kw), capture_logs() as lines:
        db.sessionmaker.configure(info={**db.sessionmaker.kw["info"], kept.FOLDER: folder})
        never_wait(db.sessionmaker, have_built)
        with mock.patch.object(engines, "read_offers", side_effect=AssertionError("waited")):
            assert place.service.name in asked()
            have_built.assert_not_called()  # it may still be the worker's turn
            with mock.patch.object(engines, "OVERDUE_S", -1):
                assert "A new dentist" not in asked()
            have_built.assert_called_once()
            asked()
            have_built.assert_called_once()  # it was just asked for
        overdue = [line for line in lines if line["event"] == "offers_overdue"]
        assert [(line["log_level"], line["built_from"]) for line in overdue] == [
            ("warning", revision)
        ]
        version = kept.version_of(session, revision + 1, day_there(session, now))
        kept.opened_or_built(folder, version, lambda: engines.read_offers(session, ON))
        with mock.patch.object(engines, "read_offers", side_effect=AssertionError("waited")):
            assert "A new dentist" in asked()
        with mock.patch.object(engines, "OVERDUE_S", -1):
            assert str(other.service.name) in asked()
        have_built.assert_called_once()  # it is not behind any more


def test_a_build_that_somebody_has_begun_is_not_begun_again(
    session: Session, folder: Path, place: ServiceAtLocation
) -> None:
    engine_for(session, "balanced", on=ON)
    have_built = changed(session)
    with mock.patch.object(engines, "OVERDUE_S", -1), (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the worker is slow
        engine_for(session, "balanced", on=ON)
        have_built.assert_not_called()
        fcntl.flock(lock, fcntl.LOCK_UN)  # it was killed
        engine_for(session, "balanced", on=ON)
        have_built.assert_called_once()


def test_only_who_finds_nothing_built_at_all_builds_itself(
    session: Session, folder: Path, place: ServiceAtLocation
) -> None:
    have_built = changed(session)
    engine, _ = engine_for(session, "balanced", on=ON)
    assert fitting(engine) == [str(place.id)]
    have_built.assert_not_called()


def test_a_rule_more_is_another_program(tmp_path: Path) -> None:
    files = kept.program_files()
    for made_by in (
        "matching/index.py",
        "matching/rules/reach.py",
        "app/recommendations/offers.py",
        "catalog/prices.py",
    ):
        assert kept_by(files, made_by), made_by
    rule = tmp_path / "escort.py"
    rule.write_text("RULE = None", encoding="utf-8")
    before = kept.program()
    with mock.patch.object(kept, "program_files", return_value=[*files, rule]):
        assert kept.program.__wrapped__() != before


def kept_by(files: list[Path], made_by: str) -> bool:
    return any(file.as_posix().endswith(made_by) for file in files)


@pytest.mark.parametrize("is_page", [True, False])
def test_what_another_program_has_built_is_not_answered_from(
    session: Session, folder: Path, place: ServiceAtLocation, is_page: bool
) -> None:
    with mock.patch.object(kept, "program", return_value="former"):
        engine_for(session, "balanced", on=ON)
    forget()
    if is_page:
        session.info[engines.NEVER_WAITS] = mock.Mock()
    with mock.patch.object(engines, "read_offers", wraps=engines.read_offers) as read:
        engine, _ = engine_for(session, "balanced", on=ON)
    read.assert_called_once()
    assert fitting(engine) == [str(place.id)]


def test_a_page_answers_while_somebody_builds(
    client: CheckedClient,
    session: Session,
    folder: Path,
    place: ServiceAtLocation,
    someone: Someone,
    now: datetime,
) -> None:
    refresh_offers(session, now=now)
    place.service.name = "Another name"
    changed(session)
    client.sign_in(someone.manager)
    with mock.patch.dict(db.sessionmaker.kw), (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # somebody is building
        db.sessionmaker.configure(info={**db.sessionmaker.kw["info"], kept.FOLDER: folder})
        never_wait(db.sessionmaker, mock.Mock())
        page = client.get(f"/students/{someone.ana.id}/support")
    assert page.status_code == 200
    assert "Another name" in page.text, "words are read from the listing itself"


def test_one_builds_and_the_other_finds_it(folder: Path) -> None:
    begun, may_end = threading.Event(), threading.Event()
    built: list[str] = []

    def build(name: str) -> OfferList:
        built.append(name)
        begun.set()
        assert may_end.wait(10)
        return OfferList((), ())

    def ask(name: str) -> None:
        kept.opened_or_built(folder, "1 of today", lambda: build(name))

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("one", "other")]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert built == ["one"]
    assert kept.opened(folder, "1 of today").revision == 1


@pytest.mark.parametrize("name", ["index.json", "doubts.json", "*.npy"])
def test_a_broken_folder_is_built_anew_and_said_in_the_log(
    session: Session, folder: Path, place: ServiceAtLocation, name: str
) -> None:
    engine_for(session, "balanced", on=ON)
    for file in folder.glob(name):
        file.write_bytes(file.read_bytes()[:40])
    forget()
    with capture_logs() as lines:
        engine, _ = engine_for(session, "balanced", on=ON)
    assert fitting(engine) == [str(place.id)]
    assert "offers_not_kept" in [line["event"] for line in lines]


def test_who_is_killed_while_writing_leaves_the_old_one(folder: Path) -> None:
    kept.opened_or_built(folder, "1 of today", lambda: OfferList((), ()))
    killed = mock.patch("matching.storage.os.replace", side_effect=KeyboardInterrupt)
    with killed, pytest.raises(KeyboardInterrupt):
        kept.opened_or_built(folder, "2 of today", lambda: OfferList((), ()))
    assert kept.opened(folder, None).revision == 1


def test_the_job_builds_once(session: Session, folder: Path, place: ServiceAtLocation) -> None:
    revision = refresh_offers(session, now=utcnow())
    assert kept.opened(folder, None).revision == revision
    with mock.patch.object(engines, "read_offers", side_effect=AssertionError("read again")):
        assert refresh_offers(session, now=utcnow()) == revision
