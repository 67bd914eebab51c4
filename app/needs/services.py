"""Decisions on proposed needs, all or nothing, and the reading that makes the proposals.

Pages call the decisions; the job `propose_needs` calls `read_catalog`, which alone opens its own
transactions: reading words takes milliseconds each, and must not hold a lock meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid
from app.needs.queries import Asked, proposal_for, proposals_of
from app.security.policy import Actor
from catalog import proposed_needs
from catalog.errors import CatalogValueError
from catalog.queries import current_revision

WorkUnit = Callable[[], AbstractContextManager[Session]]
MOST_A_RUN = 4_000  # services whose words are read in one run of the job: about a minute of work


def decide(
    session: Session, ids: Sequence[uuid.UUID], decision: str, *, by: Actor, now: datetime
) -> int:
    """Accept or refuse the proposals with these ids; how many services that is about."""
    if not ids:
        raise Invalid("Tick the needs that you mean first.")
    found = proposals_of(session, by, Asked(), only=ids)
    if len(found) != len(set(ids)) or any(one.state != "waiting" for one in found):
        raise changed_meanwhile()
    with told_as_conflict():
        if decision == "accept":
            return proposed_needs.accept_proposals(session, found, decided_by=by.name, now=now)
        proposed_needs.refuse_proposals(session, found, decided_by=by.name, now=now)
    return len({one.service_id for one in found})


def accept_all(session: Session, asked: Asked, *, expected: int, by: Actor, now: datetime) -> int:
    """Accept all that waits and is asked for, where it is still as many as the person was told;
    how many services have a need for it."""
    found = proposals_of(session, by, asked)
    if len(found) != expected:
        raise changed_meanwhile()
    with told_as_conflict():
        return proposed_needs.accept_proposals(session, found, decided_by=by.name, now=now)


def reopen(session: Session, proposal_id: uuid.UUID, *, by: Actor) -> None:
    """Take back a refusal."""
    proposed_needs.reopen_proposal(session, proposal_for(session, by, proposal_id))


def changed_meanwhile() -> Conflict:
    """What was chosen is not what waits any more."""
    return Conflict(
        "Some of these were decided or changed meanwhile, so none of them was decided now. Look at "
        "what waits, then choose again."
    )


@contextmanager
def told_as_conflict() -> Iterator[None]:
    """What the catalog refuses here was right when it was read: somebody else was quicker."""
    try:
        yield
    except CatalogValueError:
        raise changed_meanwhile() from None


def read_catalog(work_unit: WorkUnit, *, now: datetime, most: int = MOST_A_RUN) -> int:
    """Read the words of services without a need that are new or changed; how many. What is left
    after `most` waits for the next run."""
    with work_unit() as session:
        if proposed_needs.is_all_read(session):
            return 0
        revision = current_revision(session)
    read, after = 0, None
    while read < most:
        with work_unit() as session:
            batch = proposed_needs.look(session, after)
        heard = [(one, proposed_needs.read_words(one)) for one in batch.unread]
        with work_unit() as session:
            for one, rows in heard:
                proposed_needs.keep_reading(session, one, rows, now=now)
        read += len(heard)
        if batch.next_id is None:
            with work_unit() as session:
                proposed_needs.note_all_read(session, revision)
            break
        after = batch.next_id
    return read
