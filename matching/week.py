"""Hours of the week as stretches of minutes from Monday midnight, and how two of them overlap.

Called by the time rule, the hours scorer and the columns. Knows no dates: one week is like the
next. A stretch is (start, end) with start < end; a week is sorted stretches that do not touch.
"""

from __future__ import annotations

from collections.abc import Iterable

from matching.types import Hours

DAY_MINUTES = 24 * 60

Stretch = tuple[int, int]
Week = tuple[Stretch, ...]


def week(hours: Iterable[Hours]) -> Week:
    """Hours as a week, with overlapping and touching stretches made one."""
    stretches = sorted(
        (one.weekday * DAY_MINUTES + one.opens, one.weekday * DAY_MINUTES + one.closes)
        for one in hours
    )
    merged: list[Stretch] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def longest(of: Week) -> int:
    """Minutes of the longest stretch; 0 for an empty week."""
    return max((end - start for start, end in of), default=0)


def total(of: Week) -> int:
    """Minutes of all stretches."""
    return sum(end - start for start, end in of)


def overlap(one: Week, other: Week) -> Week:
    """The stretches in both."""
    found = [(max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d)]
    return tuple(found)
