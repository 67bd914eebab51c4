"""An HSDS 2.0 package comes in: whole, repeatable, and with a line for what could not."""

from datetime import datetime, time
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.errors import CatalogValueError
from catalog.importers import ImportReport, plan_import, read_package
from catalog.models import (
    Address,
    EligibilityRule,
    Location,
    Organization,
    Phone,
    Program,
    Schedule,
    Service,
    ServiceAtLocation,
    TaxonomyTerm,
)
from catalog.queries import current_revision, organization_by_source, services_on_offer
from tests.integration.catalog.packages import (
    Tables,
    bring_in,
    place,
    sample_tables,
    schedule,
    service,
    write_package,
)


def totals(report: ImportReport) -> tuple[int, int, int]:
    total = report.total()
    return total.added, total.changed, total.removed


def codes(report: ImportReport, severity: str) -> set[str]:
    return {line.code for line in report.lines if line.severity == severity}


@pytest.fixture
def tables() -> Tables:
    return sample_tables()


def test_every_row_comes_in(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    report = bring_in(session, write_package(tmp_path / "sample", tables), now)
    assert codes(report, "error") == set()
    added = {name: counts.added for name, counts in report.tables.items()}
    assert added == {
        "organization": 2,
        "program": 1,
        "service": 3,
        "location": 2,
        "service_at_location": 3,
        "address": 2,
        "phone": 3,
        "schedule": 2,
        "taxonomy": 1,
        "taxonomy_term": 2,
        "attribute": 2,
        "eligibility_rule": 2,
    }
    house = organization_by_source(session, "sample", "10")
    assert house is not None
    assert house.description == "We’re here"
    assert house.website == "http://a.org"


def test_traps_of_the_format(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    bring_in(session, write_package(tmp_path / "sample", tables), now)
    weekly = session.scalars(select(Schedule).where(Schedule.opens_at.is_not(None))).one()
    assert (weekly.freq, weekly.byday) == ("WEEKLY", "MO,TU,WE,TH,FR")
    assert (weekly.opens_at, weekly.closes_at) == (time(9), time(17))
    unknown = session.scalars(select(Schedule).where(Schedule.opens_at.is_(None))).one()
    assert (unknown.byday, unknown.notes) == ("SA", "hours not stated")
    assert {a.state_province for a in session.scalars(select(Address))} == {"TN"}
    assert session.scalars(select(Program)).one().description == "x" * 90
    phones = session.scalars(select(Phone)).all()
    assert sorted((p.service_id is None, p.location_id is None) for p in phones) == [
        (False, True),
        (False, True),
        (True, False),
    ]


def test_labels_become_rules_and_stay_labels(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    bring_in(session, write_package(tmp_path / "sample", tables), now)
    tutoring = session.scalars(select(Service).where(Service.name == "Tutoring")).one()
    (rule,) = tutoring.eligibility_rules
    assert (rule.kind, rule.facts, rule.source_text) == (
        "age",
        {"low": 6, "high": 12},
        "Youth (6-12)",
    )
    assert (tutoring.minimum_age, tutoring.maximum_age) == (6, 12)
    assert [a.taxonomy_term.name for a in tutoring.attributes] == ["Youth (6-12)"]
    assert tutoring.attributes[0].link_type == "eligibility"


def test_the_same_again_changes_nothing(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    first = bring_in(session, folder, now)
    revision = current_revision(session)
    second = bring_in(session, folder, now)
    assert totals(second) == (0, 0, 0)
    assert second.total().unchanged == first.total().added
    assert current_revision(session) == revision


def test_a_dry_run_writes_nothing(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    package = read_package(write_package(tmp_path / "sample", tables))
    plan = plan_import(session, package, now=now)
    assert plan.report.total().added > 0
    assert session.scalar(select(func.count()).select_from(Organization)) == 0
    assert current_revision(session) == 0


def test_one_changed_row_is_one_change(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now)
    tables["services"][2]["name"] = "Rowing for beginners"
    report = bring_in(session, write_package(folder, tables), now)
    assert totals(report) == (0, 1, 0)
    rowing = session.scalars(select(Service).where(Service.name == "Rowing for beginners")).one()
    assert rowing.version == 2


def test_a_dropped_service_is_marked_and_keeps_what_hangs_on_it(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now)
    del tables["services"][2]
    report = bring_in(session, write_package(folder, tables), now)
    assert totals(report) == (0, 0, 1)
    assert "gone_from_source" in codes(report, "warning")
    rowing = session.scalars(select(Service).where(Service.name == "Rowing")).one()
    assert rowing.status == "inactive"
    assert len(rowing.schedules) == 1
    assert len(rowing.service_at_locations) == 1
    assert totals(bring_in(session, folder, now)) == (0, 0, 0)


def test_a_dropped_service_that_returns_is_active_again(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now)
    dropped = tables["services"].pop()
    bring_in(session, write_package(folder, tables), now)
    tables["services"].append(dropped)
    report = bring_in(session, write_package(folder, tables), now)
    assert totals(report) == (0, 1, 0)
    assert session.scalars(select(Service).where(Service.name == "Rowing")).one().status == "active"


def test_a_dropped_fact_goes_and_a_dropped_place_is_not_offered(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now)
    del tables["schedules"][1]
    del tables["services_at_location"][1]
    report = bring_in(session, write_package(folder, tables), now)
    assert report.tables["schedule"].removed == 1
    assert report.tables["service_at_location"].removed == 1
    assert session.scalar(select(func.count()).select_from(Schedule)) == 1
    unlisted = session.scalars(
        select(ServiceAtLocation).where(ServiceAtLocation.is_listed.is_(False))
    ).one()
    assert unlisted.service.name == "Snacks"


def test_an_edit_made_here_survives_a_change_at_the_source(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now)
    tutoring = session.scalars(select(Service).where(Service.name == "Tutoring")).one()
    tutoring.email = "ours@sample.org"
    session.commit()
    tables["services"][0]["email"] = "theirs@sample.org"
    tables["services"][0]["url"] = "https://sample.org/tutoring"
    report = bring_in(session, write_package(folder, tables), now)
    assert (tutoring.email, tutoring.url) == ("ours@sample.org", "https://sample.org/tutoring")
    assert "edit_kept" in codes(report, "warning")
    assert totals(bring_in(session, folder, now)) == (0, 0, 0)


def test_a_fact_edited_here_is_not_deleted(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now)
    weekly = session.scalars(select(Schedule).where(Schedule.opens_at.is_not(None))).one()
    weekly.closes_at = time(18)
    session.commit()
    del tables["schedules"][0]
    bring_in(session, write_package(folder, tables), now)
    assert weekly.closes_at == time(18)


def test_rows_that_cannot_come_in_are_named(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    tables["services"].append(service("", "10", "No id"))
    tables["services"].append(service("100", "10", "Repeated id"))
    tables["schedules"].append(schedule("502", "999", weekday="Monday", dtstart="9:00AM"))
    tables["schedules"].append(schedule("503", "100"))
    tables["services_at_location"].append({"id": "9", "service_id": "100", "location_id": "999"})
    report = bring_in(session, write_package(tmp_path / "sample", tables), now)
    errors = [(li.file, li.row or 0, li.code) for li in report.lines if li.severity == "error"]
    assert sorted(errors) == [
        ("schedules.csv", 4, "not_in_package"),
        ("schedules.csv", 5, "schedule_blank"),
        ("services.csv", 5, "no_id"),
        ("services.csv", 6, "id_repeated"),
        ("services_at_location.csv", 5, "not_in_package"),
    ]


def test_a_service_of_nobody_comes_in_and_is_not_offered(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    tables["services"].append(service("103", "999", "Orphan"))
    report = bring_in(session, write_package(tmp_path / "sample", tables), now)
    assert "no_organization" in codes(report, "warning")
    orphan = session.scalars(select(Service).where(Service.name == "Orphan")).one()
    assert orphan.organization is None
    assert "Orphan" not in {s.name for s in services_on_offer(session)}


def test_a_directory_of_inactive_services_warns_and_can_be_overridden(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    for row in tables["services"]:
        row["status"] = "inactive"
    folder = write_package(tmp_path / "sample", tables)
    warned = plan_import(session, read_package(folder), now=now).report
    assert "--status active" in next(li.reason for li in warned.lines if li.code == "none_active")
    report = bring_in(session, folder, now, status="active")
    assert "none_active" not in codes(report, "warning")
    assert len(services_on_offer(session)) == 3


def test_an_unknown_status_is_refused(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    package = read_package(write_package(tmp_path / "sample", tables))
    with pytest.raises(CatalogValueError, match="no status"):
        plan_import(session, package, status="open", now=now)


def test_points_in_metres_and_far_away(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    tables["locations"] += [place(f"3{n:02}", f"Near {n}", f"35.0{n}", "-85.3") for n in range(10)]
    tables["locations"].append(place("400", "Metres", "4170104.4", "-9496632.3"))
    tables["locations"].append(place("401", "Engine 1", "40.7485", "-73.9910"))
    report = bring_in(session, write_package(tmp_path / "sample", tables), now)
    assert {"point_in_metres", "point_far_away"} <= codes(report, "warning")
    metres = session.scalars(select(Location).where(Location.name == "Metres")).one()
    assert metres.latitude == pytest.approx(35.04, abs=0.05)
    far = session.scalars(select(Location).where(Location.name == "Engine 1")).one()
    assert (far.latitude, far.point_precision) == (None, "unknown")
    assert far.extra == {"point_left_out": [40.7485, -73.991]}


def test_terms_with_several_parents_and_circles(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    def term(id_: str, parents: str) -> dict[str, str]:
        return {"taxonomy_recordid": id_, "taxonomy_name": f"Term {id_}", "parents": parents}

    rows = [term("80", "81"), term("81", "80"), term("82", "80,81"), term("83", "99")]
    tables["taxonomy_terms"] = [
        {
            "taxonomy_recordid": row["taxonomy_recordid"],
            "taxonomy_name": row["taxonomy_name"],
            "taxonomy": "60",
            "taxonomy_parent_name": row["parents"],
        }
        for row in rows
    ]
    del tables["service_attributes"]
    report = bring_in(session, write_package(tmp_path / "sample", tables), now)
    assert {"parent_circle", "parent_unknown"} <= codes(report, "warning")
    twice = session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.name == "Term 82")).one()
    assert twice.parent is not None
    assert twice.parent.name == "Term 80"
    assert len(twice.extra["other_parent_ids"]) == 1


def test_an_older_package_hangs_services_on_locations(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    older: Tables = {
        "organizations": [{"id": "1", "name": "Sample House"}],
        "locations": [{"id": "2", "organization_id": "1", "name": "Main"}],
        "services": [{"id": "3", "location_id": "2", "name": "Tutoring", "status": "active"}],
    }
    report = bring_in(session, write_package(tmp_path / "older", older), now)
    assert codes(report, "error") == set()
    (tutoring,) = services_on_offer(session)
    assert tutoring.organization is not None
    assert tutoring.organization.name == "Sample House"
    assert [at.location.name for at in tutoring.service_at_locations] == ["Main"]


def test_another_directory_under_the_same_name_is_warned_of(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "export", tables)
    bring_in(session, folder, now)
    tables["services"] = [service("900", "10", "Something else")]
    package = read_package(write_package(folder, tables))
    assert "most_gone" in codes(plan_import(session, package, now=now).report, "warning")


def test_two_sources_do_not_touch_each_other(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now, source="one")
    report = bring_in(session, folder, now, source="two")
    assert report.total().changed == report.total().removed == 0
    assert session.scalar(select(func.count()).select_from(Organization)) == 4


def test_rules_added_here_are_left_alone(
    session: Session, tmp_path: Path, tables: Tables, now: datetime
) -> None:
    folder = write_package(tmp_path / "sample", tables)
    bring_in(session, folder, now)
    tutoring = session.scalars(select(Service).where(Service.name == "Tutoring")).one()
    ours = EligibilityRule(kind="gender", facts={"only": "female"}, source_text="told by phone")
    tutoring.eligibility_rules.append(ours)
    session.commit()
    assert totals(bring_in(session, folder, now)) == (0, 0, 0)
    session.refresh(tutoring)
    assert {rule.kind for rule in tutoring.eligibility_rules} == {"age", "gender"}
