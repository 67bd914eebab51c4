"""What the public listing answers: which services, organizations and terms, page by page.

Called by the exchange API. Reads only; a page takes a fixed number of statements, however long it
is. Never reads a person's row; of a confidential place nothing can be found out by searching
either: a search reads names and descriptions, and distances are told of known streets only.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import NotFound
from app.exchange import coverage
from app.exchange.words import pattern_of
from catalog.exporters import own_facts
from catalog.exporters.fields import Fields, Row
from catalog.exporters.hsds_json import Nested
from catalog.exporters.reading import Shelf, batches
from catalog.models import (
    Attribute,
    EligibilityRule,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)

PAGE_SIZE = 20
LARGEST_PAGE = 100
LARGEST_MINIMAL_PAGE = 10_000
WHOLE = True
MOST_CHANGES = 200  # of its history, with one object; a list has none, the file exports all
# What `minimal` answers: the least that HSDS allows, and when it changed.
MINIMAL_FIELDS = ("id", "name", "status", "last_modified")


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """What is asked for; all of it must hold. `proximity` is in metres from the postcode's middle."""

    search: str = ""
    page: int = 1
    per_page: int | None = None
    format: str = "json"
    taxonomy_term_id: uuid.UUID | None = None
    taxonomy_id: uuid.UUID | None = None
    organization_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    top_only: bool = False
    postcode: str | None = None
    proximity: float | None = None

    @property
    def size(self) -> int:
        """How many a page holds at most."""
        return self.per_page or (LARGEST_MINIMAL_PAGE if self.minimal else PAGE_SIZE)


@dataclass(frozen=True)
class Resource:
    """One kind of object: its table, which rows a query means, what to read, how to tell it."""

    table: str
    statement: Callable[[ListQuery], Select[uuid.UUID]]
    put: Callable[[Shelf, Sequence[uuid.UUID], bool], None]
    listed: Callable[[Nested, Row, ListQuery], Fields]
    whole: Callable[[Nested, Row], Fields]
    own: Mapping[uuid.UUID, Row] | None = None  # rows of our own that stand in no table


def page_of(session: Session, resource: Resource, query: ListQuery) -> dict[str, Any]:
    """A page in HSDS's form: how many there are, where this page stands, and its contents."""
    ids, total = ids_of_page(session, resource, query)
    pages = -(-total // query.size)
    contents = nested(session, resource, query, ids)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": query.page,
        "size": len(contents),
        "first_page": query.page == 1,
        "last_page": query.page >= pages,
        "empty": not contents,
        "contents": contents,
    }


def ids_of_page(
    session: Session, resource: Resource, query: ListQuery
) -> tuple[Sequence[uuid.UUID], int]:
    """The ids of the page asked for, and how many there are on all pages."""
    start = (query.page - 1) * query.size
    if query.proximity is not None:
        near = ids_nearby(session, resource, query)
        return near[start : start + query.size], len(near)
    statement = resource.statement(query)
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    return session.scalars(statement.limit(query.size).offset(start)).all(), total or 0


def ids_nearby(session: Session, resource: Resource, query: ListQuery) -> Sequence[uuid.UUID]:
    """The services at locations within the distance, the nearest first."""
    assert query.postcode is not None  # noqa: S101 - the schema asks for it with the distance
    assert query.proximity is not None  # noqa: S101
    centre = coverage.middle_of(query.postcode)
    statement = resource.statement(query).order_by(None)
    return coverage.within(session, statement, centre, query.proximity)


def lines_of(session: Session, resource: Resource, query: ListQuery) -> Iterator[Fields]:
    """All objects that the query means, without pages: for ndjson. A batch is read at a time."""
    if query.proximity is not None:
        ids = ids_nearby(session, resource, query)
    else:
        ids = session.scalars(resource.statement(query)).all()
    for batch in batches(ids):
        yield from nested(session, resource, query, batch)


