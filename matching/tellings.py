"""What rules and criteria say of an offer in words' terms, remembered by what it rests on.

Used by the engine for the few matches that it tells. A question about languages or a price has the
same answer for everybody who speaks them and every offer that is alike, on that day, so the readable
definitions are asked once for each and their answer is looked up for the next. What goes by a fact
that hardly two share (a home, an age to the day) is asked each time.

The law: a telling equals `judge_sound` and `parts_of`, Reason by Reason and Part by Part, whatever was
remembered before (tests: fast equals reference).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import numpy as np

from matching.answers import Answer
from matching.criterion import Criterion, Value
from matching.index import Index
from matching.lookups import Rows
from matching.question import Question
from matching.rules import RULES
from matching.scorers import ASKED, CRITERIA, PERSONAL, weights_of
from matching.types import Match, Offer, Part, Reason

_ROOM: Final = 400_000  # answers; when they are full, all are forgotten
_RARE: Final = {
    "age",
    "home",
}  # facts that hardly two students share: to remember them helps nobody
_FACTS: Final = {one.name: one.facts for one in RULES} | {one.name: one.facts for one in CRITERIA}
_PARTICULAR: Final = {name for name, facts in _FACTS.items() if not _RARE.isdisjoint(facts)}
_ASKING: Final = tuple(rule for rule in RULES if rule.can_ask)  # others have no word on a match

Table = dict[int, Any]


class Tellings:
    """Answers of one index under one preset. Safe to share among threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._offers = index.columns.offers
        self._tables: dict[Hashable, Table] = {}
        self._told = 0

    def matches(
        self, rows: Rows, question: Question, answers: Mapping[str, Answer]
    ) -> tuple[Match, ...]:
        """The matches of rows that no rule refuses, in their order, from rank 1."""
        if self._told > _ROOM:
            self._tables, self._told = {}, 0
        offers = [self._offers[row] for row in rows.tolist()]
        reasons = self._reasons(rows, offers, question, answers)
        parts = self._parts(rows, offers, question)
        return tuple(
            [
                Match(offer, rank, sum([part.points for part in its_parts]), its_parts, asked)
                for rank, (offer, its_parts, asked) in enumerate(
                    zip(offers, parts, reasons, strict=True), 1
                )
            ]
        )

    def _reasons(
        self, rows: Rows, offers: list[Offer], question: Question, answers: Mapping[str, Answer]
    ) -> list[tuple[Reason, ...]]:
        """What is to be asked before each is referred."""
        found: list[list[Reason]] = [[] for _ in offers]
        for rule in _ASKING:
            answer = answers.get(rule.name)
            if answer is None:  # it goes by the day or by the way there: no class has its answer
                which, numbers = list(range(len(offers))), rows.tolist()
            elif answer.asks:
                which = np.flatnonzero(answer.is_asked(rows)).tolist()
                numbers = answer.classes.number[rows].tolist()
            else:
                continue
            table = self._table(rule.name, rule.facts, 0, question)
            for at in which:
                reason = table.get(numbers[at], _MISSING)
                if reason is _MISSING:
                    reason = table[numbers[at]] = rule.judge(offers[at], question)
                    self._told += 1
                if reason is not None:
                    found[at].append(reason)
        return [tuple(one) for one in found]

    def _parts(self, rows: Rows, offers: list[Offer], question: Question) -> list[tuple[Part, ...]]:
        """The terms of each score."""
        told: list[list[Part]] = []
        weights = weights_of(question)
        for criterion in CRITERIA:
            weight = weights[criterion.name]
            if not weight:
                continue
            if criterion in (*ASKED, *PERSONAL):
                numbers = self._index.classes(criterion.compares).number[rows].tolist()
            else:
                numbers = rows.tolist()
            table = self._table(criterion.name, criterion.facts, weight, question)
            parts: list[Any] = [table.get(number) for number in numbers]
            for at in [at for at, part in enumerate(parts) if part is None]:
                value = criterion.value(offers[at], question)
                parts[at] = table[numbers[at]] = _part(criterion, weight, value)
                self._told += 1
            told.append(parts)
        return list(zip(*told, strict=True))

    def _table(self, name: str, facts: tuple[str, ...], weight: int, question: Question) -> Table:
        """The answers to all who ask alike, by class or row; one of its own to whom nobody is."""
        if name in _PARTICULAR:
            return {}
        asked = tuple([getattr(question.profile, fact) for fact in facts])
        return self._tables.setdefault((name, weight, question.on, asked), {})


def _part(criterion: Criterion, weight: int, of: Value) -> Part:
    return Part(criterion.name, weight, of.value, weight * of.value, of.is_known, of.code, of.facts)


_MISSING: Final = object()
