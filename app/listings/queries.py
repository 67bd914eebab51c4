"""Reads of listings as their partners and the district's team see them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.listings.models import ListingChange
from app.security import policy
from app.security.models import AccessLink
from app.security.policy import Actor
from catalog.models import (
    ImportConflict,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceIntake,
)


def listing_for(session: Session, actor: Actor, service_id: uuid.UUID, *, action: str) -> Service:
    """A service with all that its listing page shows (13 statements), or NotFound."""
    service = session.scalar(
        select(Service)
        .where(
            Service.id == service_id,
            policy.rows(
                actor, action, organization_id=Service.organization_id, subject_id=Service.id
            ),
        )
        .options(
            joinedload(Service.organization),
            joinedload(Service.intake),
            selectinload(Service.phones),
            selectinload(Service.languages),
            selectinload(Service.eligibility_rules),
            selectinload(Service.cost_options),
            selectinload(Service.required_documents),
            selectinload(Service.capacities).joinedload(ServiceCapacity.unit),
            selectinload(Service.schedules),
            selectinload(Service.service_at_locations).options(
                selectinload(ServiceAtLocation.schedules),
                joinedload(ServiceAtLocation.location).options(
                    selectinload(Location.addresses), selectinload(Location.schedules)
                ),
            ),
        )
    )
    if service is None:
        raise NotFound("There is no such listing, or it is not yours.")
    return service


def listings_of(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[Service], int]:
    """The actor's services, those confirmed longest ago first, and how many in all."""
    condition = policy.rows(actor, "listings.edit", organization_id=Service.organization_id)
    total = session.scalar(select(func.count()).select_from(Service).where(condition))
    found = session.scalars(
        select(Service)
        .where(condition)
        .order_by(Service.assured_date.is_not(None), Service.assured_date, Service.name, Service.id)
        .limit(limit)
        .offset(offset)
        .options(selectinload(Service.capacities).joinedload(ServiceCapacity.unit))
    ).all()
    return found, total or 0


def changes_of(
    session: Session, service_id: uuid.UUID, *, limit: int = 20
) -> Sequence[ListingChange]:
    """What was changed or asked for on a listing, newest first."""
    return session.scalars(
        select(ListingChange)
        .where(ListingChange.service_id == service_id)
        .order_by(ListingChange.proposed_at.desc(), ListingChange.id)
        .limit(limit)
    ).all()


def changes_waiting(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[ListingChange], int]:
    """Changes that wait for a look, oldest first, and how many in all."""
    condition = policy.rows(actor, "listings.review") & (ListingChange.state == "waiting")
    total = session.scalar(select(func.count()).select_from(ListingChange).where(condition))
    found = session.scalars(
        select(ListingChange)
        .where(condition)
        .order_by(ListingChange.proposed_at, ListingChange.id)
        .limit(limit)
        .offset(offset)
        .options(joinedload(ListingChange.service).joinedload(Service.organization))
    ).all()
    return found, total or 0


def conflicts_waiting(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[ImportConflict], int]:
    """Fields edited here and changed at their source, oldest first, and how many in all."""
    order = (ImportConflict.found_at, ImportConflict.label, ImportConflict.id)
    condition = ImportConflict.state == "waiting"
    return conflicts_where(session, actor, condition, order, limit=limit, offset=offset)


def conflicts_decided(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[ImportConflict], int]:
    """Conflicts that a person settled, newest decision first, and how many in all."""
    order = (ImportConflict.decided_at.desc(), ImportConflict.label, ImportConflict.id)
    condition = ImportConflict.state != "waiting"
    return conflicts_where(session, actor, condition, order, limit=limit, offset=offset)


def conflicts_where(
    session: Session,
    actor: Actor,
    condition: ColumnElement[bool],
    order: Sequence[Any],
    *,
    limit: int,
    offset: int,
) -> tuple[Sequence[ImportConflict], int]:
    """One page of the conflicts that the actor may see and the condition meets."""
    condition = policy.rows(actor, "listings.review") & condition
    total = session.scalar(select(func.count()).select_from(ImportConflict).where(condition))
    found = session.scalars(
        select(ImportConflict).where(condition).order_by(*order).limit(limit).offset(offset)
    ).all()
    return found, total or 0


@dataclass(frozen=True, slots=True)
class ToCall:
    """A listing that nobody confirms by message. `asked_at` None: there is no address to ask."""

    service: Service
    asked_at: datetime | None


def listings_to_call(
    session: Session,
    actor: Actor,
    *,
    before: date,
    asked_before: datetime,
    limit: int,
    offset: int,
) -> tuple[list[ToCall], int]:
    """Active listings last confirmed before the day given, or never, whose partner was asked before
    `asked_before` and did not answer, or cannot be asked; longest ago first, and how many in all (4
    statements). Derived from the rows: a confirmed one is off the list at once, and one that is asked
    again meanwhile stays on it.
    """
    asked = asked_since_confirmed(func.max)
    first_asked = asked_since_confirmed(func.min)
    condition = (
        policy.rows(actor, "listings.review")
        & (Service.status == "active")
        & or_(Service.assured_date.is_(None), Service.assured_date < before)
        & or_(ServiceIntake.referral_email.is_(None), first_asked < asked_before)
    )
    joined = select(Service).outerjoin(Service.intake)
    total = session.scalar(
        select(func.count()).select_from(joined.where(condition).order_by(None).subquery())
    )
    rows = session.execute(
        joined.add_columns(asked.label("asked_at"))
        .where(condition)
        .order_by(Service.assured_date.is_not(None), Service.assured_date, Service.name, Service.id)
        .limit(limit)
        .offset(offset)
        .options(
            joinedload(Service.organization).selectinload(Organization.phones),
            selectinload(Service.phones),
        )
    ).all()
    return [ToCall(service, asked_at) for service, asked_at in rows], total or 0


def asked_since_confirmed(which: Callable[..., Any]) -> ScalarSelect[datetime]:
    """When the partner was asked by message, since the listing was confirmed last; `which` of the
    times: func.min or func.max. NULL: not asked."""
    return (
        select(which(AccessLink.created_at))
        .where(
            AccessLink.kind == "listing",
            AccessLink.subject_id == Service.id,
            or_(
                Service.assured_date.is_(None),
                func.date(AccessLink.created_at) > Service.assured_date,
            ),
        )
        .correlate(Service)
        .scalar_subquery()
    )


def listings_unconfirmed(
    session: Session, *, before: date, not_asked_since: datetime, limit: int
) -> Sequence[Service]:
    """Active services that take referrals by mail, were last confirmed before the day given or never,
    and were not asked since then; longest ago first.
    """
    asked = asked_since_confirmed(func.max)
    return session.scalars(
        select(Service)
        .join(Service.intake)
        .where(
            Service.status == "active",
            ServiceIntake.referral_email.is_not(None),
            or_(Service.assured_date.is_(None), Service.assured_date < before),
            or_(asked.is_(None), asked <= not_asked_since),
        )
        .order_by(Service.assured_date.is_not(None), Service.assured_date, Service.id)
        .limit(limit)
        .options(joinedload(Service.organization), joinedload(Service.intake))
    ).all()
