"""As of when a fact of a listing holds, read from its history: when it was last told.

A fact is what a page shows as one thing ("the hours", "the cost"), whatever tables and fields it is
kept in. A change tells the fact anew, whoever made it: a person, a partner, or the source of an
import. What Footbridge does by itself (`system`) tells nothing. That the whole listing was confirmed
is not here: `service.assured_date` says so, and whoever shows a fact takes the newer of both.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.history import OWN
from catalog.models.field_change import FieldChange

EVERY_FACT = ""
# Each fact is kept in whole tables, or in fields of those that a listing hangs on.
TABLES = {
    "accessibility": "place",
    "address": "place",
    "cost_option": "cost",
    "eligibility_rule": "who",
    "language": "languages",
    "phone": "contact",
    "required_document": "documents",
    "schedule": "hours",
    "service_area": "who",
    "service_capacity": "seats",
    "url": "contact",
}
FIELDS = {
    ("location", "location_type"): "place",
    ("location", "name"): "place",
    ("location", "transportation"): "place",
    ("location", "url"): "contact",
    ("organization", "email"): "contact",
    ("organization", "website"): "contact",
    ("service", "application_process"): "application",
    ("service", "description"): "description",
    ("service", "eligibility_description"): "who",
    ("service", "email"): "contact",
    ("service", "fees_description"): "cost",
    ("service", "interpretation_services"): "languages",
    ("service", "maximum_age"): "who",
    ("service", "minimum_age"): "who",
    ("service", "url"): "contact",
    ("service_at_location", "description"): "hours",
    ("service_at_location", "location_id"): "place",
    ("service_intake", "has_waitlist"): "seats",
    ("service_intake", "next_intake"): "seats",
    ("service_intake", "provides_transport"): "place",
}
FACTS = frozenset({*TABLES.values(), *FIELDS.values()})


def facts_told(
    session: Session, owners: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, str], datetime]:
    """When each fact of the rows given was last told (1 statement, none without rows).

    `owners` are services, their places (service_at_location, location) and organizations. A fact
    that no history speaks of is not in the answer; EVERY_FACT is when a person entered the row.
    """
    if not owners:
        return {}
    rows = session.execute(
        select(
            FieldChange.owner_id,
            FieldChange.resource_type,
            FieldChange.field_name,
            FieldChange.last_action_type,
            func.max(FieldChange.last_action_date),
        )
        .where(FieldChange.owner_id.in_(owners), FieldChange.made_by != "system")
        .group_by(
            FieldChange.owner_id,
            FieldChange.resource_type,
            FieldChange.field_name,
            FieldChange.last_action_type,
        )
    )
    told: dict[tuple[uuid.UUID, str], datetime] = {}
    for owner, table, field, action, at in rows:
        fact = fact_of(table, field, action)
        if fact is not None:
            told[owner, fact] = max(at, told.get((owner, fact), at))
    return told


def fact_of(table: str, field: str, action: str) -> str | None:
    """The fact that a change of a field tells; None for one that no page shows as a fact."""
    if action == "create" and table in OWN:
        return EVERY_FACT  # entered by hand, with all that it says
    return TABLES.get(table) or FIELDS.get((table, field))
