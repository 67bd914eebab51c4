"""What we hold and HSDS has no column for, as HSDS attributes: labelled with terms of a taxonomy of
our own, the facts as JSON in `value`, readable words in `label`.

So another system reads who a service is for, and our own import gives back the same catalog
(`read_own_fact`). Private facts of the intake (address for referrals, cap, language of notices)
are never among them. Called by the exporters and by the importers.
"""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from catalog.exporters.eligibility_words import describe_rule
from catalog.exporters.fields import Fields, Row
from catalog.vocabulary import ELIGIBILITY_KINDS

# The root of the ids below; changing it would give every exported fact a new id.
NAMESPACE = uuid.UUID("0d8f6a1e-0b5e-5f0c-8d0e-3f1b5a7c9e21")

TAXONOMY_ID = uuid.uuid5(NAMESPACE, "taxonomy")
TAXONOMY_NAME = "Footbridge facts"
ELIGIBILITY = "eligibility"
FACTS = "facts"
EXTRA = "extra"

# Of service_intake, what a family may know.
PUBLIC_INTAKE = ("has_waitlist", "next_intake", "provides_transport", "delivered_at_schools")
# Cells of a source that may name a person or reach one.
PERSONAL = re.compile(r"contact|staff|person|director|manager|mail|phone|fax|mobile|cell", re.I)


def term_id(code: str) -> uuid.UUID:
    """The id of one of our terms."""
    return uuid.uuid5(NAMESPACE, f"term:{code}")


def own_taxonomy() -> dict[str, Any]:
    """The taxonomy as a row of the table."""
    return {
        "id": TAXONOMY_ID,
        "name": TAXONOMY_NAME,
        "description": "Facts about a listing that HSDS has no column for: as JSON in the "
        "attribute's value, in words in its label.",
        "uri": None,
        "version": "1",
    }


def own_terms() -> list[dict[str, Any]]:
    """Its terms as rows of the table."""
    named = {
        **{
            f"eligibility-{kind}": (
                f"Eligibility: {label.en}",
                "A rule of who may use the service.",
            )
            for kind, label in ELIGIBILITY_KINDS.items()
        },
        FACTS: ("Listing facts", "Facts of the row: waitlist, next intake, confidentiality …"),
        EXTRA: ("Source's own columns", "What the directory said and HSDS has no column for."),
    }
    return [
        {
            "id": term_id(code),
            "code": f"footbridge-{code}",
            "name": name,
            "description": description,
            "parent_id": None,
            "taxonomy": TAXONOMY_NAME,
            "language": "en",
            "taxonomy_id": TAXONOMY_ID,
            "term_uri": None,
        }
        for code, (name, description) in named.items()
    ]


def eligibility_attributes(rules: Iterable[Row]) -> list[Fields]:
    """A service's rules as rows of `attribute`."""
    return [
        attribute(
            "service",
            rule["service_id"],
            code=f"eligibility-{rule['kind']}",
            key=str(rule["id"]),
            link_type=ELIGIBILITY,
            value={
                "kind": rule["kind"],
                "effect": rule["effect"],
                "facts": rule["facts"],
                **({"source_text": rule["source_text"]} if rule["source_text"] else {}),
            },
            label=describe_rule(rule),
        )
        for rule in rules
    ]


def fact_attributes(table: str, row: Row, facts: Mapping[str, Any]) -> list[Fields]:
    """The facts of a row as one attribute; none where nothing is out of the ordinary."""
    if not facts:
        return []
    return [
        attribute(
            table, row["id"], code=FACTS, key=str(row["id"]), link_type=FACTS, value=dict(facts)
        )
    ]


def location_facts(location: Row) -> dict[str, Any]:
    """That a place is confidential, and how exact its point is where that is not the usual."""
    if location["is_confidential"]:
        return {"is_confidential": True}
    usual = "unknown" if location["latitude"] is None else "address"
    precision = location["point_precision"]
    return {"point_precision": precision} if precision != usual else {}


def intake_facts(intake: Row | None) -> dict[str, Any]:
    """How a service takes people in, as far as a family may know."""
    if intake is None:
        return {}
    next_intake = intake["next_intake"]
    told = {
        **{name: intake[name] for name in PUBLIC_INTAKE},
        "next_intake": next_intake.isoformat() if next_intake else None,
    }
    return {name: value for name, value in told.items() if value not in (None, False, [])} | (
        {"has_waitlist": False} if intake["has_waitlist"] is False else {}
    )


def extra_attributes(table: str, row: Row) -> list[Fields]:
    """What the source said besides, but for cells that may name or reach a person."""
    if table in {"taxonomy", "taxonomy_term"} and not row["source"]:
        return []  # our own vocabularies: in every catalog, with all that belongs to them
    extra = {
        name: value for name, value in (row["extra"] or {}).items() if not is_personal(name, value)
    }
    if not extra:
        return []
    return [
        attribute(table, row["id"], code=EXTRA, key=str(row["id"]), link_type=EXTRA, value=extra)
    ]


def is_personal(name: str, value: Any) -> bool:
    """Whether a cell of a source may name or reach a person."""
    return bool(PERSONAL.search(name)) or "@" in str(value)


def attribute(
    table: str,
    link_id: uuid.UUID,
    *,
    code: str,
    key: str,
    link_type: str,
    value: Mapping[str, Any],
    label: str | None = None,
) -> Fields:
    """A row of `attribute` in HSDS's columns; its id follows from what it tells about."""
    return {
        "id": str(uuid.uuid5(NAMESPACE, f"{code}:{table}:{key}")),
        "link_id": str(link_id),
        "taxonomy_term_id": str(term_id(code)),
        "link_type": link_type,
        "link_entity": table,
        "value": sturdy_json(value),
        **({"label": label} if label else {}),
    }


def sturdy_json(value: Mapping[str, Any]) -> str:
    """JSON that comes through the cleaning which imports give every cell: quotes, line breaks,
    ampersands and blanks in a row are written by number."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = re.sub(r'\\(["\\nrtbf])', lambda sign: by_number(json.loads(f'"{sign[0]}"')), text)
    return re.sub(r"&|[\x7f-\xa0\u2028\u2029]|(?<=\s)\s", lambda sign: by_number(sign[0]), text)


def by_number(sign: str) -> str:
    """A sign as JSON writes it by number."""
    return f"\\u{ord(sign):04x}"


def read_own_fact(code: str, value: str) -> tuple[str, dict[str, Any]] | None:
    """What an attribute that we exported says: (eligibility, facts or extra; the facts).

    `code` is its term's code. None for a term that is not ours, or a value that nobody can read.
    """
    prefix, _, name = code.partition("-")
    if prefix != "footbridge":
        return None
    kind = ELIGIBILITY if name.startswith(f"{ELIGIBILITY}-") else name
    try:
        facts = json.loads(value)
    except ValueError:
        return None
    return (
        (kind, facts) if isinstance(facts, dict) and kind in {ELIGIBILITY, FACTS, EXTRA} else None
    )
