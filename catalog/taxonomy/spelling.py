"""Typing errors: the words that a misspelt word may have been meant for.

Called by the readings of resolve(), by the crisis rules and by the search for names. Knows letters and
keys, no meanings. Whoever calls leaves alone what is spelled right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

LONG_WORD = 8  # letters, from which on two errors are allowed
SHORTEST_MEANT = 3  # letters
SHORT_WORD = 3  # letters typed, up to which only a slip of the fingers is believed

# How strange it is to type the one and to mean the other.
SLIP = 1.0  # two letters swapped, one left out, one typed twice, the key beside hit
STRANGE_ERROR = 1.5  # any other letter
TWO_ERRORS = 2.0
FIRST_LETTER = 0.25  # on top: people look where they begin
AS_LIKELY = 0.75  # what is stranger than the nearest word by more is not meant

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _keys_beside() -> Mapping[str, frozenset[str]]:
    """For each key those that touch it: in its own row, and the two above and below."""
    at = {key: (row, column) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}
    touching = {(0, -1), (0, 1), (-1, 0), (-1, 1), (1, -1), (1, 0)}
    return {
        key: frozenset(other for other, (r, c) in at.items() if (r - row, c - column) in touching)
        for key, (row, column) in at.items()
    }


_BESIDE = _keys_beside()


@cache
def words_by_length(words: frozenset[str]) -> Mapping[int, tuple[str, ...]]:
    """The words sorted into lengths, so that a typo is compared only with words of its own size."""
    sizes: defaultdict[int, list[str]] = defaultdict(list)
    for word in sorted(words):
        sizes[len(word)].append(word)
    return {size: tuple(group) for size, group in sizes.items()}


def meant_words(typed: str, words: frozenset[str]) -> tuple[tuple[str, float], ...]:
    """The words that `typed` may stand for, each with its strangeness (1 for a slip), likeliest first.

    Distance is optimal string alignment: one letter changed, left out, added, or two neighbours
    swapped; one such error, two from 8 letters on. Words with figures are left alone.
    """
    if len(typed) < SHORTEST_MEANT - 1 or not typed.isalpha():
        return ()
    allowed = 2 if len(typed) >= LONG_WORD else 1
    sizes = words_by_length(words)
    near: list[tuple[float, str]] = []
    for size in range(max(SHORTEST_MEANT, len(typed) - allowed), len(typed) + allowed + 1):
        for word, errors, _ in extract(
            typed, sizes.get(size, ()), scorer=OSA.distance, score_cutoff=allowed, limit=None
        ):
            strange = strangeness(typed, word, int(errors))
            if errors and (len(typed) > SHORT_WORD or strange < STRANGE_ERROR):
                near.append((strange, word))
    near.sort()
    return tuple((word, strange) for strange, word in near if strange <= near[0][0] + AS_LIKELY)


def strangeness(typed: str, word: str, errors: int) -> float:
    """How strange it is that somebody typed the one and meant the other, which is so many errors
    away. 0 for no error."""
    if not errors:
        return 0.0
    first = FIRST_LETTER * (typed[0] != word[0])
    if errors > 1:
        return TWO_ERRORS + first
    at = next((at for at, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), -1)
    return (SLIP if _is_slip(typed, word, at) else STRANGE_ERROR) + first


def _is_slip(typed: str, word: str, at: int) -> bool:
    """Whether the one error that begins at this letter (-1: one more or less at the end) is a slip."""
    if len(typed) < len(word):
        return True
    beside = _BESIDE.get(typed[at], frozenset())
    if len(typed) > len(word):
        before = typed[at - 1 : at] if at > 0 else typed[-2] if at < 0 else ""
        return before == typed[at] or before in beside or word[at : at + 1] in beside
    return word[at] in beside or word[at : at + 2] == typed[at : at + 2][::-1]


def joined(pairs: Iterable[tuple[str, str]], words: frozenset[str]) -> list[str | None]:
    """For each pair of neighbours the one word that they make ("tooth", "brush"), or None."""
    return [first + second if first + second in words else None for first, second in pairs]
