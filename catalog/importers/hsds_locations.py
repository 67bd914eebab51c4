"""Locations in HSDS CSV, and the points that geocoders put into the wrong state."""

from collections import defaultdict

from catalog.importers.cells import first_known, one_url
from catalog.importers.csv_tables import SourceTable
from catalog.importers.draft import Cells, Draft, Origin
from catalog.importers.first_facts import read_location_lists
from catalog.importers.places import Point, read_point, stray_points
from catalog.vocabulary import LOCATION_TYPES


def read_locations(draft: Draft, table: SourceTable) -> None:
    """locations.csv"""
    for row in table.rows:
        cells, origin = Cells(row), Origin(table.file, row.number)
        source_id = cells.line("id")
        if not source_id:
            draft.note("error", origin, "no_id", "The location has no id; it cannot come in.")
            continue
        kind = cells.line("location_type").lower()
        usual = "virtual" if cells.line("virtual").lower() == "true" else "physical"
        point = location_point(draft, cells, origin)
        organization = first_known(draft, "organization", cells, "organization_id", origin)
        values = {
            "location_type": kind if kind in LOCATION_TYPES else usual,
            "url": one_url(draft, cells, origin, "url", "website"),
            "organization_id": draft.id_of("organization", organization or ""),
            "name": cells.line("name") or None,
            "alternate_name": cells.line("alternate_name") or None,
            "description": cells.text("description") or None,
            "transportation": cells.text("transportation") or None,
            "latitude": point.latitude if point else None,
            "longitude": point.longitude if point else None,
            "external_identifier": cells.line("external_identifier") or None,
            "external_identifier_type": cells.line("external_identifier_type") or None,
            "point_precision": "address" if point else "unknown",
            "extra": cells.rest(),
        }
        added = draft.add_once("location", source_id, values, origin)
        if added:
            read_location_lists(draft, added, origin)


def location_point(draft: Draft, cells: Cells, origin: Origin) -> Point | None:
    """The point of a location, with a line where there is none or it was converted."""
    latitude, longitude = cells.line("latitude"), cells.line("longitude")
    if not latitude and not longitude:
        draft.note(
            "info", origin, "no_point", "The location has no point: no distance can be told to it."
        )
        return None
    point = read_point(latitude, longitude)
    if point is None:
        draft.note(
            "warning",
            origin,
            "point_impossible",
            f"{latitude}, {longitude} is no place; the location came in without a point.",
        )
        for name in ("latitude", "longitude"):
            cells.give_back(name)
    elif point.was_swapped:
        draft.note(
            "warning",
            origin,
            "point_swapped",
            f"{latitude}, {longitude} are the wrong way round; read as "
            f"{point.latitude}, {point.longitude}.",
        )
    elif point.was_metres:
        draft.note(
            "warning",
            origin,
            "point_in_metres",
            f"{latitude}, {longitude} are metres (Web Mercator); converted to "
            f"{point.latitude}, {point.longitude}.",
        )
    return point


def check_points(draft: Draft) -> None:
    """Take points out that lie far from the whole directory while the address does not say so.

    A geocoder that is given "Engine 1" without a town finds it in New York. A location whose
    address is in a state where no other location is (a head office) keeps its far point.
    """
    rows = [row for row in draft.of("location") if row.values["latitude"] is not None]
    points = [Point(row.values["latitude"], row.values["longitude"]) for row in rows]
    strays = stray_points(points)
    states: dict[object, set[str]] = defaultdict(set)
    for address in draft.of("address"):
        states[address.values["location_id"]].add(address.values["state_province"])
    home = {s for n, row in enumerate(rows) if n not in strays for s in states[row.id]}
    for position in strays:
        row = rows[position]
        if states[row.id] and not states[row.id] & home:
            continue
        point = points[position]
        row.values["extra"] = {
            **row.values["extra"],
            "point_left_out": [point.latitude, point.longitude],
        }
        row.values |= {"latitude": None, "longitude": None, "point_precision": "unknown"}
        draft.note(
            "warning",
            row.origin,
            "point_far_away",
            f"{point.latitude}, {point.longitude} is far from every other place of this directory "
            "and the address does not say so; the location came in without a point.",
        )