def nested(
    session: Session, resource: Resource, query: ListQuery, ids: Sequence[uuid.UUID]
) -> list[Fields]:
    """The objects of these ids, in this order."""
    shelf = Shelf(session)
    resource.put(shelf, ids, query.full or query.full_service)
    nest = Nested(shelf)
    rows = (shelf.row(resource.table, id_) for id_ in ids)
    return [resource.listed(nest, row, query) for row in rows if row is not None]


def one_of(session: Session, resource: Resource, id_: uuid.UUID) -> Fields:
    """One object, whole; NotFound where there is none."""
    shelf = Shelf(session)
    resource.put(shelf, [id_], WHOLE)
    shelf.put_history(newest=MOST_CHANGES)
    row = shelf.row(resource.table, id_) or (resource.own or {}).get(id_)
    if row is None:
        kind = resource.table.replace("_", " ")
        message = f"The catalog has no {kind} with this id. Take the id from the list."
        raise NotFound(message)
    return resource.whole(Nested(shelf), row)


# Which rows a query means


def services_statement(query: ListQuery) -> Select[uuid.UUID]:
    """Ids of services, by name."""
    statement = select(Service.id).outerjoin(Service.organization)
    return statement.where(*service_conditions(query)).order_by(Service.name, Service.id)


def places_statement(query: ListQuery) -> Select[uuid.UUID]:
    """Ids of services at locations, by the service's name."""
    statement = (
        select(ServiceAtLocation.id)
        .join(ServiceAtLocation.service)
        .join(ServiceAtLocation.location)
        .outerjoin(Service.organization)
        .where(ServiceAtLocation.is_listed, *service_conditions(query))
    )
    if query.postcode is not None and query.proximity is None:
        statement = statement.where(coverage.covers(query.postcode))
    return statement.order_by(Service.name, ServiceAtLocation.id)


def organizations_statement(query: ListQuery) -> Select[uuid.UUID]:
    """Ids of organizations, by name."""
    found = Organization
    conditions = said(query.search, found.name, found.alternate_name, found.description)
    if query.taxonomy_term_id is not None:
        conditions.append(labels_itself_or_a_service(labelled_with_term, query.taxonomy_term_id))
    if query.taxonomy_id is not None:
        conditions.append(labels_itself_or_a_service(labelled_from, query.taxonomy_id))
    return select(found.id).where(*conditions).order_by(found.name, found.id)


def labels_itself_or_a_service(
    labelled: Callable[[uuid.UUID, str], Select[uuid.UUID]], label_id: uuid.UUID
) -> ColumnElement[bool]:
    """Whether an organization, or a service of it, has the label."""
    offering = select(Service.organization_id).where(Service.id.in_(labelled(label_id, "service")))
    return or_(
        Organization.id.in_(labelled(label_id, "organization")), Organization.id.in_(offering)
    )


def taxonomies_statement(query: ListQuery) -> Select[uuid.UUID]:
    """Ids of taxonomies, by name."""
    words = said(query.search, Taxonomy.name, Taxonomy.description)
    return select(Taxonomy.id).where(*words).order_by(Taxonomy.name, Taxonomy.id)


def terms_statement(query: ListQuery) -> Select[uuid.UUID]:
    """Ids of terms, by name. `top_only`: those that stand under no other."""
    term = TaxonomyTerm
    conditions = said(query.search, term.name, term.code, term.description)
    if query.taxonomy_id is not None:
        conditions.append(term.taxonomy_id == query.taxonomy_id)
    if query.parent_id is not None:
        conditions.append(term.parent_id == query.parent_id)
    if query.top_only:
        conditions.append(term.parent_id.is_(None))
    return select(term.id).where(*conditions).order_by(term.name, term.id)


def service_conditions(query: ListQuery) -> list[ColumnElement[bool]]:
    """What must hold of a service, its organization joined."""
    conditions = said(
        query.search, Service.name, Service.alternate_name, Service.description, Organization.name
    )
    if query.organization_id is not None:
        conditions.append(Service.organization_id == query.organization_id)
    if query.modified_after is not None:
        conditions.append(Service.last_modified >= query.modified_after)
    if query.taxonomy_term_id is not None:
        conditions.append(Service.id.in_(labelled_with_term(query.taxonomy_term_id)))
    if query.taxonomy_id is not None:
        conditions.append(Service.id.in_(labelled_from(query.taxonomy_id)))
    return conditions


