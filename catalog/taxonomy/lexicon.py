"""The lay words of one language, read once from lexicon/ and indexed for resolve().

The files are plain text that anybody can extend: a term's code in brackets, then a phrase a line
(docs/words.md). This module reads them, refuses what contradicts itself, and builds the index; it
judges no sentence.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from catalog.taxonomy.terms import LANGUAGES, VocabularyError, interests, needs
from catalog.taxonomy.words import plain, read_words, stem

# What "no", "not", "can't" and "without" become: a lack, which is part of many phrases.
LACK = "¬"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A lay phrase: its terms, its stems, and the sum of their weights.

    `telling`: for each term the stem that says most for it: "glasses" in "can't pay for glasses".
    `is_all_little`: "nowhere to go" has little words only, and must be said as a whole.
    """

    text: str
    codes: tuple[str, ...]
    stems: frozenset[str]
    weight: float
    telling: tuple[str, ...]
    is_all_little: bool


@dataclass(frozen=True, slots=True)
class Grammar:
    """What lexicon/grammar/<language>.txt says: sets of plain words and sequences of them."""

    little: frozenset[str]
    keep: frozenset[str]
    lack: frozenset[str]
    same: Mapping[str, str]
    whole: frozenset[str]
    likes: frozenset[str]
    struggles: frozenset[str]
    negations: Mapping[str, tuple[tuple[str, ...], ...]]  # by their first word, longest first
    negation_ends: frozenset[str]
    lack_follows: frozenset[str]
    known: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's phrases by stem.

    `weights`: 0 to 1, how rare a stem is among the phrases. `shares`: stem → term → the part of
    the stem's phrases that mean the term. `words`: every word that is spelled right.
    """

    language: str
    grammar: Grammar
    phrases: tuple[Phrase, ...]
    by_stem: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    words: frozenset[str]

    def stem(self, word: str) -> str:
        """The stem of a plain word: LACK for a word of lack, one for all forms of "same word"."""
        return word_stem(word, self.language, self.grammar)


def word_stem(word: str, language: str, grammar: Grammar) -> str:
    """See Lexicon.stem."""
    if word in grammar.lack:
        return LACK
    if word in grammar.whole:
        return word
    return stem(grammar.same.get(word, word), language)


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of "en" or "es", read at the first call. Raises VocabularyError for bad files."""
    if language not in LANGUAGES:
        raise VocabularyError(f"There is no lexicon for {language!r}: there are {LANGUAGES}.")
    grammar = _grammar(language)
    return build_lexicon(language, grammar, phrase_lines(language))


def build_lexicon(
    language: str, grammar: Grammar, lines: Iterable[tuple[tuple[str, ...], str]]
) -> Lexicon:
    """Index phrases; `lines` are (codes, phrase). The same phrase under two headings means both."""
    known_codes = {one.code for one in (*needs(), *interests())}
    meanings: dict[frozenset[str], dict[str, None]] = {}
    texts: dict[frozenset[str], str] = {}
    words: set[str] = set()
    for codes, text in lines:
        if unknown := [code for code in codes if code not in known_codes]:
            raise VocabularyError(
                f"lexicon/{language}: [{', '.join(unknown)}] is no term of needs.yaml or "
                "interests.yaml. Correct the heading."
            )
        bare = plain(text)
        is_simple = bare.replace(" ", "").isalpha()  # most are, and this halves the time
        spoken = bare.split() if is_simple else [word.text for word in read_words(bare)]
        words.update(spoken)
        stems = phrase_stems(spoken, language, grammar)
        if not stems:
            raise VocabularyError(f"lexicon/{language}: {text!r} says nothing: add a word to it.")
        meanings.setdefault(stems, {}).update(dict.fromkeys(codes))
        texts.setdefault(stems, text)
    counts = Counter(one for stems in meanings for one in stems)
    little = {word_stem(word, language, grammar) for word in grammar.little | grammar.lack}
    ceiling = math.log1p(len(meanings))
    weights = {one: math.log1p(len(meanings) / number) / ceiling for one, number in counts.items()}
    by_stem: defaultdict[str, list[int]] = defaultdict(list)
    senses: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number, (stems, meant) in enumerate(meanings.items()):
        for one in stems:
            by_stem[one].append(number)
            senses[one].update(meant.keys())
    shares = {one: _shares(senses[one], counts[one]) for one in counts}

    def telling(stems: frozenset[str], code: str) -> str:
        if len(stems) == 1:
            return next(iter(stems))
        return max((shares[one][code] * weights[one], one) for one in stems)[1]

    return Lexicon(
        language=language,
        grammar=grammar,
        phrases=tuple(
            Phrase(
                texts[stems],
                tuple(meant),
                stems,
                sum(weights[one] for one in stems),
                tuple(telling(stems, code) for code in meant),
                stems <= little,
            )
            for stems, meant in meanings.items()
        ),
        by_stem={one: tuple(numbers) for one, numbers in by_stem.items()},
        weights=weights,
        shares=shares,
        words=frozenset(words) | grammar.little | grammar.lack | grammar.known | set(grammar.same),
    )


