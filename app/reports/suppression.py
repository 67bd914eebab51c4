"""Keeping small numbers back, so that a table of groups tells of nobody in particular. Pure.

A figure under ten is withheld, none and nought included. Where that would leave one withheld figure in a
column with a total, subtraction would give it back: then the next smallest is withheld too, until those
kept back are two at least and ten together; where there is no other, the total is (complementary
suppression: National Center for Education Statistics, SLDS Technical Brief 3, 2010).
"""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 10


def withheld(column: Mapping[str, int]) -> tuple[frozenset[str], bool]:
    """Which groups' figures of a column are kept back, and whether its total is.

    `column` is the figure by group; its total is their sum.
    """
    small = {group for group, figure in column.items() if figure < LEAST}
    if not small:
        return frozenset(), sum(column.values()) < LEAST
    others = sorted(column.keys() - small, key=lambda group: (column[group], group))
    while others and (len(small) < 2 or sum(column[group] for group in small) < LEAST):
        small.add(others.pop(0))
    is_safe = len(small) > 1 and sum(column[group] for group in small) >= LEAST
    return frozenset(small), not is_safe
