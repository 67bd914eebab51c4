"""What an import must know of entries that a person merged. Reads only."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.bulk import chunks
from catalog.models.duplicate import Merge


def merged_here(session: Session) -> frozenset[uuid.UUID]:
    """The ids of rows that were merged into others, and are merged still."""
    return frozenset(session.scalars(select(Merge.gone_id).where(Merge.undone_at.is_(None))))


def kept_for_others(
    session: Session, ids: Iterable[uuid.UUID], source: str
) -> dict[uuid.UUID, str]:
    """Of these rows, those into which an entry of another directory was merged, and which one: that
    this source drops them does not say that nobody lists them.
    """
    found: dict[uuid.UUID, str] = {}
    for part in chunks(list(ids)):
        rows = session.execute(
            select(Merge.kept_id, Merge.removed).where(
                Merge.kept_id.in_(part), Merge.undone_at.is_(None)
            )
        )
        for kept_id, removed in rows:
            other = removed[-1][1].get("source") if removed else None
            if other and other != source:
                found[kept_id] = other
    return found
