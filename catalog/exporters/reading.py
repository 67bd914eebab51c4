"""Rows of the catalog for nested exports: one statement a table, however many rows there are.

Called by the exporters and by the public API's queries. Rows are read as mappings of columns, not
as mapped objects, so nothing is loaded by accident later. Writes nothing.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, func, or_, select
from sqlalchemy.orm import Session

import catalog.models  # noqa: F401 - every table is known
from catalog.db import Base
from catalog.exporters.fields import Row

# Ids in one IN list, below the limit of 32,766 values that SQLite's statements have.
MOST_IDS = 10_000
# The importer's own memory, a person's address, and what is private between district and partner.
NEVER_READ = frozenset(
    {"imported", "assurer_email", "referral_email", "referral_cap", "notice_language"}
)
BATCH = 100  # services or organizations that are nested at a time

Ids = Collection[uuid.UUID]


def table_of(name: str) -> Table:
    """A table of the catalog by name."""
    return Base.metadata.tables[name]


def read_columns(table: FromClause) -> list[ColumnElement[Any]]:
    """Its columns, but for those that no export may tell."""
    return [column for column in table.c if column.name not in NEVER_READ]


class Shelf:
    """Rows by table and by what they hang on, ready to be nested.

    Fill it with `put_services` or `put_organizations`; then `of` and `row` answer without another
    statement. What belongs to a contact (a person) is never read.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._rows: dict[str, dict[uuid.UUID, Row]] = {}
        self._by: dict[tuple[str, str], dict[uuid.UUID, list[Row]]] = {}

    def row(self, table: str, id_: uuid.UUID | None) -> Row | None:
        """The row of that id, if it was read."""
        return self._rows.get(table, {}).get(id_) if id_ else None

    def of(self, table: str, column: str, id_: uuid.UUID) -> Sequence[Row]:
        """The rows whose `column` is `id_`, by id."""
        return self._by.get((table, column), {}).get(id_, ())

    def ids(self, table: str) -> list[uuid.UUID]:
        """The ids of the rows of a table that were read."""
        return list(self._rows.get(table, {}))

    def put_services(self, ids: Ids, *, is_full: bool) -> None:
        """Read these services with organization, program and rules; `is_full`: with all that hangs
        on them, their places and the organization's own phones, web addresses and programs."""
        self.fetch("service", id=ids)
        self.fetch("organization", id=self.named("service", "organization_id"))
        self.fetch("program", id=self.named("service", "program_id"))
        self.fetch("eligibility_rule", service_id=ids)
        if is_full:
            self.fetch("service_at_location", service_id=ids)
            self.fetch("location", id=self.named("service_at_location", "location_id"))
            self.put_facts()

    def put_places(self, ids: Ids, *, is_full: bool) -> None:
        """Read these services at locations, each with its service and its location."""
        self.fetch("service_at_location", id=ids)
        self.fetch("service", id=self.named("service_at_location", "service_id"))
        self.fetch("location", id=self.named("service_at_location", "location_id"))
        self.fetch("organization", id=self.named("service", "organization_id"))
        self.fetch("program", id=self.named("service", "program_id"))
        self.fetch("eligibility_rule", service_id=self.ids("service"))
        if is_full:
            self.put_facts()

    def put_organizations(self, ids: Ids, *, is_full: bool, with_services: bool) -> None:
        """Read these organizations; `is_full`: with their programs, locations and services;
        `with_services`: with all that hangs on the services too."""
        self.fetch("organization", id=ids)
        if not is_full:
            return
        self.fetch("service", organization_id=ids)
        self.fetch("eligibility_rule", service_id=self.ids("service"))
        self.fetch("program", organization_id=ids, id=self.named("service", "program_id"))
        services = self.ids("service") if with_services else []
        self.fetch("service_at_location", service_id=services)
        placed = self.named("service_at_location", "location_id")
        self.fetch("location", organization_id=ids, id=placed)
        self.put_facts(services=services)

    def put_locations(self, ids: Ids) -> None:
        """Read these locations with all that hangs on them."""
        self.fetch("location", id=ids)
        self.put_facts()

    def put_terms(self, ids: Ids) -> None:
        """Read these terms with their taxonomies."""
        self.fetch("taxonomy_term", id=ids)
        self.fetch("taxonomy", id=self.named("taxonomy_term", "taxonomy_id"))

    def put_facts(self, *, services: Ids | None = None) -> None:
        """Read all that hangs on the rows read so far; of the services, only on these."""
        services = self.ids("service") if services is None else services
        organizations, locations = self.ids("organization"), self.ids("location")
        places = self.ids("service_at_location")
        self.fetch("program", organization_id=organizations)
        self.fetch("url", service_id=services, organization_id=organizations)
        self.fetch("funding", service_id=services, organization_id=organizations)
        self.fetch("organization_identifier", organization_id=organizations)
        self.fetch(
            "phone",
            service_id=services,
            organization_id=organizations,
            location_id=locations,
            service_at_location_id=places,
        )
        self.fetch(
            "schedule", service_id=services, location_id=locations, service_at_location_id=places
        )
        self.fetch("service_area", service_id=services, service_at_location_id=places)
        self.fetch(
            "language", service_id=services, location_id=locations, phone_id=self.ids("phone")
        )
        self.fetch("address", location_id=locations)
        self.fetch("accessibility", location_id=locations)
        for table in ("cost_option", "required_document", "service_capacity", "service_intake"):
            self.fetch(table, service_id=services)
        self.fetch("unit", id=self.named("service_capacity", "unit_id"))
        self.put_labels(services)

    def put_history(self, *, newest: int | None = None) -> None:
        """Read the history of all that was read; `newest`: no more than so many changes."""
        tables = ("organization", "program", "service", "location", "service_at_location", "phone")
        owners = [id_ for table in tables for id_ in self.ids(table)]
        found = table_of("metadata")
        for share in shares({"owner_id": owners}):
            statement = (
                select(*read_columns(found))
                .where(found.c.owner_id.in_(share["owner_id"]))
                .order_by(found.c.last_action_date.desc(), found.c.id)
                .limit(newest)
            )
            names = read_names("metadata")
            rows = self.session.execute(statement)
            self.keep("metadata", [dict(zip(names, row, strict=True)) for row in rows])

    def put_labels(self, services: Ids) -> None:
        """Read the labels of all that was read (of the services, of these), and their terms."""
        labelled = [id_ for table, rows in self._rows.items() if table != "service" for id_ in rows]
        self.fetch("attribute", link_id=[*labelled, *services])
        self.put_terms(self.named("attribute", "taxonomy_term_id"))

    def named(self, table: str, column: str) -> set[uuid.UUID]:
        """The ids that a column of the rows read so far names."""
        return {row[column] for row in self._rows.get(table, {}).values() if row[column]}

    def fetch(self, table: str, **owners: Ids) -> None:
        """Read the rows in which any of the columns names one of its ids; one statement, unless
        there are more ids than a statement takes."""
        found = table_of(table)
        for share in shares(owners):
            wanted = [found.c[column].in_(ids) for column, ids in share.items() if ids]
            statement = select(*read_columns(found)).where(or_(*wanted)).order_by(found.c.id)
            if "contact_id" in found.c:
                statement = statement.where(found.c.contact_id.is_(None))
            if "is_listed" in found.c:
                statement = statement.where(found.c.is_listed)
            rows = self.session.execute(statement)
            names = list(rows.keys())
            self.keep(table, (dict(zip(names, row, strict=True)) for row in rows))

    def keep(self, table: str, rows: Iterable[Row]) -> None:
        """Put rows in their place; one that is there already is not doubled."""
        known = self._rows.setdefault(table, {})
        owners = [name for name in read_names(table) if name.endswith("_id")]
        for row in rows:
            if row["id"] in known:
                continue
            known[row["id"]] = row
            for column in owners:
                if row[column]:
                    self._by.setdefault((table, column), {}).setdefault(row[column], []).append(row)


