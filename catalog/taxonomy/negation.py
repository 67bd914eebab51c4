"""Which words of a sentence are not wanted: "food but not housing", "no necesita ropa".

Called by resolve(). "No food" and "no tiene lentes" are a lack, and so a need: they are not touched.
"""

from __future__ import annotations

from collections.abc import Sequence

from catalog.taxonomy.lexicon import Grammar
from catalog.taxonomy.words import Word

# "or", "nor": the list goes on after a comma.
_GOES_ON = frozenset({"or", "nor", "ni", "o"})
_AND = frozenset({"and", "y", "e"})
_FIRST_NOT = frozenset({"not", "no"})
_IS_NO_VERB = frozenset({"housing", "clothing", "tutoring", "counseling", "mentoring", "parenting"})


def unwanted(words: Sequence[Word], grammar: Grammar) -> frozenset[int]:
    """The positions of the words under a negation, the negating words included."""
    found: set[int] = set()
    at = 0
    while at < len(words):
        length = _negation_at(words, at, grammar)
        if not length:
            at += 1
            continue
        end = _scope_end(words, at + length, grammar)
        found.update(range(at, end))
        at = end
    return frozenset(found)


def _negation_at(words: Sequence[Word], at: int, grammar: Grammar) -> int:
    """How many words the negation that begins here has; 0 for none."""
    for negation in grammar.negations.get(words[at].text, ()):
        end = at + len(negation)
        if tuple(word.text for word in words[at:end]) == negation:
            is_doubtful = negation[-1] in _FIRST_NOT and end < len(words)
            return 0 if is_doubtful and _is_lack(words[end].text, grammar) else len(negation)
    opens_clause = at == 0 or words[at].clause != words[at - 1].clause
    follows = words[at + 1].text if at + 1 < len(words) else ""
    if words[at].text == "not" and opens_clause and follows:
        return 0 if _is_lack(follows, grammar) else 1
    return 0


def _is_lack(word: str, grammar: Grammar) -> bool:
    is_verb = word.endswith("ing") and word not in _IS_NO_VERB
    return is_verb or word in grammar.lack_follows


def _scope_end(words: Sequence[Word], start: int, grammar: Grammar) -> int:
    """Where the negation stops: at "but", at a comma that begins something new, at the end."""
    for at in range(start, len(words)):
        word = words[at]
        if at > start and word.text in grammar.negation_ends:
            return at - 1 if words[at - 1].text in _AND and at - 1 > start else at
        if at > start and word.clause != words[at - 1].clause:
            segment = [one.text for one in words[at:] if one.clause == word.clause]
            is_list = word.opens == "," and (_GOES_ON & set(segment) or len(segment) == 1)
            if not is_list or grammar.negation_ends & set(segment):
                return at
    return len(words)
