"""Hours: the share of the offer's hours in which the student is free.

Of a program open longer than `hours.wanted` a week that much is enough: a clinic open all day is
not worse than a lesson. A program that comes to the school, or names no hours ("any time"), has the
full value; hours not known on either side are neutral.
"""

from __future__ import annotations

import numpy as np

from matching.columns import Columns
from matching.criterion import Criterion, Value, known, neutral
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.types import Offer
from matching.week import overlap, total, week

NAME = "hours"


def value(offer: Offer, question: Question) -> Value:
    """1000 where the student is free whenever the program is on."""
    if offer.mode == "school":
        return known(1000, "in_school_hours")
    if offer.hours == ():
        return known(1000, "any_time")
    free = question.free_week
    if offer.hours is None or free is None:
        return neutral(question.parameters.hours_neutral, "hours_unknown")
    run = week(offer.hours)
    shared = total(overlap(run, free))
    wanted = min(total(run), question.parameters.hours_wanted)
    share = 1000 * min(shared, wanted) // wanted
    return known(share, "free_hours", minutes=shared, hours=offer.hours)


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    figures = question.parameters
    full = columns.hours.is_stated[rows] & (columns.hours.total[rows] == 0)
    full |= columns.comes_to_school[rows]
    free = question.free_week
    if free is None:
        return np.where(full, 1000, figures.hours_neutral)
    _, shared = columns.hours.overlaps(free, rows)
    wanted = np.clip(columns.hours.total[rows], 1, figures.hours_wanted)
    share = 1000 * np.minimum(shared, wanted) // wanted
    known_share: Whole = np.where(columns.hours.is_stated[rows], share, figures.hours_neutral)
    return np.where(full, 1000, known_share)


CRITERION = Criterion(
    NAME,
    value,
    values,
    facts=("free_hours",),
    compares=("hours", "mode"),
    codes=("in_school_hours", "any_time", "hours_unknown", "free_hours"),
)
