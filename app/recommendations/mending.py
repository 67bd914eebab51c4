"""Listings that the ranking cannot use as they stand: a list for who keeps the directory.

Nothing is kept: the list is what the engine of the day was built with, so an entry goes when its
listing is mended. Called by the page and by `catalog-doubts`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import day_there
from app.recommendations.engines import doubts_on
from app.recommendations.offers import Doubt
from app.security import policy
from app.security.policy import Actor


@dataclass(frozen=True, slots=True)
class ToMend:
    """A listing, and what is to be mended in it."""

    service_id: uuid.UUID
    name: str
    what: tuple[str, ...]


def listings_to_mend(
    session: Session, actor: Actor, *, now: datetime, limit: int, offset: int
) -> tuple[Sequence[ToMend], int]:
    """One part of the listings, by name, and how many there are (1 statement if nothing changed)."""
    policy.require(actor, "catalog.edit")
    found = by_listing(doubts_on(session, day_there(session, now)))
    return found[offset : offset + limit], len(found)


def by_listing(doubts: Sequence[Doubt]) -> list[ToMend]:
    """What is in doubt, a listing at a time."""
    what: dict[tuple[str, uuid.UUID], list[str]] = {}
    for doubt in doubts:
        what.setdefault((doubt.name, doubt.service_id), []).append(doubt.what)
    order = sorted(what, key=lambda key: (key[0].casefold(), str(key[1])))
    return [ToMend(id_, name, tuple(what[name, id_])) for name, id_ in order]
