"""Every real directory comes in whole: each row is brought in or named, and twice is once."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.importers import ImportReport
from catalog.models import (
    Accessibility,
    Contact,
    EligibilityRule,
    FieldChange,
    Language,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from tests.integration.catalog.packages import bring_in

EXAMPLES = "hsds30-official-examples"
DIRECTORIES = {
    "hsds20-dc-2022": "2.0",
    "ohana-san-mateo-sample": "1.0",
    "hsds11-official-sample/simple": "1.1",
    "hsds11-official-sample/all_resources": "1.1",
    EXAMPLES: "3.0",
    **{
        f"{EXAMPLES}/{name}.json": "3.0"
        for name in (
            "organization_full",
            "organization_list",
            "service_full",
            "service_list",
            "service_at_location_full",
            "service_at_location_list",
            "location",
            "tabular",
            "taxonomy",
            "taxonomy_list",
            "taxonomy_term",
            "taxonomy_term_list",
        )
    },
    "sf-youth-programs": "",
    "sf-youth-programs/dcyf_cms_2013.csv": "",
    "sf-youth-programs/sffamilies_services_to_tags.csv": "",
    "chattanooga-service-providers": "",
}


def rows_named(report: ImportReport, file: str) -> int:
    """How many rows of a file an error line names."""
    named = {line.row for line in report.lines if line.file == file and line.severity == "error"}
    return len(named - {None})


@pytest.mark.parametrize("directory", DIRECTORIES)
def test_every_row_is_brought_in_or_named_and_the_second_run_has_nothing_to_do(
    session: Session, real_data: Path, now: datetime, directory: str
) -> None:
    report = bring_in(session, real_data / directory, now)
    assert report.version == DIRECTORIES[directory]
    assert sum(report.rows_read.values()) > 0
    for file, rows in report.rows_read.items():
        assert report.rows_in[file] + rows_named(report, file) == rows, file
    assert "row_left_out" not in {line.code for line in report.lines}
    again = bring_in(session, real_data / directory, now)
    total = again.total()
    assert (total.added, total.changed, total.removed) == (0, 0, 0)
    assert again.rows_in == report.rows_in


def test_san_mateo_in_the_first_version(session: Session, real_data: Path, now: datetime) -> None:
    report = bring_in(session, real_data / "ohana-san-mateo-sample", now)
    assert report.rows_in["services.csv"] == 23
    library = session.scalars(select(Service).where(Service.name == "Passport Photos")).one()
    assert library.organization is not None
    assert library.extra["payments_accepted"] == [
        {"payment": "Cash"},
        {"payment": "Check"},
        {"payment": "Credit Card"},
    ]
    assert [language.name for language in library.languages] == ["Spanish"]
    assert {area.name for area in library.service_areas} == {"Alameda County", "San Mateo County"}
    assert [row.document for row in library.required_documents] == [
        "Government-issued picture identification"
    ]
    assert library.extra["holiday_schedules"][0]["closed"] == "true"
    weekly = session.scalars(
        select(Schedule).where(Schedule.location_id.is_not(None), Schedule.byday == "SA")
    ).one()
    assert (str(weekly.opens_at), str(weekly.closes_at)) == ("10:00:00", "18:00:00")
    assert "wheelchair" in set(session.scalars(select(Accessibility.description)))
    admins = session.scalars(select(Contact)).all()
    assert {admin.title for admin in admins} == {"admin"}
    assert not any("@" in str(row.extra.get("admin_emails")) for row in session.scalars(
        select(Organization)
    ))  # fmt: skip


def test_version_1_1_with_every_table(session: Session, real_data: Path, now: datetime) -> None:
    report = bring_in(session, real_data / "hsds11-official-sample/all_resources", now)
    helpline = session.scalars(select(Service).where(Service.name.like("Never Homeless%"))).one()
    assert helpline.eligibility_description == "adult"
    assert [row["payment"] for row in helpline.extra["payments_accepted"]] == [
        "cash",
        "credit card",
    ]
    assert [one.funding_source for one in helpline.funding] == ["Funding source A"]
    changes = session.scalars(select(FieldChange).filter_by(owner_id=helpline.id)).all()
    assert [(one.last_action_type, one.made_by) for one in changes] == [("create", "elsewhere")]
    (place,) = helpline.service_at_locations
    assert {row.byday for row in place.schedules} == {"MO", "TU", "WE"}
    assert place.extra["holiday_schedules"][0]["start_date"] == "2019-12-24"
    assert {language.name for language in helpline.languages} == {"English", "Spanish"}
    assert session.scalars(select(Contact)).one().name == "Contact 1"
    assert "about_the_file" in {line.code for line in report.lines}


@pytest.mark.parametrize("file", ["service_full", "organization_full", "service_at_location_full"])
def test_version_3_json_keeps_ids_and_what_has_no_table(
    session: Session, real_data: Path, now: datetime, file: str
) -> None:
    bring_in(session, real_data / EXAMPLES / f"{file}.json", now)
    service = session.scalars(select(Service)).one()
    assert str(service.id) == "ac148810-d857-441c-9679-408f346de14b"
    assert (service.minimum_age, service.maximum_age) == (12, 100)
    (funding,) = service.funding
    assert (funding.funding_source or "").startswith("This service is funded partially")
    assert service.organization is not None
    (identifier,) = service.organization.identifiers
    assert (identifier.identifier_scheme, identifier.identifier) == ("GB-COH", "1234567")
    (cost,) = service.cost_options
    assert (cost.amount_cents, cost.currency) == (3500, "gbp")
    (schedule,) = service.schedules
    assert (schedule.byday, schedule.timezone, schedule.byweekno) == ("TH,FR", 3.0, "41,42")
    assert schedule.service_at_location_id is not None
    assert [attribute.taxonomy_term.name for attribute in service.attributes] == ["name"]
    private, public = sorted(
        session.scalars(select(Phone)), key=lambda phone: phone.contact_id is None
    )
    assert private.service_id is None
    assert public.service_id == service.id
    assert public.number == "+44 1234 234567"


def test_san_francisco_by_marks(session: Session, real_data: Path, now: datetime) -> None:
    bring_in(session, real_data / "sf-youth-programs/dcyf_cms_2013.csv", now)
    tutoring = session.scalars(
        select(Service).where(Service.name == "After-School Tutoring")
    ).first()
    assert tutoring is not None
    (rule,) = tutoring.eligibility_rules
    assert (rule.kind, rule.facts) == ("age", {"low": 6, "high": 17})
    assert (tutoring.minimum_age, tutoring.maximum_age) == (6, 17)
    assert {language.code for language in tutoring.languages} == {"en", "es"}
    labels = {(a.link_type, a.taxonomy_term.name) for a in tutoring.attributes}
    assert ("category", "Specialized K-8") in labels
    assert ("eligibility", "Parent") in labels
    (place,) = tutoring.service_at_locations
    assert place.location.name == "826 Valencia"
    assert place.extra["lead agency zip"] == "94110"
    sites = select(func.count()).select_from(ServiceAtLocation)
    assert session.scalar(sites) == 607
    assert session.scalar(select(func.count()).select_from(Language)) == 1532
    assert session.scalar(select(func.count()).select_from(EligibilityRule)) == 440
    garbled = select(func.count()).where(Service.name.like("%Û%"))
    assert session.scalar(garbled) == 0


def test_san_francisco_tags_without_a_heading(
    session: Session, real_data: Path, now: datetime
) -> None:
    report = bring_in(session, real_data / "sf-youth-programs/sffamilies_services_to_tags.csv", now)
    project = session.scalars(
        select(Service).where(Service.name == "PC Schools on the Move!")
    ).one()
    assert {a.taxonomy_term.name for a in project.attributes if a.link_type == "category"} == {
        "Sports",
        "Dance",
        "Special Needs/Disabilities",
    }
    assert [(line.row, line.code) for line in report.lines if line.severity == "error"] == [
        (27, "no_name")
    ]
