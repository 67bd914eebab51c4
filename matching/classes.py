"""Rows that are alike in what a rule compares: it is asked once for each class of them.

Built with the index for each rule and criterion by the fields of the offer that it names. Hundreds
of offers are for "ages 6 to 12"; the age rule says the same of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.columns import Columns
from matching.geo import Whole
from matching.lookups import Rows, narrow

_CONTRADICTORY = object()  # of such a listing columns hold nothing: it is alike only to its kind


class Classes:
    """The class of each row, and a row of each class."""

    def __init__(self, number_of_row: Whole) -> None:
        """Classes by any whole numbers: rows of one number are one class."""
        _, example, number = np.unique(number_of_row, return_index=True, return_inverse=True)
        self.example: Rows = example
        self.number = narrow(number)

    def __len__(self) -> int:
        return len(self.example)


def classes_of(columns: Columns, alike: Sequence[tuple[str, ...]]) -> dict[str, Classes]:
    """The classes for each tuple of fields of an offer, by the fields' names joined."""
    numbers = {field: _numbers(columns, field) for field in sorted(set().union(*alike))}
    found: dict[str, Classes] = {}
    for fields in alike:
        joined = numbers[fields[0]]
        for field in fields[1:]:
            joined = joined * (int(numbers[field].max(initial=0)) + 1) + numbers[field]
            joined = np.unique(joined, return_inverse=True)[1]  # small again before the next field
        found[name_of(fields)] = Classes(joined)
    return found


def name_of(fields: tuple[str, ...]) -> str:
    """Under what name the classes by these fields are kept."""
    return " ".join(fields)


def _numbers(columns: Columns, field: str) -> Whole:
    """A number for each row's value of a field, the same for the same value."""
    number_of: dict[object, int] = {}
    return np.array(
        [
            number_of.setdefault(_CONTRADICTORY if wrong else getattr(offer, field), len(number_of))
            for offer, wrong in zip(columns.offers, columns.is_contradictory, strict=True)
        ],
        dtype=np.int64,
    )
