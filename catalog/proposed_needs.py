"""Proposed needs that wait for a person: kept, so that nobody waits while a catalog is read, and no
refused one comes back.

`read_some` reads services without a need whose words are new, a bounded number at a time; a job of
app calls it until all are read. `accept_proposals` and `refuse_proposals` are all or nothing. Never
commits, reads no clock.
"""

import hashlib
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from catalog.bulk import chunks
from catalog.errors import CatalogValueError
from catalog.hearing import heard, points_of
from catalog.models import (
    Attribute,
    CatalogRevision,
    NeedProposal,
    NeedReading,
    Service,
    TaxonomyTerm,
)
from catalog.proposals import MOST_A_SERVICE, accept_needs, has_term_of_ours, says_what
from catalog.queries import current_revision
from catalog.taxonomy import term

BATCH = 200  # services looked at in one transaction
LONGEST_HEARD = 300  # characters of the words that are shown
Texts = list[tuple[str, str]]  # where it stands (label, name, description), and the text
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Unread:
    """A service without a need whose words were not read yet, or changed since."""

    service_id: uuid.UUID
    texts: Texts
    digest: str


@dataclass(frozen=True, slots=True)
class Look:
    """A batch that was looked at: those to be read, and where the next batch begins (None: at the
    end)."""

    unread: list[Unread]
    next_id: uuid.UUID | None


def is_all_read(session: Session) -> bool:
    """Whether nothing of the catalog changed since all of it was read."""
    return session.scalar(select(CatalogRevision.read_for_needs)) == current_revision(session)


def look(session: Session, after: uuid.UUID | None) -> Look:
    """The next services without a need, after that id, and which of them must be read. Three
    statements."""
    statement = (
        select(Service.id, Service.name, Service.description, NeedReading.digest)
        .outerjoin(NeedReading, NeedReading.service_id == Service.id)
        .where(~has_term_of_ours())
        .order_by(Service.id)
        .limit(BATCH)
    )
    if after is not None:
        statement = statement.where(Service.id > after)
    rows = session.execute(statement).all()
    labels = labels_of(session, [row.id for row in rows])
    unread = []
    for id_, name, description, known in rows:
        texts = [("label", label) for label in labels[id_]]
        texts += [("name", name), ("description", description or "")]
        digest = digest_of(texts)
        if digest != known:
            unread.append(Unread(id_, texts, digest))
    return Look(unread, rows[-1].id if len(rows) == BATCH else None)


