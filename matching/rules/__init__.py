"""Eligibility: every rule, one a file, and the scalar answers of all of them together.

Called by the engine and by the tests' oracle. One NO excludes; UNKNOWN is a question and never
excludes. A file in this folder is a rule: nothing else names it (`matching/rule.py` says what it
must hold).
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from typing import Final

from matching.question import Question
from matching.rule import Circumstances, Rule
from matching.rules import listing, reach
from matching.types import Offer, Profile, Reason, Verdict


def _found() -> Iterator[Rule]:
    for module in pkgutil.iter_modules(__path__):
        yield import_module(f"{__name__}.{module.name}").RULE


# In the order in which reasons are told; the listing first of all.
RULES: Final[tuple[Rule, ...]] = tuple(sorted(_found(), key=lambda rule: rule.order))
RULE_OF: Final = {rule.name: rule for rule in RULES}

# The question names the few offers that they refuse.
NAMING: Final = tuple(rule for rule in RULES if rule.refused is not None)
BY_DAY: Final = tuple(rule for rule in RULES if not rule.facts and rule not in NAMING)
BY_STUDENT: Final = tuple(
    rule for rule in RULES if rule.facts and rule not in NAMING and rule.name != reach.NAME
)


def judge_all(offer: Offer, question: Question) -> tuple[Reason, ...]:
    """Every NO and UNKNOWN, in the order of RULES; of a contradictory listing only that."""
    contradiction = listing.judge(offer, question)
    if contradiction is not None:
        return (contradiction,)
    return judge_sound(offer, question)


def judge_sound(offer: Offer, question: Question) -> tuple[Reason, ...]:
    """`judge_all` of a listing known not to contradict itself."""
    answers = [rule.judge(offer, question) for rule in RULES[1:]]
    return tuple([answer for answer in answers if answer is not None])


def refusals(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Those that exclude."""
    return tuple(reason for reason in reasons if reason.verdict is Verdict.NO)


def smallest_change(offer: Offer, reason: Reason, question: Question) -> Reason | None:
    """What would turn this NO, or None where nothing could."""
    change = RULE_OF[reason.rule].change
    return None if change is None else change(offer, question)


def apply_change(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The profile, the offer and the day as they are after a near miss's change.

    Raise KeyError for a change that is no rule's.
    """
    apply = RULE_OF[change.rule].apply
    if apply is None:
        raise KeyError(f"No change is known for the rule {change.rule!r}.")
    return apply(profile, offer, on, change)
