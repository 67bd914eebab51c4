"""Cost: what one time or month costs the family; free is 1000, halved with every `cost.half`.

A fee that is not told is neutral, and not free.
"""

from __future__ import annotations

import numpy as np

from matching.columns import Columns
from matching.criterion import Criterion, Value, known, neutral
from matching.decay import halving, halvings
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.types import Offer

NAME = "cost"


def value(offer: Offer, question: Question) -> Value:
    """1000 for free."""
    fee = offer.fee_cents
    if fee is None:
        return neutral(question.parameters.cost_neutral, "fee_unknown")
    if fee == 0:
        return known(1000, "free")
    return known(halving(fee, question.parameters.cost_half), "fee", cents=fee)


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    fee = columns.fee[rows]
    worth = halvings(np.maximum(fee, 0), question.parameters.cost_half)
    return np.where(fee < 0, question.parameters.cost_neutral, worth)


CRITERION = Criterion(NAME, value, values, facts=(), codes=("fee_unknown", "free", "fee"))