def labels_of(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The labels of services, whoever's they are."""
    labels: dict[uuid.UUID, list[str]] = defaultdict(list)
    for part in chunks(ids):
        for service_id, name in session.execute(
            select(Attribute.link_id, TaxonomyTerm.name)
            .join(Attribute.taxonomy_term)
            .where(Attribute.link_entity == "service", Attribute.link_id.in_(part), says_what())
        ):
            labels[service_id].append(name)
    return {id_: sorted(set(labels[id_])) for id_ in ids}


def digest_of(texts: Texts) -> str:
    """What tells whether the same words were read with the same lexicon."""
    said = "\n".join(f"{where} {text}" for where, text in texts)
    return hashlib.sha256(f"{lexicon_digest()}\n{said}".encode()).hexdigest()


@cache
def lexicon_digest() -> str:
    """Of the data that understands the words: with a better lexicon all is read anew."""
    told = hashlib.sha256()
    for package in ("catalog.taxonomy", "catalog.importers"):
        for file in sorted(files(package).iterdir(), key=lambda one: one.name):
            if file.name.endswith(".yaml"):
                told.update(file.read_bytes())
    return told.hexdigest()


def read_words(one: Unread) -> list[dict[str, Any]]:
    """What is heard in a service's words, as rows without their moment. Slow (milliseconds a
    text); needs no database."""
    return [
        {
            "service_id": one.service_id,
            "code": code,
            "confidence": round(100 * confidence),
            "heard_in": heard_in,
            "heard": evidence(one.texts, code, heard_in)[:LONGEST_HEARD],
        }
        for code, (confidence, heard_in) in heard(one.texts)[: 2 * MOST_A_SERVICE]
    ]


def evidence(texts: Texts, code: str, heard_in: str) -> str:
    """The label, the name, or the sentence of the description that speaks of it most clearly."""
    said = [text for where, text in texts if where == heard_in]
    if heard_in == "description":
        said = [part for text in said for part in SENTENCE.split(text) if part.strip()]
    area = term(code).area
    told = {text: points_of(heard_in, text).get(area, 0.0) for text in said}
    return max(said, key=lambda text: told[text], default="")  # of equal ones the first


def keep_reading(
    session: Session, one: Unread, rows: Sequence[dict[str, Any]], *, now: datetime
) -> None:
    """Put what was heard in place of what waited for the service; what was decided stays."""
    decided = set(
        session.scalars(
            select(NeedProposal.code).where(
                NeedProposal.service_id == one.service_id, NeedProposal.state != "waiting"
            )
        )
    )
    waiting = NeedProposal.service_id == one.service_id, NeedProposal.state == "waiting"
    session.execute(delete(NeedProposal).where(*waiting))
    new = [row for row in rows if row["code"] not in decided][:MOST_A_SERVICE]
    if new:
        session.execute(
            insert(NeedProposal),
            [{"id": uuid.uuid4(), "state": "waiting", "found_at": now, **row} for row in new],
        )
    session.execute(delete(NeedReading).where(NeedReading.service_id == one.service_id))
    session.execute(insert(NeedReading), [{"service_id": one.service_id, "digest": one.digest}])


def note_all_read(session: Session, revision: int) -> None:
    """All was read as the catalog stood at the revision; what waits for services that have a need
    by now, and not from here, waits no more."""
    from_here = select(NeedProposal.service_id).where(NeedProposal.state == "accepted")
    named_elsewhere = select(Service.id).where(has_term_of_ours(), Service.id.not_in(from_here))
    session.execute(
        delete(NeedProposal)
        .where(NeedProposal.state == "waiting", NeedProposal.service_id.in_(named_elsewhere))
        .execution_options(synchronize_session=False)
    )
    session.execute(update(CatalogRevision).values(read_for_needs=revision))


# A person's side


def accept_proposals(
    session: Session, proposals: Collection[NeedProposal], *, decided_by: str, now: datetime
) -> int:
    """Name these needs; how many services have one for it. All or nothing: CatalogValueError where
    one was decided meanwhile."""
    decide(session, proposals, "accepted", decided_by=decided_by, now=now)
    accept_needs(session, [(one.service_id, one.code) for one in proposals])
    return len({one.service_id for one in proposals})


def refuse_proposals(
    session: Session, proposals: Collection[NeedProposal], *, decided_by: str, now: datetime
) -> None:
    """Remember that these are wrong: they are not proposed again. All or nothing."""
    decide(session, proposals, "refused", decided_by=decided_by, now=now)


def reopen_proposal(session: Session, proposal: NeedProposal) -> None:
    """Take back a refusal: the proposal waits again."""
    if proposal.state != "refused":
        raise CatalogValueError("Only a refused need can be proposed again.")
    proposal.state, proposal.decided_at, proposal.decided_by = "waiting", None, None
    session.flush()


def decide(
    session: Session,
    proposals: Collection[NeedProposal],
    state: str,
    *,
    decided_by: str,
    now: datetime,
) -> None:
    """Note the decision on each that still waits, or refuse all."""
    number = 0
    for part in chunks([one.id for one in proposals]):
        moved: Any = session.execute(
            update(NeedProposal)
            .where(NeedProposal.id.in_(part), NeedProposal.state == "waiting")
            .values(state=state, decided_by=decided_by, decided_at=now)
            .execution_options(synchronize_session=False)
        )
        number += moved.rowcount
    if number != len(proposals):
        raise CatalogValueError(
            "%(number)s of these %(all)s were decided or changed meanwhile, so none of them "
            "was decided now. Look at what waits, then choose again.",
            number=len(proposals) - number,
            all=len(proposals),
        )
