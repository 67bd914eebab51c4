"""Community partners, what they offer, where, for whom and when."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.eligibility import check_facts
from catalog.models import (
    Address,
    Attribute,
    CostOption,
    EligibilityRule,
    Language,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceIntake,
    TaxonomyTerm,
    Unit,
)

CONFIRMED = date(2026, 9, 15)
SEATS_SAID = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def make_organization(session: Session, **facts: Any) -> Organization:
    """A community partner with an address for mail."""
    number = next(_numbers)
    organization = Organization(
        **{
            "name": f"Sample Partner {number}",
            "description": "Helps families.",
            "email": f"partner{number}@example.org",
            **facts,
        }
    )
    session.add(organization)
    session.flush()
    return organization


def make_service(
    session: Session,
    *,
    organization: Organization | None = None,
    categories: Sequence[str] = ("dental-checkup",),
    ages: tuple[float | None, float | None] | None = (5, 18),
    fee_cents: int | None = 0,
    seats: int | None = 5,
    languages: Sequence[str] = ("en", "es"),
    referral_email: str | None = "referrals@example.org",
    referral_cap: int | None = None,
    **facts: Any,
) -> Service:
    """An active service that says all a listing can say.

    `categories` are codes of needs and interests; None for `ages`, `fee_cents` or `seats`: not said.
    """
    organization = organization or make_organization(session)
    service = Service(
        **{
            "organization_id": organization.id,
            "name": f"Sample Service {next(_numbers)}",
            "description": "What we do, in a sentence.",
            "status": "active",
            "minimum_age": ages[0] if ages else None,
            "maximum_age": ages[1] if ages else None,
            "assured_date": CONFIRMED,
            **facts,
        }
    )
    service.intake = ServiceIntake(referral_email=referral_email, referral_cap=referral_cap)
    service.languages = [Language(code=code) for code in languages]
    if fee_cents is not None:
        service.cost_options = [CostOption(amount_cents=fee_cents, currency="USD")]
    session.add(service)
    session.flush()
    if seats is not None:
        service.capacities.append(
            ServiceCapacity(unit=seat_unit(session), available=seats, updated=SEATS_SAID)
        )
    for code in categories:
        label_service(session, service, code)
    session.flush()
    return service


def seat_unit(session: Session) -> Unit:
    """The unit that capacities count, made on first use."""
    unit = session.scalar(select(Unit).where(Unit.name == "seats"))
    return unit or Unit(name="seats")


def label_service(session: Session, service: Service, code: str) -> None:
    """Label the service with a need or an interest of the district's vocabularies."""
    term = session.scalar(select(TaxonomyTerm).where(TaxonomyTerm.code == code))
    if term is None:
        term = TaxonomyTerm(code=code, name=code)
        session.add(term)
        session.flush()
    session.add(Attribute(link_id=service.id, link_entity="service", taxonomy_term_id=term.id))
    session.flush()


def make_eligibility(
    session: Session, service: Service, kind: str, effect: str = "require", **facts: Any
) -> EligibilityRule:
    """A rule of whom the service is for: `make_eligibility(session, service, "grade", low=3, high=5)`."""
    rule = EligibilityRule(
        service_id=service.id, kind=kind, effect=effect, facts=check_facts(kind, facts)
    )
    session.add(rule)
    session.flush()
    session.expire(service, ["eligibility_rules"])
    return rule


def make_location(
    session: Session, *, organization: Organization | None = None, **facts: Any
) -> Location:
    """A place downtown, known to the address."""
    number = next(_numbers)
    location = Location(
        **{
            "organization_id": organization.id if organization else None,
            "name": f"Sample Place {number}",
            "latitude": 35.0500,
            "longitude": -85.3000,
            "point_precision": "address",
            **facts,
        }
    )
    location.addresses = [
        Address(
            address_1=f"{number} Sample Street",
            city="Chattanooga",
            state_province="TN",
            postal_code="37403",
        )
    ]
    session.add(location)
    session.flush()
    return location


def make_service_at_location(
    session: Session,
    *,
    service: Service | None = None,
    location: Location | None = None,
    days: str | None = "MO,TU,WE,TH,FR",
    opens_at: time | None = time(15, 0),
    closes_at: time | None = time(18, 0),
    is_listed: bool = True,
    **service_facts: Any,
) -> ServiceAtLocation:
    """A service at a place, open on weekday afternoons. `days` None: no schedule is known.

    Facts of the service may be given here when `service` is not.
    """
    assert service is None or not service_facts, "give the service, or its facts, not both"
    service = service or make_service(session, **service_facts)
    location = location or make_location(session)
    place = ServiceAtLocation(service_id=service.id, location_id=location.id, is_listed=is_listed)
    if days is not None:
        place.schedules = [
            Schedule(freq="WEEKLY", byday=days, wkst="MO", opens_at=opens_at, closes_at=closes_at)
        ]
    session.add(place)
    session.flush()
    session.expire(service, ["service_at_locations"])
    return place
