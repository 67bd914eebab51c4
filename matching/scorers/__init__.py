"""The score: every criterion, one a file, weighed and added up in whole numbers.

Called by the engine and by the tests' oracle. Score = sum of weight × value; the parts of a match
are that sum's terms, so that the explanation is the arithmetic. `matching/criterion.py` says how to
add a criterion.

Need and interest share one weight for "does it serve what was asked": where a question has only
needs, the need criterion takes both weights and interest none, and the other way round. So weights
always sum to 1000, and a criterion that was not asked moves no rank and shows no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from matching.columns import Columns
from matching.criterion import Criterion
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.scorers import (
    closeness,
    cost,
    hours,
    interest,
    language,
    need,
    openings,
    track_record,
)
from matching.types import Offer, Part

CRITERIA: Final[tuple[Criterion, ...]] = (  # in the order in which parts are told
    need.CRITERION,
    interest.CRITERION,
    closeness.CRITERION,
    hours.CRITERION,
    cost.CRITERION,
    openings.CRITERION,
    language.CRITERION,
    track_record.CRITERION,
)

ASKED: Final = (need.CRITERION, interest.CRITERION)  # what a plan asks: they say what is considered
PERSONAL: Final = (hours.CRITERION, language.CRITERION)  # what students share beside that


def weights_of(question: Question) -> Mapping[str, int]:
    """The preset's weights for what this question asks; those of 0 have no part."""
    weights = question.parameters.weights
    both = weights["need"] + weights["interest"]
    if not question.profile.interests:
        return {**weights, "need": both, "interest": 0}
    if not question.profile.needs:
        return {**weights, "need": 0, "interest": both}
    return weights


def parts_of(offer: Offer, question: Question) -> tuple[Part, ...]:
    """The terms of the offer's score."""
    weights = weights_of(question)
    parts = []
    for criterion in CRITERIA:
        weight = weights[criterion.name]
        if weight:
            value, is_known, code, facts = criterion.value(offer, question)
            points = weight * value
            parts.append(Part(criterion.name, weight, value, points, is_known, code, facts))
    return tuple(parts)


def scores(columns: Columns, rows: Rows, question: Question) -> Whole:
    """The score of each row: what the parts of `parts_of` add up to."""
    weights = weights_of(question)
    result = np.zeros(len(rows), dtype=np.int64)
    for criterion in CRITERIA:
        if weights[criterion.name]:
            result += weights[criterion.name] * criterion.values(columns, rows, question)
    return result
