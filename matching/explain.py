"""A reason, a question, a change or a part of a score, told in plain words.

Called by pages, messages and the API. The words are data: each rule's stand in its own file, all
others in `matching/words/en.toml` and `es.toml`. This module fills them and decides nothing. Facts
come out as people write them (miles, dollars, dates), never raw.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from matching.errors import MatchingError
from matching.phrasing import PHRASE_OF, Phrases
from matching.rules import RULES
from matching.together import TOGETHER
from matching.types import Part, Reason, Verdict

LANGUAGES: Final = ("en", "es")

_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
_TABLE_OF: Final = {Verdict.NO: "no", Verdict.UNKNOWN: "ask", Verdict.YES: "change"}


def sentence(
    said: Reason | Part, language: str = "en", *, names: Mapping[str, str] = _NO_NAMES
) -> str:
    """The sentence for a NO, a question, a near miss's change, a part of a score, or why an offer is
    in the best set for several needs.

    `names` tells the caller's codes (categories, interests) in that language; a code without a name
    is told as it is written. Raise MatchingError for a language without words.
    """
    words = words_of(language)
    table = _table_of(said)
    phrases = Phrases(words, names)
    told = {
        fact: PHRASE_OF[fact](phrases, value)
        for fact, value in said.facts.items()
        if fact in PHRASE_OF and value is not None
    }
    template: str = words[table][said.code]
    filled = template.format(**told, area=phrases.area(said.facts)).replace("..", ".")  # "p. m.."
    return filled[:1].upper() + filled[1:]


def _table_of(said: Reason | Part) -> str:
    if isinstance(said, Part):
        return "part"
    return TOGETHER if said.rule == TOGETHER else _TABLE_OF[said.verdict]


def rule_name(rule: str, language: str = "en") -> str:
    """What people call a rule: "Distance", "Distancia"."""
    return str(words_of(language)["rules"][rule])


def criterion_name(criterion: str, language: str = "en") -> str:
    """What people call a criterion: "Closeness", "Cercanía"."""
    return str(words_of(language)["criteria"][criterion])


@cache
def words_of(language: str) -> Mapping[str, Any]:
    """A language's words: its file, with those of each rule. Raise MatchingError where none are."""
    if language not in LANGUAGES:
        raise MatchingError(
            f"There are no words in {language!r}: choose one of {', '.join(LANGUAGES)}."
        )
    path = Path(__file__).parent / "words" / f"{language}.toml"
    words = {"ask": {}, "change": {}, **tomllib.loads(path.read_text(encoding="utf-8"))}
    for rule in RULES:
        told = rule.words[language]
        words["rules"][rule.name] = told.name
        words["no"] |= told.no
        words["ask"] |= told.ask
        words["change"] |= told.change
    return MappingProxyType(words)
