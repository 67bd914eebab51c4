"""Puts the invented partners of seeds/data/partners into the catalog. Never commits.

One YAML file an area, a list of organizations:

    organization, slug, description, phone, email, website, languages (ISO 639-1)
    places      street, zip, point [latitude, longitude], access (codes); is_confidential: no street
    services    name, name_es, description, description_es, needs, interests (codes of the taxonomy)
        places            which of the organization's places, from 0;  is_virtual: none of them
        schools           state numbers of the schools it comes to
        hours             days, opens, closes (local time)
        season            from, to (month-day): open only then, every year
        eligibility       kind, effect (require), facts: as in catalog/eligibility.py
        costs             cents, per (month, visit …), for (reduced: families who ask)
        documents         what to bring; an empty list: nothing
        capacity          available, maximum, days_ago (when it was told); none: not told
        has_waitlist, next_intake_days, has_interpreter, provides_transport, referral_email,
        referral_cap, confirmed_days_ago, status

Figures that age are given as days, so that the demonstration is as fresh on the day it is loaded.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from catalog.db import Base
from catalog.eligibility import check_facts
from catalog.models import (
    Accessibility,
    Address,
    Attribute,
    CostOption,
    EligibilityRule,
    Language,
    Location,
    Organization,
    Phone,
    RequiredDocument,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceIntake,
)
from catalog.services import SEATS, bump_revision, find_or_add_unit
from catalog.taxonomy.loading import NAMESPACE, term_id
from seeds import files
from seeds.places import places

LANGUAGE_NAMES = {
    "en": "English",
    "es": "Spanish",
    "ar": "Arabic",
    "sw": "Swahili",
    "uk": "Ukrainian",
}
# In this order each table's rows find those that they refer to.
TABLES: tuple[type[Base], ...] = (
    Organization,
    Location,
    Service,
    ServiceAtLocation,
    Phone,
    Address,
    Accessibility,
    Schedule,
    Language,
    EligibilityRule,
    CostOption,
    RequiredDocument,
    ServiceCapacity,
    ServiceIntake,
    Attribute,
)

Rows = dict[type[Base], list[dict[str, Any]]]


def demo_id(kind: str, key: str) -> uuid.UUID:
    """The id of a demonstration row: the same in every installation."""
    return uuid.uuid5(NAMESPACE, f"demo:{kind}:{key}")


def organization_id(slug: str) -> uuid.UUID:
    """The id of an invented organization."""
    return demo_id("organization", slug)


def demo_organizations() -> Iterator[Mapping[str, Any]]:
    """The organizations of all files, as the YAML has them."""
    for name in files.names_below("partners"):
        yield from files.read(name)


def load_partners(session: Session, *, now: datetime) -> int:
    """Add the organizations that are not there, with all their services; how many.

    An organization that is there is left as it is, edits and removals included. The vocabulary
    must be loaded first. Raises EligibilityFactsError for a rule that is none.
    """
    known = set(session.scalars(select(Organization.id)))
    missing = [row for row in demo_organizations() if organization_id(row["slug"]) not in known]
    if not missing:
        return 0
    unit = find_or_add_unit(session, SEATS)
    session.flush()
    rows: Rows = defaultdict(list)
    for row in missing:
        _collect_organization(rows, row, unit_id=unit.id, now=now)
    for table in TABLES:
        if rows[table]:
            session.execute(insert(table), rows[table])
    bump_revision(session)
    return len(missing)


def season_dates(season: Mapping[str, str], today: date) -> tuple[date, date]:
    """The season of {"from": "06-01", "to": "08-10"} that runs today, or else the next one.

    One that ends before it begins in the calendar runs over the turn of the year.
    """
    for year in (today.year - 1, today.year, today.year + 1):
        first = date.fromisoformat(f"{year}-{season['from']}")
        last = date.fromisoformat(f"{year}-{season['to']}")
        if last < first:
            last = date.fromisoformat(f"{year + 1}-{season['to']}")
        if last >= today:
            return first, last
    raise AssertionError("a season that ends next year or later is always found")


def _collect_organization(
    rows: Rows, row: Mapping[str, Any], *, unit_id: uuid.UUID, now: datetime
) -> None:
    slug = row["slug"]
    owner = organization_id(slug)
    rows[Organization].append(
        {
            "id": owner,
            "name": row["organization"],
            "description": row["description"],
            "email": row["email"],
            "website": row["website"],
            "extra": {"is_sample": True},
        }
    )
    rows[Phone].append(
        {
            "id": demo_id("phone", slug),
            "organization_id": owner,
            "number": row["phone"],
            "type": "voice",
        }
    )
    for number, place in enumerate(row["places"]):
        _collect_place(rows, f"{slug}:{number}", owner, row["organization"], place)
    if any(service.get("is_virtual") for service in row["services"]):
        rows[Location].append(
            _location(f"{slug}:online", owner, row["organization"], None)
            | {"location_type": "virtual"}
        )
    for number, service in enumerate(row["services"]):
        _collect_service(rows, f"{slug}:{number}", row, service, unit_id=unit_id, now=now)


def _location(
    key: str, owner: uuid.UUID, name: str, point: tuple[float, float] | None
) -> dict[str, Any]:
    return {
        "id": demo_id("location", key),
        "organization_id": owner,
        "name": name,
        "location_type": "physical",
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
        "point_precision": "address" if point else "unknown",
        "is_confidential": False,
    }


def _collect_place(
    rows: Rows, key: str, owner: uuid.UUID, name: str, place: Mapping[str, Any]
) -> None:
    area = places()[place["zip"]]
    is_confidential = place.get("is_confidential", False)
    point = (area.latitude, area.longitude) if is_confidential else tuple(place["point"])
    location = _location(key, owner, name, point)
    if is_confidential:
        location |= {"is_confidential": True, "point_precision": "zip"}
    rows[Location].append(location)
    rows[Address].append(
        {
            "id": demo_id("address", key),
            "location_id": location["id"],
            "address_1": place.get("street", ""),
            "city": area.name,
            "state_province": "TN",
            "postal_code": place["zip"],
            "country": "US",
            "address_type": "physical",
        }
    )
    rows[Accessibility] += [
        {
            "id": demo_id("accessibility", f"{key}:{code}"),
            "location_id": location["id"],
            "description": code,
        }
        for code in place.get("access", ())
    ]


def _collect_service(
    rows: Rows,
    key: str,
    owner: Mapping[str, Any],
    row: Mapping[str, Any],
    *,
    unit_id: uuid.UUID,
    now: datetime,
) -> None:
    id_ = demo_id("service", key)
    rows[Service].append(_service_row(id_, owner, row, now=now))
    rows[ServiceIntake].append(_intake_row(id_, key, row, now=now))
    spots = [f"{owner['slug']}:{number}" for number in row.get("places", ())]
    for spot in spots or [f"{owner['slug']}:online"]:
        rows[ServiceAtLocation].append(
            {
                "id": demo_id("service_at_location", f"{key}@{spot}"),
                "service_id": id_,
                "location_id": demo_id("location", spot),
            }
        )
    for table, children in (
        (Schedule, _schedule_rows(row, now.date())),
        (Language, [{"name": LANGUAGE_NAMES[c], "code": c} for c in owner["languages"]]),
        (EligibilityRule, [_rule_row(rule) for rule in row["eligibility"]]),
        (CostOption, [cost_row(cost) for cost in row.get("costs", ())]),
        (RequiredDocument, [{"document": text} for text in row.get("documents", ())]),
    ):
        rows[table] += [
            {"id": demo_id(table.__tablename__, f"{key}:{number}"), "service_id": id_} | child
            for number, child in enumerate(children)
        ]
    if capacity := row.get("capacity"):
        rows[ServiceCapacity].append(
            {
                "id": demo_id("capacity", key),
                "service_id": id_,
                "unit_id": unit_id,
                "available": capacity["available"],
                "maximum": capacity["maximum"],
                "updated": now - timedelta(days=capacity["days_ago"]),
            }
        )
    rows[Attribute] += [
        {
            "id": demo_id("attribute", f"{key}:{code}"),
            "link_id": id_,
            "link_entity": "service",
            "link_type": link_type,
            "taxonomy_term_id": term_id(code),
        }
        for link_type, codes in (("need", row["needs"]), ("interest", row.get("interests", ())))
        for code in codes
    ]


def _service_row(
    id_: uuid.UUID, owner: Mapping[str, Any], row: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    confirmed = row.get("confirmed_days_ago")
    ages = [rule["facts"] for rule in row["eligibility"] if rule["kind"] == "age"]
    return {
        "id": id_,
        "organization_id": organization_id(owner["slug"]),
        "name": row["name"],
        "description": row["description"],
        "url": owner["website"],
        "email": owner["email"],
        "status": row.get("status", "active"),
        "interpretation_services": "Interpreter on request" if row.get("has_interpreter") else None,
        "fees_description": _fees_in_words(row.get("costs")),
        "minimum_age": min((age["low"] for age in ages), default=None),
        "maximum_age": max((age["high"] for age in ages), default=None),
        "assured_date": None if confirmed is None else (now - timedelta(days=confirmed)).date(),
        "last_modified": now - timedelta(days=confirmed or 0),
        "extra": {
            "is_sample": True,
            "name_es": row["name_es"],
            "description_es": row["description_es"],
        },
    }


def _intake_row(
    service: uuid.UUID, key: str, row: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    wait = row.get("next_intake_days")
    return {
        "id": demo_id("intake", key),
        "service_id": service,
        "referral_email": row["referral_email"],
        "notice_language": "en",
        "referral_cap": row.get("referral_cap"),
        "has_waitlist": row.get("has_waitlist"),
        "next_intake": None if wait is None else now.date() + timedelta(days=wait),
        "provides_transport": row.get("provides_transport", False),
        "delivered_at_schools": row.get("schools", []),
    }


def _schedule_rows(row: Mapping[str, Any], today: date) -> list[dict[str, Any]]:
    first, last = season_dates(row["season"], today) if "season" in row else (None, None)
    return [
        {
            "freq": "WEEKLY",
            "byday": ",".join(hours["days"]),
            "opens_at": time.fromisoformat(hours["opens"]),
            "closes_at": time.fromisoformat(hours["closes"]),
            "valid_from": first,
            "valid_to": last,
        }
        for hours in row["hours"]
    ]


def _rule_row(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": rule["kind"],
        "effect": rule.get("effect", "require"),
        "facts": check_facts(rule["kind"], rule["facts"]),
    }


def cost_row(cost: Mapping[str, Any]) -> dict[str, Any]:
    """One price as a row of cost_option."""
    return {
        "option": "For families who ask" if cost.get("for") == "reduced" else "Usual fee",
        "currency": "USD",
        "amount_cents": cost["cents"],
        "amount_description": f"per {cost['per']}" if "per" in cost else None,
    }


def _fees_in_words(costs: list[Mapping[str, Any]] | None) -> str | None:
    if not costs:
        return None
    usual = costs[0]
    if usual["cents"] == 0:
        return "Free"
    per = f" per {usual['per']}" if "per" in usual else ""
    free = "; free for families who ask" if len(costs) > 1 else ""
    return f"${usual['cents'] / 100:.2f}{per}{free}"
