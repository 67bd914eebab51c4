"""Latitude and longitude as a person types them, or as the map's script puts them there. Pure."""

from __future__ import annotations

import math
import re

from app.errors import Invalid
from catalog.importers.places import Point

DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,12})?")


def read_degrees(latitude: str, longitude: str) -> tuple[float, float]:
    """The point in degrees, to a tenth of a metre; raises Invalid naming the field that is wrong."""
    found = {
        "latitude": degrees_of(latitude, 90),
        "longitude": degrees_of(longitude, 180),
    }
    fields = {
        name: "Write degrees as a number, such as 35.0456 or -85.3097."
        for name, value in found.items()
        if value is None
    }
    if fields:
        raise Invalid("The pin was not moved: a number is missing.", fields=fields)
    north, east = found["latitude"], found["longitude"]
    assert north is not None  # noqa: S101 - asked above
    assert east is not None  # noqa: S101 - asked above
    if not Point(north, east).is_in_us:
        wrong = {"longitude": "West of Greenwich longitude is below zero, such as -85.3097."}
        raise Invalid("The pin was not moved: that is outside the United States.", fields=wrong)
    return round(north, 6), round(east, 6)


def degrees_of(text: str, most: int) -> float | None:
    """The number in the text; None where there is none, or none so large can be."""
    plain = text.strip().removesuffix("°")
    if not DEGREES.fullmatch(plain):
        return None
    number = float(plain.replace(",", "."))
    return number if math.isfinite(number) and abs(number) <= most else None