def said(
    text: str, *columns: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
) -> list[ColumnElement[bool]]:
    """Every word of the text stands in one of the columns, whatever its case and accents."""
    return [
        or_(*(column.regexp_match(pattern_of(word)) for column in columns)) for word in text.split()
    ]


def labelled_with_term(term_id: uuid.UUID, entity: str = "service") -> Select[uuid.UUID]:
    """Ids of services (or another entity) with the label; with one of our own terms, of services
    with such a rule."""
    for term in own_facts.own_terms():
        if term["id"] == term_id:
            kind = term["code"].removeprefix("footbridge-eligibility-")
            return select(EligibilityRule.service_id).where(EligibilityRule.kind == kind)
    return select(Attribute.link_id).where(
        Attribute.link_entity == entity, Attribute.taxonomy_term_id == term_id
    )


def labelled_from(taxonomy_id: uuid.UUID, entity: str = "service") -> Select[uuid.UUID]:
    """Ids of services (or another entity) with any label of the taxonomy."""
    if taxonomy_id == own_facts.TAXONOMY_ID:
        return select(EligibilityRule.service_id)
    return (
        select(Attribute.link_id)
        .join(Attribute.taxonomy_term)
        .where(Attribute.link_entity == entity, TaxonomyTerm.taxonomy_id == taxonomy_id)
    )


# How each is read and told


def listed_service(nest: Nested, row: Row, query: ListQuery) -> Fields:
    """A service in a list: short, whole, or next to nothing."""
    if query.minimal:
        fields = nest.service_fields(row)
        return {name: fields[name] for name in MINIMAL_FIELDS if name in fields}
    return nest.service(row) if query.full else nest.listed_service(row)


def listed_organization(nest: Nested, row: Row, query: ListQuery) -> Fields:
    """An organization in a list: short, or whole with its services short or whole."""
    if query.full or query.full_service:
        return nest.organization(row, with_services=query.full_service)
    return nest.listed_organization(row)


SERVICES = Resource(
    "service",
    services_statement,
    lambda shelf, ids, is_full: shelf.put_services(ids, is_full=is_full),
    listed_service,
    lambda nest, row: nest.service(row),
)
ORGANIZATIONS = Resource(
    "organization",
    organizations_statement,
    lambda shelf, ids, is_full: shelf.put_organizations(
        ids, is_full=is_full, with_services=is_full
    ),
    listed_organization,
    lambda nest, row: nest.organization(row, with_services=True),
)
ORGANIZATIONS_IN_SHORT = replace(  # each whole, but its services in short
    ORGANIZATIONS,
    put=lambda shelf, ids, is_full: shelf.put_organizations(
        ids, is_full=is_full, with_services=False
    ),
    whole=lambda nest, row: nest.organization(row, with_services=False),
)
PLACES = Resource(
    "service_at_location",
    places_statement,
    lambda shelf, ids, is_full: shelf.put_places(ids, is_full=is_full),
    lambda nest, row, query: nest.place(row) if query.full else nest.listed_place(row),
    lambda nest, row: nest.place(row),
)
TAXONOMIES = Resource(
    "taxonomy",
    taxonomies_statement,
    lambda shelf, ids, is_full: shelf.fetch("taxonomy", id=ids),
    lambda nest, row, query: nest.taxonomy(row),
    lambda nest, row: nest.taxonomy(row),
    own={own_facts.TAXONOMY_ID: own_facts.own_taxonomy()},
)
TERMS = Resource(
    "taxonomy_term",
    terms_statement,
    lambda shelf, ids, is_full: shelf.put_terms(ids),
    lambda nest, row, query: nest.taxonomy_term(row),
    lambda nest, row: nest.taxonomy_term(row),
    own={term["id"]: term for term in own_facts.own_terms()},
)
