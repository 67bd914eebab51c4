"""An index with what changes from hour to hour put right: who is active, and the open places.

Called by who serves from an index while a newer one is built. What an offer serves, whom it takes and
where it is decide how an index is arranged, so those cannot be amended: they wait for the newer one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace

from matching.checks import contradiction
from matching.index import Index
from matching.lookups import Numbers
from matching.storage import OffersByRow
from matching.types import Offer, Openings


class AmendedOffers(OffersByRow):
    """Offers by row, some of them changed."""

    def __init__(self, offers: Sequence[Offer], changed: Mapping[int, Offer]) -> None:
        self._offers, self._changed = offers, changed

    def __len__(self) -> int:
        return len(self._offers)

    def at(self, row: int) -> Offer:
        """The changed offer, or the one that it was."""
        return self._changed.get(row) or self._offers[row]


def differs(index: Index, row: int, told: Openings) -> bool:
    """Whether what is compared of the openings of a row is not what was told now."""
    return any(
        getattr(index.columns, name).at(row) != value for name, value in compared(told).items()
    )


def compared(told: Openings) -> dict[str, int]:
    """What the columns hold of openings, -1 for what was not said."""
    as_of, intake = told.as_of, told.next_intake
    return {
        "available": -1 if told.available is None else told.available,
        "as_of": -1 if as_of is None else as_of.toordinal(),
        "has_waitlist": -1 if told.has_waitlist is None else int(told.has_waitlist),
        "next_intake": -1 if intake is None else intake.toordinal(),
    }


def amended(index: Index, openings: Mapping[int, Openings | None]) -> Index:
    """The index with these openings by row; None: it is offered no more.

    The index that is given stays as it was. Openings that contradict themselves take the offer out.
    """
    columns = copy.copy(index.columns)
    changed: dict[int, Offer] = {}
    for row, told in openings.items():
        offer = columns.offers[row]
        new = replace(offer, is_active=False) if told is None else replace(offer, openings=told)
        changed[row] = replace(offer, is_active=False) if contradiction(new) else new
    columns.is_active = columns.is_active.copy()
    for row, offer in changed.items():
        columns.is_active[row] = offer.is_active
    told_of = {row: compared(offer.openings) for row, offer in changed.items()}
    for name in compared(Openings()):
        column: Numbers = getattr(columns, name)
        setattr(columns, name, column.changed({row: told[name] for row, told in told_of.items()}))
    columns.offers = AmendedOffers(index.columns.offers, changed)
    found = copy.copy(index)
    found.columns = columns
    return found
