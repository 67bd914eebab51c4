"""The queue of pairs that wait for a person: found in the background, kept until decided.

`refresh_pairs` is called by a job and by the command; pages read what it left. Writes no service,
organization or place.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.bulk import chunks
from catalog.duplicate_rows import read_records
from catalog.duplicates import KINDS, Pair, find_pairs
from catalog.merging import kept_ids
from catalog.models.duplicate import DuplicatePair


def find_all_pairs(session: Session) -> tuple[list[Pair], dict[str, str]]:
    """The pairs of every kind, best first within each, and the names by id."""
    names: dict[str, str] = {}
    pairs: list[Pair] = []
    for kind in KINDS:
        records = read_records(session, kind)
        names |= {record.id: record.name for record in records}
        pairs += find_pairs(kind, records)
    return pairs, names


def refresh_pairs(session: Session, *, now: datetime) -> dict[str, int]:
    """Bring the waiting pairs up to date with the directory: how many are new, and how many look
    alike no more. Those that a person called different stay decided, as long as both are there or
    merged: then it holds for the one that stays.
    """
    pairs, names = find_all_pairs(session)
    stored = {(row.first_id, row.second_id): row for row in session.scalars(select(DuplicatePair))}
    gone = {id_ for ids in stored for id_ in ids if str(id_) not in names}
    kept = kept_ids(session, list(gone))
    different = {
        frozenset(kept.get(id_, id_) for id_ in ids)
        for ids, row in stored.items()
        if row.state == "different"
    }
    new = 0
    found = set()
    for pair in pairs:
        ids = uuid.UUID(pair.first_id), uuid.UUID(pair.second_id)
        found.add(ids)
        parts = [[part.code, part.points, part.percent] for part in pair.parts]
        known = stored.get(ids)
        if known is None and frozenset(ids) in different:
            continue
        if known is None:
            new += 1
            session.add(
                DuplicatePair(
                    kind=pair.kind,
                    first_id=ids[0],
                    second_id=ids[1],
                    score=pair.score,
                    parts=parts,
                    found_at=now,
                )
            )
        elif (known.score, known.parts) != (pair.score, parts):
            known.score, known.parts = pair.score, parts
    stale = [
        row.id
        for ids, row in stored.items()
        if (row.state == "waiting" and ids not in found)
        or any(id_ in gone and id_ not in kept for id_ in ids)
    ]
    session.flush()
    take_away(session, stale)
    return {"new": new, "alike_no_more": len(stale)}


def take_away(session: Session, ids: Iterable[uuid.UUID]) -> None:
    """Delete pairs by id."""
    for chunk in chunks(list(ids)):
        session.execute(delete(DuplicatePair).where(DuplicatePair.id.in_(chunk)))
