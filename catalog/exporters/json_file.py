"""The whole catalog as one JSON file of HSDS 3.1 objects.

A list of organizations, each whole with its services and places; after them, in their own shapes,
the services that nobody is known to offer, the locations that are nobody's and where nothing is
given, all taxonomies and all their terms. For what HSDS has no object, `count_left_out` counts:
that is only in the tabular package. Called by the command line and by downloads.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from catalog.exporters.fields import Fields, Row
from catalog.exporters.hsds_json import Nested
from catalog.exporters.own_facts import extra_attributes
from catalog.exporters.reading import BATCH, Shelf, all_ids, batches, table_of
from catalog.exporters.saving import check_ending, new_file

ORGANIZATIONS_AT_A_TIME = 50
# Nothing in HSDS JSON names its version. An organization always says that it has no further website,
# where it has none: only 3.1 has that key, so that readers can tell.
ONLY_IN_3_1: Fields = {"additional_websites": []}

Progress = Callable[[int], None]


def export_json(
    session: Session, path: Path, *, on_progress: Progress | None = None
) -> dict[str, int]:
    """Write the file; how many objects of each shape there are.

    `on_progress` is told how many of these were just written. Raises ExportPlaceError.
    """
    check_ending(path, ".json")
    tell = on_progress or (lambda objects: None)
    counts = {kind.table: 0 for kind in KINDS}
    with new_file(path) as made, made.open("w", encoding="utf-8") as handle:
        handle.write("[")
        for kind, fields in all_objects(session):
            write_object(handle, fields, is_first=not any(counts.values()))
            counts[kind] += 1
            tell(1)
        handle.write("\n]\n")
    return counts


def all_objects(session: Session) -> Iterator[tuple[str, Fields]]:
    """Every object with its kind; a batch is read at a time."""
    for kind in KINDS:
        for batch in batches(all_ids(session, kind.table, *kind.which()), kind.at_a_time):
            shelf = Shelf(session)
            kind.put(shelf, batch)
            shelf.put_history()
            nest = Nested(shelf, with_extra=True)
            for id_ in batch:
                if row := shelf.row(kind.table, id_):
                    yield kind.table, kind.told(nest, row)


def nobodys() -> list[ColumnElement[bool]]:
    """What holds of a location that no organization and no service leads to."""
    location, place = table_of("location"), table_of("service_at_location")
    given_there = exists().where(place.c.location_id == location.c.id, place.c.is_listed)
    return [location.c.organization_id.is_(None), ~given_there]


@dataclass(frozen=True)
class Kind:
    """One kind of object of the file: its table, which rows, what to read, how to tell a row."""

    table: str
    put: Callable[[Shelf, Sequence[uuid.UUID]], None]
    told: Callable[[Nested, Row], Fields]
    which: Callable[[], list[ColumnElement[bool]]] = list
    at_a_time: int = BATCH


# A taxonomy is known by its version and a term by its code when the file is read again: without one
# they stand there empty.
KINDS = (
    Kind(
        "organization",
        lambda shelf, ids: shelf.put_organizations(ids, is_full=True, with_services=True),
        lambda nest, row: ONLY_IN_3_1 | nest.organization(row),
        at_a_time=ORGANIZATIONS_AT_A_TIME,
    ),
    Kind(
        "service",
        lambda shelf, ids: shelf.put_services(ids, is_full=True),
        lambda nest, row: nest.service(row),
        lambda: [table_of("service").c.organization_id.is_(None)],
    ),
    Kind(
        "location",
        lambda shelf, ids: shelf.put_locations(ids),
        lambda nest, row: nest.location(row),
        nobodys,
    ),
    Kind(
        "taxonomy",
        lambda shelf, ids: shelf.fetch("taxonomy", id=ids),
        lambda nest, row: {"version": "", **nest.taxonomy(row)},
    ),
    Kind(
        "taxonomy_term",
        lambda shelf, ids: shelf.put_terms(ids),
        lambda nest, row: {"code": "", **nest.taxonomy_term(row)},
    ),
)


def count_left_out(session: Session) -> dict[str, int]:
    """How much the file does not hold, since HSDS has no object or no column for it."""
    program, unit = table_of("program"), table_of("unit")
    service, capacity = table_of("service"), table_of("service_capacity")
    is_used = exists().where(service.c.program_id == program.c.id)
    is_counted = exists().where(capacity.c.unit_id == unit.c.id)
    counted = {
        "programs of no organization and no service": select(func.count())
        .select_from(program)
        .where(program.c.organization_id.is_(None), ~is_used),
        "units in which nothing is counted": select(func.count())
        .select_from(unit)
        .where(~is_counted),
    }
    numbers = session.execute(select(*(one.scalar_subquery() for one in counted.values()))).one()
    found = dict(zip(counted, numbers, strict=True))
    found["taxonomies and terms with further columns"] = sum(
        bool(extra_attributes(name, dict(row)))
        for name in ("taxonomy", "taxonomy_term")
        for row in session.execute(select(table_of(name))).mappings()
    )
    return {name: number for name, number in found.items() if number}


def write_object(handle: TextIO, fields: Fields, *, is_first: bool) -> None:
    """One object on a line of its own."""
    handle.write("\n" if is_first else ",\n")
    json.dump(fields, handle, ensure_ascii=False, separators=(",", ":"))
