"""Reads of the catalog. Each takes a fixed number of SQL statements, however much it returns.

Called by pages, the API and the loader of the matching engine. Writes nothing.
"""

import contextlib
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload, subqueryload

from catalog.errors import CatalogValueError, NotListedError
from catalog.models import (
    Attribute,
    CatalogRevision,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceIntake,
)

if TYPE_CHECKING:
    from sqlalchemy.orm.strategy_options import _AbstractLoad

    Loader = Callable[..., _AbstractLoad]


def current_revision(session: Session) -> int:
    """The catalog's revision; 0 before anything was ever changed."""
    return session.scalar(select(CatalogRevision.number)) or 0


def service_facts(load: "Loader" = selectinload) -> tuple["_AbstractLoad", ...]:
    """Everything that matching, a service's page and an export read of a service.

    `load` is selectinload for a page of services, and subqueryload for all of them: the first takes
    another statement for every 500 services, the second never does.
    """
    place = joinedload(ServiceAtLocation.location).options(
        load(Location.addresses),
        load(Location.schedules),
        load(Location.accessibility),
        load(Location.languages),
    )
    return (
        joinedload(Service.organization),
        joinedload(Service.program),
        joinedload(Service.intake),
        load(Service.schedules),
        load(Service.phones),
        load(Service.languages),
        load(Service.cost_options),
        load(Service.required_documents),
        load(Service.service_areas),
        load(Service.eligibility_rules),
        load(Service.capacities).joinedload(ServiceCapacity.unit),
        load(Service.attributes).joinedload(Attribute.taxonomy_term),
        load(Service.service_at_locations).options(load(ServiceAtLocation.schedules), place),
    )


def services_on_offer(session: Session) -> Sequence[Service]:
    """Every service that may be recommended, with all that matching compares, ordered by id.

    Active, of an active organization. Places that the source has withdrawn are still in
    `service_at_locations`: skip those that are not `is_listed`. Fixed number of statements.
    """
    statement = (
        select(Service)
        .join(Service.organization)
        .where(Service.status == "active", Organization.is_active)
        .options(*service_facts(subqueryload))
        .order_by(Service.id)
    )
    return session.scalars(statement).unique().all()


def on_offer(statement: Any) -> Any:
    """Of a statement about services, those that `services_on_offer` gives."""
    return statement.join(Service.organization).where(
        Service.status == "active", Organization.is_active
    )


def places_on_offer(session: Session) -> Sequence[Any]:
    """Every listed place of a service on offer: its id, the service's, and whether it is confidential."""
    place = ServiceAtLocation
    statement = select(place.id, place.service_id, Location.is_confidential).select_from(place)
    joined = statement.join(ServiceAtLocation.location).join(ServiceAtLocation.service)
    return session.execute(on_offer(joined).where(ServiceAtLocation.is_listed)).all()


def capacities_on_offer(session: Session) -> Sequence[Any]:
    """Every row of open places of services on offer."""
    capacity = ServiceCapacity
    statement = select(
        capacity.service_id,
        capacity.unit_id,
        capacity.available,
        capacity.maximum,
        capacity.updated,
    )
    return session.execute(on_offer(statement.join(capacity.service))).all()


def intakes_on_offer(session: Session) -> Sequence[Any]:
    """The waitlist and the next intake of every service that says anything of how it takes people."""
    return session.execute(
        select(ServiceIntake.service_id, ServiceIntake.has_waitlist, ServiceIntake.next_intake)
    ).all()


def state_of_services(session: Session) -> tuple[object, ...]:
    """A few figures of all services by which another database, or an older copy, is told apart."""
    return tuple(
        session.execute(
            select(
                func.count(),
                func.min(Service.name),
                func.max(Service.last_modified),
                func.sum(Service.version),
            ).select_from(Service)
        ).one()
    )


def get_service(session: Session, service_id: uuid.UUID) -> Service:
    """The service with all its facts, whatever its status; NotListedError where there is none."""
    service = session.scalars(
        select(Service).where(Service.id == service_id).options(*service_facts())
    ).one_or_none()
    if service is None:
        raise NotListedError("There is no such service in the catalog. Search for it by name.")
    return service


def get_service_at_location(session: Session, id_: uuid.UUID) -> ServiceAtLocation:
    """One service at one location, with the service's facts; NotListedError where there is none."""
    place = session.scalars(
        select(ServiceAtLocation)
        .where(ServiceAtLocation.id == id_)
        .options(
            joinedload(ServiceAtLocation.location).selectinload(Location.addresses),
            joinedload(ServiceAtLocation.service).options(*service_facts()),
            selectinload(ServiceAtLocation.schedules),
        )
    ).one_or_none()
    if place is None:
        raise NotListedError(
            "The catalog has no such service at such a place. Search for the service by name."
        )
    return place


def get_organization(session: Session, organization_id: uuid.UUID) -> Organization:
    """The organization; NotListedError where there is none."""
    organization = session.get(Organization, organization_id)
    if organization is None:
        raise NotListedError("There is no such organization in the catalog. Search by name.")
    return organization


def organization_by_source(session: Session, source: str, source_id: str) -> Organization | None:
    """The organization that a directory knows under `source_id`, if it came in."""
    return session.scalars(
        select(Organization).where(
            Organization.source == source, Organization.source_id == source_id
        )
    ).one_or_none()


def organization_named(session: Session, text: str) -> Organization:
    """The organization with this name (in any case) or id. Raises NotListedError where there is none,
    CatalogValueError where several bear the name.
    """
    wanted = text.strip()
    with contextlib.suppress(ValueError):
        return get_organization(session, uuid.UUID(wanted))
    found = session.scalars(
        select(Organization).where(func.lower(Organization.name) == wanted.lower()).limit(2)
    ).all()
    if not found:
        raise NotListedError(
            "No organization in the catalog is named %(wanted)r. Search for it, and give its whole name.",
            wanted=wanted,
        )
    if len(found) > 1:
        raise CatalogValueError(
            "Several organizations are named %(wanted)r. Give the id of the one that is meant.",
            wanted=wanted,
        )
    return found[0]


def services_without_organization(session: Session) -> Sequence[Service]:
    """Services that came in without a known organization: to be told whose they are."""
    statement = (
        select(Service).where(Service.organization_id.is_(None)).order_by(Service.name, Service.id)
    )
    return session.scalars(statement).all()
