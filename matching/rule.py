"""What an eligibility rule is. The rules themselves are one file each in `matching/rules/`.

To add a rule, add its file: decisions in the docstring, `judge`, `verdicts`, words in English and
Spanish, and `RULE` with the facts of the profile that it goes by and the fields of the offer that it
compares (answers are shared by those who have them alike). Nothing else names it;
docs/adding-a-rule.md walks through one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from matching.columns import Columns
from matching.lookups import Mask, Rows
from matching.question import Question
from matching.types import NO, UNKNOWN, YES, Offer, Profile, Reason, Verdict

Verdicts = npt.NDArray[np.int8]
Circumstances = tuple[Profile, Offer, date]  # what a change changes: student, program, day


@dataclass(frozen=True, slots=True)
class Words:
    """What a rule says in one language: its name, and a sentence for each code.

    `no` says why not, `ask` whom to ask what, `change` what would turn a NO. Facts stand in {braces}
    under their names in `matching/phrasing.py`, and come out as people write them.
    """

    name: str
    no: Mapping[str, str] = field(default_factory=dict)
    ask: Mapping[str, str] = field(default_factory=dict)
    change: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of eligibility.

    `judge` is the rule's definition: None is YES, a Reason is NO or UNKNOWN. `verdicts` answers the
    same for the given rows of the columns. `facts` names all of the profile that the answer goes by:
    while none of them is known, the rule refuses nobody for the student. Students to whom
    `alike` gives the same (by default, the same facts) have the same answers. `compares` names all of the
    offer that the answer goes by (by default, the offer itself): the rule is asked once for offers
    that are the same in it.

    A rule whose question names the few offers that it refuses gives their rows by `refused`, and is
    not asked about others; it never asks anything.

    Where something could turn a NO, `change` finds the smallest change that does (or None where
    this time nothing can), and `apply` carries it out.

    `words` are by language; `order` says where its reasons stand among those of other rules.
    """

    name: str
    judge: Callable[[Offer, Question], Reason | None]
    verdicts: Callable[[Columns, Rows, Question], Verdicts]
    facts: tuple[str, ...]
    words: Mapping[str, Words]
    order: int
    compares: tuple[str, ...] = ("key",)
    alike: Callable[[Columns, Sequence[Profile]], Sequence[Hashable]] | None = None
    refused: Callable[[Columns, Question], Rows] | None = None
    change: Callable[[Offer, Question], Reason | None] | None = None
    apply: Callable[[Profile, Offer, date, Reason], Circumstances] | None = None

    @property
    def can_ask(self) -> bool:
        """Whether it is ever UNKNOWN; the others only refuse, so that no match has a reason of theirs."""
        return bool(self.words["en"].ask)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of its reasons, NO and UNKNOWN."""
        return (*self.words["en"].no, *self.words["en"].ask)

    @property
    def change_codes(self) -> tuple[str, ...]:
        """Every code of its changes."""
        return tuple(self.words["en"].change)


def no(rule: str, code: str, **facts: object) -> Reason:
    """The reason of a NO."""
    return Reason(rule, Verdict.NO, code, facts)


def ask(rule: str, code: str, **facts: object) -> Reason:
    """The reason of an UNKNOWN: its code names the question."""
    return Reason(rule, Verdict.UNKNOWN, code, facts)


def would_do(rule: str, code: str, **facts: object) -> Reason:
    """A change after which the rule no longer says NO."""
    return Reason(rule, Verdict.YES, code, facts)


def sorted_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Terms as a fact: plain, and in an order that does not change from run to run."""
    return tuple(sorted(terms))


def verdicts_of_refused(columns: Columns, rows: Rows, refused: Rows) -> Verdicts:
    """Verdicts for rows of a rule that refuses those named."""
    is_refused = np.zeros(len(columns), dtype=np.bool_)
    is_refused[refused] = True
    return column_of(rows, no=is_refused[rows])


def column_of(rows: Rows, *, no: Mask | None = None, unknown: Mask | None = None) -> Verdicts:
    """Verdicts that are YES but where a mask says otherwise; `no` goes before `unknown`."""
    verdicts = np.full(len(rows), YES, dtype=np.int8)
    if unknown is not None:
        verdicts[unknown] = UNKNOWN
    if no is not None:
        verdicts[no] = NO
    return verdicts
