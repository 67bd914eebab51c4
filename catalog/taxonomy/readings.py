"""What each word of a text may be: itself, or the words that its typing error may have been meant for.

Called by resolve(). Of a misspelt word every likely reading is kept, with its part: which one is meant
the sentence decides, not the word alone. Where one has to be chosen, for "not", "loves" and the
language, it is the likeliest. A word that is spelled right is what it is; that it may be a slip for
another ("light ill") is believed only where other words of that other's phrase are said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from catalog.taxonomy.lexicon import Lexicon, lexicon
from catalog.taxonomy.spelling import FIRST_LETTER, SHORT_WORD, SLIP, meant_words
from catalog.taxonomy.terms import LANGUAGES
from catalog.taxonomy.words import Word

MOST_READINGS = 6

# Set by the exam's "tuning" phrases; the result hardly moves with any of them.
_SHARPNESS = 3.0  # how fast what is stranger becomes less likely
_RARE, _LITTLE = 0.3, 3.0  # how common a word without a phrase is; what a little word has on top
# How common it is that a word is none of ours; a short one is often somebody's name.
_UNKNOWN, _SHORT_UNKNOWN = 0.05, 1.0
_KNOWN, _MISTYPED = 0.6, 0.4  # what a word says for its language, a little word being 1


@dataclass(frozen=True, slots=True)
class Reading:
    """A word that a word of the text may be. `part`: how likely among all that it may be, up to 1; 0
    where it is believed only beside other words of the same phrase."""

    word: str
    stem: str
    part: float


@lru_cache(maxsize=20_000)
def readings(typed: str, language: str) -> tuple[Reading, ...]:
    """What a plain word may be in a language, one for each stem, the likeliest first."""
    book = lexicon(language)
    own = book.stem(typed)
    is_said = own in book.weights
    is_right = any(typed in lexicon(one).words for one in LANGUAGES)
    if is_right and (is_said or typed in book.words):
        return (Reading(typed, own, 1.0), *_slips(typed, book))
    meant = meant_words(typed, book.words)
    if is_said:  # another form of a word that we know
        meant = (*meant, (typed, 0.0))
    best: dict[str, tuple[float, str]] = {}
    for word, strangeness in meant:
        stem = book.stem(word)
        chance = math.exp(-_SHARPNESS * strangeness) * _commonness(word, stem, book)
        best[stem] = max(best.get(stem, (0.0, "")), (chance, word))
    unknown = _SHORT_UNKNOWN if len(typed) <= SHORT_WORD else _UNKNOWN
    whole = sum(chance for chance, _ in best.values()) + math.exp(-_SHARPNESS * SLIP) * unknown
    found = [
        # What is right in the other language is at once a little word of ours, but no need of ours.
        Reading(word, stem, 0.0 if is_right and word not in book.grammar.little else chance / whole)
        for stem, (chance, word) in best.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.part, one.word))[:MOST_READINGS])


def _slips(typed: str, book: Lexicon) -> list[Reading]:
    """Words of our phrases for which a word that is spelled right may be a slip: "ill" for "bill"."""
    return [
        Reading(word, stem, 0.0)
        for word, strangeness in meant_words(typed, book.words)
        if strangeness <= SLIP + FIRST_LETTER
        and word not in book.grammar.little
        and (stem := book.stem(word)) in book.weights
        and stem != book.stem(typed)
    ]


def _commonness(word: str, stem: str, book: Lexicon) -> float:
    phrases = len(book.by_stem.get(stem, ()))
    return _RARE + math.log1p(phrases) + (_LITTLE if word in book.grammar.little else 0.0)


def as_read(words: Sequence[Word], language: str) -> list[Word]:
    """The words, each misspelt one as its likeliest reading."""
    return [
        replace(word, text=found[0].word)
        if (found := readings(word.text, language)) and found[0].part
        else word
        for word in words
    ]


def likelihoods(words: Sequence[Word]) -> dict[str, float]:
    """For each language the part of the words that it knows; little words tell most."""
    return {
        language: sum(_telling(word.text, language) for word in words) / max(len(words), 1)
        for language in LANGUAGES
    }


def _telling(typed: str, language: str) -> float:
    book = lexicon(language)
    if typed in book.grammar.little:
        return 1.0
    if typed in book.words:
        return _KNOWN
    return _MISTYPED if any(one.part for one in readings(typed, language)) else 0.0


def foreign_words(words: Sequence[Word], language: str) -> list[Word]:
    """The words that may be of another language: not those mistyped little words of this one, as
    "adn" is "and" in an English sentence, and no Spanish word for DNA."""
    return [
        word
        for word, read in zip(words, as_read(words, language), strict=True)
        if read.text == word.text or read.text not in lexicon(language).grammar.little
    ]
