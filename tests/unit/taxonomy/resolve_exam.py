"""The exam of resolve(): its cases, how an answer is marked, and two typists who err by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import yaml

from catalog.taxonomy import resolve, term

CASES_FILE = Path(__file__).with_name("resolve_cases.yaml")
FIRST = 3


@dataclass(frozen=True)
class Case:
    """A phrase and what it means: all of `wanted`, or any of them where `is_either`."""

    language: str
    part: str  # "tuning" or "held_out"
    text: str
    wanted: tuple[str, ...]
    is_either: bool

    def is_answered(self, text: str) -> bool:
        """Whether the right term stands among the first three for the text as typed."""
        found = [one.code for one in resolve(text).candidates[:FIRST]]
        return (any if self.is_either else all)(code in found for code in self.wanted)


def cases() -> Iterator[Case]:
    """Every case of the file; an answer that is no term fails here."""
    for language, parts in yaml.safe_load(CASES_FILE.read_text(encoding="utf-8")).items():
        for part, phrases in parts.items():
            for text, answer in phrases.items():
                wanted = tuple(code.strip() for code in answer.replace("/", "+").split("+"))
                for code in wanted:
                    term(code)
                yield Case(language, part, text, wanted, is_either="/" in answer)


def with_typos(text: str) -> str:
    """The text with one error in each word of four letters or more, always the same ones.

    By a hash of the word: a letter left out, doubled, replaced by its neighbour on the keyboard, or
    swapped with the next one; anywhere in the word but at its first letter.
    """
    return " ".join(_mistyped(word) for word in text.split(" "))


_NEIGHBOURS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqrewtuyoiispdfhgjklxzcvbn", strict=True))


def _mistyped(word: str) -> str:
    letters = [at for at, letter in enumerate(word) if letter.isalpha()]
    if len(letters) < 4:
        return word
    seed = int.from_bytes(blake2b(word.encode(), digest_size=4).digest())
    at = letters[1 + seed // 4 % (len(letters) - 2)]
    match seed % 4:
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + _NEIGHBOURS.get(word[at].lower(), "x") + word[at + 1 :]
        case _:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def with_harsh_typos(text: str, turn: int) -> str:
    """The text with one error in each word of three letters or more, others at each turn.

    By a hash of the word and the turn, any letter but the last: left out, doubled, replaced by one of
    its neighbours on the keyboard, or swapped with the next one. The first letter is spared nothing.
    """
    return " ".join(_harshly_mistyped(word, turn) for word in text.split(" "))


# The keys that touch a key, written down here once more: a mistake in spelling.py shall be seen.
_TOUCHING = {
    "q": "wa", "w": "qase", "e": "wsdr", "r": "edft", "t": "rfgy", "y": "tghu", "u": "yhji",
    "i": "ujko", "o": "iklp", "p": "ol", "a": "qwsz", "s": "awedxz", "d": "serfcx", "f": "drtgvc",
    "g": "ftyhbv", "h": "gyujnb", "j": "huikmn", "k": "jiolm", "l": "kop", "z": "asx", "x": "zsdc",
    "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def _harshly_mistyped(word: str, turn: int) -> str:
    letters = [at for at, letter in enumerate(word) if letter.isalpha()]
    if len(letters) < 3:
        return word
    seed = int.from_bytes(blake2b(f"{turn}:{word}".encode(), digest_size=8).digest())
    seed, kind = divmod(seed, 4)
    seed, number = divmod(seed, len(letters) - 1)
    at = letters[number]
    match kind:
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            keys = _TOUCHING.get(word[at].lower(), "x")
            return word[:at] + keys[seed % len(keys)] + word[at + 1 :]
        case _:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
