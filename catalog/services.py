"""Writes to the catalog: verb_noun, `(session, ..., now)`. Never commits, reads no clock.

Whoever may do it, and the audit of who did, is the caller's (a feature of app): the catalog knows
no accounts. Every write that can change what is offered moves the catalog's revision, which tells
the matching engine to build its index anew.
"""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.errors import CatalogValueError
from catalog.models import (
    CatalogRevision,
    EligibilityRule,
    Organization,
    Service,
    ServiceCapacity,
    Unit,
)
from catalog.vocabulary import SERVICE_STATUSES

SEATS = "seats"


def bump_revision(session: Session) -> int:
    """Move the catalog's revision by one, and return it."""
    moved = session.execute(
        update(CatalogRevision)
        .where(CatalogRevision.id == 1)
        .values(number=CatalogRevision.number + 1)
        .returning(CatalogRevision.number)
        .execution_options(synchronize_session=False)
    ).scalar()
    if moved is None:
        session.add(CatalogRevision(id=1, number=1))
        session.flush()
        return 1
    return moved


def change_service_status(
    session: Session, service: Service, *, status: str, now: datetime
) -> None:
    """Set the status; CatalogValueError for a word that is none."""
    if status not in SERVICE_STATUSES:
        raise CatalogValueError(
            "%(status)r is no status of a service. Use one of: %(known)s.",
            status=status,
            known=", ".join(SERVICE_STATUSES),
        )
    if service.status != status:
        service.status = status
        touch_service(session, service, now=now)


def confirm_service(
    session: Session, service: Service, *, assurer_email: str | None = None, now: datetime
) -> None:
    """Somebody who knows says that the listing is right as it stands (HSDS `assured_date` and
    `assurer_email`, which is never given out).
    """
    service.assured_date = now.date()
    service.assurer_email = assurer_email
    touch_service(session, service, now=now)


def record_openings(
    session: Session,
    service: Service,
    *,
    available: int,
    maximum: int | None = None,
    unit: str = SEATS,
    now: datetime,
) -> ServiceCapacity:
    """Write down the free places as told now; one row a service and unit."""
    if available < 0 or (maximum is not None and maximum < 0):
        raise CatalogValueError("Places cannot be fewer than none: write 0 when full.")
    row = next((row for row in service.capacities if row.unit.name == unit), None)
    if row is None:
        row = ServiceCapacity(unit=find_or_add_unit(session, unit))
        service.capacities.append(row)
    row.available = available
    row.maximum = row.maximum if maximum is None else maximum
    row.updated = now
    touch_service(session, service, now=now)
    return row


def replace_eligibility_rules(
    session: Session, service: Service, rules: list[EligibilityRule], *, now: datetime
) -> None:
    """Put these rules in place of all the service has; EligibilityFactsError from the flush."""
    service.eligibility_rules = rules
    touch_service(session, service, now=now)


def assign_organization(
    session: Session, service: Service, organization: Organization, *, now: datetime
) -> None:
    """Say whose the service is: for one that came in without."""
    service.organization = organization
    touch_service(session, service, now=now)


def touch_service(session: Session, service: Service, *, now: datetime) -> None:
    """Stamp a changed service, write it out, and move the revision."""
    service.last_modified = now
    session.flush()
    bump_revision(session)


def find_or_add_unit(session: Session, name: str) -> Unit:
    """The unit of that name, made where it is new."""
    unit = session.scalars(select(Unit).where(Unit.name == name).order_by(Unit.id)).first()
    if unit is None:
        unit = Unit(id=uuid.uuid4(), name=name)
        session.add(unit)
    return unit
