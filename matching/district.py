"""A whole district at once: the k best offers of every student, as a compact table.

Called by the engine's `rank_many` and by the nightly run. It is `rank` for each student, bit for
bit, without the explanations: those are worked out for the few that somebody looks at.

Students go in tiles of those who travel alike and are near each other in school and grade. A tile is
laid out as pairs of a student and a row: kinds say which rows serve, signatures refuse most of them,
answers that students share (`matching/answers.py`) the rest; only then are distances worked out.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from matching.answers import Answers, key_of
from matching.criterion import Criterion
from matching.geo import Floats, Whole, metres_of_vectors, unit_vector
from matching.lookups import Lists, Mask, Rows
from matching.question import Question
from matching.rule import Rule, Verdicts
from matching.rules import RULES, reach
from matching.scorers import CRITERIA, closeness, weights_of
from matching.types import NO, UNKNOWN, Point, Profile

if TYPE_CHECKING:
    from matching.engine import Engine

_TILE: Final = 256  # students
_PAIRS: Final = 400_000  # in a tile, about: what the caches of a processor hold
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
    """A student of the tile and a row each, the students in order."""

    student: Rows
    row: Rows

    def keep(self, which: Mask) -> None:
        self.student, self.row = self.student[which], self.row[which]


class District:
    """One run over many students, on one day."""

    def __init__(self, engine: Engine, on: date, load: Mapping[str, int]) -> None:
        self._engine = engine
        self._columns = engine.index.columns
        self._on, self._load = on, load
        self._day = engine.day(on)
        self._answers = Answers(self._columns)
        columns = self._columns
        by_kind = np.argsort(columns.kind, kind="stable")
        self._rows_by_kind: Rows = by_kind
        self._of_kind = Lists(np.bincount(columns.kind, minlength=columns.kinds))

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
        most = max(1, min(_TILE, 8 * _PAIRS // (len(self._columns) + 1)))
        alike = _travels(profiles[order[start]])
        end = start
        while end < min(len(order), start + most) and _travels(profiles[order[end]]) == alike:
            end += 1
        return order[start:end]

    def _fill(self, result: Table, at: Rows, questions: list[Question], k: int) -> None:
        columns, day = self._columns, self._day
        worth, serves = self._worths(questions)
        considered = (serves * self._engine.index.rows_of_kind).sum(axis=1)
        pairs = self._pairs(serves)
        mask = self._engine.index.mask_of
        masks = np.array([mask(question.profile) | SHUT for question in questions])
        pairs.keep(day.signatures[pairs.row] & masks[pairs.student] == 0)
        asked = self._refuse(pairs, questions)
        metres, is_known = self._metres(pairs, questions)
        # All of a tile travel alike, and no more of a student than that is asked here.
        verdicts = reach.verdicts_at(columns, pairs.row, questions[0], metres, is_known)
        near = verdicts != NO
        pairs.keep(near)
        near_metres, near_known = metres[near], is_known[near]
        score = day.points[pairs.row] + worth[pairs.student, columns.kind[pairs.row]]
        close = closeness.values_at(columns, pairs.row, questions[0], near_metres, near_known)
        score += weights_of(questions[0])["closeness"] * close
        for criterion in _PERSONAL:
            values = self._shared(criterion, pairs, questions)
            score += weights_of(questions[0])[criterion.name] * values
        asked = asked[near] + (verdicts[near] == UNKNOWN)
        fitting = np.bincount(pairs.student, minlength=len(questions))
        result.considered[at] = considered
        result.excluded[at] = considered - fitting
        self._keep_best(result, at, pairs, score, asked, fitting, k)

    def _worths(self, questions: list[Question]) -> tuple[Whole, Mask]:
        """Students × kinds: the points of need and interest, and whether anything asked is served."""
        worths, serves = [], []
        for question in questions:
            worth, does = self._engine.worth_of_kinds(question)
            worths.append(worth)
            serves.append(does)
        return np.stack(worths), np.stack(serves)

    def _pairs(self, serves: Mask) -> _Pairs:
        students, kinds = np.nonzero(serves)
        items, owners = self._of_kind.take(kinds)
        return _Pairs(students[owners], self._rows_by_kind[items])

    def _refuse(self, pairs: _Pairs, questions: list[Question]) -> Whole:
        """Drop what a rule refuses, whatever the distance, and count the questions of the rest."""
        asked = self._day.questions[pairs.row]
        for rule in _RULES:
            verdicts = self._verdicts(rule, pairs, questions)
            asked += verdicts == UNKNOWN
            fits = verdicts != NO
            if not fits.all():
                pairs.keep(fits)
                asked = asked[fits]
        return asked.astype(np.int64)

    def _verdicts(self, rule: Rule, pairs: _Pairs, questions: list[Question]) -> Verdicts:
        keys = [key_of(rule, self._columns, question.profile) for question in questions]
        number, examples = _numbered(keys)
        answers = [self._answers.verdicts(rule, questions[example]) for example in examples]
        found: Verdicts = _looked_up(answers, number, pairs)
        return found

    def _shared(self, criterion: Criterion, pairs: _Pairs, questions: list[Question]) -> Whole:
        (fact,) = criterion.facts
        number, examples = _numbered([getattr(one.profile, fact) for one in questions])
        values = [self._answers.values(criterion, questions[example]) for example in examples]
        return _looked_up(values, number, pairs).astype(np.int64)

    def _metres(self, pairs: _Pairs, questions: list[Question]) -> tuple[Whole, Mask]:
        points = self._columns.points
        metres = np.zeros(len(pairs.row), dtype=np.int64)
        ends = points.vectors(pairs.row)
        is_first = True
        for place in ("home", "school_point"):
            origins: list[Point | None] = [getattr(one.profile, place) for one in questions]
            if origins[0] is None:
                continue  # all of a tile know the same of their places
            vectors: Floats = np.array(
                [_NOWHERE if one is None else unit_vector(one) for one in origins]
            ).T
            x, y, z = vectors[:, pairs.student]
            away = metres_of_vectors((x, y, z), ends)
            metres = away if is_first else np.minimum(metres, away)
            is_first = False
        known = points.is_known[pairs.row] & bool(questions[0].places)
        return metres, known

    def _keep_best(
        self,
        result: Table,
        at: Rows,
        pairs: _Pairs,
        score: Whole,
        asked: Whole,
        fitting: Rows,
        k: int,
    ) -> None:
        """Sort the pairs of each student by score, questions and key, and take the first k."""
        bits = max(1, len(self._columns)).bit_length()
        place = self._columns.place[pairs.row]
        best_first = (1_000_000 - score) << _QUESTIONS_BITS | asked
        # Student, score, questions, key: 8 + 20 + 6 bits and those of a row, in one whole number.
        order = np.argsort((pairs.student << 26 | best_first) << bits | place)
        starts = np.cumsum(fitting) - fitting
        rank = np.arange(len(order)) - starts[pairs.student[order]]
        best = rank < k
        chosen = order[best]
        student = at[pairs.student[chosen]]
        result.rows[student, rank[best]] = pairs.row[chosen]
        result.scores[student, rank[best]] = score[chosen]


def _numbered(keys: list[Hashable]) -> tuple[Rows, list[int]]:
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


def _looked_up(
    columns: Sequence[npt.NDArray[Any]], number: Rows, pairs: _Pairs
) -> npt.NDArray[Any]:
    joined: npt.NDArray[Any] = columns[0] if len(columns) == 1 else np.concatenate(columns)
    at = pairs.row if len(columns) == 1 else (number * len(columns[0]))[pairs.student] + pairs.row
    return joined[at]


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


SHUT: Final = np.uint64(1 << 63)  # the signature's bit of what the day refuses to everybody
_RULES: Final = tuple(rule for rule in RULES if rule.facts and rule.name != "reach") + tuple(
    rule for rule in RULES if rule.name == "cap"
)
_PERSONAL: Final = tuple(one for one in CRITERIA if one.name in {"hours", "language"})
