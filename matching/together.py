"""The best set for several needs of one student together: one offer a need, as few trips as pays.

Called by `app/recommendations` with the best offers of each need's own ranking. Each need on its own
would send a family to three ends of the town; here a place that must be travelled to costs
`trip` points once, however many needs it serves, and nothing where the family goes already (a
brother or sister has a referral there) or where nobody has to go (online, at the own school).

What is best: every need that has an option gets one; the sum of the scores less the trips is the
highest there is. Among equal sums fewer trips win, then the places that come first in order of
their keys, then the better option of a need, then the offer's key. Exact, by dynamic programming
over the sets of needs that the places looked at so far can serve: with n needs and m places 2ⁿ·n·m
steps, a few thousand for a plan. (The general problem is uncapacitated facility location:
Cornuéjols, Nemhauser, Wolsey, 1990; a plan has few enough needs to try every set of them.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.errors import MatchingError
from matching.geo import Whole
from matching.lookups import Mask
from matching.types import Reason, Verdict

TOGETHER: Final = "together"  # the rule's name in a Reason, and the table of its words
CODES: Final = (
    "best_alone",
    "one_trip",
    "one_trip_behind",
    "family_goes",
    "family_goes_behind",
    "no_trip_behind",
)
MOST_NEEDS: Final = 12  # 4,096 sets; a plan names three or four
_NEVER: Final = -(1 << 60)


@dataclass(frozen=True, slots=True)
class Option:
    """An offer that could serve a need: its score in that need's own ranking, 0 to 1,000,000.

    `place` is where one must go, the same text for the same place; None where nobody has to go.
    """

    need: str
    offer: str
    score: int
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a need gets. `reason` says why this one; `given_up` is how much the need's own best
    option is ahead, which another trip would have cost more than.
    """

    option: Option
    given_up: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Together:
    """The set, in the order of the needs; `unserved` are needs without any option.

    `total` is the sum of scores less trips; `trips` the places to travel to, the family's usual
    ones among them, and `trips_apart` how many they would be with each need's own best.
    """

    chosen: tuple[Chosen, ...]
    unserved: tuple[str, ...]
    total: int
    trips: int
    trips_apart: int


def may_be_chosen(score: int, best: int, trip: int) -> bool:
    """Whether a need's option of this score may be in the best set, where the need's best has `best`:
    that one costs one trip more at most.
    """
    return score >= best - trip


def best_together(
    needs: Sequence[str],
    options: Sequence[Option],
    *,
    trip: int,
    visited: Collection[str] = (),
) -> Together:
    """One option a need. `visited` are the places where a brother or sister goes already.

    Raise MatchingError for a need twice, more than MOST_NEEDS, an option of no such need, or a trip
    below 0.
    """
    _check(needs, options, trip)
    best = _best_options(options)
    served = [need for need in needs if any(wanted == need for wanted, _ in best)]
    alone = {need: _ahead(options, need) for need in served}
    picked = _picked(served, _without_vain(best, alone, visited), trip, frozenset(visited))
    places = {option.place for option in picked.values() if option.place is not None}
    return Together(
        chosen=tuple(
            Chosen(
                option=picked[need],
                given_up=alone[need].score - picked[need].score,
                reason=_reason(picked[need], picked, alone[need], frozenset(visited)),
            )
            for need in served
        ),
        unserved=tuple(need for need in needs if need not in served),
        total=sum(option.score for option in picked.values())
        - trip * len(places.difference(visited)),
        trips=len(places),
        trips_apart=len({option.place for option in alone.values()} - {None}),
    )


def _check(needs: Sequence[str], options: Sequence[Option], trip: int) -> None:
    if len(set(needs)) != len(needs):
        raise MatchingError("A need is named twice: name each once.")
    if len(needs) > MOST_NEEDS:
        raise MatchingError(f"{len(needs)} needs at once: {MOST_NEEDS} at most can be planned.")
    strange = {option.need for option in options}.difference(needs)
    if strange:
        raise MatchingError(f"There are options for needs that are not asked: {sorted(strange)}.")
    if trip < 0:
        raise MatchingError(f"A trip costs {trip} points: 0 or more, or nobody would stay home.")


