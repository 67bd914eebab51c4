"""Answers that students share: what a rule or a criterion says of every row, by what it goes by.

Used by the engine and the district run. Whoever speaks Spanish gets the same answers about
languages, so they are worked out once for all of them and looked up for the next. Only answers are
remembered, under the facts that they rest on (a language, a grade, a ZIP code); no student is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from matching.columns import Columns
from matching.criterion import Criterion
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts
from matching.scorers import interest, need
from matching.types import Profile

Column = npt.NDArray[np.int16]

_ROOM: Final = 64 * 2**20  # bytes; when they are full, everything is worked out anew


class Answers:
    """The columns remembered for one catalog, one preset and the rows given (by default, all)."""

    def __init__(self, columns: Columns, rows: Rows | None = None) -> None:
        self._columns = columns
        self._rows: Rows = np.arange(len(columns)) if rows is None else rows
        self._columns_of: dict[Hashable, npt.NDArray[np.generic]] = {}
        self._bytes = 0

    def verdicts(self, rule: Rule, question: Question) -> Verdicts:
        """What the rule says of every row."""
        key = ("rule", rule.name, key_of(rule, self._columns, question.profile))
        found: Verdicts = self._remembered(
            key, lambda: rule.verdicts(self._columns, self._rows, question)
        )
        return found

    def values(self, criterion: Criterion, question: Question) -> Column:
        """The criterion's value of every row."""
        facts = tuple(getattr(question.profile, fact) for fact in criterion.facts)
        found: Column = self._remembered(
            ("criterion", criterion.name, facts),
            lambda: criterion.values(self._columns, self._rows, question).astype(np.int16),
        )
        return found

    def need_of_kinds(self, question: Question) -> Whole:
        """The need criterion's value of every kind: the best of the needs one by one."""
        best = np.zeros(self._columns.kinds, dtype=np.int64)
        for one in question.profile.needs:
            best = np.maximum(best, self._kinds(need.CRITERION, "needs", one, question))
        return best

    def interest_of_kinds(self, question: Question) -> Whole:
        """The interest criterion's value of every kind."""
        best = np.zeros(self._columns.kinds, dtype=np.int64)
        for one in question.profile.interests:
            best = np.maximum(best, self._kinds(interest.CRITERION, "interests", one, question))
        return best

    def _kinds(
        self, criterion: Criterion, field: str, asked: Hashable, question: Question
    ) -> Whole:
        def values() -> Whole:
            profile = Profile("", **{field: (asked,)})  # type: ignore[arg-type]
            alone = replace(question, profile=profile)
            return criterion.values(self._columns, self._columns.example_of_kind, alone)

        found: Whole = self._remembered(("kinds", criterion.name, asked), values)
        return found

    def _remembered(self, key: Hashable, work_out: Callable[[], npt.NDArray]) -> npt.NDArray:  # type: ignore[type-arg]
        found = self._columns_of.get(key)
        if found is None:
            found = work_out()
            if self._bytes + found.nbytes > _ROOM:
                self._columns_of, self._bytes = {}, 0
            self._columns_of[key] = found
            self._bytes += found.nbytes
        return found


def key_of(rule: Rule, columns: Columns, profile: Profile) -> Hashable:
    """What students with the same answers of the rule have in common."""
    if rule.alike is not None:
        return rule.alike(columns, profile)
    if len(rule.facts) == 1:
        return getattr(profile, rule.facts[0])  # type: ignore[no-any-return]
    return tuple([getattr(profile, fact) for fact in rule.facts])
