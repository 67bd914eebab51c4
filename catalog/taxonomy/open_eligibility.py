"""Open Eligibility v2, a taxonomy of others that many directories label their services with.

Read by the vocabulary, which says for each need the ids of the same idea there. The table and its
license (CC BY-SA 3.0) stand in files of their own: open_eligibility_v2.csv and .NOTICE.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

TABLE = "open_eligibility_v2.csv"


@dataclass(frozen=True, slots=True)
class OpenEligibilityTerm:
    """One id. `kind` is service (what is offered) or situation (whom it is for)."""

    id: int
    parent_id: int | None
    kind: str
    title: str
    description: str


@cache
def open_eligibility() -> Mapping[int, OpenEligibilityTerm]:
    """Every term by its id; of the one id that stands twice the first."""
    text = files("catalog.taxonomy").joinpath(TABLE).read_text(encoding="utf-8")
    found: dict[int, OpenEligibilityTerm] = {}
    for row in csv.DictReader(text.splitlines()):
        one = OpenEligibilityTerm(
            int(row["id"]),
            int(row["parent_id"]) if row["parent_id"] else None,
            row["kind"],
            row["title"],
            row["description"],
        )
        found.setdefault(one.id, one)
    return MappingProxyType(found)
