"""Answers that students share: what a rule or a criterion says of every class of rows.

Used by the engine and the district run. Whoever speaks Spanish gets the same answers about
languages, so they are worked out once for all of them and looked up for the next. Only answers are
remembered, under the facts that they rest on (a language, a grade, a ZIP code); no student is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Any, Final

import numpy as np

from matching.bits import Bits, packed
from matching.classes import Classes
from matching.columns import Columns
from matching.criterion import Criterion, Points
from matching.geo import Whole
from matching.index import Index
from matching.lookups import Mask, Rows
from matching.question import Question
from matching.rule import Rule, Verdicts
from matching.types import NO, UNKNOWN, Profile

_UNSTATED: Final = Profile("")
_ROOM: Final = 64 * 2**20  # bytes; when they are full, everything is worked out anew


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says to students who are alike for it."""

    classes: Classes
    verdicts: Verdicts  # by class
    fits: Bits | None  # the rows that it does not refuse; None: it refuses none
    asks: bool  # whether it has a question about any row

    def is_asked(self, rows: Rows) -> Mask:
        """Whether it has a question about each row."""
        found: Mask = self.verdicts[self.classes.number[rows]] == UNKNOWN
        return found


class Answers:
    """What is remembered for one index and one preset."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._columns = index.columns
        self._remembered: dict[Hashable, Any] = {}
        self._bytes = 0

    def of(self, rule: Rule, question: Question) -> Answer:
        """What the rule says."""
        return self.of_alike(rule, key_of(rule, self._columns, question.profile), question)

    def of_alike(self, rule: Rule, alike: Hashable, question: Question) -> Answer:
        """What the rule says to all who have the key in common (see `key_of`)."""
        key = (rule.name, question.on, alike)
        found: Answer | None = self._remembered.get(key)
        if found is None:
            classes = self._index.classes(rule.compares)
            verdicts = rule.verdicts(self._columns, classes.example, question)
            refuses = verdicts == NO
            fits = packed(~refuses[classes.number]) if refuses.any() else None
            found = Answer(classes, verdicts, fits, bool((verdicts == UNKNOWN).any()))
            self._remember(key, found, verdicts.nbytes + (0 if fits is None else fits.nbytes))
        return found

    def values(self, criterion: Criterion, question: Question) -> tuple[Classes, Points]:
        """The criterion's value of every class."""
        facts = tuple([getattr(question.profile, fact) for fact in criterion.facts])
        classes = self._index.classes(criterion.compares)
        return classes, self._points(
            (criterion.name, facts),
            lambda: criterion.values(self._columns, classes.example, question),
        )

    def of_kinds(self, criterion: Criterion, asked: Hashable, question: Question) -> Points:
        """The value of every kind of offer for one need or one interest."""

        def values() -> Whole:
            (fact,) = criterion.facts
            alone = replace(question, profile=Profile("", **{fact: (asked,)}))  # type: ignore[arg-type]
            return criterion.values(self._columns, self._columns.example_of_kind, alone)

        return self._points((criterion.name, "kinds", asked), values)

    def serving(self, criterion: Criterion, asked: Hashable, question: Question) -> Bits:
        """The rows that serve one need or one interest."""
        key = (criterion.name, "serving", asked)
        found: Bits | None = self._remembered.get(key)
        if found is None:
            serves = self.of_kinds(criterion, asked, question) > 0
            found = packed(serves[self._columns.kind])
            self._remember(key, found, found.nbytes)
        return found

    def _points(self, key: Hashable, work_out: Callable[[], Whole]) -> Points:
        found: Points | None = self._remembered.get(key)
        if found is None:
            found = work_out().astype(np.int32)
            self._remember(key, found, found.nbytes)
        return found

    def _remember(self, key: Hashable, found: object, size: int) -> None:
        if self._bytes + size > _ROOM:
            self._remembered, self._bytes = {}, 0
        self._remembered[key] = found
        self._bytes += size


def key_of(rule: Rule, columns: Columns, profile: Profile) -> Hashable:
    """What students with the same answers of the rule have in common."""
    if rule.alike is not None:
        return rule.alike(columns, (profile,))[0]
    return _getter(rule.facts)(profile)


def keys_of(rule: Rule, columns: Columns, profiles: Sequence[Profile]) -> Sequence[Hashable]:
    """`key_of` each of them."""
    if rule.alike is not None:
        return rule.alike(columns, profiles)
    return list(map(_getter(rule.facts), profiles))


@cache
def _getter(facts: tuple[str, ...]) -> Callable[[Profile], Hashable]:
    return attrgetter(*facts)


def refuses_anybody(rule: Rule, profile: Profile) -> bool:
    """Whether the rule may refuse something: where it knows none of its facts, it does not."""
    return not rule.facts or any(is_stated(profile, fact) for fact in rule.facts)


def is_stated(profile: Profile, fact: str) -> bool:
    """Whether a fact of the profile is known: not what a profile of nobody has."""
    stated: bool = getattr(profile, fact) != getattr(_UNSTATED, fact)
    return stated
