"""The engine: who fits, how well, and why not the others.

Built by `app/recommendations` from one revision of the catalog and used for many questions. It
answers what `matching/reference.py` answers, bit for bit, from an index. What each rule says is a bit
a row (`matching/answers.py`), and so is what serves a need and what may be near; the rows that have
all those bits are judged by the way there and scored, and the `k` best are explained. It keeps nothing
of a question; what a day decides for all of them (who is shut, full or out of season, and what cost,
openings and track record are worth) is worked out once a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from matching.answers import Answer, Answers, refuses_anybody
from matching.bits import Bits, clear, number_of, packed, rows_of
from matching.classes import Classes
from matching.criterion import Points
from matching.district import District, Table
from matching.errors import MatchingError
from matching.geo import Whole
from matching.index import Index
from matching.lookups import Mask, Rows
from matching.parameters import Parameters
from matching.question import Question
from matching.reference import NO_LOAD, ReferenceEngine
from matching.rule import Verdicts
from matching.rules import BY_DAY, BY_STUDENT, NAMING, reach
from matching.scorers import ASKED, CRITERIA, PERSONAL, closeness, weights_of
from matching.tellings import Tellings
from matching.types import NO, UNKNOWN, Offer, Profile, Ranking

_DAYS_KEPT: Final = 3
_FEW_ROWS: Final = 2_000  # of so few, none is worth leaving out by area
_MANY_ROWS: Final = 500  # of so many, those that cannot be among the best are left out early


@dataclass(frozen=True, slots=True)
class Day:
    """What a day decides for every student alike."""

    opened: Bits  # the rows that no rule of the day refuses
    questions: npt.NDArray[np.int8]  # that rules of the day leave open
    points: Points  # of the criteria that go by no fact of the student
    most_of_kind: Points  # the highest of these points among the offers of each kind


@dataclass(frozen=True, slots=True)
class _Left:
    """Rows that no rule refuses, with what is known of the way to the first of them.

    The rest are places so far off that neither reach nor closeness asks how far.
    """

    rows: Rows
    metres: Whole
    is_known: Mask

    @property
    def near(self) -> Rows:
        """The rows to which the way was measured."""
        return self.rows[: len(self.metres)]

    def only(self, which: Mask) -> _Left:
        """Those of the mask."""
        near = which[: len(self.metres)]
        return _Left(self.rows[which], self.metres[near], self.is_known[near])

    def and_far(self, rows: Rows) -> _Left:
        """These and rows that are far off."""
        return _Left(np.concatenate((self.rows, rows)), self.metres, self.is_known)


class Engine(ReferenceEngine):
    """A catalog that answers questions. Safe to share: what changes is only what it remembers."""

    def __init__(
        self,
        offers: Sequence[Offer],
        parameters: Parameters,
        broader: Mapping[str, str | None],
    ) -> None:
        """Index the offers. `broader` gives each need's and interest's parent term.

        Raise CatalogError for a key twice or a circle in the terms.
        """
        self._use(Index(offers, broader), parameters)

    @classmethod
    def over(cls, index: Index, parameters: Parameters) -> Self:
        """An engine over an index that is there already: one serves every preset."""
        engine = cls.__new__(cls)
        engine._use(index, parameters)
        return engine

    def _use(self, index: Index, parameters: Parameters) -> None:
        self.parameters = parameters
        self.index = index
        self._columns = index.columns
        self._background = index.background
        self._days: dict[date, Day] = {}
        self.answers = Answers(self.index)
        self._tellings = Tellings(self.index)

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
        serving = self._serving(question)
        considered = number_of(serving)
        answers = self._answers_to(question)
        left, far = self._fitting(serving, answers, question, by_area=considered > _FEW_ROWS)
        fitting = len(left.rows) + (number_of(far) if len(far) else 0)
        best = self._best(left, far, min(k, fitting), answers, question)
        return Ranking(
            matches=self._tellings.matches(best, question, answers),
            considered=considered,
            excluded=considered - fitting,
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
        """`rank` for each profile, in their order. Without explanations, `table` is quicker."""
        table = self.table(profiles, k, on=on, load=load)
        rankings = []
        for at, profile in enumerate(profiles):
            question = self.question(profile, on, load)
            rows = table.rows[at][table.rows[at] >= 0]
            rankings.append(
                Ranking(
                    matches=self._tellings.matches(rows, question, self._answers_to(question)),
                    considered=int(table.considered[at]),
                    excluded=int(table.excluded[at]),
                    parameters_version=self.parameters.version,
                )
            )
        return rankings

    def table(
        self,
        profiles: Sequence[Profile],
        k: int,
        *,
        on: date,
        load: Mapping[str, int] = NO_LOAD,
    ) -> Table:
        """The `k` best of each profile as numbers of rows: `index.columns.offers[row]`.

        Raise ProfileError and MatchingError as `rank` does.
        """
        if k < 0:
            raise MatchingError(f"{k} matches were asked for: ask for none or more.")
        return District(self, on, load).table(profiles, k)

    def day(self, on: date) -> Day:
        """What the day decides, worked out at its first question."""
        day = self._days.get(on)
        if day is None:
            question = self.question(Profile(""), on, NO_LOAD)
            every: Rows = np.arange(len(self._columns))
            shut = np.zeros(len(every), dtype=np.bool_)
            questions = np.zeros(len(every), dtype=np.int8)
            for rule in BY_DAY:
                verdicts = rule.verdicts(self._columns, every, question)
                shut |= verdicts == NO
                questions += verdicts == UNKNOWN
            points = np.zeros(len(every), dtype=np.int64)
            for criterion in CRITERIA:
                if not criterion.facts:
                    weight = self.parameters.weights[criterion.name]
                    points += weight * criterion.values(self._columns, every, question)
            most = np.zeros(self._columns.kinds, dtype=np.int64)
            np.maximum.at(most, self._columns.kind, points)
            day = Day(packed(~shut), questions, points.astype(np.int32), most.astype(np.int32))
            while len(self._days) >= _DAYS_KEPT:
                self._days.pop(next(iter(self._days)), None)
            self._days[on] = day
        return day

    def _considered(self, question: Question) -> Rows:
        return rows_of(self._serving(question))

    def _serving(self, question: Question) -> Bits:
        """The rows that serve anything asked."""
        found = np.zeros(self.index.words, dtype=np.uint64)
        for criterion in ASKED:
            (fact,) = criterion.facts
            for asked in getattr(question.profile, fact):
                found |= self.answers.serving(criterion, asked, question)
        return found

    def _worth_of_kinds(self, question: Question) -> Points:
        """The points of need and interest for each kind: the best of the needs, of the interests."""
        weights = weights_of(question)
        worth = np.zeros(self._columns.kinds, dtype=np.int32)
        for criterion in ASKED:
            (fact,) = criterion.facts
            values = [
                self.answers.of_kinds(criterion, asked, question)
                for asked in getattr(question.profile, fact)
            ]
            if values:
                worth += weights[criterion.name] * np.maximum.reduce(values)
        return worth

    def _answers_to(self, question: Question) -> dict[str, Answer]:
        """What each rule that goes by the student says."""
        return {rule.name: self.answers.of(rule, question) for rule in BY_STUDENT}

    def _fitting(
        self, serving: Bits, answers: Mapping[str, Answer], question: Question, *, by_area: bool
    ) -> tuple[_Left, Bits]:
        """The rows that no rule refuses; those that are far off, if any, are the bits apart.

        Where the home is not known, reach refuses nobody, but says the same of all places that are
        farther than a ride by car; and closeness has nothing left for them.
        """
        columns, places = self._columns, question.places
        bits = serving & self.day(question.on).opened
        for answer in answers.values():
            if answer.fits is not None:
                bits &= answer.fits
        for rule in NAMING:
            if rule.refused is not None and refuses_anybody(rule, question.profile):
                clear(bits, rule.refused(columns, question))
        far = bits[:0]
        if by_area and places:
            limit, is_sure = reach.limits(question)[1], question.profile.home is not None
            if not is_sure:
                limit = max(limit, closeness.farthest(question))
            inside = self.index.near(places, limit)
            if not is_sure:
                far = bits & ~inside
            bits &= inside
        rows = rows_of(bits)
        left = _Left(rows, *columns.metres(rows, question))
        if question.profile.home is not None:
            left = left.only(self._reach(left, question) != NO)
        return left, far

    def _reach(self, left: _Left, question: Question) -> Verdicts:
        return reach.verdicts_at(self._columns, left.near, question, left.metres, left.is_known)

    def _best(
        self, left: _Left, far: Bits, k: int, answers: Mapping[str, Answer], question: Question
    ) -> Rows:
        """The `k` best rows in order, of so many at least."""
        if k == 0:
            return left.rows[:0]
        first, score = self._first(left, k, question)
        if len(far) and (len(score) < k or self._most_afar(question) >= score.min()):
            first, score = self._first(left.and_far(rows_of(far)), k, question)
        rows, near = first.rows, len(first.near)
        asked = self.day(question.on).questions[rows].astype(np.int64)
        asked[:near] += self._reach(first, question) == UNKNOWN
        asked[near:] += 1  # too far for some way of travel, and the home may be nearer
        for answer in answers.values():
            if answer.asks:
                asked += answer.is_asked(rows)
        places = self._columns.place[rows]
        order = self._order(score.astype(np.int64), asked, np.arange(len(rows)), places)[:k]
        for at in order[order < near].tolist():
            if first.is_known[at]:
                question.remember(self._columns.offers[rows[at]], int(first.metres[at]))
        return rows[order]

    def _first(self, left: _Left, k: int, question: Question) -> tuple[_Left, Points]:
        """The rows with the `k` highest scores and those that tie with the last, and the scores."""
        columns, rows, weights = self._columns, left.rows, weights_of(question)
        score: Points = self.day(question.on).points[rows]
        score += self._worth_of_kinds(question)[columns.kind[rows]]
        near = closeness.values_at(columns, left.near, question, left.metres, left.is_known)
        score[: len(near)] += weights["closeness"] * near.astype(np.int32)
        personal = self._personal(question, weights)
        if len(rows) > _MANY_ROWS:  # what is still to come differs by less than most scores do
            spread = sum([int(worth.max()) - int(worth.min()) for _, worth in personal])
            left, score = _highest(left, score, k, spread)
        for classes, worth in personal:
            score += worth[classes.number[left.rows]]
        return _highest(left, score, k, 0)

    def _personal(
        self, question: Question, weights: Mapping[str, int]
    ) -> list[tuple[Classes, Points]]:
        """What each class of offers is worth to this student beside what is asked and the way."""
        told = [(weights[one.name], self.answers.values(one, question)) for one in PERSONAL]
        return [(classes, weight * values) for weight, (classes, values) in told]

    def _most_afar(self, question: Question) -> int:
        """No place that is far off has a higher score."""
        of_kinds = self._worth_of_kinds(question) + self.day(question.on).most_of_kind
        personal = [int(worth.max()) for _, worth in self._personal(question, weights_of(question))]
        return int(of_kinds.max()) + sum(personal)


def _highest(left: _Left, score: Points, k: int, less: int) -> tuple[_Left, Points]:
    """What is at most `less` below the k-th highest score; all where there are no more than k."""
    if len(score) <= k:
        return left, score
    which = score >= np.partition(score, len(score) - k)[len(score) - k] - less
    return left.only(which), score[which]