def _best_options(options: Sequence[Option]) -> dict[tuple[str, str | None], Option]:
    """The best option of each need at each place: no other one there can be in the best set."""
    best: dict[tuple[str, str | None], Option] = {}
    for option in options:
        known = best.setdefault((option.need, option.place), option)
        if _rank(option) < _rank(known):
            best[option.need, option.place] = option
    return best


def _without_vain(
    best: Mapping[tuple[str, str | None], Option],
    alone: Mapping[str, Option],
    visited: Collection[str],
) -> dict[tuple[str, str | None], Option]:
    """The same without options for which alone one would travel, though the need's own best reaches
    more by one trip at most. They are nearly all, and each place costs its steps.
    """
    needs_at = Counter(place for _, place in best)
    return {
        (need, place): option
        for (need, place), option in best.items()
        if place is None
        or place in visited
        or needs_at[place] > 1
        or option.score == alone[need].score
    }


def _rank(option: Option) -> tuple[int, bool, str]:
    """Sorts the better option first: by score, then one without a trip, then by key."""
    return (-option.score, option.place is not None, option.offer)


def _ahead(options: Sequence[Option], need: str) -> Option:
    return min((option for option in options if option.need == need), key=_rank)


def _picked(
    needs: Sequence[str],
    best: Mapping[tuple[str, str | None], Option],
    trip: int,
    visited: frozenset[str],
) -> dict[str, Option]:
    """The best set: `points[s]` is the most that the needs of set `s` reach with the places so far.

    Sets are numbers: bit i is the i-th need. A place either is left out, or is travelled to and
    serves each of its needs that it improves: need by need, `after[s with i] = after[s] + score`.
    A point is scaled so that one trip less decides between equal sums.
    """
    sets = np.arange(1 << len(needs))
    scale = 1 + len(needs)
    points: Whole = np.full(len(sets), _NEVER, dtype=np.int64)
    points[0] = 0
    bits = {need: 1 << at for at, need in enumerate(needs)}
    steps: list[tuple[str | None, Whole, Mask]] = []  # place, what it serves, whether one goes
    for place in sorted({place for _, place in best}, key=lambda one: (one is not None, one or "")):
        travels = place is not None and place not in visited
        after = points - (scale * trip if travels else 0) - (place is not None)
        served = np.zeros(len(sets), dtype=np.int64)
        for need in needs:
            option = best.get((need, place))
            if option is None:
                continue
            with_need = sets[(sets & bits[need]) != 0]
            without = with_need ^ bits[need]
            gained = after[without] + scale * option.score
            better = gained > after[with_need]
            after[with_need[better]] = gained[better]
            served[with_need[better]] = served[without[better]] | bits[need]
        goes: Mask = (after > points) & (served > 0)
        points = np.where(goes, after, points)
        steps.append((place, served, goes))
    picked: dict[str, Option] = {}
    left = len(sets) - 1
    for place, served, goes in reversed(steps):
        if goes[left]:
            here = int(served[left])
            picked |= {need: best[need, place] for need in needs if here & bits[need]}
            left ^= here
    return picked


def _reason(
    option: Option, picked: Mapping[str, Option], ahead: Option, visited: frozenset[str]
) -> Reason:
    """Why this option: it is the need's own best, or it spares a trip."""
    others = tuple(
        need
        for need, other in picked.items()
        if option.place is not None and other.place == option.place and need != option.need
    )
    is_best = option.score == ahead.score
    facts: dict[str, object] = {"others": others, "behind": ahead.score - option.score}
    if others:
        code = "one_trip" if is_best else "one_trip_behind"
    elif option.place in visited:
        code = "family_goes" if is_best else "family_goes_behind"
    elif is_best:
        code = "best_alone"
    else:
        code = "no_trip_behind"
    return Reason(TOGETHER, Verdict.YES, code, facts)
