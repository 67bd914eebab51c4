"""Catalogs made up by chance, for what must hold of any of them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from catalog import models
from catalog.importers.text import clean_line, clean_text

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
def programs(draw: st.DrawFn) -> models.Program:
    """A program."""
    return models.Program(
        id=uuid.uuid4(), name=draw(LINES), alternate_name=draw(MAYBE_LINE),
        description=draw(st.just("") | TEXTS), extra=draw(EXTRA),
    )  # fmt: skip


@st.composite
def terms(draw: st.DrawFn, taxonomy: models.Taxonomy) -> models.TaxonomyTerm:
    """A term of the taxonomy, or of none."""
    term = models.TaxonomyTerm(
        id=uuid.uuid4(), name=draw(LINES.filter(lambda text: not text.isdecimal())),
        description=draw(LINES), code=draw(MAYBE_LINE), term_uri=draw(URLS),
    )  # fmt: skip
    if draw(st.booleans()):
        term.taxonomy, term.taxonomy_id = taxonomy.name, taxonomy.id
    return term


@st.composite
def catalogs(draw: st.DrawFn) -> list[Any]:
    """Organizations with programs and services at places, each service with a label; and words that
    label nothing."""
    taxonomy, unused = (
        models.Taxonomy(
            id=uuid.uuid4(), name=name, description=draw(LINES), version=draw(MAYBE_LINE)
        )
        for name in draw(st.lists(LINES, min_size=2, max_size=2, unique=True))
    )
    rows: list[Any] = [unused, *draw(st.lists(terms(taxonomy), max_size=2)), taxonomy]
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
        organization.programs = draw(st.lists(programs(), max_size=2))
        for service in organization.services:  # a program of the organization, of nobody, or none
            service.program = draw(st.sampled_from([*organization.programs, None]) | programs())
        organization.locations = draw(st.lists(locations(), max_size=2))
        rows.append(organization)
        for service in organization.services:
            term = draw(terms(taxonomy))
            label = models.Attribute(
                link_id=service.id, link_entity="service", taxonomy_term_id=term.id,
                link_type="category", value=draw(MAYBE_LINE), label=draw(MAYBE_LINE),
            )  # fmt: skip
            rows += [term, label]
            rows += [
                models.ServiceAtLocation(
                    service_id=service.id, location_id=place.id,
                    description=None if place.is_confidential else draw(MAYBE_LINE),
                )
                for place in organization.locations
            ]  # fmt: skip
    return rows
