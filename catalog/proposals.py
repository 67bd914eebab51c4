"""Needs proposed for services that have none: no plan finds them until somebody names one.

What a directory's labels surely mean is named by the import (`importers.needs`). For the rest the
lexicon reads the labels, then the name, then the description, and a person looks at what it heard.
Reads and writes the catalog; never commits, reads no clock.
"""

import csv
import io
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from catalog.bulk import chunks
from catalog.errors import CatalogValueError
from catalog.hearing import heard
from catalog.importers.needs import NEED
from catalog.models import Attribute, NeedProposal, Service, TaxonomyTerm
from catalog.services import bump_revision
from catalog.taxonomy.loading import load_vocabulary, term_id
from catalog.taxonomy.terms import interests, needs

MOST_A_SERVICE = 3
COLUMNS = ("service_id", "service", "need", "label", "confidence", "heard_in")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One need for one service. `confidence` 0 to 1, `heard_in` label, name or description."""

    service_id: uuid.UUID
    service: str
    need: str
    label: str
    confidence: float
    heard_in: str


def propose_needs(session: Session) -> Iterator[Proposal]:
    """Proposals for every service without a need or an interest of ours, by name; at most three
    each, the surest first, without those that a person refused. Three statements.
    """
    refused = {
        (service_id, code)
        for service_id, code in session.execute(
            select(NeedProposal.service_id, NeedProposal.code).where(
                NeedProposal.state == "refused"
            )
        )
    }
    labels: dict[uuid.UUID, list[str]] = defaultdict(list)
    for service_id, name in session.execute(
        select(Attribute.link_id, TaxonomyTerm.name)
        .join(Attribute.taxonomy_term)
        .where(Attribute.link_entity == "service", says_what())
        .order_by(TaxonomyTerm.name, Attribute.id)
    ):
        labels[service_id].append(name)
    services = session.execute(
        select(Service.id, Service.name, Service.description)
        .where(~has_term_of_ours())
        .order_by(Service.name, Service.id)
    )
    for service_id, name, description in services.all():
        texts = [("label", label) for label in labels[service_id]]
        texts += [("name", name), ("description", description or "")]
        found = [one for one in heard(texts) if (service_id, one[0]) not in refused]
        for code, (confidence, heard_in) in found[:MOST_A_SERVICE]:
            yield Proposal(service_id, name, code, words()[code], confidence, heard_in)


def has_term_of_ours() -> ColumnElement[bool]:
    """Whether a service has a need or an interest of ours, as a condition."""
    return exists().where(
        Attribute.link_entity == "service",
        Attribute.link_id == Service.id,
        Attribute.taxonomy_term_id == TaxonomyTerm.id,
        TaxonomyTerm.code.in_(own_codes()),
    )


def says_what() -> ColumnElement[bool]:
    """Whether a label says what a service is, not for whom."""
    return Attribute.link_type.is_distinct_from("eligibility")


def words() -> dict[str, str]:
    """The needs by code, with their English label."""
    return {one.code: one.label("en") for one in needs()}


def accept_needs(session: Session, chosen: Iterable[tuple[uuid.UUID, str]]) -> int:
    """Name the chosen needs of services; how many were new. All or nothing.

    Raises CatalogValueError for a service that is not there or a need that is none.
    """
    pairs = list(dict.fromkeys(chosen))
    known = words()
    chosen_ids = sorted({service_id for service_id, _ in pairs})
    services = {
        id_
        for part in chunks(chosen_ids)
        for id_ in session.scalars(select(Service.id).where(Service.id.in_(part)))
    }
    for service_id, code in pairs:
        if code not in known:
            raise CatalogValueError(
                "%(code)r is no need. Take the codes as they were proposed.", code=code
            )
        if service_id not in services:
            raise CatalogValueError(
                "There is no service %(service_id)s. Make the proposals anew and choose again.",
                service_id=service_id,
            )
    load_vocabulary(session)
    named = {
        (link_id, named_term)
        for part in chunks(chosen_ids)
        for link_id, named_term in session.execute(
            select(Attribute.link_id, Attribute.taxonomy_term_id).where(
                Attribute.link_entity == "service", Attribute.link_id.in_(part)
            )
        )
    }
    new = [
        Attribute(
            link_id=service_id,
            link_entity="service",
            link_type=NEED,
            taxonomy_term_id=term_id(code),
            label=known[code],
        )
        for service_id, code in pairs
        if (service_id, term_id(code)) not in named
    ]
    session.add_all(new)
    session.flush()
    if new:
        bump_revision(session)
    return len(new)


def to_csv(proposals: Iterable[Proposal]) -> str:
    """The proposals as a sheet: whoever looks at it deletes the rows that are wrong."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in proposals:
        service = f"'{one.service}" if one.service[:1] in "=+-@\t\r" else one.service
        writer.writerow(
            [one.service_id, service, one.need, one.label, one.confidence, one.heard_in]
        )
    return text.getvalue()


def read_chosen(text: str) -> list[tuple[uuid.UUID, str]]:
    """What is left of such a sheet; a CatalogValueError names the row that cannot be read."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not {"service_id", "need"} <= set(rows.fieldnames or ()):
        raise CatalogValueError(
            "The sheet has no columns service_id and need. Give the one that was written."
        )
    chosen = []
    for number, row in enumerate(rows, 2):
        try:
            chosen.append((uuid.UUID(row["service_id"]), (row["need"] or "").strip()))
        except (ValueError, TypeError, AttributeError) as error:
            raise CatalogValueError(
                "Row %(number)s: %(said)r is no service's id. Leave that column as it was.",
                number=number,
                said=row["service_id"],
            ) from error
    return chosen


def own_codes() -> list[str]:
    """The codes of our needs and interests."""
    return [one.code for one in (*needs(), *interests())]
