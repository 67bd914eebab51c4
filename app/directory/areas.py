"""Where a ZIP area lies: its middle by the outlines that the map draws, else by the listed places.

Called by asking.py. The outlines are of Hamilton County, Tennessee; elsewhere the catalog's own places
tell. A confidential place tells nothing: the index holds neither its point nor its ZIP code.
"""

from __future__ import annotations

import functools
import json

from app.web.assets import asset_bytes
from app.web.map import OUTLINES
from catalog.search import SearchIndex


@functools.cache
def outlined() -> dict[str, tuple[float, float]]:
    """The middle of each ZIP area that is drawn: (latitude, longitude) in degrees."""
    areas = json.loads(asset_bytes(OUTLINES))["features"]
    return {area["properties"]["zip"]: tuple(area["properties"]["middle"]) for area in areas}


def middle_of_zip(zip_code: str, index: SearchIndex) -> tuple[float, float] | None:
    """The middle of a ZIP area; None where no outline and no listed place tells."""
    if zip_code in outlined():
        return outlined()[zip_code]
    points = [
        place.point
        for entry in index.entries
        for place in entry.places
        if place.point and place.zip_code == zip_code
    ]
    if not points:
        return None
    return (
        sum(point[0] for point in points) / len(points),
        sum(point[1] for point in points) / len(points),
    )
