"""The engine: who fits, how well, and why not the others. The plain numpy reference.

Built by `app/recommendations` from one revision of the catalog and used for many questions; it
keeps nothing between them. It reads no clock (the day comes with the question) and no randomness:
the same question has the same answer for ever.

Only offers that serve something the plan asks are considered (a need, or an interest, as far as
its scorer gives any value); a profile without needs and interests ranks nothing. Ranks are a total
order: score descending, then fewer questions, then offer key ascending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.checks import check_profile
from matching.columns import Columns
from matching.errors import MatchingError, UnknownOfferError
from matching.geo import Whole
from matching.lookups import Mask, Narrow, Rows
from matching.parameters import Parameters
from matching.question import Background, Question
from matching.rule import Rule, no
from matching.rules import RULES, apply_change, judge_all, refusals, smallest_change
from matching.scorers import interest, need, parts_of, scores
from matching.terms import Terms
from matching.types import (
    Exclusion,
    Match,
    NearMiss,
    Offer,
    Profile,
    Ranking,
    Reason,
    Verdict,
)

NO_LOAD: Final[Mapping[str, int]] = MappingProxyType({})
_QUESTIONS_BITS: Final = 6  # fewer than 64 rules
_PLACE_BITS: Final = 32


class ReferenceEngine:
    """A catalog that answers questions. Safe to share: nothing changes after construction."""

    def __init__(
        self,
        offers: Sequence[Offer],
        parameters: Parameters,
        broader: Mapping[str, str | None],
    ) -> None:
        """Lay out the offers. `broader` gives each need's and interest's parent term.

        Raise CatalogError for a key twice or a circle in the terms.
        """
        self.parameters = parameters
        self._columns = Columns(offers)
        self._background = Background.of(self._columns.offers, Terms(broader))

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Every offer, in the order of keys."""
        columns = self._columns
        return tuple(columns.offers[row] for row in columns.in_order_of_keys())

    def rank(
        self, profile: Profile, k: int, *, on: date, load: Mapping[str, int] = NO_LOAD
    ) -> Ranking:
        """The `k` best offers for the profile on a day.

        `load` is the number of open referrals now, by service key. Raise ProfileError for a
        profile that no student can have, MatchingError for a negative `k`.
        """
        if k < 0:
            raise MatchingError(f"{k} matches were asked for: ask for none or more.")
        question = self.question(profile, on, load)
        considered = self._considered(question)
        fits, questions = self._judged(considered, question)
        rows = considered[fits]
        ordered = self._order(scores(self._columns, rows, question), questions[fits], rows)
        return Ranking(
            matches=tuple(
                self._match(rank, row, question) for rank, row in enumerate(ordered[:k], 1)
            ),
            considered=len(considered),
            excluded=len(considered) - len(rows),
            parameters_version=self.parameters.version,
        )

    def rank_many(
        self,
        profiles: Sequence[Profile],
        k: int,
        *,
        on: date,
        load: Mapping[str, int] = NO_LOAD,
    ) -> list[Ranking]:
        """`rank` for each profile, in their order."""
        return [self.rank(profile, k, on=on, load=load) for profile in profiles]

    def exclusions(
        self,
        profile: Profile,
        *,
        on: date,
        load: Mapping[str, int] = NO_LOAD,
        limit: int | None = None,
    ) -> list[Exclusion]:
        """Considered offers that a rule refuses, with all their refusals: all of them, or as many as
        the limit says; first those that would score best."""
        question = self.question(profile, on, load)
        considered = self._considered(question)
        fits, _ = self._judged(considered, question)
        refused = considered[~fits]
        unasked = np.zeros(len(refused), dtype=np.int64)
        ordered = self._order(scores(self._columns, refused, question), unasked, refused)
        return [self._exclusion(row, question) for row in ordered[:limit]]

    def explain_absence(
        self,
        profile: Profile,
        offer_key: str,
        *,
        on: date,
        load: Mapping[str, int] = NO_LOAD,
    ) -> Exclusion | Match:
        """Why an offer is not in the ranking; or, where it is in, its match and rank.

        Raise UnknownOfferError where the catalog has no such offer.
        """
        question = self.question(profile, on, load)
        row = self._columns.row_of(offer_key)
        if row is None:
            raise UnknownOfferError(
                f"No offer has the key {offer_key!r} in this catalog: it may have been removed."
                " Search for it again."
            )
        offer = self._columns.offers[row]
        considered = self._considered(question)
        fits, questions = self._judged(considered, question)
        if row not in considered:
            unasked = no("purpose", "not_asked_for")
            return Exclusion(offer, (unasked, *refusals(judge_all(offer, question))))
        rows = considered[fits]
        if row not in rows:
            return self._exclusion(row, question)
        ordered = self._order(scores(self._columns, rows, question), questions[fits], rows)
        return self._match(int(np.flatnonzero(ordered == row)[0]) + 1, row, question)

    def near_misses(
        self,
        profile: Profile,
        *,
        on: date,
        load: Mapping[str, int] = NO_LOAD,
        limit: int = 10,
    ) -> list[NearMiss]:
        """Offers that one changeable rule refuses, with the smallest change; the best first.

        Each change is tried before it is told: with it, no rule refuses the offer any more.
        """
        question = self.question(profile, on, load)
        considered = self._considered(question)
        verdicts = self._verdicts(considered, question)
        changeable = np.array([rule.change is not None for rule in RULES])
        refused = verdicts == Verdict.NO
        once = (refused.sum(axis=0) == 1) & refused[changeable].any(axis=0)
        rows = considered[once]
        refusing = dict(zip(rows, refused[:, once].argmax(axis=0), strict=True))
        unasked = np.zeros(len(rows), dtype=np.int64)
        misses: list[NearMiss] = []
        for row in self._order(scores(self._columns, rows, question), unasked, rows):
            if len(misses) >= limit:
                break
            miss = self._near_miss(self._columns.offers[row], RULES[refusing[row]], question)
            if miss is not None:
                misses.append(miss)
        return misses

    def question(self, profile: Profile, on: date, load: Mapping[str, int]) -> Question:
        """The question as rules and scorers get it. Raise ProfileError."""
        check_profile(profile)
        return Question(profile, on, load, self.parameters, self._background)

    def _considered(self, question: Question) -> Rows:
        every: Rows = np.arange(len(self._columns))
        serves = need.CRITERION.values(self._columns, every, question) > 0
        serves |= interest.CRITERION.values(self._columns, every, question) > 0
        return np.flatnonzero(serves)

    def _verdicts(self, rows: Rows, question: Question) -> npt.NDArray[np.int8]:
        """A verdict for each rule and row; a contradictory listing has only its own rule's NO."""
        columns = self._columns
        verdicts = np.stack([rule.verdicts(columns, rows, question) for rule in RULES])
        verdicts[1:, columns.is_contradictory[rows]] = Verdict.YES
        return verdicts

    def _judged(self, rows: Rows, question: Question) -> tuple[Mask, Whole]:
        """Whether each row fits, and how many questions it leaves open."""
        verdicts = self._verdicts(rows, question)
        questions: Whole = (verdicts == Verdict.UNKNOWN).sum(axis=0, dtype=np.int64)
        return ~(verdicts == Verdict.NO).any(axis=0), questions

    def _match(self, rank: int, row: int, question: Question) -> Match:
        offer = self._columns.offers[row]
        parts = parts_of(offer, question)
        return Match(
            offer=offer,
            rank=rank,
            score=sum(part.points for part in parts),
            parts=parts,
            questions=judge_all(offer, question),
        )

    def _exclusion(self, row: int, question: Question) -> Exclusion:
        offer = self._columns.offers[row]
        return Exclusion(offer, refusals(judge_all(offer, question)))

    def _near_miss(self, offer: Offer, rule: Rule, question: Question) -> NearMiss | None:
        reason = rule.judge(offer, question)
        change = None if reason is None else smallest_change(offer, reason, question)
        if reason is None or change is None or not self._admits(change, offer, question):
            return None
        return NearMiss(offer, reason, change)

    def _admits(self, change: Reason, offer: Offer, question: Question) -> bool:
        profile, changed, on = apply_change(question.profile, offer, question.on, change)
        after = Question(profile, on, question.load, question.parameters, question.background)
        return not refusals(judge_all(changed, after))

    def _order(
        self, score: Whole, questions: Whole, rows: Rows, places: Narrow | None = None
    ) -> Rows:
        """The rows from best to worst: score down, questions up, then the key.

        The three make one whole number each, so that the order is exact and one sort does it.
        """
        places = self._columns.place[rows] if places is None else places
        keys = ((1_000_000 - score) << _QUESTIONS_BITS | questions) << _PLACE_BITS | places
        ordered: Rows = rows[np.argsort(keys)]
        return ordered
