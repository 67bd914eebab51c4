"""The whole catalog as one JSON file of HSDS 3.1 objects.

A list of organizations, each whole with its services and places; after them, in their own shapes,
the services that nobody is known to offer and the locations that are nobody's and where nothing is
given. What hangs on none of these (a term that labels nothing, a program without organization) and
what HSDS has no place for in JSON (further columns of terms) is only in the tabular package.
Called by the command line and by downloads.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import Session

from catalog.exporters.fields import Fields
from catalog.exporters.hsds_json import Nested
from catalog.exporters.reading import Shelf, all_ids, batches, table_of
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
    counts = {"organization": 0, "service": 0, "location": 0}
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
    for batch in batches(all_ids(session, "organization"), ORGANIZATIONS_AT_A_TIME):
        shelf = Shelf(session)
        shelf.put_organizations(batch, is_full=True, with_services=True)
        shelf.put_history()
        nest = Nested(shelf, with_extra=True)
        for id_ in batch:
            if row := shelf.row("organization", id_):
                yield "organization", ONLY_IN_3_1 | nest.organization(row)
    unowned = table_of("service").c.organization_id.is_(None)
    for batch in batches(all_ids(session, "service", unowned)):
        shelf = Shelf(session)
        shelf.put_services(batch, is_full=True)
        shelf.put_history()
        nest = Nested(shelf, with_extra=True)
        for id_ in batch:
            if row := shelf.row("service", id_):
                yield "service", nest.service(row)
    for batch in batches(all_ids(session, "location", *nobodys())):
        shelf = Shelf(session)
        shelf.fetch("location", id=batch)
        shelf.put_facts()
        shelf.put_history()
        nest = Nested(shelf, with_extra=True)
        for id_ in batch:
            if row := shelf.row("location", id_):
                yield "location", nest.location(row)


def nobodys() -> list[ColumnElement[bool]]:
    """What holds of a location that no organization and no service leads to."""
    location, place = table_of("location"), table_of("service_at_location")
    given_there = exists().where(place.c.location_id == location.c.id, place.c.is_listed)
    return [location.c.organization_id.is_(None), ~given_there]


def write_object(handle: TextIO, fields: Fields, *, is_first: bool) -> None:
    """One object on a line of its own."""
    handle.write("\n" if is_first else ",\n")
    json.dump(fields, handle, ensure_ascii=False, separators=(",", ":"))
