"""A whole district at once: the k best offers of every student, as a compact table.

Called by the engine's `rank_many` and by the nightly run. It is `rank` for each student, bit for
bit, without the explanations: those are worked out for the few that somebody looks at.

Students go in tiles of those who travel alike and are near each other in school and grade. What a
rule says to each of a tile is a table of bits, students × rows; the pairs of a student and a row that
are left when all tables have been put together are judged by the way there and scored.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from matching.answers import Answer, keys_of, refuses_anybody
from matching.bits import ALL, Bits, clear, rows_of
from matching.criterion import Criterion, Points
from matching.geo import Floats, Whole, metres_of_chords, squared_chords, unit_vector
from matching.lookups import Mask, Rows
from matching.question import Question
from matching.rule import Rule
from matching.rules import BY_STUDENT, NAMING, reach
from matching.scorers import ASKED, PERSONAL, closeness, weights_of
from matching.types import NO, UNKNOWN, Point, Profile

if TYPE_CHECKING:
    from matching.engine import Engine

_TILE: Final = 256  # students
_BITS: Final = 3_200_000  # of a tile's tables, about: what the caches of a processor hold
_QUESTIONS_BITS: Final = 6
_NOWHERE: Final = (9.0, 9.0, 9.0)  # no point of the globe: farther than any


@dataclass(frozen=True, slots=True)
class Table:
    """For each student (in the order of the profiles) the k best: rows of the index, or -1.

    `scores` are 0 to 1,000,000, 0 beside a row of -1. `considered` and `excluded` as in `Ranking`.
    """

    rows: Rows  # students × k
    scores: Whole  # students × k
    considered: Whole
    excluded: Whole


@dataclass(slots=True)
class _Pairs:
    """A student of the tile and a row each, the students in order, and what is known of the way."""

    student: Rows
    row: Rows
    metres: Whole
    is_known: Mask
    is_doubtful: Mask  # whether the way there is a question

    def keep(self, which: Mask) -> None:
        self.student, self.row = self.student[which], self.row[which]
        self.metres, self.is_known = self.metres[which], self.is_known[which]
        self.is_doubtful = self.is_doubtful[which]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the students of a tile need, or what interests them."""

    criterion: Criterion
    numbers: Rows  # first, second … need × students: which of all needs it is; 0 is none
    values: Points  # need × kinds
    bits: Bits  # need × words: the rows that serve it


