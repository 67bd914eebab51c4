"""The district's two vocabularies, needs and interests: what plans name and partners serve."""

from catalog.taxonomy.terms import (
    LANGUAGES,
    Term,
    UnknownTermError,
    VocabularyError,
    broader,
    interests,
    label,
    needs,
    term,
)

__all__ = [
    "LANGUAGES",
    "Term",
    "UnknownTermError",
    "VocabularyError",
    "broader",
    "interests",
    "label",
    "needs",
    "term",
]
