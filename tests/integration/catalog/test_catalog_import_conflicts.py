"""A field edited here that changes at its source too: both values wait, and a person chooses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.conflicts import settle_conflict
from catalog.errors import CatalogValueError
from catalog.models import ImportConflict, Service
from catalog.queries import current_revision
from tests.integration.catalog.packages import Tables, bring_in, sample_tables, write_package

OURS, THEIRS = "ours@sample.org", "theirs@sample.org"


class Directory:
    """A directory that is imported again and again, with one service looked at."""

    def __init__(self, session: Session, folder: Path, now: datetime) -> None:
        self.session, self.folder, self.now = session, folder, now
        self.tables: Tables = sample_tables()
        self.bring_in()
        self.service = session.scalars(select(Service).where(Service.name == "Tutoring")).one()

    def bring_in(self) -> None:
        bring_in(self.session, write_package(self.folder, self.tables), self.now)

    def edit_here(self, email: str = OURS) -> None:
        self.service.email = email
        self.session.commit()

    def change_there(self, email: str = THEIRS) -> None:
        self.tables["services"][0]["email"] = email
        self.bring_in()

    def conflicts(self) -> list[ImportConflict]:
        return list(self.session.scalars(select(ImportConflict)))


@pytest.fixture
def directory(session: Session, tmp_path: Path, now: datetime) -> Directory:
    return Directory(session, tmp_path / "sample", now)


def test_both_values_wait_and_ours_stands(directory: Directory, now: datetime) -> None:
    directory.edit_here()
    directory.change_there()
    (conflict,) = directory.conflicts()
    assert (conflict.entity, conflict.entity_id) == ("service", directory.service.id)
    assert (conflict.field, conflict.ours, conflict.theirs) == ("email", OURS, THEIRS)
    assert (conflict.label, conflict.source, conflict.state) == ("Tutoring", "sample", "waiting")
    assert directory.service.email == OURS


def test_the_same_import_again_asks_nothing_anew(directory: Directory) -> None:
    directory.edit_here()
    directory.change_there()
    directory.bring_in()
    assert [one.theirs for one in directory.conflicts()] == [THEIRS]


def test_a_newer_value_of_the_source_takes_the_older_ones_place(directory: Directory) -> None:
    directory.edit_here()
    directory.change_there()
    directory.change_there("newer@sample.org")
    assert [one.theirs for one in directory.conflicts()] == ["newer@sample.org"]


def test_when_the_source_comes_to_say_the_same_nothing_waits(directory: Directory) -> None:
    directory.edit_here()
    directory.change_there()
    directory.change_there(OURS)
    assert directory.conflicts() == []


def test_a_change_of_one_side_only_asks_nobody(directory: Directory) -> None:
    directory.change_there()
    directory.edit_here()
    directory.bring_in()
    assert directory.conflicts() == []


@pytest.mark.parametrize(("take", "stands"), [("ours", OURS), ("theirs", THEIRS)])
def test_what_was_chosen_stands_through_the_next_imports(
    session: Session, directory: Directory, now: datetime, take: str, stands: str
) -> None:
    directory.edit_here()
    directory.change_there()
    (conflict,) = directory.conflicts()
    revision, version = current_revision(session), directory.service.version
    settle_conflict(session, conflict, take=take, decided_by="Sam", now=now)
    session.commit()
    directory.bring_in()
    assert directory.service.email == stands
    assert (conflict.state, conflict.decided_by, conflict.decided_at) == (take, "Sam", now)
    assert (current_revision(session) > revision) == (take == "theirs")
    assert (directory.service.version > version) == (take == "theirs")


def test_a_date_comes_back_as_a_date(session: Session, directory: Directory, now: datetime) -> None:
    conflict = ImportConflict(
        entity="service",
        entity_id=directory.service.id,
        label="Tutoring",
        field="assured_date",
        source="sample",
        ours=None,
        theirs="2026-10-01",
        found_at=now,
    )
    directory.service.assured_date = None
    session.add(conflict)
    session.flush()
    settle_conflict(session, conflict, take="theirs", decided_by="Sam", now=now)
    assert directory.service.assured_date == date(2026, 10, 1)


def test_what_was_changed_again_or_decided_is_not_written_over(
    session: Session, directory: Directory, now: datetime
) -> None:
    directory.edit_here()
    directory.change_there()
    directory.edit_here("third@sample.org")
    (conflict,) = directory.conflicts()
    with pytest.raises(CatalogValueError, match="changed again"):
        settle_conflict(session, conflict, take="theirs", decided_by="Sam", now=now)
    settle_conflict(session, conflict, take="ours", decided_by="Sam", now=now)
    with pytest.raises(CatalogValueError, match="decided already"):
        settle_conflict(
            session, conflict, take="ours", decided_by="Kim", now=now + timedelta(hours=1)
        )
    assert (directory.service.email, conflict.decided_by) == ("third@sample.org", "Sam")
