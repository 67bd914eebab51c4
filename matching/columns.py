"""The offers as numpy columns: what the vectorised rules and scorers read.

Built once for each catalog by the engine. Rows are in the order of the offers' keys, or in one that
serves the caller (`matching/index.py`); `place` tells a row's place in the order of keys, which
breaks ties. Holds no judgement: rules and scorers compare, columns only look up. A listing that
contradicts itself keeps its row, with nothing in it but its keys: the listing rule excludes it
before another rule is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from matching.checks import contradiction
from matching.errors import CatalogError
from matching.geo import Whole
from matching.lookups import (
    Areas,
    Mask,
    Numbers,
    Points,
    Ranges,
    Rows,
    Sets,
    Weeks,
    Words,
    narrow,
)
from matching.question import Question
from matching.types import Offer
from matching.week import week

Arrange = Callable[[Sequence[Offer]], Rows]  # offers by key -> the place of each row's offer


class Columns:
    """Every offer, a column for each thing that is compared.

    Whole-number columns hold -1 where the partner has not said.
    """

    offers: Sequence[Offer]

    def __init__(self, offers: Sequence[Offer], arrange: Arrange | None = None) -> None:
        """Lay the offers out in the order of keys, or as `arrange` orders those.

        Raise CatalogError where two offers have one key.
        """
        by_key = sorted(offers, key=lambda offer: offer.key)
        for one, other in pairwise(by_key):
            if one.key == other.key:
                raise CatalogError(f"Two offers have the key {one.key!r}: give each offer its own.")
        self._keys = Words(offer.key for offer in by_key)
        places = np.arange(len(by_key)) if arrange is None else arrange(by_key)
        self.place = narrow(places)
        self._row_at = narrow(np.argsort(places))
        self.offers = tuple(by_key[place] for place in places)
        self.is_contradictory: Mask = np.array(
            [contradiction(offer) is not None for offer in self.offers], dtype=np.bool_
        )
        sound = [
            Offer(offer.key, offer.service, offer.organization, offer.categories, offer.interests)
            if wrong
            else offer
            for offer, wrong in zip(self.offers, self.is_contradictory, strict=True)
        ]
        self._lay_out(sound)

    def _lay_out(self, sound: Sequence[Offer]) -> None:
        self._sound = sound
        self.services = Sets([(offer.service,) for offer in sound])
        self.categories = Sets([offer.categories for offer in sound])
        self.interests = Sets([offer.interests for offer in sound])
        self._count_kinds()
        self.is_active = self._mask(lambda offer: offer.is_active)
        self.first_day = self._whole(lambda offer: _ordinal((offer.season or (None, None))[0]))
        self.last_day = self._whole(lambda offer: _ordinal((offer.season or (None, None))[1]))
        self.is_virtual = self._mask(lambda offer: offer.mode == "virtual")
        self.comes_to_school = self._mask(lambda offer: offer.mode == "school")
        self.points = Points([offer.point for offer in sound])
        self.point_within = self._whole(lambda offer: offer.point_within)
        self.provides_transport = self._mask(lambda offer: offer.provides_transport)
        self.ages = Ranges([offer.ages for offer in sound])
        self.grades = Ranges([offer.grades for offer in sound])
        self.residence = Areas([offer.residence for offer in sound])
        self.schools = Sets([offer.schools or () for offer in sound])
        self.insurance = Sets([offer.insurance or () for offer in sound])
        self.income_ceiling = self._whole(lambda offer: offer.income_ceiling)
        self.income_ceilings: Whole = np.unique(self.income_ceiling[:])
        self.required = Sets([offer.situations_required for offer in sound])
        self.barred = Sets([offer.situations_barred for offer in sound])
        self.genders = Sets([(offer.gender,) if offer.gender else () for offer in sound])
        self.languages = Sets([offer.languages or () for offer in sound])
        self.states_languages = self._mask(lambda offer: offer.languages is not None)
        self.has_interpreter = self._whole(lambda offer: offer.has_interpreter)
        self.access = Sets([offer.access or () for offer in sound])
        self.hours = Weeks([None if one.hours is None else week(one.hours) for one in sound])
        self.fee = self._whole(lambda offer: offer.fee_cents)
        self.available = self._whole(lambda offer: offer.openings.available)
        self.as_of = self._whole(lambda offer: _ordinal(offer.openings.as_of))
        self.has_waitlist = self._whole(lambda offer: offer.openings.has_waitlist)
        self.next_intake = self._whole(lambda offer: _ordinal(offer.openings.next_intake))
        self.referral_cap = self._whole(lambda offer: offer.referral_cap)
        self.closed = self._whole(lambda offer: offer.track_record.closed)
        self.connected = self._whole(lambda offer: offer.track_record.connected)
        del self._sound

    def _count_kinds(self) -> None:
        """Number what offers serve: what is worked out once for each such kind."""
        self.example_of_kind: Rows
        categories = self.categories.number.astype(np.int64)
        pairs = categories * self.interests.different + self.interests.number
        _, self.example_of_kind, kind = np.unique(pairs, return_index=True, return_inverse=True)
        self.kind = narrow(kind)

    def _mask(self, fact: Callable[[Offer], bool]) -> Mask:
        return np.array([fact(offer) for offer in self._sound], dtype=np.bool_)

    def _whole(self, fact: Callable[[Offer], int | None]) -> Numbers:
        values = (fact(offer) for offer in self._sound)
        return Numbers([-1 if value is None else value for value in values])

    def __len__(self) -> int:
        return len(self.place)

    def row_of(self, key: str) -> int | None:
        """The row of the offer with the key, or None."""
        place = self._keys.find(key)
        return None if place is None else int(self._row_at[place])

    @property
    def kinds(self) -> int:
        """How many kinds there are."""
        return len(self.example_of_kind)

    def in_order_of_keys(self) -> Rows:
        """Every row."""
        return self._row_at.astype(np.intp)

    def service_of(self, row: int) -> str:
        """The key of the row's service."""
        return self.services.a_word(row)

    def metres(self, rows: Rows, question: Question) -> tuple[Whole, Mask]:
        """`Question.metres_to` for each row, and whether it is known."""
        known = self.points.is_known[rows] & bool(question.places)
        if question.places:
            metres = self.points.nearest(question.places, rows)
        else:
            metres = np.zeros(len(rows), dtype=np.int64)
        return metres, known


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
