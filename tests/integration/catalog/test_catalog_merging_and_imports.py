"""What later imports do to merged entries: a merge stands, nothing comes twice, nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.duplicate_queue import refresh_pairs
from catalog.merging import kept_ids, merge
from catalog.models import (
    DuplicatePair,
    ImportConflict,
    Merge,
    Organization,
    Service,
    ServiceAtLocation,
)
from catalog.unmerging import undo_merge
from tests.factories import (
    make_service,
)
from tests.integration.catalog.packages import (
    bring_in,
    sample_tables,
    schedule,
    service,
    write_package,
)


def test_the_next_import_leaves_a_merge_alone(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    tables = sample_tables()
    package = write_package(tmp_path / "one", tables)
    bring_in(session, package, now)
    kept, gone = (
        session.scalars(select(Service).filter_by(source_id=source_id)).one()
        for source_id in ("100", "101")
    )
    record = merge(session, "service", kept_id=kept.id, gone_id=gone.id, by="Ann", now=now)
    later = now + timedelta(days=1)
    report = bring_in(session, package, later).total()
    assert (report.added, report.changed, report.removed) == (0, 0, 0)
    assert session.get(Service, record.gone_id) is None
    assert session.get_one(Service, record.kept_id).status == "active"
    undo_merge(session, record, by="Ann", now=later)
    report = bring_in(session, package, later + timedelta(days=1)).total()
    assert (report.added, report.changed, report.removed) == (0, 0, 0)
    assert session.get_one(Service, record.gone_id).name == "Snacks"


@pytest.mark.parametrize("other", ["elsewhere", "sample"])
def test_an_entry_that_another_directory_lists_too_is_not_marked_as_gone(
    session: Session, now: datetime, tmp_path: Path, other: str
) -> None:
    tables = sample_tables()
    bring_in(session, write_package(tmp_path / "one", tables), now, source="sample")
    tables["services"][1]["name"] = "Snacks for all"
    bring_in(session, write_package(tmp_path / "two", tables), now, source=other)
    kept = session.scalars(select(Service).filter_by(source="sample", source_id="100")).one().id
    gone = session.scalars(select(Service).filter_by(source=other, source_id="101")).one().id
    merge(session, "service", kept_id=kept, gone_id=gone, by="Ann", now=now)
    before = session.get_one(Service, kept).status
    tables["services"] = tables["services"][1:]
    later = now + timedelta(days=1)
    report = bring_in(session, write_package(tmp_path / "three", tables), later, source="sample")
    lines = [line.reason for line in report.lines if line.code == "gone_from_source"]
    assert any("was merged into it" in line for line in lines) == (other == "elsewhere")
    after = session.get_one(Service, kept).status
    assert after == before
    told = [line.reason for line in report.lines if line.code == "listed_as_merged"]
    assert len(told) == (other == "sample"), "the other id leads here"
    assert not any("merged into it" in line for line in lines) or other == "elsewhere"
    again = bring_in(
        session, tmp_path / "three", later + timedelta(days=1), source="sample"
    ).total()
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    if other == "sample":  # listed by neither id any more
        tables["services"] = tables["services"][1:]
        last = later + timedelta(days=2)
        bring_in(session, write_package(tmp_path / "four", tables), last, source="sample")
        assert session.get_one(Service, kept).status == "inactive"


def test_what_the_source_adds_to_a_merged_entry_comes_to_the_one_that_stays(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    tables = sample_tables()
    bring_in(session, write_package(tmp_path / "one", tables), now, source="sample")
    kept, gone = (
        session.scalars(select(Organization).filter_by(source_id=source_id)).one().id
        for source_id in ("10", "11")
    )
    record = merge(session, "organization", kept_id=kept, gone_id=gone, by="Ann", now=now)
    tables["services"].append(service("103", "11", "Canoes"))
    tables["services"][0]["organization_id"] = "11"  # from the one to the other
    tables["services"][2]["name"] = "Rowing together"
    folder = write_package(tmp_path / "two", tables)
    report = bring_in(session, folder, now + timedelta(days=1), source="sample").total()
    assert (report.added, report.changed, report.removed) == (1, 1, 0)
    session.expire_all()
    services = session.scalars(select(Service)).all()
    assert {one.organization_id for one in services} == {kept}
    assert {one.name for one in services} == {"Tutoring", "Snacks", "Rowing together", "Canoes"}
    assert not session.scalars(select(ImportConflict)).all()
    again = bring_in(session, folder, now + timedelta(days=2), source="sample").total()
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    undo_merge(session, record, by="Ann", now=now)
    again = bring_in(session, folder, now + timedelta(days=3), source="sample").total()
    assert (again.added, again.removed) == (0, 0)
    assert (
        session.scalars(select(Service).filter_by(name="Rowing together")).one().organization_id
        == gone
    )


def test_what_the_source_adds_to_a_merged_service_does_not_stand_twice(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    tables = sample_tables()
    bring_in(session, write_package(tmp_path / "one", tables), now, source="sample")
    kept, gone = (
        session.scalars(select(Service).filter_by(source_id=source_id)).one().id
        for source_id in ("100", "101")
    )
    merge(session, "service", kept_id=kept, gone_id=gone, by="Ann", now=now)
    new = [("4", "101", "201"), ("5", "100", "201")]
    tables["services_at_location"] += [
        {"id": id_, "service_id": one, "location_id": place} for id_, one, place in new
    ]
    tables["schedules"].append(schedule("502", "101", byday="sunday"))
    folder = write_package(tmp_path / "two", tables)
    report = bring_in(session, folder, now + timedelta(days=1), source="sample")
    assert (report.total().added, report.total().changed, report.total().removed) == (1, 0, 0)
    places = session.scalars(select(ServiceAtLocation).filter_by(service_id=kept)).all()
    assert len(places) == len({place.location_id for place in places}) == 2
    told = [line.reason for line in report.lines if line.code == "merged_here"]
    assert any("schedule belongs to an entry that was merged" in line for line in told)
    again = bring_in(session, folder, now + timedelta(days=2), source="sample").total()
    assert (again.added, again.changed, again.removed) == (0, 0, 0)


def test_a_real_directory_with_merges_comes_in_again_unchanged(
    session: Session, real_data: Path, now: datetime
) -> None:
    folder = real_data / "hsds20-dc-2022"
    bring_in(session, folder, now, status="active")
    found = refresh_pairs(session, now=now)
    assert found["new"] > 20
    merged = 0
    for kind in ("organization", "service", "location"):
        pairs = session.scalars(
            select(DuplicatePair).filter_by(kind=kind).order_by(DuplicatePair.score.desc()).limit(5)
        ).all()
        for first, second in [(pair.first_id, pair.second_id) for pair in pairs]:
            if not kept_ids(session, [first, second]):
                merge(session, kind, kept_id=first, gone_id=second, by="Ann", now=now)
                merged += 1
    assert merged >= 10
    later = now + timedelta(days=1)
    total = bring_in(session, folder, later, status="active").total()
    assert (total.added, total.changed, total.removed) == (0, 0, 0)
    gone = session.scalars(select(Merge.gone_id).filter_by(kind="service")).all()
    assert not session.scalars(select(Service.id).where(Service.id.in_(gone))).all()


@pytest.mark.parametrize("order", [("sample", "elsewhere"), ("elsewhere", "sample")])
def test_an_entry_is_retired_when_the_last_of_its_sources_drops_it(
    session: Session, now: datetime, tmp_path: Path, order: tuple[str, str]
) -> None:
    whole, without = sample_tables(), sample_tables()
    without["services"] = without["services"][1:]
    for source in ("sample", "elsewhere"):
        bring_in(session, write_package(tmp_path / source, whole), now, source=source)
    kept, gone = (
        session.scalars(select(Service).filter_by(source=source, source_id="100")).one().id
        for source in ("sample", "elsewhere")
    )
    record = merge(session, "service", kept_id=kept, gone_id=gone, by="Ann", now=now)
    short = write_package(tmp_path / "short", without)

    def drop(source: str, days: int) -> list[str]:
        report = bring_in(session, short, now + timedelta(days=days), source=source)
        lines = [line.reason for line in report.lines if line.code == "gone_from_source"]
        return [line for line in lines if line.startswith("The service ")]

    first, last = order
    drop(first, 1)
    assert session.get_one(Service, kept).status == "active"
    told = drop(last, 2)
    assert any("marked inactive" in line for line in told), told
    assert session.get_one(Service, kept).status == "inactive"
    assert session.get_one(Merge, record.id).dropped_at is not None
    assert bring_in(session, short, now + timedelta(days=3), source=last).has_changes is False
    bring_in(session, tmp_path / "elsewhere", now + timedelta(days=4), source="elsewhere")
    assert session.get_one(Merge, record.id).dropped_at is None


def test_an_entry_that_was_entered_here_is_not_retired_by_a_source(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    tables = sample_tables()
    bring_in(session, write_package(tmp_path / "one", tables), now, source="sample")
    own = make_service(session, name="Tutoring").id
    gone = session.scalars(select(Service).filter_by(source="sample", source_id="100")).one().id
    merge(session, "service", kept_id=own, gone_id=gone, by="Ann", now=now)
    tables["services"] = tables["services"][1:]
    bring_in(session, write_package(tmp_path / "two", tables), now, source="sample")
    assert session.get_one(Service, own).status == "active"