class District:
    """One run over many students, on one day."""

    def __init__(self, engine: Engine, on: date, load: Mapping[str, int]) -> None:
        self._engine, self._index, self._answers = engine, engine.index, engine.answers
        self._columns = engine.index.columns
        self._on, self._load = on, load
        self._day = engine.day(on)
        self._opened = self._below_cap()

    def _below_cap(self) -> Bits:
        """What a rule refuses that goes by no student but by the load, the same in all of a run."""
        question = self._engine.question(Profile(""), self._on, self._load)
        bits = self._day.opened.copy()
        for rule in NAMING:
            if rule.refused is not None and not rule.facts:
                clear(bits, rule.refused(self._columns, question))
        return bits

    def table(self, profiles: Sequence[Profile], k: int) -> Table:
        """The k best of each."""
        result = Table(
            np.full((len(profiles), k), -1, dtype=np.intp),
            np.zeros((len(profiles), k), dtype=np.int64),
            np.zeros(len(profiles), dtype=np.int64),
            np.zeros(len(profiles), dtype=np.int64),
        )
        questions = [self._engine.question(profile, self._on, self._load) for profile in profiles]
        order = sorted(range(len(profiles)), key=lambda at: _place_in_run(profiles[at]))
        start = 0
        while start < len(order):
            tile = self._tile(order, start, profiles)
            self._fill(result, np.array(tile), [questions[at] for at in tile], k)
            start += len(tile)
        return result

    def _tile(self, order: list[int], start: int, profiles: Sequence[Profile]) -> list[int]:
        """The students from `start` on who travel alike, as many as fit a tile."""
        most = max(1, min(_TILE, _BITS // (len(self._columns) + 1)))
        alike = _travels(profiles[order[start]])
        end = start
        while end < min(len(order), start + most) and _travels(profiles[order[end]]) == alike:
            end += 1
        return order[start:end]

    def _fill(self, result: Table, at: Rows, questions: list[Question], k: int) -> None:
        wanted = [self._wanted(criterion, questions) for criterion in ASKED]
        serving = np.zeros((len(questions), self._index.words), dtype=np.uint64)
        for one in wanted:
            for number in one.numbers:
                serving |= one.bits[number]
        considered = np.bitwise_count(serving).sum(axis=1, dtype=np.int64)
        answers = [self._answers_of(rule, questions) for rule in BY_STUDENT]
        pairs = self._fitting(serving, answers, questions)
        score = self._scores(wanted, pairs, questions)
        fitting = np.bincount(pairs.student, minlength=len(questions))
        result.considered[at] = considered
        result.excluded[at] = considered - fitting
        if k and len(pairs.row):
            first = score >= _kth_best(score, pairs.student, fitting, k)[pairs.student]
            pairs.keep(first)
            self._keep_best(result, at, pairs, score[first], self._asked(answers, pairs), k)

    def _wanted(self, criterion: Criterion, questions: list[Question]) -> _Wanted:
        (fact,) = criterion.facts
        asked = [getattr(question.profile, fact) for question in questions]
        number_of: dict[Hashable, int] = {None: 0}
        longest = max(map(len, asked))
        numbers = [
            [number_of.setdefault(one, len(number_of)) for one in its] + [0] * (longest - len(its))
            for its in asked
        ]
        values: list[Points] = [np.zeros(self._columns.kinds, dtype=np.int32)]
        bits: list[Bits] = [np.zeros(self._index.words, dtype=np.uint64)]
        for one in [*number_of][1:]:
            values.append(self._answers.of_kinds(criterion, one, questions[0]))
            bits.append(self._answers.serving(criterion, one, questions[0]))
        turned = np.array(numbers, dtype=np.intp).reshape(len(asked), longest).T
        return _Wanted(criterion, turned, np.stack(values), np.stack(bits))

    def _answers_of(self, rule: Rule, questions: list[Question]) -> tuple[Rows, list[Answer]]:
        """The number of each student's answer, and the answers."""
        keys = keys_of(rule, self._columns, [question.profile for question in questions])
        number, examples = _numbered(keys)
        return number, [
            self._answers.of_alike(rule, keys[example], questions[example]) for example in examples
        ]

    def _fitting(
        self,
        serving: Bits,
        answers: list[tuple[Rows, list[Answer]]],
        questions: list[Question],
    ) -> _Pairs:
        """The pairs that no rule refuses."""
        bits = serving & (self._opened & self._near(questions))
        for number, told in answers:
            if any(answer.fits is not None for answer in told):
                every = np.full(self._index.words, ALL)
                fits = [every if answer.fits is None else answer.fits for answer in told]
                bits &= np.stack(fits)[number]
        for rule in NAMING:
            for of_student, question in zip(bits, questions, strict=True):
                if (
                    rule.refused is not None
                    and rule.facts
                    and refuses_anybody(rule, question.profile)
                ):
                    clear(of_student, rule.refused(self._columns, question))
        student = np.repeat(np.arange(len(bits)), np.bitwise_count(bits).sum(axis=1, dtype=np.intp))
        row = rows_of(bits.reshape(-1)) - 64 * self._index.words * student
        metres, is_known = self._metres(student, row, questions)
        # All of a tile travel alike, and no more of a student than that is asked here.
        verdicts = reach.verdicts_at(self._columns, row, questions[0], metres, is_known)
        pairs = _Pairs(student, row, metres, is_known, verdicts == UNKNOWN)
        pairs.keep(verdicts != NO)
        return pairs

    def _near(self, questions: list[Question]) -> Bits:
        """The rows but for those out of reach of everybody in the tile."""
        if questions[0].profile.home is None:
            return np.full(self._index.words, ALL)
        places = [place for question in questions for place in question.places]
        return self._index.near(places, reach.limits(questions[0])[1])

    def _scores(self, wanted: list[_Wanted], pairs: _Pairs, questions: list[Question]) -> Points:
        columns, weights = self._columns, weights_of(questions[0])
        score: Points = self._day.points[pairs.row]
        kind = columns.kind[pairs.row]
        for one in wanted:
            best = np.zeros(len(kind), dtype=np.int32)
            for number in one.numbers:
                np.maximum(best, one.values[number[pairs.student], kind], out=best)
            score += weights[one.criterion.name] * best
        near = closeness.values_at(columns, pairs.row, questions[0], pairs.metres, pairs.is_known)
        score += weights["closeness"] * near.astype(np.int32)
        for criterion in PERSONAL:
            (fact,) = criterion.facts
            number, examples = _numbered([getattr(one.profile, fact) for one in questions])
            told = [self._answers.values(criterion, questions[example]) for example in examples]
            values = np.stack([values for _, values in told])
            own = told[0][0].number[pairs.row]
            score += weights[criterion.name] * values[number[pairs.student], own]
        return score

    def _asked(self, answers: list[tuple[Rows, list[Answer]]], pairs: _Pairs) -> Whole:
        """How many questions each pair leaves open."""
        asked: Whole = pairs.is_doubtful.astype(np.int64)
        asked += self._day.questions[pairs.row]
        for number, told in answers:
            if any(answer.asks for answer in told):
                verdicts = np.stack([answer.verdicts for answer in told])
                own = told[0].classes.number[pairs.row]
                asked += verdicts[number[pairs.student], own] == UNKNOWN
        return asked

    def _metres(self, student: Rows, row: Rows, questions: list[Question]) -> tuple[Whole, Mask]:
        points = self._columns.points
        ends = points.vectors(row)
        squares: Floats | None = None
        for place in ("home", "school_point"):
            origins: list[Point | None] = [getattr(one.profile, place) for one in questions]
            if origins[0] is None:
                continue  # all of a tile know the same of their places
            vectors: Floats = np.array(
                [_NOWHERE if one is None else unit_vector(one) for one in origins]
            ).T
            x, y, z = vectors[:, student]
            away = squared_chords((x, y, z), ends)
            squares = away if squares is None else np.minimum(squares, away, out=away)
        if squares is None:
            return np.zeros(len(row), dtype=np.int64), np.zeros(len(row), dtype=np.bool_)
        return metres_of_chords(squares), points.is_known[row]

    def _keep_best(
        self, result: Table, at: Rows, pairs: _Pairs, score: Points, asked: Whole, k: int
    ) -> None:
        """Sort the pairs of each student by score, questions and key, and take the first k."""
        bits = max(1, len(self._columns)).bit_length()
        place = self._columns.place[pairs.row]
        best_first = (1_000_000 - score.astype(np.int64)) << _QUESTIONS_BITS | asked
        # Student, score, questions, key: 8 + 20 + 6 bits and those of a row, in one whole number.
        order = np.argsort((pairs.student << 26 | best_first) << bits | place)
        starts = np.searchsorted(pairs.student, np.arange(len(at)))
        rank = np.arange(len(order)) - starts[pairs.student[order]]
        best = rank < k
        chosen = order[best]
        student = at[pairs.student[chosen]]
        result.rows[student, rank[best]] = pairs.row[chosen]
        result.scores[student, rank[best]] = score[chosen]


def _kth_best(score: Points, student: Rows, fitting: Rows, k: int) -> Points:
    """Each student's k-th best score: none below it is among the k best."""
    most = int(fitting.max())
    if most <= k:
        return np.zeros(len(fitting), dtype=np.int32)
    table = np.full((len(fitting), most), -1, dtype=np.int32)
    table[student, np.arange(len(student)) - (np.cumsum(fitting) - fitting)[student]] = score
    table.partition(most - k, axis=1)
    kth: Points = table[:, most - k]
    return kth


def _numbered(keys: Sequence[Hashable]) -> tuple[Rows, list[int]]:
    """The number of each student's key, and the first student of each number."""
    number_of: dict[Hashable, int] = {}
    examples: list[int] = []
    numbers = []
    for student, key in enumerate(keys):
        number = number_of.setdefault(key, len(examples))
        if number == len(examples):
            examples.append(student)
        numbers.append(number)
    return np.array(numbers, dtype=np.intp), examples


def _travels(profile: Profile) -> tuple[object, ...]:
    """What all students of a tile have in common: the way of travel, known places, the weights."""
    return (
        profile.travel or "",
        profile.home is None,
        profile.school_point is None,
        bool(profile.needs),
        bool(profile.interests),
    )


def _place_in_run(profile: Profile) -> tuple[object, ...]:
    grade = -9 if profile.grade is None else profile.grade
    return (*_travels(profile), profile.school or "", grade)
