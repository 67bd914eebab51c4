"""Search of the catalog: names, organizations, descriptions and terms, with typing errors, and filters.

Called by the directory's pages, which keep one `SearchIndex` a revision of the catalog. Everything
is ranked here in whole numbers over facts in memory, so every database gives the same order.

The order is total: entries without doubt first (see search_filters), then the higher score, then,
where a point is asked about, the nearer by 100 m, then name, organization and id.

The score of an entry is the sum of
- for each word typed: how surely the word is meant (100 exact, 52 two edits) x the weight of the
  best field that says it x how rare it is (bits of entries / entries that say it);
- for the needs and interests that the whole text means (`taxonomy.resolve`): confidence in percent x
  the weight of a term x the rarity of all words together, for the best of them;
- up to 1,000 a word where the words are much of the name.
An entry counts as found with half of the words, by rarity, or with a term that the text means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from catalog.search_entries import Entry
from catalog.search_filters import DOUBTS, FilterColumns, Filters, Kept, metres_of, with_broader
from catalog.search_words import MOST_WORDS, Meaning, WordBook, asked_words, words_of
from catalog.taxonomy import Crisis, Resolution, resolve, term
from catalog.taxonomy.words import plain

NAME, ORGANIZATION, TERM, TOWN, DESCRIPTION = 10, 5, 4, 3, 2  # weights of the fields
ONLY_A_NAME = 500  # no other field reaches more: a word that does stands in the name
WORTH_OF_NAME = 1000
SURE_TERM = 0.5
LONGEST_QUESTION = 200  # characters; what is typed beyond is not read
UNIT_METRES = 100  # nearer or farther is told apart by this much
# What is to be asked, by the bits that say so.
DOUBTS_OF = tuple(
    tuple(what for bit, what in enumerate(DOUBTS) if bits >> bit & 1)
    for bits in range(1 << len(DOUBTS))
)
_NUMBER_BITS, _DISTANCE_BITS, _SCORE_BITS = 21, 16, 22
# Where the rarity covered and the words in the name begin in an entry's sum: twelve words of at most
# 1,000 x 21 bits below, 12 x 21 between.
_COVERED_AT, _NAMED_AT = 18, 26


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found. `metres` to its nearest known place; `doubts` of DOUBTS: to be asked."""

    entry: Entry
    score: int
    metres: float | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A part of what was found. `total` are all, `certain` those without doubt among them.

    `facets` counts what was found by area (codes of topmost terms) and counts an entry in each of
    its areas. `meant` are codes that the text was taken to mean, best first; `unknown_words` found
    nothing, and `missed_words` among them were understood as no need or interest either. With a
    `crisis` nothing is ranked: show whom to call.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    certain: int = 0
    facets: Mapping[str, int] = field(default_factory=dict)
    meant: tuple[str, ...] = ()
    unknown_words: tuple[str, ...] = ()
    missed_words: tuple[str, ...] = ()
    crisis: Crisis | None = None


