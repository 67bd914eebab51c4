"""Writes the two vocabularies into the database as HSDS taxonomies. Called by seeds and commands.

Ids follow from the codes, so every installation has the same ones, and a service's label can be
exchanged between two. Never commits; a second run changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from catalog.models import Taxonomy, TaxonomyTerm
from catalog.taxonomy.terms import Term, interests, needs

# Any fixed UUID would do; this one is of the product and must never change.
NAMESPACE = uuid.UUID("6f1d3c52-2f0a-5c1e-9b7e-0c3a53d1b001")

TAXONOMIES: Mapping[str, str] = MappingProxyType(
    {
        "needs": "What a student or a family may need, in the words of student success plans.",
        "interests": "What a young person may like.",
    }
)


def taxonomy_id(vocabulary: str) -> uuid.UUID:
    """The id of the taxonomy "needs" or "interests"."""
    return uuid.uuid5(NAMESPACE, f"taxonomy:{vocabulary}")


def term_id(code: str) -> uuid.UUID:
    """The id of the term with this code."""
    return uuid.uuid5(NAMESPACE, f"term:{code}")


def load_vocabulary(session: Session) -> int:
    """Add the terms that are missing, correct the words of those that changed; how many of both.

    A taxonomy's name is "needs" or "interests". Spanish and the codes of other vocabularies are in
    a term's `extra`: {"name_es", "description_es", "open_eligibility", "gravity"}.
    """
    known = set(session.scalars(select(Taxonomy.id)))
    missing = [
        {"id": taxonomy_id(name), "name": name, "description": description}
        for name, description in TAXONOMIES.items()
        if taxonomy_id(name) not in known
    ]
    if missing:
        session.execute(insert(Taxonomy), missing)
    wanted = {term_id(one.code): _row(one) for one in (*needs(), *interests())}
    stored = _stored(session)
    new = [row for id_, row in wanted.items() if id_ not in stored]
    changed = [row for id_, row in wanted.items() if id_ in stored and stored[id_] != row]
    if new:
        session.execute(insert(TaxonomyTerm), new)
    if changed:
        session.execute(update(TaxonomyTerm), changed)
    return len(missing) + len(new) + len(changed)


def _row(one: Term) -> dict[str, Any]:
    return {
        "id": term_id(one.code),
        "code": one.code,
        "name": one.en,
        "description": one.description(),
        "parent_id": term_id(one.parent) if one.parent else None,
        "taxonomy": one.vocabulary,
        "taxonomy_id": taxonomy_id(one.vocabulary),
        "language": "en",
        "extra": {
            "name_es": one.es,
            "description_es": one.description("es"),
            "open_eligibility": list(one.open_eligibility),
            "gravity": one.gravity,
        },
    }


def _stored(session: Session) -> dict[uuid.UUID, dict[str, Any]]:
    columns = ("id", "code", "name", "description", "parent_id", "taxonomy", "taxonomy_id")
    statement = select(
        *(getattr(TaxonomyTerm, name) for name in (*columns, "language", "extra"))
    ).where(TaxonomyTerm.taxonomy_id.in_([taxonomy_id(name) for name in TAXONOMIES]))
    return {row.id: dict(row._mapping) for row in session.execute(statement)}
