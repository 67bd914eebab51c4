"""From a sentence to plain words and their stems, in English and Spanish.

Called by the lexicon, the spelling and resolve(). Knows letters and endings, no meanings. The stems
need not be words: they must only be the same for "dibujar" and "dibujos".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "ʼ": "'"})
# A word, or a mark that ends a clause. Letters and digits; "&" as in "D&D".
_PIECES = re.compile(r"[a-z0-9]+(?:[&+][a-z0-9]+)*|[.,;:!?()\n…—–]")
_CONTRACTION = re.compile(r"(?<=[a-z])'(?:s|d|ll|ve|re|m)\b")
_ENDS_CLAUSE = frozenset(".,;:!?()\n…—–")
_VOWELS = frozenset("aeiouy")
_SPANISH_CLITIC = re.compile(r"(?<=[aei]r)(?:lo|la|le|los|las|les|se|me|nos)$")
_SPANISH_ENDINGS = ("iendo", "ieron", "ando", "aron", "aban", "amos", "aba", "ado", "ido", "ada",
                    "ida", "io", "ar", "er", "ir", "an", "en")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in the text: plain letters, and the number of its clause from 0."""

    text: str
    clause: int
    opens: str = ""  # the mark before it, "" inside a clause


def plain(text: str) -> str:
    """Lower case, without accents; "don't" is "dont", "mom's" is "mom", "I'd" is "i"."""
    bare = text.casefold()
    if not bare.isascii():
        letters = unicodedata.normalize("NFKD", bare.translate(_APOSTROPHES))
        bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _CONTRACTION.sub("", bare).replace("'", "") if "'" in bare else bare


def read_words(text: str) -> list[Word]:
    """The words of a text in order, each with its clause."""
    words: list[Word] = []
    clause, mark = 0, ""
    for piece in _PIECES.findall(plain(text)):
        if piece in _ENDS_CLAUSE:
            if words and not mark:
                clause += 1
                mark = piece
            continue
        words.append(Word(piece, clause, mark))
        mark = ""
    return words


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of a plain word: plural, gender and the commonest verb endings taken off."""
    if len(word) <= 3:
        return word
    return _spanish_stem(word) if language == "es" else _english_stem(word)


def _english_stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and _VOWELS & set(base):
            word = base
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def _spanish_stem(word: str) -> str:
    word = _SPANISH_CLITIC.sub("", word)
    if word.endswith("ces"):
        word = word[:-3] + "z"
    elif word.endswith("es") and len(word) > 4 and word[-3] not in _VOWELS:
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in _SPANISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    if word[-1] in "aeo" and len(word) > 3:
        word = word[:-1]
    return word