class SearchIndex:
    """All entries, ready to be searched. Never changed after it is made: safe among threads."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(
            entries, key=lambda one: (plain(one.name), plain(one.organization), str(one.id))
        )
        if len(self.entries) >= 1 << _NUMBER_BITS:
            raise ValueError(f"A search index holds fewer than {1 << _NUMBER_BITS} entries.")
        self.book = WordBook([said_by(entry) for entry in self.entries])
        self.columns = FilterColumns(self.entries)
        self.name_lengths = np.array(
            [max(1, len(asked_words(entry.name))) for entry in self.entries], np.int32
        )
        self.areas: list[str] = [code for code in self.columns.terms if term(code).parent is None]
        # Entries share few sets of areas: counted by set, then by area.
        bits = np.zeros(len(self.entries), np.int64)
        for number, code in enumerate(self.areas):
            bits[self.columns.terms[code]] |= 1 << number
        sets, self.area_set = np.unique(bits, return_inverse=True)
        self.areas_of_set = (sets[:, None] >> np.arange(len(self.areas))) & 1

    def search(
        self,
        query: str = "",
        filters: Filters | None = None,
        k: int = 25,
        offset: int = 0,
        *,
        even_in_crisis: bool = False,
    ) -> SearchResult:
        """Hits `offset` + 1 to `offset` + `k`, best first; without words, all that the filters keep.

        A text that tells of a crisis ranks nothing unless `even_in_crisis`, for somebody who has
        seen whom to call and looks for a partner of that name.
        """
        text = " ".join(query[:LONGEST_QUESTION].split())
        words = asked_words(text)[:MOST_WORDS]
        resolution = resolve(text) if words else None
        crisis = resolution.crisis if resolution else None
        if crisis and not even_in_crisis:
            return SearchResult(crisis=crisis)
        kept = self.columns.apply(filters or Filters())
        meanings: list[Meaning] = []
        meant: tuple[tuple[str, int], ...] = ()
        scores = np.zeros(len(self.entries), np.int32)
        if words:
            meanings = self.book.meanings(words)
            meant = sure_terms(resolution)
            kept.mask &= self.score(scores, meanings, meant)
        elif text:
            kept.mask[:] = False  # signs only: nothing can be found
        numbers = np.flatnonzero(kept.mask)
        found = self.best(numbers, scores, kept, slice(offset, offset + k))
        unknown = tuple(one.word for one in meanings if not len(one.numbers))
        return SearchResult(
            hits=self.hits(found, scores, kept),
            total=len(numbers),
            certain=int(np.count_nonzero(kept.doubts[numbers] == 0)),
            facets=self.facets(numbers),
            meant=tuple(code for code, _ in meant),
            unknown_words=unknown,
            missed_words=missed_words(resolution, unknown),
            crisis=crisis,
        )

    def score(
        self,
        scores: NDArray[np.int32],
        meanings: list[Meaning],
        meant: tuple[tuple[str, int], ...],
    ) -> NDArray[np.bool_]:
        """Add each entry's score, and say which entries are found.

        What the words add up to is kept in one number an entry, since each is met by chance:
        its score, the rarity of the words that it says, and how many of them stand in its name.
        """
        count = len(self.entries)
        sums = np.zeros(count, np.int32)
        whole = 0
        for one in meanings:
            if not len(one.numbers):
                continue
            rarity = (count // len(one.numbers)).bit_length()
            whole += rarity
            added = (one.worth > ONLY_A_NAME).astype(np.int32)
            added <<= _NAMED_AT
            added += one.worth * np.int32(rarity)
            added += rarity << _COVERED_AT
            np.add.at(sums, one.numbers, added)  # each entry once: only the quickest way to add
        needed = max(whole + 1, 2) // 2  # half of it
        found = (sums & ((1 << _NAMED_AT) - 1)) >= needed << _COVERED_AT
        scores += sums & ((1 << _COVERED_AT) - 1)
        named = np.flatnonzero(found & (sums >= 1 << _NAMED_AT))
        hits = sums[named] >> _NAMED_AT
        length = np.maximum(self.name_lengths[named], len(meanings))
        scores[named] += WORTH_OF_NAME * hits * hits // length
        if meant:
            by_term = np.zeros(count, np.int32)
            sure = [self.with_term(code, percent) for code, percent in meant]
            for numbers, sureness in sorted(sure, key=lambda one: one[1]):  # the surest stays
                by_term[numbers] = sureness * TERM * max(whole, 8)
                found[numbers] = True
            scores += by_term
        return found

    def with_term(self, code: str, percent: int) -> tuple[NDArray[np.int32], int]:
        """The entries with a term or a narrower one; where there are none those of the nearest
        broader term, half as sure each step.
        """
        above: str | None = code
        while above is not None:
            if above in self.columns.terms:
                return self.columns.terms[above], percent
            above, percent = term(above).parent, percent // 2
        return np.zeros(0, np.int32), 0

    def best(
        self, numbers: NDArray[np.int64], scores: NDArray[np.int32], kept: Kept, part: slice
    ) -> list[int]:
        """The numbers of that part of the order. One key holds the whole order: no tie is left.

        Keys are made only for those whose doubt and score alone can bring them so far.
        """
        if 0 < part.stop < len(numbers):
            ranks = scores[numbers]
            ranks[kept.doubts[numbers] > 0] -= 1 << _SCORE_BITS
            last = len(ranks) - part.stop
            numbers = numbers[ranks >= np.partition(ranks, last)[last]]
        keys = numbers.astype(np.int64)
        if kept.closeness is not None:
            steps = metres_of(kept.closeness[numbers]) / UNIT_METRES
            keys += np.minimum(steps, (1 << _DISTANCE_BITS) - 1).astype(np.int64) << _NUMBER_BITS
        most = (1 << _SCORE_BITS) - 1
        keys += (most - np.minimum(scores[numbers], most).astype(np.int64)) << (
            _NUMBER_BITS + _DISTANCE_BITS
        )
        keys += (kept.doubts[numbers] > 0).astype(np.int64) << (
            _NUMBER_BITS + _DISTANCE_BITS + _SCORE_BITS
        )
        if 0 < part.stop < len(keys):
            keys = np.partition(keys, part.stop - 1)[: part.stop]
        chosen = np.sort(keys)[part] & ((1 << _NUMBER_BITS) - 1)
        found: list[int] = chosen.tolist()
        return found

    def hits(self, found: list[int], scores: NDArray[np.int32], kept: Kept) -> tuple[Hit, ...]:
        """The entries as they were found."""
        metres: list[float | None] = [None] * len(found)
        if kept.closeness is not None:
            far = metres_of(kept.closeness[found]).tolist()
            metres = [one if one < math.inf else None for one in far]
        doubts = [DOUBTS_OF[bits] for bits in kept.doubts[found].tolist()]
        entries = [self.entries[number] for number in found]
        return tuple(map(Hit, entries, scores[found].tolist(), metres, doubts))

    def facets(self, numbers: NDArray[np.int64]) -> dict[str, int]:
        """How many of these are in each area."""
        by_set = np.bincount(self.area_set[numbers], minlength=len(self.areas_of_set))
        counts = (by_set @ self.areas_of_set).tolist()
        return {code: n for code, n in zip(self.areas, counts, strict=True) if n}


def missed_words(resolution: Resolution | None, unknown: tuple[str, ...]) -> tuple[str, ...]:
    """The words that neither the lexicon nor any entry knows, of a text that means no term. Names of
    partners are none of them, nor words with capital letters, nor any word of a crisis.
    """
    if resolution is None or not resolution.is_miss:
        return ()
    return tuple(word for word in resolution.unknown_words if word in unknown)


def sure_terms(resolution: Resolution | None) -> tuple[tuple[str, int], ...]:
    """The terms that a text means, each with its confidence in percent."""
    found = resolution.candidates if resolution else ()
    return tuple(
        (one.code, round(100 * one.confidence)) for one in found if one.confidence >= SURE_TERM
    )


def said_by(entry: Entry) -> dict[str, int]:
    """The words of an entry, each with the weight of the best field that says it."""
    said: dict[str, int] = {}
    fields = [(DESCRIPTION, words_of(entry.description))]
    fields += [(TOWN, words_of(f"{place.town} {place.zip_code}")) for place in entry.places]
    fields += [(TERM, words_of_term(code)) for code in with_broader(entry.terms)]
    fields += [(ORGANIZATION, words_of(entry.organization))]
    fields += [(NAME, words_of(f"{entry.name} {entry.alternate_name}"))]
    for weight, words in fields:  # the weights rise, so the last one stays
        for word in words:
            said[word] = weight
    return said


@cache
def words_of_term(code: str) -> list[str]:
    """The words of a term's labels in both languages."""
    return words_of(f"{term(code).en} {term(code).es}")
