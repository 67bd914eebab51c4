"""What we export and import again into an empty catalog is the same catalog, row by row, with the
same ids: but for what no export tells (contacts, confidential streets, the private part of the
intake), and, of JSON, what its nested shape cannot hold.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

import app.models  # noqa: F401 - every table is known
from app.transactions import configure_engine
from catalog import models
from catalog.db import Base
from catalog.exporters.fields import AUTHOR_WORDS, CONFIDENTIAL_STREET, is_history_told
from catalog.exporters.hsds_csv import FILES, export_csv
from catalog.exporters.hsds_xlsx import export_xlsx
from catalog.exporters.json_file import export_json
from catalog.exporters.own_facts import is_personal
from catalog.history import Author, write_as
from catalog.importers import apply_import, plan_import, read_package
from catalog.importers.text import clean_line, clean_text
from catalog.taxonomy.loading import load_vocabulary
from seeds.partners import load_partners
from tests.integration.exchange.test_hsds_api import make_listing

NOW = datetime(2026, 10, 13, 14, 0, tzinfo=UTC)
EXPORTS: dict[str, Callable[[Session, Path], object]] = {
    "catalog.json": export_json,
    "package": export_csv,
    "package.zip": export_csv,
    "package.xlsx": export_xlsx,
}
# Where a row came from, and what is the catalog's own business.
NOT_COMPARED = {"source", "source_id", "imported", "version"}
PRIVATE = {"assurer_email", "referral_email", "referral_cap", "notice_language"}
# Rows whose ids are not exported: compared by what they say.
WITHOUT_IDS = {"eligibility_rule", "service_intake"}
Dump = dict[str, list[dict[str, Any]]]


@contextmanager
def empty_catalog() -> Iterator[Session]:
    """A catalog in memory with nothing in it but our own vocabularies, as every catalog has them."""
    engine = create_engine("sqlite://")
    configure_engine(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        write_as(session, Author("A test", "system", NOW))
        load_vocabulary(session)
        yield session
    engine.dispose()


def dump(session: Session) -> Dump:
    """The whole catalog as plain rows, in an order of their own."""
    found: Dump = {}
    for name in (*FILES, *sorted(WITHOUT_IDS)):
        table = Base.metadata.tables[name]
        left_out = NOT_COMPARED | PRIVATE | ({"id"} if name in WITHOUT_IDS else set())
        columns = [column for column in table.c if column.name not in left_out]
        rows = [dict(row._mapping) for row in session.execute(select(*columns))]
        found[name] = sorted(rows, key=lambda row: str(sorted(row.items())))
    return found


def as_told(catalog: Dump) -> Dump:
    """The catalog as it must come back: without what is not told outside."""
    told = {name: [dict(row) for row in rows] for name, rows in catalog.items()}
    for row in (row for rows in told.values() for row in rows):
        extra = row.get("extra") or {}
        row["extra"] = {key: cell for key, cell in extra.items() if not is_personal(key, cell)}
    hidden = {row["id"] for row in told["location"] if row["is_confidential"]}
    for row in told["location"]:
        if row["id"] in hidden:
            row.update(
                dict.fromkeys(
                    ("name", "alternate_name", "description", "transportation", "url",
                     "latitude", "longitude", "external_identifier", "external_identifier_type")
                ),
                point_precision="unknown",
            )  # fmt: skip
    for row in told["address"]:
        if row["location_id"] in hidden:
            row.update(
                address_1=CONFIDENTIAL_STREET, address_2=None, postal_code="", attention=None
            )
    closed = {row["id"] for row in told["organization"] if not row["is_active"]}
    for row in told["service"]:
        if row["organization_id"] in closed and row["status"] == "active":
            row["status"] = "inactive"
    for row in told["attribute"]:
        row["link_type"] = row["link_type"] or "category"  # an import says what a label is
    told["phone"] = [row for row in told["phone"] if not row.pop("contact_id")]
    told["metadata"] = [told_change(row) for row in told["metadata"] if is_told(row, told)]
    usual = {"has_waitlist": None, "next_intake": None, "provides_transport": False,
             "delivered_at_schools": []}  # fmt: skip
    told["service_intake"] = [
        row for row in told["service_intake"] if any(row[name] != usual[name] for name in usual)
    ]
    return {n: sorted(rows, key=lambda r: str(sorted(r.items()))) for n, rows in told.items()}


def is_told(row: dict[str, Any], told: Dump) -> bool:
    """Whether a change leaves the catalog."""
    hidden = {place["id"] for place in told["location"] if place["is_confidential"]}
    hidden |= {p["id"] for p in told["service_at_location"] if p["location_id"] in hidden}
    is_confidential = bool({row["owner_id"], row["resource_id"]} & hidden)
    return is_history_told(row, is_confidential=is_confidential)


def told_change(row: dict[str, Any]) -> dict[str, Any]:
    """A change as it is told: its day, no name of a person, nothing of what was done in one go."""
    day = row["last_action_date"].replace(hour=0, minute=0, second=0, microsecond=0)
    words = AUTHOR_WORDS[row["made_by"]]
    return {**row, "last_action_date": day, "updated_by": words, "change_id": None, "position": 0}


def come_back(session: Session, name: str) -> tuple[Dump, Dump]:
    """What must come back of this catalog by this kind of export, and what does."""
    session.commit()
    with tempfile.TemporaryDirectory() as folder, empty_catalog() as other:
        path = Path(folder) / name
        EXPORTS[name](session, path)
        plan = plan_import(other, read_package(path), source="our own export", now=NOW)
        apply_import(other, plan)
        other.commit()
        return as_told(dump(session)), as_told(dump(other))


@pytest.mark.parametrize("name", EXPORTS)
def test_the_demonstration_comes_back(name: str) -> None:
    with empty_catalog() as session:
        load_partners(session, now=NOW)
        expected, found = come_back(session, name)
    assert len(expected["service"]) > 100
    assert differences(expected, found) == []


@pytest.mark.parametrize("name", EXPORTS)
def test_our_own_export_is_told_as_3_1(name: str, tmp_path: Path) -> None:
    """Of one organization that has nothing but its name, too."""
    with empty_catalog() as session:
        session.add(models.Organization(name="Sample House", description="Us"))
        session.commit()
        EXPORTS[name](session, tmp_path / name)
    assert read_package(tmp_path / name).version == "3.1"


@pytest.mark.parametrize("name", EXPORTS)
def test_a_listing_with_everything_comes_back_without_what_is_private(name: str) -> None:
    with empty_catalog() as session:
        for number in (1, 2):
            listing = make_listing(session, number)
            listing.service.extra = {}
            listing.shelter.service.last_modified = NOW
            listing.service.organization.website = "http://example.org"
        listing.service.organization.is_active = False
        expected, found = come_back(session, name)
        assert session.query(models.Contact).count() == 2
    assert differences(expected, found) == []


def test_a_real_directory_comes_back(real_data: Path) -> None:
    """By the tabular package, which holds every row; only cells that may name a person stay."""
    with empty_catalog() as session:
        package = read_package(real_data / "hsds20-dc-2022")
        apply_import(session, plan_import(session, package, source="DC", status="active", now=NOW))
        expected, found = come_back(session, "package.zip")
    assert len(found["service"]) == 1134
    assert differences(expected, found) == []


# Any text that an import leaves as it is: with all that spreadsheets, CSV and JSON stumble over.
SIGNS = st.text(alphabet="abcZ019 éñ'\"=+-@,;&<>\\/#%()|—’", min_size=1, max_size=12)
LINES = SIGNS.map(clean_line).filter(lambda t: bool(t) and clean_line(t) == t)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join).filter(lambda t: clean_text(t) == t)
MAYBE_LINE, MAYBE_TEXT = st.none() | LINES, st.none() | TEXTS
URLS = st.sampled_from([None, "https://example.org/a?b=c&d=é", "http://example.org"])
EMAILS = st.sampled_from([None, "office@example.org"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - st adds none
    lambda moment: moment.replace(tzinfo=UTC, microsecond=moment.microsecond // 1000 * 1000)
)
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
TIMES = st.none() | st.times().map(lambda moment: moment.replace(microsecond=0))
EXTRA = st.dictionaries(
    st.sampled_from(["region", "note =1", "é"]), st.none() | TEXTS | st.lists(LINES, max_size=2),
    max_size=2,
)  # fmt: skip
RULES = st.sampled_from(
    [
        ("age", {"low": 5, "high": 17.5}),
        ("grade", {"low": None, "high": 5}),
        ("residence", {"zips": ["37403"], "counties": ["Hamilton, TN"]}),
        ("insurance", {"accepted": ["tenncare", "none"]}),
        ("situation", {"any_of": ["homeless"]}),
        ("anyone", {"axis": "school"}),
    ]
)


@st.composite
def services(draw: st.DrawFn) -> models.Service:
    """A service with some of all that may hang on it."""
    ages = sorted(draw(st.lists(st.sampled_from([0.5, 5.0, 17.5, 21.0]), min_size=2, max_size=2)))
    service = models.Service(
        id=uuid.uuid4(), name=draw(LINES), alternate_name=draw(MAYBE_LINE),
        description=draw(MAYBE_TEXT), url=draw(URLS), email=draw(EMAILS),
        status=draw(st.sampled_from(["active", "inactive", "defunct", "temporarily closed"])),
        application_process=draw(MAYBE_TEXT), fees_description=draw(MAYBE_TEXT),
        wait_time=draw(MAYBE_LINE), eligibility_description=draw(MAYBE_TEXT),
        minimum_age=draw(st.sampled_from([None, ages[0]])),
        maximum_age=draw(st.sampled_from([None, ages[1]])),
        assured_date=draw(DAYS), alert=draw(MAYBE_TEXT), last_modified=draw(MOMENTS),
        extra=draw(EXTRA),
    )  # fmt: skip
    service.phones = [
        models.Phone(
            number=f"{draw(st.sampled_from(['+1 ', '', '(423) ']))}555-0100",
            extension=draw(st.sampled_from([None, "7", "012"])),
            type=draw(st.sampled_from([None, "voice", "fax"])), description=draw(MAYBE_LINE),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    service.schedules = [
        models.Schedule(
            freq="WEEKLY", byday="MO,WE", wkst="MO", interval=draw(st.none() | st.integers(1, 4)),
            opens_at=draw(TIMES), closes_at=draw(TIMES), valid_from=draw(DAYS),
            timezone=draw(st.sampled_from([None, -5.0, 5.5])), description=draw(MAYBE_TEXT),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    service.funding = [
        models.Funding(funding_source=text) for text in draw(st.lists(TEXTS, max_size=2))
    ]
    service.cost_options = [
        models.CostOption(amount_cents=draw(st.none() | st.integers(0, 99_999)), option=draw(LINES))
        for _ in range(draw(st.integers(0, 2)))
    ]
    service.eligibility_rules = [
        models.EligibilityRule(
            kind=kind, facts=facts, effect=draw(st.sampled_from(["require", "bar"])),
            source_text=draw(MAYBE_TEXT),
        )
        for kind, facts in draw(st.lists(RULES, max_size=2, unique_by=lambda rule: rule[0]))
    ]  # fmt: skip
    service.urls = [models.Url(url="https://example.org/f", label=draw(MAYBE_LINE))]
    service.languages = [models.Language(code="es", name=draw(MAYBE_LINE), note=draw(MAYBE_TEXT))]
    service.required_documents = [models.RequiredDocument(document=draw(TEXTS))]
    service.service_areas = [models.ServiceArea(name=draw(LINES), extent=draw(MAYBE_TEXT))]
    service.capacities = [
        models.ServiceCapacity(
            unit=models.Unit(id=uuid.uuid4(), name=draw(LINES)), available=draw(st.integers(0, 99)),
            maximum=draw(st.none() | st.integers(0, 99)), updated=draw(MOMENTS),
        )
    ]  # fmt: skip
    service.intake = models.ServiceIntake(
        has_waitlist=draw(st.none() | st.booleans()), next_intake=draw(DAYS),
        provides_transport=draw(st.booleans()), delivered_at_schools=draw(st.just([]) | st.just(["1"])),
    )  # fmt: skip
    return service


@st.composite
def locations(draw: st.DrawFn) -> models.Location:
    """A place in town."""
    location = models.Location(
        id=uuid.uuid4(), name=draw(MAYBE_LINE), description=draw(MAYBE_TEXT),
        transportation=draw(MAYBE_TEXT), url=draw(URLS), extra=draw(EXTRA),
        latitude=draw(st.floats(35.0, 35.1)), longitude=draw(st.floats(-85.3, -85.2)),
        point_precision=draw(st.sampled_from(["address", "zip", "unknown"])),
        is_confidential=draw(st.booleans()),
    )  # fmt: skip
    if location.is_confidential:
        location.extra = {}
    location.addresses = [
        models.Address(
            address_1=draw(LINES), address_2=draw(MAYBE_LINE), city=draw(LINES), state_province="TN",
            postal_code="37403",
        )
    ]  # fmt: skip
    location.accessibility = [models.Accessibility(description="wheelchair")]
    return location


@st.composite
def catalogs(draw: st.DrawFn) -> list[Any]:
    """Organizations with services at places, each service with a label."""
    rows: list[Any] = []
    taxonomy = models.Taxonomy(id=uuid.uuid4(), name=draw(LINES), description=draw(LINES))
    for _ in range(draw(st.integers(1, 2))):
        organization = models.Organization(
            id=uuid.uuid4(), name=draw(LINES), description=draw(st.just("") | TEXTS),
            website=draw(URLS), email=draw(EMAILS), tax_id=draw(MAYBE_LINE),
            year_incorporated=draw(st.none() | st.integers(1800, 2026)),
            is_active=draw(st.booleans()), extra=draw(EXTRA),
        )  # fmt: skip
        organization.identifiers = [
            models.OrganizationIdentifier(identifier_type=text, identifier=text)
            for text in draw(st.lists(LINES, max_size=2))
        ]
        organization.funding = [
            models.Funding(funding_source=text) for text in draw(st.lists(TEXTS, max_size=2))
        ]
        organization.services = draw(st.lists(services(), max_size=2))
        organization.locations = draw(st.lists(locations(), max_size=2))
        rows.append(organization)
        for service in organization.services:
            term = models.TaxonomyTerm(
                id=uuid.uuid4(), name=draw(LINES.filter(lambda text: not text.isdecimal())),
                description=draw(LINES), code=draw(MAYBE_LINE), taxonomy=taxonomy.name,
                taxonomy_id=taxonomy.id,
            )  # fmt: skip
            label = models.Attribute(
                link_id=service.id, link_entity="service", taxonomy_term_id=term.id,
                link_type="category", value=draw(MAYBE_LINE), label=draw(MAYBE_LINE),
            )  # fmt: skip
            rows += [taxonomy, term, label]
            rows += [
                models.ServiceAtLocation(
                    service_id=service.id, location_id=place.id,
                    description=None if place.is_confidential else draw(MAYBE_LINE),
                )
                for place in organization.locations
            ]  # fmt: skip
    return rows


@pytest.mark.parametrize("name", ["catalog.json", "package.zip"])
@settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(rows=catalogs())
def test_any_catalog_comes_back(name: str, rows: list[Any]) -> None:
    with empty_catalog() as session:
        session.add_all(rows)
        expected, found = come_back(session, name)
    assert differences(expected, found) == []


def differences(expected: Dump, found: Dump) -> list[str]:
    """What did not come back as it was, in a line each."""
    lines = []
    for table, rows in expected.items():
        known = {row.get("id", str(row)): row for row in found[table]}
        for row in rows:
            other = known.pop(row.get("id", str(row)), None)
            changed = {k: (v, other[k]) for k, v in row.items() if other and other[k] != v}
            if changed or other is None:
                lines.append(f"{table}: {changed or f'did not come back: {row}'}")
        lines += [f"{table}: came from nowhere: {row}" for row in known.values()]
    return lines
