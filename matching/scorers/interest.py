"""Interest: how near the offer is to an interest of the student, times how strong that is.

The best pair counts (the earliest interest of the plan among equals). Besides exact, narrower and
broader, a term of the same family (one parent) counts a little: who likes volleyball may try
basketball.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.criterion import Criterion, Value, known
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.terms import Relation
from matching.types import Interest, Offer

NAME = "interest"


def _worth(interest: Interest, relation: Relation | None, question: Question) -> int:
    if relation is None:
        return 0
    figures = question.parameters
    fit = {
        Relation.EXACT: figures.interest_exact,
        Relation.NARROWER: figures.interest_narrower,
        Relation.BROADER: figures.interest_broader,
        Relation.FAMILY: figures.interest_family,
    }[relation]
    strength = (
        figures.interest_strength_1,
        figures.interest_strength_2,
        figures.interest_strength_3,
    )
    return fit * strength[interest.strength - 1] // 1000


def value(offer: Offer, question: Question) -> Value:
    """The best interest's worth, or 0 where none is served."""
    best = known(0, "interest_not_served")
    for interest in question.profile.interests:
        for term in offer.interests:
            relation = question.background.terms.relation(interest.term, term)
            worth = _worth(interest, relation, question)
            if worth > best.value:
                best = known(
                    worth,
                    f"interest_{relation}",
                    asked=interest.term,
                    offered=term,
                    strength=interest.strength,
                )
    return best


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    worths = (
        (term, _worth(interest, relation, question))
        for interest in question.profile.interests
        for term, relation in question.background.terms.related(interest.term)
    )
    return columns.interests.best(worths, rows)


CRITERION = Criterion(
    NAME,
    value,
    values,
    facts=("interests",),
    compares=("interests",),
    codes=(
        "interest_exact",
        "interest_narrower",
        "interest_broader",
        "interest_family",
        "interest_not_served",
    ),
)
