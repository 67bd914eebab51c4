"""Words of crisis: self-harm, abuse, violence at home, threats, running away, trafficking.

Called by resolve() before anything is ranked. The rules are data (crisis.yaml); they look for
sequences of words, not for meaning, and are made so that in doubt the lines are shown: a false
alarm costs a glance, a missed one may cost a life. This module decides nothing else: what the
school does then is the school's protocol.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from rapidfuzz.distance import OSA

from catalog.taxonomy.lexicon import lexicon
from catalog.taxonomy.reading import read_yaml
from catalog.taxonomy.spelling import meant_words
from catalog.taxonomy.terms import LANGUAGES, VocabularyError
from catalog.taxonomy.words import Word

_K = re.compile(r"k(?=[ei])")  # as Spanish is written in messages: "kiero"
_GAP = r"(?:\w+ ){0,4}?"


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """Whom to call: what people read, and the number to dial."""

    code: str
    text: str
    phone: str
    source: str


@dataclass(frozen=True, slots=True)
class Crisis:
    """What was heard, and whom to call: always 988 and 911 first, then the line for each kind."""

    kinds: tuple[str, ...]  # "self-harm", "abuse", "violence", "threat", "runaway", "trafficking"
    lines: tuple[CrisisLine, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str  # "" for what is harmless
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    """Rules by the words of one slot that cannot be missing: only these need to be tried."""

    harmless: Mapping[str, tuple[_Rule, ...]]
    crisis: Mapping[str, tuple[_Rule, ...]]
    words: frozenset[str]
    lines: tuple[Mapping[str, Any], ...]


def find_crisis(words: Sequence[Word], language: str) -> Crisis | None:
    """The crisis that the words of a text tell of, or None; the lines are in `language`.

    The rules of both languages are tried, on the words as typed and with typing errors corrected.
    """
    rules = _rules()
    typed = [word.text for word in words]
    kinds: set[str] = set()
    for said in _readings(typed, rules):
        text = f"{' '.join(said)} "
        for rule in _of(said, rules.harmless):
            text = rule.pattern.sub("~ ", text)
        kinds.update(rule.kind for rule in _of(said, rules.crisis) if rule.pattern.search(text))
    if not kinds:
        return None
    lines = tuple(
        CrisisLine(row["code"], row[language], row["phone"], row["source"])
        for row in rules.lines
        if kinds & set(row["kinds"])
    )
    return Crisis(tuple(sorted(kinds)), lines)


def crisis_words() -> frozenset[str]:
    """Every word of the rules: none of them is ever noted, though one alone may tell of no crisis."""
    return _rules().words


def _of(said: Sequence[str], rules: Mapping[str, tuple[_Rule, ...]]) -> Iterator[_Rule]:
    for word in dict.fromkeys(said):
        yield from rules.get(word, ())


def _readings(typed: list[str], rules: _Rules) -> Iterator[list[str]]:
    """The words as typed, and with each misspelt word of crisis put right ("kil", "kiere")."""
    yield typed
    right = [_right_word(word) or _right_word(_K.sub("qu", word)) or word for word in typed]
    if right != typed:
        yield right


@lru_cache(maxsize=20_000)
def _right_word(word: str) -> str | None:
    words = _rules().words
    if word in _spelled_right():
        return word if word in words else None
    meant = [one for one, _ in meant_words(word, words) if one[0] == word[0]]
    if not meant:
        return None
    # In doubt the word of crisis, but for a word that is meant by fewer errors.
    nearest = meant_words(word, _spelled_right())[0][0]
    return meant[0] if OSA.distance(word, meant[0]) <= OSA.distance(word, nearest) else None


@cache
def _spelled_right() -> frozenset[str]:
    return _rules().words.union(*(lexicon(language).words for language in LANGUAGES))


@cache
def _rules() -> _Rules:
    text = files("catalog.taxonomy").joinpath("crisis.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = read_yaml(text)
    words: set[str] = set()
    harmless: defaultdict[str, list[_Rule]] = defaultdict(list)
    crisis: defaultdict[str, list[_Rule]] = defaultdict(list)
    for language in LANGUAGES:
        for line in data["harmless"][language]:
            _add_rule(harmless, "", line, words)
        for kind, lines in data["crisis"].items():
            for line in lines[language]:
                _add_rule(crisis, kind, line, words)
    return _Rules(
        harmless={word: tuple(rules) for word, rules in harmless.items()},
        crisis={word: tuple(rules) for word, rules in crisis.items()},
        words=frozenset(words),
        lines=tuple(data["lines"]),
    )


def _add_rule(rules: defaultdict[str, list[_Rule]], kind: str, line: str, words: set[str]) -> None:
    slots, pattern = read_rule(line)
    # The slot with the longest words is the most telling one.
    key = max(slots, key=lambda slot: sum(map(len, slot)) / len(slot))
    for word in key:
        rules[word].append(_Rule(kind, pattern))
    words.update(word for slot in slots for word in slot)


def read_rule(line: str) -> tuple[list[frozenset[str]], re.Pattern[str]]:
    """The slots that cannot be missing and the pattern of one line of crisis.yaml.

    Raises VocabularyError for a line without such a slot or with other signs than the head of the
    file explains.
    """
    if not re.fullmatch(r"[a-z0-9/?* ]+", line):
        raise VocabularyError(
            f"crisis.yaml: {line!r} may hold small plain letters, / ? and * only."
        )
    needed: list[frozenset[str]] = []
    parts: list[str] = []
    for slot in line.split():
        if slot == "*":
            parts.append(_GAP)
            continue
        words = frozenset(word.rstrip("?") for word in slot.split("/"))
        choice = f"(?:{'|'.join(sorted(words))}) "
        if "?" in slot:
            parts.append(f"(?:{choice})?")
        else:
            parts.append(choice)
            needed.append(words)
    if not needed:
        raise VocabularyError(f"crisis.yaml: {line!r} has no word that must be there.")
    return needed, re.compile(rf"\b{''.join(parts)}")
