"""The engine: who fits, how well, and why not the others.

Built by `app/recommendations` from one revision of the catalog and used for many questions. It
answers what `matching/reference.py` answers, bit for bit, from an index: candidates by area and by
what they serve, a signature that refuses most of them, the rules for the rest, and explanations for
the `k` best only. It keeps nothing of a question; what a day decides for all of them (who is shut,
full or out of season, and what cost, openings and track record are worth) is worked out once a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from matching.answers import Answers
from matching.district import SHUT, District, Table
from matching.errors import MatchingError
from matching.geo import Whole
from matching.index import Index, Signatures
from matching.lookups import Mask, Rows
from matching.parameters import Parameters
from matching.question import Question
from matching.reference import NO_LOAD, ReferenceEngine
from matching.rule import Rule
from matching.rules import RULES, reach
from matching.scorers import CRITERIA, closeness, weights_of
from matching.tellings import Telling, Tellings
from matching.types import NO, UNKNOWN, Match, Offer, Profile, Ranking, Reason

_DAYS_KEPT: Final = 3
_MANY: Final = 2_000  # rows of which it pays to drop the refused before the next rule
_SHARED: Final = 50_000  # rows up to which an answer about all of them is worth remembering
_PARTICULAR: Final = {"cap", "referred", "declined"}  # rules that go by what hardly two share
_BY_DAY: Final = tuple(rule for rule in RULES if not rule.facts and rule.name != "cap")
_BY_STUDENT: Final = tuple(rule for rule in RULES if rule not in _BY_DAY and rule.name != "reach")


@dataclass(frozen=True, slots=True)
class Day:
    """What a day decides for every student alike."""

    signatures: Signatures  # the index's, and SHUT
    questions: npt.NDArray[np.int8]  # that rules of the day leave open
    points: Whole  # of the criteria that go by no fact of the student


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
        self._use(Index(offers, broader, parameters), parameters)

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
        self._answers = Answers(self._columns)
        self._tellings = Tellings(self._columns)

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
        worth, serves = self.worth_of_kinds(question)
        considered = int(self.index.rows_of_kind[serves].sum())
        rows, metres, is_known = self._fitting(self.index.candidates(serves, question), question)
        telling = self._tellings.of(question)
        best = self._best(rows, k, worth, question, telling, metres, is_known)
        return Ranking(
            matches=tuple(
                self._told(rank, row, reasons, telling)
                for rank, (row, reasons) in enumerate(best, 1)
            ),
            considered=considered,
            excluded=considered - len(rows),
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
            telling = self._tellings.of(self.question(profile, on, load))
            rows = [row for row in table.rows[at].tolist() if row >= 0]
            rankings.append(
                Ranking(
                    matches=tuple(
                        self._told(rank, row, telling.reasons(row), telling)
                        for rank, row in enumerate(rows, 1)
                    ),
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
            for rule in _BY_DAY:
                verdicts = rule.verdicts(self._columns, every, question)
                shut |= verdicts == NO
                questions += verdicts == UNKNOWN
            points = np.zeros(len(every), dtype=np.int64)
            for criterion in CRITERIA:
                if not criterion.facts:
                    weight = self.parameters.weights[criterion.name]
                    points += weight * criterion.values(self._columns, every, question)
            signatures = self.index.signatures | np.where(shut, SHUT, np.uint64(0))
            day = Day(signatures, questions, points)
            while len(self._days) >= _DAYS_KEPT:
                self._days.pop(next(iter(self._days)), None)
            self._days[on] = day
        return day

    def _considered(self, question: Question) -> Rows:
        _, serves = self.worth_of_kinds(question)
        return np.flatnonzero(serves[self._columns.kind])

    def worth_of_kinds(self, question: Question) -> tuple[Whole, Mask]:
        """The points of need and interest for each kind, and whether it serves anything asked."""
        weights = weights_of(question)
        needs = self._answers.need_of_kinds(question)
        interests = self._answers.interest_of_kinds(question)
        worth: Whole = weights["need"] * needs + weights["interest"] * interests
        return worth, (needs > 0) | (interests > 0)

    def _fitting(self, rows: Rows, question: Question) -> tuple[Rows, Whole, Mask]:
        """Those of the candidates that no rule refuses, with their distances."""
        columns, profile = self._columns, question.profile
        mask = self.index.mask_of(profile) | SHUT
        rows = rows[self.day(question.on).signatures[rows] & mask == 0]
        metres, is_known = columns.metres(rows, question)
        if profile.home is not None:
            verdicts = reach.verdicts_at(columns, rows, question, metres, is_known)
            near = verdicts != NO
            rows, metres, is_known = rows[near], metres[near], is_known[near]
        fits = np.ones(len(rows), dtype=np.bool_)
        for rule in self._rules_to_ask(question):
            if len(rows) > _MANY:
                rows, metres, is_known = rows[fits], metres[fits], is_known[fits]
                fits = np.ones(len(rows), dtype=np.bool_)
            if len(columns) <= _SHARED and rule.name not in _PARTICULAR:
                verdicts = self._answers.verdicts(rule, question)[rows]
            else:
                verdicts = rule.verdicts(columns, rows, question)
            fits &= verdicts != NO
        return rows[fits], metres[fits], is_known[fits]

    def _rules_to_ask(self, question: Question) -> list[Rule]:
        """The rules that could still refuse something: they know a fact that the signature lacks."""
        settled = self.index.settles(question.profile)
        return [
            rule
            for rule in _BY_STUDENT
            if rule.name not in settled
            and (not rule.facts or any(is_stated(question.profile, fact) for fact in rule.facts))
        ]

    def _best(
        self,
        rows: Rows,
        k: int,
        worth: Whole,
        question: Question,
        telling: Telling,
        metres: Whole,
        is_known: Mask,
    ) -> list[tuple[int, tuple[Reason, ...]]]:
        """The `k` best rows in order, with the questions that each leaves open."""
        k = min(k, len(rows))
        if k == 0:
            return []
        columns, weights = self._columns, weights_of(question)
        score = self.day(question.on).points[rows] + worth[columns.kind[rows]]
        near = closeness.values_at(columns, rows, question, metres, is_known)
        score += weights["closeness"] * near
        for criterion in _PERSONAL:
            if len(columns) <= _SHARED:
                values: Whole = self._answers.values(criterion, question)[rows].astype(np.int64)
            else:
                values = criterion.values(columns, rows, question)
            score += weights[criterion.name] * values
        least = np.partition(score, len(score) - k)[len(score) - k]
        first = score >= least
        rows, score, metres, is_known = rows[first], score[first], metres[first], is_known[first]
        if len(rows) > 2 * k:  # so many ties that the columns are quicker than the definitions
            questions = self._judged(rows, question)[1]
            rows = self._order(score, questions, rows)[:k]
            return [(row, telling.reasons(row)) for row in rows.tolist()]
        for row, away in zip(rows[is_known].tolist(), metres[is_known].tolist(), strict=True):
            question.remember(columns.offers[row], away)
        told = [(row, telling.reasons(row)) for row in rows.tolist()]
        asked = np.array([len(reasons) for _, reasons in told], dtype=np.int64)
        order = self._order(score, asked, np.arange(len(told)), columns.place[rows])
        return [told[at] for at in order[:k]]

    def _told(self, rank: int, row: int, reasons: tuple[Reason, ...], telling: Telling) -> Match:
        parts = telling.parts(row)
        score = sum([part.points for part in parts])
        return Match(self._columns.offers[row], rank, score, parts, reasons)


_PERSONAL: Final = tuple(
    criterion
    for criterion in CRITERIA
    if criterion.facts and criterion.name not in {"need", "interest", "closeness"}
)


_UNSTATED: Final = Profile("")


def is_stated(profile: Profile, fact: str) -> bool:
    """Whether a fact of the profile is known: not what a profile of nobody has."""
    stated: bool = getattr(profile, fact) != getattr(_UNSTATED, fact)
    return stated
