"""What a goal of a plan asks of partners: "See a dentist this semester" → a dental checkup.

Called by the Find support page for one goal. A goal says what somebody wants to reach, not what is
missing, so its words count only in the areas that go with its domain (goals.yaml); where they name
nothing there, the domain's own terms stand for it. Words of crisis come first here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from catalog.taxonomy.crisis import Crisis
from catalog.taxonomy.reading import read_yaml
from catalog.taxonomy.resolving import resolve
from catalog.taxonomy.terms import VocabularyError, term

MOST_TERMS = 3
SURE_ENOUGH = 0.65  # set by reading what the demonstration's 38 goals were taken for
INTERESTS = "interests"


@dataclass(frozen=True, slots=True)
class GoalDomain:
    """A domain of goals: its label, the areas that its goals' words may name, its own terms."""

    code: str
    en: str
    es: str
    hears: frozenset[str]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalTerms:
    """The codes that could help with a goal, likeliest first; or the crisis that its words tell.

    `is_heard`: the goal's own words name them; else they are its domain's.
    """

    codes: tuple[str, ...] = ()
    is_heard: bool = False
    crisis: Crisis | None = None


def terms_of_goal(text: str, domain: str, language: str = "en") -> GoalTerms:
    """What could help with the goal. A domain that is not ours has no terms of its own."""
    known = goal_domains().get(domain)
    heard = resolve(text, language)
    if heard.crisis:
        return GoalTerms(crisis=heard.crisis)
    codes = tuple(
        candidate.code
        for candidate in heard.candidates
        if candidate.confidence >= SURE_ENOUGH
        and (known is None or _may_name(known, candidate.code))
    )
    if codes:
        return GoalTerms(codes[:MOST_TERMS], is_heard=True)
    return GoalTerms(known.terms if known else ())


def _may_name(domain: GoalDomain, code: str) -> bool:
    found = term(code)
    return found.area in domain.hears or (
        INTERESTS in domain.hears and found.vocabulary == INTERESTS
    )


@cache
def goal_domains() -> Mapping[str, GoalDomain]:
    """Every domain by its code. VocabularyError where goals.yaml names a code that is none."""
    rows = read_yaml(files("catalog.taxonomy").joinpath("goals.yaml").read_text(encoding="utf-8"))
    domains = [
        GoalDomain(
            row["domain"], row["en"], row["es"], frozenset(row["hears"]), tuple(row["terms"])
        )
        for row in rows
    ]
    for domain in domains:
        for code in (*domain.terms, *domain.hears - {INTERESTS}):
            try:
                term(code)
            except LookupError:
                raise VocabularyError(
                    f"goals.yaml: {domain.code} names {code!r}, which is no term."
                ) from None
    return MappingProxyType({domain.code: domain for domain in domains})
