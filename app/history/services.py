"""Bringing back what the directory said before: one value, one row, or a whole version."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import Conflict, words_of
from app.history import queries
from app.security import policy
from app.security.policy import Actor
from catalog import restoring
from catalog.errors import CatalogValueError


def bring_back_value(
    session: Session, service_id: uuid.UUID, change_id: uuid.UUID, *, by: Actor, now: datetime
) -> bool:
    """Undo one change of a service, its organization or its places; False where it is so already.

    NotFound for a change that this history does not hold, Conflict where it cannot be undone.
    """
    policy.require(by, "catalog.restore")
    change = queries.change_of(session, service_id, change_id)
    try:
        return restoring.bring_back(session, change, now=now)
    except CatalogValueError as error:
        raise Conflict(words_of(error)) from error


def bring_back_version(
    session: Session, service_id: uuid.UUID, change_id: uuid.UUID, *, by: Actor, now: datetime
) -> tuple[int, list[str]]:
    """Undo what was done with this change to the same service, organization or place, and all that
    was done to it since: how many rows, and why some could not be. NotFound, Conflict as above.
    """
    policy.require(by, "catalog.restore")
    change = queries.change_of(session, service_id, change_id)
    if change.change_id is None:
        raise Conflict("This was noted by another directory: bring back its values one by one.")
    try:
        number, problems = restoring.bring_back_version(session, change, now=now)
    except CatalogValueError as error:
        raise Conflict(words_of(error)) from error
    return number, [words_of(problem) for problem in problems]
