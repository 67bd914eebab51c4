"""What rules and criteria say of an offer, remembered by what it rests on.

Used by the engine for the few matches that it tells. A question about languages or a price has the
same answer for everybody who speaks them, on that day, so the readable definitions are asked once
for each and their answer is looked up for the next student. What goes by a fact that hardly two
share (a home, an age to the day, a referral of one's own) is asked each time.

The law: a telling equals `judge_sound` and `parts_of`, Reason by Reason and Part by Part, whatever was
remembered before (tests: fast equals reference).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

from matching.columns import Columns
from matching.question import Question
from matching.rules import RULES
from matching.scorers import CRITERIA, weights_of
from matching.types import Offer, Part, Reason

_ROOM: Final = 400_000  # answers; when they are full, all are forgotten
_PARTICULAR: Final = {"cap", "referred", "declined", "reach", "age", "residence", "closeness"}
_BY_KIND: Final = {"need", "interest"}  # the same for all rows that serve the same
_MISSING: Final = object()

Table = dict[int, Any]


class Tellings:
    """Answers of one catalog under one preset. Safe to share among threads."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._tables: dict[Hashable, Table] = {}
        self._room = _ROOM

    def of(self, question: Question) -> Telling:
        """Who tells the answers to this question."""
        if self._room <= 0:
            self._tables, self._room = {}, _ROOM
        return Telling(self, self._columns, question)

    def table(self, name: str, facts: tuple[str, ...], weight: int, question: Question) -> Table:
        """The answers of a rule or a criterion to all who ask alike, by row or kind."""
        asked = tuple([getattr(question.profile, fact) for fact in facts])
        key = (name, weight, question.on, asked)
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = {}
            self._room -= 1
        return found

    def count_one(self) -> None:
        """One more answer is remembered."""
        self._room -= 1


class Telling:
    """The answers to one question."""

    def __init__(self, tellings: Tellings, columns: Columns, question: Question) -> None:
        self._tellings, self._columns, self._question = tellings, columns, question
        weights = weights_of(question)
        self._rules: list[tuple[Callable[[Offer, Question], Reason | None], Table | None]] = [
            (
                rule.judge,
                None
                if rule.name in _PARTICULAR
                else tellings.table(rule.name, rule.facts, 0, question),
            )
            for rule in RULES[1:]  # but for the listing: what contradicts itself is never told
        ]
        self._criteria = [
            (
                criterion,
                weight,
                None
                if criterion.name in _PARTICULAR
                else tellings.table(criterion.name, criterion.facts, weight, question),
                criterion.name in _BY_KIND,
            )
            for criterion in CRITERIA
            if (weight := weights[criterion.name])
        ]

    def reasons(self, row: int) -> tuple[Reason, ...]:
        """`judge_sound` of the row's offer."""
        offer, question = self._columns.offers[row], self._question
        found: list[Reason] = []
        for judge, table in self._rules:
            answer: Any = _MISSING if table is None else table.get(row, _MISSING)
            if answer is _MISSING:
                answer = judge(offer, question)
                if table is not None:
                    table[row] = answer
                    self._tellings.count_one()
            if answer is not None:
                found.append(answer)
        return tuple(found)

    def parts(self, row: int) -> tuple[Part, ...]:
        """`parts_of` the row's offer."""
        offer, question = self._columns.offers[row], self._question
        kind = int(self._columns.kind[row])
        found: list[Part] = []
        for criterion, weight, table, is_by_kind in self._criteria:
            at = kind if is_by_kind else row
            part = None if table is None else table.get(at)
            if part is None:
                value, is_known, code, facts = criterion.value(offer, question)
                points = weight * value
                part = Part(criterion.name, weight, value, points, is_known, code, facts)
                if table is not None:
                    table[at] = part
                    self._tellings.count_one()
            found.append(part)
        return tuple(found)
