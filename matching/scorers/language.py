"""Language: whether the family is served in its own language, by staff or by an interpreter.

The family's first language spoken by staff is best, another of its languages next, then an
interpreter. A partner that states no language is taken to speak the local one (as in the rule).
What is not known is neutral.
"""

from __future__ import annotations

import numpy as np

from matching.columns import Columns
from matching.criterion import Criterion, Value, known, neutral
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.types import Offer

NAME = "language"


def value(offer: Offer, question: Question) -> Value:
    """1000 for the family's first language, spoken by staff."""
    figures, family = question.parameters, question.profile.languages
    if not family:
        return neutral(figures.language_neutral, "language_of_family_unknown")
    spoken = offer.languages
    if spoken is None:
        spoken = frozenset({figures.language_local})
    if not spoken:
        return known(1000, "any_language")
    shared = [language for language in family if language in spoken]
    if shared:
        worth = 1000 if shared[0] == family[0] else figures.language_second
        return known(worth, "staff_speak", languages=(shared[0],))
    if offer.has_interpreter:
        return known(figures.language_interpreter, "interpreter")
    if offer.languages is None or offer.has_interpreter is None:
        return neutral(figures.language_neutral, "languages_unknown")
    return known(0, "language_missing")


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    figures, family = question.parameters, question.profile.languages
    if not family:
        return np.full(len(rows), figures.language_neutral, dtype=np.int64)
    stated = columns.states_languages[rows]
    local = figures.language_local
    first = columns.languages.has_any(family[:1], rows) | (~stated & (family[0] == local))
    shared = columns.languages.has_any(family, rows) | (~stated & (local in family))
    interpreter = columns.has_interpreter[rows]
    result: Whole = np.where(~stated | (interpreter < 0), figures.language_neutral, 0)
    result = np.where(interpreter == 1, figures.language_interpreter, result)
    result = np.where(shared, figures.language_second, result)
    return np.where(first | (stated & ~columns.languages.is_filled[rows]), 1000, result)


CRITERION = Criterion(
    NAME,
    value,
    values,
    facts=("languages",),
    compares=("languages", "has_interpreter"),
    codes=(
        "language_of_family_unknown",
        "any_language",
        "staff_speak",
        "interpreter",
        "languages_unknown",
        "language_missing",
    ),
)
