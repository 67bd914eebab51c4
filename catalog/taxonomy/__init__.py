"""The district's two vocabularies, needs and interests: what plans name and partners serve.

`resolve(text)` turns what people say into their terms.
"""

from catalog.taxonomy.crisis import Crisis, CrisisLine
from catalog.taxonomy.resolving import Candidate, Resolution, resolve
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
    "Candidate",
    "Crisis",
    "CrisisLine",
    "Resolution",
    "Term",
    "UnknownTermError",
    "VocabularyError",
    "broader",
    "interests",
    "label",
    "needs",
    "resolve",
    "term",
]
