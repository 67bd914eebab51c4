"""Openings: free places, or a waitlist, believed less the older the figure is.

Trust halves every `openings.half_life` days: the value goes from what was told to the neutral one.
A figure without a date has no trust at all; nothing told is neutral. A waitlist that is told without a
date counts as one told today, so that it is marked, and never worth more for not being dated.
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

NAME = "openings"


def value(offer: Offer, question: Question) -> Value:
    """From what was told towards the neutral value, by the age of the figure."""
    figures, told = question.parameters, offer.openings
    if told.as_of is None and told.has_waitlist:
        return known(figures.openings_waitlist, "waitlist_undated")
    if told.as_of is None or (told.available is None and not told.has_waitlist):
        return neutral(figures.openings_neutral, "openings_unknown")
    days = max(0, (question.on - told.as_of).days)
    trust = halving(days, figures.openings_half_life)
    facts = {"as_of": told.as_of, "days": days}
    if told.available:
        worth, code = figures.openings_open, "places_free"
        facts |= {"available": told.available}
    elif told.has_waitlist:
        worth, code = figures.openings_waitlist, "waitlist"
    else:
        worth, code = 0, "no_places"
    decayed = figures.openings_neutral + (worth - figures.openings_neutral) * trust // 1000
    return known(decayed, code, **facts)


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    figures = question.parameters
    available, as_of = columns.available[rows], columns.as_of[rows]
    has_waitlist = columns.has_waitlist[rows] == 1
    days = np.maximum(0, question.on.toordinal() - as_of)
    trust = halvings(days, figures.openings_half_life)
    worth = np.where(
        available > 0,
        figures.openings_open,
        np.where(has_waitlist, figures.openings_waitlist, 0),
    )
    decayed = figures.openings_neutral + (worth - figures.openings_neutral) * trust // 1000
    undated = as_of < 0
    decayed = np.where(undated & has_waitlist, figures.openings_waitlist, decayed)
    untold = (undated | (available < 0)) & ~has_waitlist
    return np.where(untold, figures.openings_neutral, decayed)


CRITERION = Criterion(
    NAME,
    value,
    values,
    facts=(),
    codes=("openings_unknown", "places_free", "waitlist", "waitlist_undated", "no_places"),
)
