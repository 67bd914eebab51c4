"""Typing errors: the words that a misspelt word may have been meant for.

Called by resolve() and by the crisis rules. A word that is spelled right, in the lexicon or among
the everyday words of lexicon/grammar, is never touched, and short words are protected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

# Edits allowed by the length of the word as typed. Three and four letters: see _is_plausible.
LONG_WORD = 8
MOST_MEANT = 3


@cache
def words_by_length(words: frozenset[str]) -> Mapping[int, tuple[str, ...]]:
    """The words sorted into lengths, so that a typo is compared only with words of its own size."""
    sizes: defaultdict[int, list[str]] = defaultdict(list)
    for word in sorted(words):
        sizes[len(word)].append(word)
    return {size: tuple(group) for size, group in sizes.items()}


def meant_words(typed: str, words: frozenset[str]) -> tuple[tuple[str, float], ...]:
    """Up to three words that `typed` may stand for, each with a trust of 0 to 1; nearest first.

    Distance is optimal string alignment: one letter changed, left out, added, or two neighbours
    swapped. One edit is allowed from 4 letters on, two from 8; words of
    three and four letters must begin alike. Words with figures are left alone.
    """
    if len(typed) < 3 or not typed.isalpha():
        return ()
    allowed = 2 if len(typed) >= LONG_WORD else 1
    sizes = words_by_length(words)
    near: list[tuple[int, int, str]] = []
    for size in range(max(3, len(typed) - allowed), len(typed) + allowed + 1):
        for word, edits, _ in extract(
            typed, sizes.get(size, ()), scorer=OSA.distance, score_cutoff=allowed, limit=8
        ):
            if len(typed) > 4 or _is_plausible(typed, word):
                near.append((int(edits), _strangeness(typed, word), word))
    if not near:
        return ()
    best = min(edits for edits, _, _ in near)
    chosen = sorted(one for one in near if one[0] == best)[:MOST_MEANT]
    return tuple((word, _trust(edits, strange)) for edits, strange, word in chosen)


def _is_plausible(typed: str, word: str) -> bool:
    """Whether three or four letters can be this word: short words are names too often.

    It begins alike; of three letters two are swapped, or one is missing.
    """
    is_like = len(typed) == 4 or len(word) == 4 or sorted(word) == sorted(typed)
    return word[0] == typed[0] and is_like


def _strangeness(typed: str, word: str) -> int:
    """People seldom miss the first letter, and seldom the last."""
    return 2 * (typed[0] != word[0]) + (typed[-1] != word[-1])


def _trust(edits: int, strangeness: int) -> float:
    return max(0.5, 1.0 - 0.08 * edits - 0.07 * strangeness)


def joined(pairs: Iterable[tuple[str, str]], words: frozenset[str]) -> list[str | None]:
    """For each pair of neighbours the one word that they make ("tooth", "brush"), or None."""
    return [first + second if first + second in words else None for first, second in pairs]
