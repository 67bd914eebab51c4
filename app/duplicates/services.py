"""Decisions about pairs: merge, call them different, ask again, undo a merge."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.duplicates import queries
from app.errors import Conflict, Invalid, words_of
from app.security.policy import Actor
from catalog import merging, unmerging
from catalog.errors import CatalogValueError
from catalog.models import DuplicatePair, Merge

SIDES = ("first", "second")


def merge_pair(
    session: Session,
    pair_id: uuid.UUID,
    *,
    keep: str,
    values: Mapping[str, str],
    by: Actor,
    now: datetime,
) -> Merge:
    """Merge the two: `keep` is the side that stays, `values` name by field the side whose value is
    right where they differ. NotFound; Conflict where the directory has changed since.
    """
    pair = queries.pair_for(session, by, pair_id, to_change=True)
    if keep not in SIDES or not set(values.values()) <= set(SIDES):
        raise Invalid("The form is not complete. Reload the page and try again.")
    kept, gone = (
        (pair.first_id, pair.second_id) if keep == "first" else (pair.second_id, pair.first_id)
    )
    take = [name for name, side in values.items() if side != keep]
    try:
        return merging.merge(
            session, pair.kind, kept_id=kept, gone_id=gone, take=take, by=by.name[:120], now=now
        )
    except CatalogValueError as error:
        raise Conflict(words_of(error)) from error


def call_different(
    session: Session, pair_id: uuid.UUID, *, by: Actor, now: datetime
) -> DuplicatePair:
    """The two are not the same: nobody is asked again."""
    pair = queries.pair_for(session, by, pair_id, to_change=True)
    if pair.state != "different":
        pair.state, pair.decided_by, pair.decided_at = "different", by.name[:120], now
        session.flush()
    return pair


def ask_again(session: Session, pair_id: uuid.UUID, *, by: Actor) -> DuplicatePair:
    """Take "different" back: the pair waits again."""
    pair = queries.pair_for(session, by, pair_id, to_change=True)
    pair.state, pair.decided_by, pair.decided_at = "waiting", None, None
    session.flush()
    return pair


def undo_merge(
    session: Session, merge_id: uuid.UUID, *, by: Actor, now: datetime
) -> unmerging.Undone:
    """Make the merged entry be there again. NotFound; Conflict where it cannot be."""
    record = queries.merge_for(session, by, merge_id)
    try:
        return unmerging.undo_merge(session, record, by=by.name[:120], now=now)
    except CatalogValueError as error:
        raise Conflict(words_of(error)) from error
