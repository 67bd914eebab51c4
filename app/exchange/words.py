"""A typed word as a pattern that finds it whatever its case and accents: "clinica" finds CLÍNICA.

Called by the queries of this feature. A pattern means the same to SQLite and to PostgreSQL: every way
to write a letter stands in it, so no setting of the database decides.
"""

from __future__ import annotations

import functools
import re
import unicodedata

MARKS = "[\u0300-\u036f]*"  # accents that stand after their letter, as some programs write them
# Latin letters with accents: of Western and Central Europe, and of Vietnam.
ACCENTED = (range(0xC0, 0x180), range(0x1EA0, 0x1EFA))
LONGEST_WORD = 40  # letters: a longer pattern only takes longer


def folded(text: str) -> str:
    """Lower case, without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@functools.cache
def ways_to_write() -> dict[str, str]:
    """The accented letters, small and capital, by their plain letter."""
    ways: dict[str, str] = {}
    for number in (number for some in ACCENTED for number in some):
        plain = folded(chr(number))
        ways[plain] = ways.get(plain, "") + chr(number)
    return ways


def pattern_of(word: str) -> str:
    """A regular expression for the word, by its first letters where it is longer than any word."""
    return "".join(map(pattern_of_letter, folded(word)[:LONGEST_WORD]))


def pattern_of_letter(letter: str) -> str:
    """One plain letter in all its forms; any other sign as it stands."""
    if not letter.isalpha():
        return re.escape(letter)
    forms = dict.fromkeys([letter, letter.upper(), *ways_to_write().get(letter, "")])
    return f"[{''.join(form for form in forms if len(form) == 1)}]{MARKS}"
