"""As of when each fact of a listing holds: the newer of its last change and the listing's confirmation.

Every page that shows facts of listings asks here, and hands the day to `ui.as_of` beside the fact.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.clock import day_there
from catalog.as_of import EVERY_FACT, FACTS, facts_told
from catalog.models import Service, ServiceAtLocation

AsOf = Mapping[str, date | None]  # each of FACTS; None: nobody confirmed or changed it


@dataclass(frozen=True, slots=True)
class Told:
    """On which day each fact of some rows was told last, as far as their history says."""

    days: Mapping[tuple[uuid.UUID, str], date]

    def as_of(self, confirmed: date | None, *rows: uuid.UUID | None) -> AsOf:
        """For each fact the newest day: the confirmation, or when one of the rows told it."""
        return {
            fact: newest(
                confirmed,
                *(self.days.get((row, one)) for row in rows if row for one in (fact, EVERY_FACT)),
            )
            for fact in FACTS
        }

    def as_of_service(self, service: Service) -> AsOf:
        """What holds of a service wherever it is."""
        return self.as_of(service.assured_date, service.id)

    def as_of_place(self, place: ServiceAtLocation) -> AsOf:
        """What holds of a service at one of its places."""
        service = place.service
        return self.as_of(service.assured_date, service.id, place.id, place.location_id)


def newest(*days: date | None) -> date | None:
    """The newest of those that are known."""
    return max((day for day in days if day is not None), default=None)


def told_of(session: Session, services: Collection[Service]) -> Told:
    """When the facts of services, of all their places and of their organizations were told (1 statement,
    none for none). Their places are loaded already."""
    return told_by(session, {row for service in services for row in rows_of(service)})


def told_at(session: Session, places: Collection[ServiceAtLocation]) -> Told:
    """The same of services at these places alone."""
    return told_by(
        session, {row for one in places for row in (one.service_id, one.id, one.location_id)}
    )


def rows_of(service: Service) -> set[uuid.UUID]:
    """What the facts of a service hang on."""
    places = service.service_at_locations
    rows = {service.id, service.organization_id}
    rows |= {row for place in places for row in (place.id, place.location_id)}
    return {row for row in rows if row is not None}


def told_by(session: Session, rows: Collection[uuid.UUID]) -> Told:
    """When the rows' facts were told, in the district's days."""
    told = facts_told(session, rows)
    return Told({key: day_there(session, at) for key, at in told.items()})