def _shares(senses: Counter[str], number: int) -> dict[str, float]:
    return {code: times / number for code, times in senses.items()}


def phrase_stems(spoken: Iterable[str], language: str, grammar: Grammar) -> frozenset[str]:
    """The stems that carry a phrase's meaning; its little words only where there is nothing else."""
    spoken = list(spoken)
    full = [word for word in spoken if word not in grammar.little or word in grammar.lack]
    stems = {word_stem(word, language, grammar) for word in full}
    if len(stems) <= 1:
        kept = [word for word in spoken if word in grammar.keep]
        stems |= {word_stem(word, language, grammar) for word in kept}
    if stems <= {LACK}:
        stems |= {word_stem(word, language, grammar) for word in spoken}
    return frozenset(stems - {LACK} if len(stems) == 1 and len(spoken) > 1 else stems)


def phrase_lines(language: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """(codes, phrase) for every label and every line of the language's files."""
    for one in (*needs(), *interests()):
        yield (one.code,), one.label(language)
    folder = files("catalog.taxonomy").joinpath("lexicon", language)
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        yield from read_headed_lines(file.read_text(encoding="utf-8"), f"{language}/{file.name}")


def read_headed_lines(text: str, name: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """(the heading's items, the line) for each line under a heading; "#" begins a comment."""
    heading: tuple[str, ...] = ()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            if not line.endswith("]") or not line[1:-1].strip():
                raise VocabularyError(f"lexicon/{name}, line {number}: {line!r} lacks its end.")
            heading = tuple(item.strip() for item in line[1:-1].split(","))
        elif not heading:
            raise VocabularyError(f"lexicon/{name}, line {number}: no [term] stands above it.")
        else:
            yield heading, line


@cache
def _grammar(language: str) -> Grammar:
    file = files("catalog.taxonomy").joinpath("lexicon", "grammar", f"{language}.txt")
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for heading, line in read_headed_lines(file.read_text(encoding="utf-8"), f"grammar/{language}"):
        rows[heading[0]].append(plain(line))

    def words(name: str) -> frozenset[str]:
        return frozenset(word for line in rows[name] for word in line.split())

    return Grammar(
        little=words("little words"),
        keep=words("keep"),
        lack=words("no words"),
        same={form: line.split()[0] for line in rows["same word"] for form in line.split()},
        whole=words("whole words"),
        likes=words("likes"),
        struggles=words("struggles"),
        negations=_by_first_word(tuple(line.split()) for line in rows["negation"]),
        negation_ends=words("negation ends"),
        lack_follows=words("lack follows"),
        known=words("known words"),
    )


def _by_first_word(
    sequences: Iterable[tuple[str, ...]],
) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    found: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for sequence in sorted(sequences, key=len, reverse=True):
        found[sequence[0]].append(sequence)
    return {word: tuple(those) for word, those in found.items()}
