"""What a first version would be: look at every offer and ask the definitions, one after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from geopy.distance import geodesic

from matching.parameters import Parameters
from matching.question import Background, Question
from matching.rules import RULES
from matching.scorers import interest, need, parts_of
from matching.terms import Terms
from matching.types import Offer, Profile, Verdict
from tests.benchmarks.peers import Answer


class Loop:
    """The rules' `judge` and the criteria's `value` of each offer; the first NO ends the matter."""

    question_of: type[Question] = Question

    def __init__(
        self,
        offers: Sequence[Offer],
        parameters: Parameters,
        broader: Mapping[str, str | None],
        on: date,
        load: Mapping[str, int],
    ) -> None:
        self._offers = offers
        background = Background.of(offers, Terms(broader))
        self._asked = (on, load, parameters, background)

    def rank(self, profile: Profile, k: int) -> Answer:
        """The k best."""
        question = self.question_of(profile, *self._asked)
        considered = 0
        found = []
        for offer in self._offers:
            if not need.value(offer, question).value and not interest.value(offer, question).value:
                continue
            considered += 1
            questions = 0
            for rule in RULES:
                reason = rule.judge(offer, question)
                if reason is not None:
                    if reason.verdict is Verdict.NO:
                        break
                    questions += 1
            else:
                score = sum(part.points for part in parts_of(offer, question))
                found.append((-score, questions, offer.key))
        best = [(key, -score) for score, _, key in sorted(found)[:k]]
        return Answer(best, considered, considered - len(found))


class _Geodesic(Question):
    """Distances on the ellipsoid, as geopy works them out: what most programs would reach for."""

    def metres_to(self, offer: Offer) -> int | None:
        if offer.point is None or not self.places:
            return None
        metres = self._metres.get(offer.point)
        if metres is None:
            ends = (offer.point.latitude, offer.point.longitude)
            starts = [(place.latitude, place.longitude) for place in self.places]
            metres = self._metres[offer.point] = min(
                round(geodesic(start, ends).m) for start in starts
            )
        return metres


class GeodesicLoop(Loop):
    """The same loop with geodesic distances: up to 0.5 % others, so its scores are its own."""

    question_of = _Geodesic
