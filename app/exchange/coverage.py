"""Which listings are for a postcode, or near it: from what the catalog itself knows of places.

Called by the queries of this feature. A confidential place is never measured from or found: its
distance from a few postcodes would give its street away.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from geopy.distance import great_circle
from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from app.errors import BadQuery
from catalog.models import Address, EligibilityRule, Location, Service

METRES_PER_DEGREE = 111_000  # of latitude, a little less than anywhere on earth, so the box is wide
OTHER_AREAS = ("counties", "statewide", "centre", "polygon")


class Point(NamedTuple):
    """WGS 84 degrees."""

    latitude: float
    longitude: float


def middle_of(session: Session, postcode: str) -> Point:
    """The middle of the known places in a ZIP area; BadQuery where there are none. One statement."""
    latitude, longitude = session.execute(
        select(func.avg(Location.latitude), func.avg(Location.longitude))
        .where(not_(Location.is_confidential), Location.latitude.is_not(None))
        .where(
            exists().where(
                Address.location_id == Location.id, Address.postal_code.startswith(postcode)
            )
        )
    ).one()
    if latitude is None or longitude is None:
        raise BadQuery(
            f"Where {postcode} lies is not known here: no place of the catalog with a point is in "
            "it. Leave out proximity, or give the postcode of a neighbouring area.",
            {"postcode": "Not known here."},
        )
    return Point(float(latitude), float(longitude))


def within(
    session: Session, statement: Select[uuid.UUID], centre: Point, metres: float
) -> Sequence[uuid.UUID]:
    """The ids of a statement over locations that lie within the distance, the nearest first."""
    degrees = metres / METRES_PER_DEGREE
    wide = degrees / max(0.01, math.cos(math.radians(min(89.0, abs(centre.latitude) + degrees))))
    candidates = session.execute(
        statement.add_columns(Location.latitude, Location.longitude).where(
            not_(Location.is_confidential),
            Location.latitude.between(centre.latitude - degrees, centre.latitude + degrees),
            Location.longitude.between(centre.longitude - wide, centre.longitude + wide),
        )
    )
    found = [
        (great_circle(centre, (latitude, longitude)).meters, id_)
        for id_, latitude, longitude in candidates
    ]
    return [id_ for distance, id_ in sorted(found) if distance <= metres]


def covers(postcode: str) -> ColumnElement[bool]:
    """Whether a service may take people from a ZIP area, as far as its rules tell: it does not when
    it bars the area, or lists only other ZIP codes. Counties and outlines are not compared here, so
    they count as "may"."""
    facts = cast(EligibilityRule.facts, String)
    rule = and_(EligibilityRule.service_id == Service.id, EligibilityRule.kind == "residence")
    required, barred = EligibilityRule.effect == "require", EligibilityRule.effect == "bar"
    names_it = facts.contains(f'"{postcode}"')
    other_areas = or_(*(facts.contains(f'"{name}"') for name in OTHER_AREAS))
    return and_(
        not_(exists().where(rule, barred, names_it)),
        or_(
            not_(exists().where(rule, required)),
            exists().where(rule, required, or_(names_it, other_areas)),
        ),
    )
