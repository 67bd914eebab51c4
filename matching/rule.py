"""What an eligibility rule is. The rules themselves are one file each in `matching/rules/`.

To add a rule: write its file (decisions in the docstring, `judge`, `verdicts`, `RULE` with the facts
of the profile that it goes by: answers are shared by students who have those alike), name it in
`matching/rules/__init__.py`, and give its codes words in `matching/words/`. Tests find the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from matching.columns import Columns
from matching.lookups import Mask, Rows
from matching.question import Question
from matching.types import Offer, Profile, Reason, Verdict

Verdicts = npt.NDArray[np.int8]
Circumstances = tuple[Profile, Offer, date]  # what a change changes: student, program, day


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of eligibility.

    `judge` is the rule's definition: None is YES, a Reason is NO or UNKNOWN. `verdicts` answers the
    same for the given rows of the columns. `facts` names all of the profile that the answer goes by:
    while none of them is known, the rule refuses nobody for the student. Students of whom `alike`
    gives the same (by default, the same facts) have the same answers.

    Where something could turn a NO, `change` finds the smallest change that does (or None where
    this time nothing can), and `apply` carries it out.
    """

    name: str
    judge: Callable[[Offer, Question], Reason | None]
    verdicts: Callable[[Columns, Rows, Question], Verdicts]
    facts: tuple[str, ...]
    codes: tuple[str, ...]
    alike: Callable[[Columns, Profile], Hashable] | None = None
    change_codes: tuple[str, ...] = ()
    change: Callable[[Offer, Question], Reason | None] | None = None
    apply: Callable[[Profile, Offer, date, Reason], Circumstances] | None = None


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


def column_of(rows: Rows, *, no: Mask | None = None, unknown: Mask | None = None) -> Verdicts:
    """Verdicts that are YES but where a mask says otherwise; `no` goes before `unknown`."""
    verdicts = np.full(len(rows), Verdict.YES, dtype=np.int8)
    if unknown is not None:
        verdicts[unknown] = Verdict.UNKNOWN
    if no is not None:
        verdicts[no] = Verdict.NO
    return verdicts
