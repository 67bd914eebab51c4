"""Track record: of the referrals that were closed, how many ended with the student connected.

The rate is shrunk towards the mean of the offer's categories, as the mean of a beta-binomial
posterior (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4): (connected + prior × mean) /
(closed + prior). Before `track_record.fewest` closed referrals the value is neutral, and the weight
is capped (`matching.parameters`): a new partner is not behind for being new.
"""

from __future__ import annotations

import numpy as np

from matching.columns import Columns
from matching.criterion import Criterion, Value, known, neutral
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.types import Offer

NAME = "track_record"


def mean_of_kind(offer: Offer, question: Question) -> int:
    """Connected of 1000 closed: the mean of what each of the offer's categories came to, so that a
    service with several of them counts once in each; of all services where those have too few."""
    background, fewest = question.background, question.parameters.track_record_fewest
    terms = {*offer.categories, *offer.interests}
    of_each = [background.records[term] for term in terms if term in background.records]
    for records in (of_each, [background.overall]):
        rates = [
            1000 * record.connected // record.closed
            for record in records
            if record.closed >= fewest
        ]
        if rates:
            return sum(rates) // len(rates)
    return question.parameters.track_record_neutral


def value(offer: Offer, question: Question) -> Value:
    """Connected of 1000, shrunk."""
    figures, record = question.parameters, offer.track_record
    if record.closed < figures.track_record_fewest:
        return neutral(figures.track_record_neutral, "record_too_short", closed=record.closed)
    prior = figures.track_record_prior
    shrunk = 1000 * record.connected + prior * mean_of_kind(offer, question)
    return known(
        shrunk // (record.closed + prior),
        "record",
        closed=record.closed,
        connected=record.connected,
    )


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    figures = question.parameters
    closed, connected = columns.closed[rows], columns.connected[rows]
    result = np.full(len(rows), figures.track_record_neutral, dtype=np.int64)
    long = np.flatnonzero(closed >= figures.track_record_fewest)
    kinds, kind_of = np.unique(columns.kind[rows[long]], return_inverse=True)
    examples = [columns.offers[row] for row in columns.example_of_kind[kinds]]
    means = np.array([mean_of_kind(one, question) for one in examples], dtype=np.int64)[kind_of]
    prior = figures.track_record_prior
    result[long] = (1000 * connected[long] + prior * means) // (closed[long] + prior)
    return result


CRITERION = Criterion(NAME, value, values, facts=(), codes=("record_too_short", "record"))
