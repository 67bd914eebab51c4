"""Which listings are for a postcode, or near its middle.

Called by the queries of this feature. A confidential place is never measured from or found: its
distance from a few postcodes would give its street away.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence

from geopy.distance import great_circle
from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, not_, or_
from sqlalchemy.orm import Session

from app.errors import BadQuery
from catalog.geocoding import zip_areas
from catalog.models import EligibilityRule, Location, Service

METRES_PER_DEGREE = 111_000  # of latitude, a little less than anywhere on earth, so the box is wide
OTHER_AREAS = ("counties", "statewide", "centre", "polygon")
Point = tuple[float, float]  # latitude and longitude, WGS 84 degrees


def middle_of(postcode: str) -> Point:
    """The middle of a ZIP area; BadQuery where there is none of that number."""
    middle = zip_areas.middle_of(postcode)
    if middle is None:
        raise BadQuery(
            f"Where {postcode} lies is not known: it is no ZIP code, or one of post boxes alone. "
            "Leave out proximity, or give the postcode of a neighbouring area.",
            {"postcode": "Not known."},
        )
    return middle


def within(
    session: Session, statement: Select[uuid.UUID], centre: Point, metres: float
) -> Sequence[uuid.UUID]:
    """The ids of a statement over locations that lie within the distance, the nearest first."""
    north, east = centre
    degrees = metres / METRES_PER_DEGREE
    wide = degrees / max(0.01, math.cos(math.radians(min(89.0, abs(north) + degrees))))
    candidates = session.execute(
        statement.add_columns(Location.latitude, Location.longitude).where(
            not_(Location.is_confidential),
            Location.latitude.between(north - degrees, north + degrees),
            Location.longitude.between(east - wide, east + wide),
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
