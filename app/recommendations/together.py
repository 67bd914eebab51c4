"""All needs of a plan together: one offer a need, as few trips as pays, with the reason of each.

Called by queries.py for the whole plan. Each need is ranked on its own, as on its own page; the best
set of those is the engine's (`matching/together.py`). Asks no database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from app.recommendations.asking import Asked, as_domain_errors, narrowed_to
from app.recommendations.asks import Ask
from app.recommendations.explanations import names_of_codes, questions_of
from app.recommendations.happened import Happened
from app.recommendations.listings import Listing
from app.recommendations.narrowing import metres_of
from app.recommendations.support import TogetherPlan, TogetherRow, UnservedNeed, where_of
from app.recommendations.words import distance_words
from matching.engine import Engine
from matching.explain import sentence
from matching.together import MOST_NEEDS, Option, Together, best_together, may_be_chosen
from matching.types import Match, Offer, Point

OPTIONS = 40  # of each need at first: more where the last of them may still be worth a trip less
POINTS = 1000  # of the engine's score in one point that people see


@dataclass(frozen=True, slots=True)
class Planned:
    """The engine's answer with the matches that it chose from, before their words are loaded."""

    best: Together
    matches: Mapping[tuple[str, str], Match]  # by need and offer
    looked_after: tuple[Happened, ...]
    nearly: frozenset[str]  # needs without an option that have a near miss

    @property
    def keys(self) -> list[str]:
        """The offers whose listings the page needs."""
        return [one.option.offer for one in self.best.chosen]


def planned(
    asked: Asked,
    engine_of: Callable[[str], Engine],
    visited: Collection[tuple[float, float]],
    looked_after: Mapping[str, Happened],
) -> Planned | None:
    """The best set for the plan's needs, the most urgent first; None where there are not two.

    `engine_of` gives the engine of a preset; `visited` are points where brothers and sisters go. A
    need that a referral is on the way for gets no second one, as where places are shared out.
    """
    every = list(dict.fromkeys(need.category for need in asked.whole.needs))
    if not asked.ask.is_whole_plan or len(every) < 2:
        return None
    needs = [need for need in every if need not in looked_after][:MOST_NEEDS]
    trip = asked.engine.parameters.together_trip * POINTS
    matches: dict[tuple[str, str], Match] = {}
    for need in needs:
        ask = Ask(need=need)
        found = choosable(asked, engine_of(ask.preset(asked.whole)), ask, trip)
        matches |= {(need, match.offer.key): match for match in found}
    best = best_together(
        needs,
        [
            Option(need, match.offer.key, match.score, place_of(match.offer))
            for (need, _), match in matches.items()
        ],
        trip=trip,
        visited={same_place(Point(*point)) for point in visited},
    )
    return Planned(
        best,
        matches,
        looked_after=tuple(looked_after[need] for need in every if need in looked_after),
        nearly=frozenset(need for need in best.unserved if has_near_misses(asked, need)),
    )


def has_near_misses(asked: Asked, need: str) -> bool:
    """Whether the need's own page has any."""
    profile = narrowed_to(asked.whole, Ask(need=need))
    with as_domain_errors():
        return bool(asked.engine.near_misses(profile, on=asked.on, load=asked.load, limit=1))


def choosable(asked: Asked, engine: Engine, ask: Ask, trip: int) -> list[Match]:
    """The matches of one need that may be in the best set: all of them, however many."""
    profile, wanted = narrowed_to(asked.whole, ask), OPTIONS
    while True:
        with as_domain_errors():
            matches = engine.rank(profile, wanted, on=asked.on, load=asked.load).matches
        able = [one for one in matches if may_be_chosen(one.score, matches[0].score, trip)]
        if len(able) < wanted:  # the next are too far behind, or there are none
            return able
        wanted *= 4


def place_of(offer: Offer) -> str | None:
    """Where one must go for the offer. A place without a point (a shelter's is hidden) is its own."""
    if offer.mode != "place":
        return None
    return same_place(offer.point) if offer.point else offer.key


def same_place(point: Point) -> str:
    """The same text for points within about ten metres: two partners in one house are one trip."""
    return f"{point.latitude:.4f} {point.longitude:.4f}"


def plan_rows(
    plan: Planned, listings: Mapping[str, Listing], *, school: str, language: str
) -> TogetherPlan:
    """The answer in words."""
    names = names_of_codes(language)
    rows = []
    for one in plan.best.chosen:
        match = plan.matches[one.option.need, one.option.offer]
        listing = listings.get(one.option.offer)
        if listing is None:
            continue  # taken out of the catalog while this page was made
        rows.append(
            TogetherRow(
                category=one.option.need,
                service_id=listing.service_id,
                service_at_location_id=listing.service_at_location_id,
                name=listing.name,
                organization=listing.organization,
                where=where_of(match.offer, listing, school, language),
                as_of=listing.as_of,
                distance=distance_words(
                    metres_of(match), language, is_rough=match.offer.point_within > 0
                ),
                why=sentence(one.reason, language, names=names),
                questions=questions_of(match, language),
            )
        )
    return TogetherPlan(
        rows=tuple(rows),
        unserved=tuple(UnservedNeed(need, need in plan.nearly) for need in plan.best.unserved),
        looked_after=plan.looked_after,
        trips=plan.best.trips,
        trips_apart=plan.best.trips_apart,
    )
