"""Seats to students across a school or the district: the best that all of them together can get.

Called by the allocation run with candidates taken from rankings. It proposes; a plan manager accepts
or not. It reads no catalog and no profile, only keys, scores and seats, and keeps nothing.

Decisions:
- What is best is decided in this order: (1) places for the most urgent needs, as many as can be,
  then the next urgent; (2) students with any place at all; (3) the sum of the scores.
- A student gets at most `at_most` places, promised ones counted, no offer twice, and no two places
  for one need. A candidate is for one need: of an offer that serves several, the caller says which.
  A promised seat is kept whatever it costs, even where a partner has since told fewer seats.
- Children of a family who ask to be together get one offer with a seat for each, as one choice made
  before the exact flow (`matching/families.py`). It may cost score, never a place by (1) or (2).
  Finding the best such choice over all families is NP-hard (seats of two and more at once);
  everybody else's places are the optimum given theirs, and `bound` is what the optimum would be if
  no family asked, so that the price of togetherness is told. A family for whom no offer is found is
  placed like others and told in `apart`.

Min-cost flow in whole numbers (Ahuja, Magnanti, Orlin: Network Flows, 1993), solved by OR-Tools; for
lexicographic goals see `matching/flow.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.errors import AllocationError
from matching.families import Hand, seat_families
from matching.flow import Flow, solved
from matching.geo import Whole

HIGHEST_SCORE: Final = 1_000_000
URGENCIES: Final = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer that a student could go to: the score of its match, the urgency of what it serves, and
    which need that is; None: none that another place could serve too."""

    student: str
    offer: str
    score: int
    urgency: int = 1
    need: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A proposed (or promised) seat."""

    student: str
    offer: str
    is_promised: bool = False


@dataclass(frozen=True, slots=True)
class MoreSeats:
    """What one more seat of an offer would give: more places by urgency, students, and score."""

    urgent: int  # more places of urgency 3
    pressing: int  # more places of urgency 2
    students: int  # more students with any place
    score: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """The proposals, what they add up to, and where one more seat would help.

    `bound` is `total_score` of the optimum without families. `value_of_a_seat` tells the dual price
    of each offer, exactly: what the optimum gains with one more seat there.
    """

    places: tuple[Place, ...]
    without: tuple[str, ...]  # students with candidates or wishes, and no place
    apart: tuple[tuple[str, ...], ...]  # families who asked and could not be together
    overbooked: tuple[str, ...]  # offers with more seats promised than told
    total_score: int
    bound: int
    value_of_a_seat: Mapping[str, MoreSeats]


def allocate(
    candidates: Sequence[Candidate],
    seats: Mapping[str, int],
    *,
    at_most: int = 1,
    promised: Iterable[tuple[str, str]] = (),
    families: Iterable[tuple[str, ...]] = (),
) -> Allocation:
    """Give seats to students. `promised` are (student, offer), `families` are students' keys.

    Raise AllocationError for a candidate told twice, an offer without a number of seats, a negative
    number, or a student in two families.
    """
    kept = tuple(dict.fromkeys(promised))
    families = tuple(tuple(family) for family in families)
    _check(candidates, seats, at_most, families)
    task = _Task(candidates, seats, at_most, kept)
    alone = task.solve(())
    together, apart = task.together(families, alone) if families else ((), ())
    final = task.solve(together) if together else alone
    given = [*kept, *together, *((c.student, c.offer) for c in final.chosen)]
    with_place = {student for student, _ in given}
    return Allocation(
        places=tuple(
            Place(student, offer, is_promised=at < len(kept))
            for at, (student, offer) in enumerate(given)
        ),
        without=tuple(student for student in task.students if student not in with_place),
        apart=tuple(apart),
        overbooked=task.overbooked,
        total_score=task.score_of(given[len(kept) :]),
        bound=sum(candidate.score for candidate in alone.chosen),
        value_of_a_seat=final.prices,
    )


def _check(
    candidates: Sequence[Candidate],
    seats: Mapping[str, int],
    at_most: int,
    families: Sequence[tuple[str, ...]],
) -> None:
    if at_most < 0 or any(count < 0 for count in seats.values()):
        raise AllocationError("A number of seats or places is negative: give none or more.")
    for candidate in candidates:
        if candidate.offer not in seats:
            raise AllocationError(
                f"The seats of offer {candidate.offer!r} are not told: give a number, or leave its"
                " candidates out."
            )
        if candidate.urgency not in URGENCIES or not 0 <= candidate.score <= HIGHEST_SCORE:
            raise AllocationError(
                f"A candidate for {candidate.offer!r} has an urgency that is not 1 to 3, or a score"
                f" that is not 0 to {HIGHEST_SCORE}."
            )
    members = [student for family in families for student in family]
    if len(set(members)) < len(members):
        raise AllocationError("A student is in two families: merge them.")


@dataclass(frozen=True, slots=True)
class _Solution:
    chosen: tuple[Candidate, ...]
    prices: Mapping[str, MoreSeats]


class _Task:
    """The case as numbers: students, offers and candidates in the order of their keys."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        seats: Mapping[str, int],
        at_most: int,
        promised: Sequence[tuple[str, str]],
    ) -> None:
        self.offers = sorted(seats)
        self.students = sorted({candidate.student for candidate in candidates})
        self._offer_at = {key: at for at, key in enumerate(self.offers)}
        self._student_at = {key: at for at, key in enumerate(self.students)}
        columns: Whole = np.array(
            [
                [self._student_at[one.student] for one in candidates],
                [self._offer_at[one.offer] for one in candidates],
                [one.score for one in candidates],
                [one.urgency for one in candidates],
            ],
            dtype=np.int64,
        )
        order = np.lexsort(columns[1::-1])  # whatever order they are told in, the answer is one
        self._student, self._offer, self._score, self._urgency = columns[:, order]
        self.candidates = [candidates[at] for at in order.tolist()]
        self._need = self._needs() if at_most > 1 else np.full(len(candidates), -1, np.int64)
        is_same = (np.diff(self._student) == 0) & (np.diff(self._offer) == 0)
        if is_same.any():
            raise AllocationError(
                "A student is told twice for one offer: give the better candidate."
            )
        self._seats: Whole = np.array([seats[key] for key in self.offers], dtype=np.int64)
        self._at_most = at_most
        self._promised = promised
        taken = self._taken(())[0]
        self.overbooked = tuple(
            key
            for key, told, gone in zip(self.offers, self._seats, taken, strict=True)
            if gone > told
        )

    def _needs(self) -> Whole:
        """A number for each student and need; -1 where there is none. Only who may have more than one
        place could have two for one need."""
        numbers: dict[tuple[str, str], int] = {}
        found = np.full(len(self.candidates), -1, dtype=np.int64)
        for at, one in enumerate(self.candidates):
            if one.need is not None:
                found[at] = numbers.setdefault((one.student, one.need), len(numbers))
        return found

    def _taken(self, fixed: Iterable[tuple[str, str]]) -> tuple[Whole, Whole]:
        """Seats of each offer and places of each student that are given already."""
        seats = np.zeros(len(self.offers), dtype=np.int64)
        places = np.zeros(len(self.students), dtype=np.int64)
        for student, offer in (*self._promised, *fixed):
            if offer in self._offer_at:
                seats[self._offer_at[offer]] += 1
            if student in self._student_at:
                places[self._student_at[student]] += 1
        return seats, places

    def score_of(self, places: Iterable[tuple[str, str]]) -> int:
        """The sum of the candidates' scores."""
        numbers = [
            self._student_at[student] * len(self.offers) + self._offer_at[offer]
            for student, offer in places
        ]
        wanted = np.isin(self._student * len(self.offers) + self._offer, numbers)
        return int(self._score[wanted].sum())

    def together(
        self, families: Iterable[tuple[str, ...]], alone: _Solution
    ) -> tuple[list[tuple[str, str]], list[tuple[str, ...]]]:
        """The families' places beside the promised ones, and the families who cannot be together."""
        seats, places = self._taken(())
        hand = Hand(
            alone.chosen,
            wishes=[self.candidates[at] for at in np.flatnonzero(self._is_open(()))],
            free=dict(zip(self.offers, np.maximum(0, self._seats - seats).tolist(), strict=True)),
            left=dict(zip(self.students, (self._at_most - places).tolist(), strict=True)),
            promised={student for student, _ in self._promised},
        )
        seated, apart = seat_families(families, hand, alone.prices)
        return [(one.student, one.offer) for one in seated], apart

    def _is_open(self, fixed: Sequence[tuple[str, str]]) -> npt.NDArray[np.bool_]:
        """Which candidates may be chosen beside the promised and the fixed places."""
        has_place_left = self._taken(fixed)[1] < self._at_most
        is_open: npt.NDArray[np.bool_] = has_place_left[self._student]
        for student, offer in {*self._promised, *fixed}:
            if student in self._student_at and offer in self._offer_at:
                start, end = np.searchsorted(
                    self._student, [self._student_at[student], self._student_at[student] + 1]
                )
                is_given = self._offer[start:end] == self._offer_at[offer]
                needs = self._need[start:end]
                is_served = np.isin(needs, needs[is_given & (needs >= 0)])
                is_open[start:end] &= ~(is_given | is_served)
        return is_open

    def solve(self, fixed: Sequence[tuple[str, str]]) -> _Solution:
        """The optimum of what is left beside the fixed places."""
        seats, places = self._taken(fixed)
        open_at = np.flatnonzero(self._is_open(fixed))
        left = np.maximum(0, self._at_most - places)
        students, offers = len(self.students), len(self.offers)
        needs = int(self._need.max(initial=-1)) + 1
        # Nodes: the source, the students, the offers, the students' needs. Arcs: first place, further
        # places, candidates from the need or else the student, seats back to the source, so that flow
        # goes round and only what gains is used; and the one place of each need.
        source, first_offer, first_need = 0, 1 + students, 1 + students + offers
        student, need = self._student[open_at], self._need[open_at]
        of_need = np.zeros(needs, dtype=np.int64)
        of_need[need[need >= 0]] = 1 + student[need >= 0]
        each_student, each_offer = np.arange(students), np.arange(offers)
        is_first = (places == 0) & (left > 0)
        flow = Flow(
            tails=np.concatenate(
                (
                    np.full(2 * students, source),
                    np.where(need < 0, 1 + student, first_need + need),
                    first_offer + each_offer,
                    of_need,
                )
            ),
            heads=np.concatenate(
                (
                    1 + each_student,
                    1 + each_student,
                    first_offer + self._offer[open_at],
                    np.full(offers, source),
                    first_need + np.arange(needs),
                )
            ),
            capacities=np.concatenate(
                (
                    is_first.astype(np.int64),
                    left - is_first,
                    np.ones(len(open_at), dtype=np.int64),
                    np.maximum(0, self._seats - seats),
                    np.minimum(of_need, 1),
                )
            ),
            nodes=first_need + needs,
        )
        urgency, score = self._urgency[open_at], self._score[open_at]
        none, no_more = np.zeros(students, np.int64), np.zeros(offers + needs, np.int64)
        no_place = np.zeros(len(open_at), np.int64)
        goals = [  # what is best, in this order
            np.concatenate((none, none, urgency == 3, no_more)),
            np.concatenate((none, none, urgency == 2, no_more)),
            np.concatenate((is_first, none, no_place, no_more)),
            np.concatenate((none, none, score, no_more)),
        ]
        amounts, distances = solved(flow, goals, source)
        used = amounts[2 * students : 2 * students + len(open_at)] > 0
        chosen = tuple(self.candidates[at] for at in open_at[used])
        worths = -np.stack(distances)[:, first_offer:first_need]
        return _Solution(chosen, self._prices(worths))

    def _prices(self, worths: Whole) -> dict[str, MoreSeats]:
        """What one more seat of each offer would gain by each goal (goals × offers)."""
        decides = (worths != 0).argmax(axis=0)
        is_of_use = worths[decides, np.arange(len(self.offers))] > 0  # else it stays empty
        gains = np.where(is_of_use, worths, 0).T.tolist()
        return {key: MoreSeats(*one) for key, one in zip(self.offers, gains, strict=True)}
