"""Age and grade ranges, read the way people write them.

Called by the age and grade rules and by the columns. "6 to 12" holds until the 13th birthday: a
whole upper bound counts to the end of that year; a decimal one (up to 5.5) is the bound itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from matching.types import Range


def span(bounds: Range) -> tuple[float, float]:
    """The range as low (included) and end (excluded); infinite where it is open."""
    low = -math.inf if bounds.low is None else float(bounds.low)
    if bounds.high is None:
        return low, math.inf
    high = float(bounds.high)
    return low, high + 1.0 if high.is_integer() else math.nextafter(high, math.inf)


def fits(value: float, ranges: Iterable[Range]) -> bool:
    """Whether any range holds the value."""
    return any(low <= value < end for low, end in map(span, ranges))


def restricts(ranges: tuple[Range, ...] | None) -> bool:
    """Whether the ranges leave anyone out: stated, and none of them open at both ends."""
    if not ranges:
        return False
    return not any(bounds.low is None and bounds.high is None for bounds in ranges)


def next_start(value: float, ranges: Iterable[Range]) -> float | None:
    """The lowest start above the value: what someone too young is waiting for."""
    starts = [low for low, _ in map(span, ranges) if low > value]
    return min(starts, default=None)


def lies(value: float, ranges: Iterable[Range]) -> str:
    """Where a value that no range holds lies: `below` all, `above` all, or `between`."""
    spans = [span(bounds) for bounds in ranges]
    if all(value < low for low, _ in spans):
        return "below"
    return "above" if all(value >= end for _, end in spans) else "between"
