"""The words of the catalog: which entries say a word, and which words a typed one may mean.

Called by `catalog.search` alone. Knows words and weights, no filters and no order. Whole numbers
only, so that the same catalog gives the same figures everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from catalog.taxonomy.words import plain, stem

Numbers = NDArray[np.int32]
Worths = NDArray[np.int16]  # quality times weight: at most 1,000

# How surely a word of the catalog is what was typed, of 100.
EXACT, SAME_STEM, JOINED, BEGINS_SO, ONE_EDIT, TWO_EDITS = 100, 90, 85, 80, 70, 52
SHORTEST_TYPO = 3
LONG_WORD = 8  # from here on two edits are believed
MOST_SIMILAR = 24
MOST_WORDS = 12  # of a question; what is typed beyond is not read

LITTLE_WORDS = frozenset(
    {"a", "an", "and", "are", "at", "by", "can", "for", "from", "has", "have", "he", "her", "his", "i",
     "in", "is", "it", "me", "my", "need", "needs", "of", "on", "or", "our", "she", "that", "the",
     "their", "they", "this", "to", "we", "who", "with", "you", "your",
     "al", "con", "de", "del", "el", "en", "es", "la", "las", "lo", "los", "mi", "mis", "necesita",
     "necesito", "para", "por", "que", "se", "su", "sus", "un", "una", "y"}
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")


def words_of(text: str) -> list[str]:
    """The plain words of a text in order; initials stand together too ("Y.M.C.A." gives "ymca")."""
    found = _WORD.findall(plain(text))
    initials = ""
    joined = []
    for word in [*found, ""]:
        if len(word) == 1:
            initials += word
        else:
            if len(initials) > 1:
                joined.append(initials)
            initials = ""
    return found + joined


def asked_words(text: str) -> list[str]:
    """The words of a question, each once, without little words unless there are only those."""
    found = list(dict.fromkeys(words_of(text)))[:MOST_WORDS]
    return [word for word in found if word not in LITTLE_WORDS] or found


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one typed word finds: numbers of entries, and how much it is `worth` in each, which is
    quality times the weight of the field.
    """

    word: str
    numbers: NDArray[np.int64] | Numbers
    worth: Numbers


class WordBook:
    """The words of all entries with the entries that say them, as columns."""

    def __init__(self, said: Sequence[Mapping[str, int]]) -> None:
        """`said[n]` are the words of entry n, each with the weight of its best field."""
        self.count = len(said)
        postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, words in enumerate(said):
            for word, weight in words.items():
                postings[word].append((number, weight))
        self.words = sorted(postings)
        self.numbers = {word: number for number, word in enumerate(self.words)}
        self.lengths = np.array([len(word) for word in self.words], np.int32)
        self.starts = np.zeros(len(self.words) + 1, np.int64)
        np.cumsum([len(postings[word]) for word in self.words], out=self.starts[1:])
        flat = [pair for word in self.words for pair in postings[word]]
        columns = np.array(flat, np.int32).reshape(-1, 2)
        self.entries = np.ascontiguousarray(columns[:, 0])
        self.weights = columns[:, 1].astype(np.int16)
        self.by_stem: defaultdict[str, list[int]] = defaultdict(list)
        pairs: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self.words):
            self.by_stem[stem(word, "en")].append(number)
            for pair in letter_pairs(word):
                pairs[pair].append(number)
        self.by_pair = {pair: np.array(numbers, np.int32) for pair, numbers in pairs.items()}

    def meanings(self, words: Sequence[str]) -> list[Meaning]:
        """What each of the words finds; the last may be the beginning of a longer one."""
        joined: defaultdict[int, list[int]] = defaultdict(list)
        for at in range(len(words) - 1):
            number = self.numbers.get(words[at] + words[at + 1])
            if number is not None:
                joined[at].append(number)
                joined[at + 1].append(number)
        return [
            self.meaning(word, joined[at], is_last=at == len(words) - 1)
            for at, word in enumerate(words)
        ]

    def meaning(self, word: str, joined: Sequence[int], *, is_last: bool) -> Meaning:
        """The entries that say the word, its stem, a longer or a similar word."""
        exact = self.numbers.get(word)
        ranges: list[tuple[int, int, int]] = []  # first, end, quality; the better ones last
        if exact is None:
            similar = self.similar(word)
            ranges += [(number, number + 1, quality) for number, quality in reversed(similar)]
        if (is_last and len(word) >= 3) or (exact is None and len(word) >= 4):
            first, end = self.beginning(word)
            ranges += [(first, end, BEGINS_SO)] if first < end else []
        ranges += [(number, number + 1, JOINED) for number in joined]
        same = self.by_stem.get(stem(word, "en"), ())
        ranges += [(number, number + 1, SAME_STEM) for number in same if number != exact]
        if exact is not None:
            ranges = [one for one in ranges if one[:2] != (exact, exact + 1)]
            ranges.append((exact, exact + 1, EXACT))
        return Meaning(word, *self.found(ranges))

    def found(
        self, ranges: Sequence[tuple[int, int, int]]
    ) -> tuple[NDArray[np.int64] | Numbers, Numbers]:
        """The entries that say a word of the ranges, in order, and the best worth in each."""
        if len(ranges) == 1 and ranges[0][1] - ranges[0][0] == 1:
            first, end, quality = ranges[0]
            part = slice(self.starts[first], self.starts[end])
            return self.entries[part], self.weights[part].astype(np.int32) * quality
        best: Worths = np.zeros(self.count, np.int16)
        for first, end, quality in ranges:
            part = slice(self.starts[first], self.starts[end])
            entries, worth = self.entries[part], self.weights[part] * np.int16(quality)
            if end - first == 1:  # an entry stands once in a word's list
                best[entries] = np.maximum(best[entries], worth)
            else:
                np.maximum.at(best, entries, worth)
        numbers = np.flatnonzero(best > 0) if ranges else np.zeros(0, np.int64)
        return numbers, best[numbers].astype(np.int32)

    def beginning(self, word: str) -> tuple[int, int]:
        """The range of words that begin so."""
        return bisect_left(self.words, word), bisect_left(self.words, word + "\x7f")

    def similar(self, typed: str) -> list[tuple[int, int]]:
        """The words within one edit, two from eight letters on, with their quality; nearest first.

        An edit is a letter changed, left out, added, or two neighbours swapped (optimal string
        alignment). Each breaks at most three pairs of neighbours, so few words need comparing.
        """
        if len(typed) < SHORTEST_TYPO or not typed.isalpha() or not self.words:
            return []
        allowed = 2 if len(typed) >= LONG_WORD else 1
        pairs = letter_pairs(typed)
        lists = [self.by_pair[pair] for pair in pairs if pair in self.by_pair]
        if not lists:
            return []
        shared = np.bincount(np.concatenate(lists), minlength=len(self.words))
        near = np.flatnonzero(
            (shared >= max(1, len(pairs) - 3 * allowed))
            & (self.lengths >= len(typed) - allowed)
            & (self.lengths <= len(typed) + allowed)
        )
        choices = {number: self.words[number] for number in near.tolist()}
        found = extract(typed, choices, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        ranked = sorted((int(edits), word, number) for word, edits, number in found)
        return [
            (number, ONE_EDIT if edits <= 1 else TWO_EDITS)
            for edits, word, number in ranked[:MOST_SIMILAR]
            if len(typed) > SHORTEST_TYPO or word[0] == typed[0]
        ]


def letter_pairs(word: str) -> set[str]:
    """The pairs of neighbouring letters, with the beginning and the end."""
    padded = f"^{word}$"
    return {padded[at : at + 2] for at in range(len(padded) - 1)}