def read_names(table: str) -> list[str]:
    """The names of the columns that are read of a table."""
    return [str(column.name) for column in read_columns(table_of(table))]


def shares(owners: dict[str, Ids]) -> Iterator[dict[str, Ids]]:
    """The ids, in portions that one statement takes: one portion nearly always, none for no ids."""
    ids = [(column, id_) for column, listed in owners.items() for id_ in sorted(listed)]
    for start in range(0, len(ids), MOST_IDS):
        share: dict[str, list[uuid.UUID]] = {}
        for column, id_ in ids[start : start + MOST_IDS]:
            share.setdefault(column, []).append(id_)
        yield dict(share)


def all_ids(session: Session, table: str, *where: ColumnElement[bool]) -> Sequence[uuid.UUID]:
    """The ids of a table's rows that meet the conditions, in order."""
    found = table_of(table)
    return session.scalars(select(found.c.id).where(*where).order_by(found.c.id)).all()


def count_rows(session: Session, tables: Iterable[str]) -> int:
    """How many rows the tables have together: about what a progress bar needs."""
    counts = [select(func.count()).select_from(table_of(name)).scalar_subquery() for name in tables]
    return sum(session.execute(select(*counts)).one())


def batches(ids: Sequence[uuid.UUID], size: int = BATCH) -> Iterator[Sequence[uuid.UUID]]:
    """Ids a batch at a time."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def count_kept_back(session: Session) -> dict[str, int]:
    """How much no export tells: contacts, their phones, streets of confidential places, and
    services at places where they are not listed any more."""
    place, location, phone = (
        table_of(name) for name in ("service_at_location", "location", "phone")
    )
    counted = {
        "contacts": select(func.count()).select_from(table_of("contact")),
        "phones of contacts": select(func.count()).where(phone.c.contact_id.is_not(None)),
        "streets of confidential places": select(func.count()).where(location.c.is_confidential),
        "places no longer listed": select(func.count()).where(~place.c.is_listed),
    }
    numbers = session.execute(select(*(one.scalar_subquery() for one in counted.values()))).one()
    return {name: number for name, number in zip(counted, numbers, strict=True) if number}
