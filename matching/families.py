"""Brothers and sisters at one offer, where no place is lost by it: a choice made before the exact flow.

Called by `matching/allocation.py`. A family is let in only where a way for all the others is at hand
that serves as many urgent needs, then pressing ones, then students, as the optimum without families:
those whose seats it takes keep theirs elsewhere, or count for less than what the family gains. So
being together costs score at most, whatever the flow then makes better. Those who make room go to
a seat that is free, or that another leaves in the same way; exchanges through very many offers are
not looked for, so that a family may be told apart who could be together.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matching.allocation import Candidate, MoreSeats

Move = tuple["Candidate", "Candidate"]  # a place that is left for another
_OFFERS_LOOKED_AT: Final = 100  # for one exchange: few are found beyond, and looking takes long


def seat_families(
    families: Iterable[tuple[str, ...]], hand: Hand, prices: Mapping[str, MoreSeats]
) -> tuple[list[Candidate], list[tuple[str, ...]]]:
    """The families' places, and the families who cannot be together: the most urgent families first,
    each at the offer where it takes the least from others by the prices of seats."""
    options = {family: _options(family, hand, prices) for family in families if len(family) > 1}
    seated: list[Candidate] = []
    apart = []

    for family in sorted(options, key=lambda one: ([key for key, _ in options[one][:1]], one)):
        found = next((wanted for _, wanted in options[family] if hand.let_in(wanted)), None)
        if found is None:
            apart.append(family)
        else:
            seated += found
    return seated, apart


def _options(
    family: tuple[str, ...], hand: Hand, prices: Mapping[str, MoreSeats]
) -> list[tuple[tuple[int, ...], list[Candidate]]]:
    """The offers that all of them could go to, the best first, as a candidate of each."""
    wishes = [{one.offer: one for one in hand.wishes.get(student, ())} for student in family]
    found = []
    for offer in sorted(set.intersection(*map(set, wishes))):
        wanted = [own[offer] for own in wishes]
        price, many = prices[offer], len(family)
        key = (
            many * price.urgent - sum(one.urgency == 3 for one in wanted),
            many * price.pressing - sum(one.urgency == 2 for one in wanted),
            many * price.students,
            many * price.score - sum(one.score for one in wanted),
        )
        found.append((key, wanted))
    return sorted(found, key=lambda option: option[0])  # equal ones by the offer's key


class Hand:
    """A way to give the seats, changed for a family where no place is lost by it."""

    def __init__(
        self,
        chosen: Iterable[Candidate],
        wishes: Iterable[Candidate],
        free: Mapping[str, int],
        left: Mapping[str, int],
        promised: Collection[str],
    ) -> None:
        """`wishes` are all that may be chosen; `free` seats of offers and places `left` to students
        are told as if nobody was chosen yet. `promised`: students who have a place beside these."""
        self.wishes: dict[str, list[Candidate]] = defaultdict(list)
        for one in wishes:
            self.wishes[one.student].append(one)
        self._free, self._left, self._promised = dict(free), left, promised
        self._of_student: dict[str, list[Candidate]] = defaultdict(list)
        self._at_offer: dict[str, list[Candidate]] = defaultdict(list)
        self._settled: set[str] = set()  # students of families who are together
        self._worth = (0, 0, 0)  # places of urgency 3, of urgency 2, students with any
        self._changes: list[tuple[Candidate, bool]] = []
        for one in chosen:
            self._change(one, is_given=True)

    def let_in(self, wanted: Sequence[Candidate]) -> bool:
        """Give a family one offer, a candidate of it each. Change nothing, and say False, where the
        seats do not suffice or others would lose more than score."""
        before = self._worth
        self._changes = []
        if self._make_room(wanted):
            for one in wanted:
                if one not in self._of_student[one.student]:
                    self._change(one, is_given=True)
            if self._worth >= before:
                self._settled |= {one.student for one in wanted}
                return True
        for one, is_given in self._changes[::-1]:
            self._change(one, is_given=not is_given)
        return False

    def _make_room(self, wanted: Sequence[Candidate]) -> bool:
        """Take back what the family cannot have beside the offer; move others, or else take a place from
        who loses least."""
        students = {one.student for one in wanted}
        coming = [one for one in wanted if one not in self._of_student[one.student]]
        for one in coming:
            for other in self._in_the_way(one):
                self._change(other, is_given=False)
        offer = wanted[0].offer
        while self._free[offer] < len(coming):
            moves = self._exchange(offer, students)
            for held, _ in moves:
                self._change(held, is_given=False)
            for _, instead in moves:
                self._change(instead, is_given=True)
            if not moves:
                others = list(self._movable(offer, students))
                if not others:
                    return False
                self._change(min(others, key=self._loss), is_given=False)
        return True

    def _in_the_way(self, one: Candidate) -> list[Candidate]:
        """What a student cannot have beside this: the need's other place, else the least of too many."""
        own = self._of_student[one.student]
        same = [other for other in own if other.need is not None and other.need == one.need]
        if same or len(own) < self._left[one.student]:
            return same
        return [min(own, key=lambda other: (other.urgency, other.score, other.offer))]

    def _movable(self, offer: str, students: set[str]) -> Iterator[Candidate]:
        """Who holds a seat there and is of no family that is together, nor of these students."""
        for held in self._at_offer[offer]:
            if held.student not in students and held.student not in self._settled:
                yield held

    def _exchange(self, offer: str, students: set[str]) -> list[Move]:
        """Moves that free a seat there, each to a need as urgent, the last to a seat that is free. None
        where none is found near."""
        leads_to: dict[str, Move] = {}
        queue = deque([offer])
        for _ in range(_OFFERS_LOOKED_AT):
            if not queue:
                break
            for held in self._movable(queue.popleft(), students):
                for instead in self._instead(held):
                    if instead.offer == offer or instead.offer in leads_to:
                        continue
                    leads_to[instead.offer] = (held, instead)
                    if self._free[instead.offer] > 0:
                        return _path(leads_to, instead.offer, offer)
                    queue.append(instead.offer)
        return []

    def _instead(self, held: Candidate) -> Iterator[Candidate]:
        """What the student could have in place of this, of no less urgency."""
        others = [one for one in self._of_student[held.student] if one is not held]
        offers = {held.offer, *(one.offer for one in others)}
        needs = {one.need for one in others if one.need is not None}
        for one in self.wishes[held.student]:
            if one.urgency >= held.urgency and one.offer not in offers and one.need not in needs:
                yield one

    def _loss(self, held: Candidate) -> tuple[bool, bool, bool, int, str]:
        """What is lost with a place, in the order of what counts; told apart by the student."""
        is_last = len(self._of_student[held.student]) == 1 and held.student not in self._promised
        return held.urgency == 3, held.urgency == 2, is_last, held.score, held.student

    def _change(self, one: Candidate, *, is_given: bool) -> None:
        own, by = self._of_student[one.student], 1 if is_given else -1
        has_other = one.student in self._promised or len(own) > (not is_given)
        for held in (own, self._at_offer[one.offer]):
            held.append(one) if is_given else held.remove(one)
        self._free[one.offer] -= by
        urgent, pressing, students = self._worth
        self._worth = (
            urgent + by * (one.urgency == 3),
            pressing + by * (one.urgency == 2),
            students + by * (not has_other),
        )
        self._changes.append((one, is_given))


def _path(leads_to: Mapping[str, Move], end: str, start: str) -> list[Move]:
    """The moves from the start to the end; none where a student would move twice, as two places of
    one student could then be for one need."""
    moves = []
    while end != start:
        moves.append(leads_to[end])
        end = moves[-1][0].offer
    return moves if len({held.student for held, _ in moves}) == len(moves) else []
