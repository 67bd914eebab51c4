"""Need: how well the offer serves a need of the plan, times how urgent the need is.

The best pair of a need and a category counts (the earliest need of the plan among equals): a
program that serves two needs is not twice as good for one child. How a category fits is its place
in the tree of terms: exact, narrower, broader; siblings do not serve each other's need.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.criterion import Criterion, Value, known
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.terms import Relation
from matching.types import Need, Offer

NAME = "need"


def _worth(need: Need, relation: Relation | None, question: Question) -> int:
    figures = question.parameters
    if relation is None or relation is Relation.FAMILY:
        return 0
    fit = {
        Relation.EXACT: figures.need_exact,
        Relation.NARROWER: figures.need_narrower,
        Relation.BROADER: figures.need_broader,
    }[relation]
    urgency = (figures.need_urgency_1, figures.need_urgency_2, figures.need_urgency_3)
    return fit * urgency[need.urgency - 1] // 1000


def value(offer: Offer, question: Question) -> Value:
    """The best need's worth, or 0 where none is served."""
    best = known(0, "need_not_served")
    for need in question.profile.needs:
        for category in offer.categories:
            relation = question.background.terms.relation(need.category, category)
            worth = _worth(need, relation, question)
            if relation is not None and worth > best.value:
                best = known(
                    worth,
                    f"need_{relation}",
                    asked=need.category,
                    offered=category,
                    urgency=need.urgency,
                )
    return best


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    worths = (
        (category, _worth(need, relation, question))
        for need in question.profile.needs
        for category, relation in question.background.terms.related(need.category)
    )
    return columns.categories.best(worths, rows)


CRITERION = Criterion(
    NAME,
    value,
    values,
    facts=("needs",),
    compares=("categories",),
    codes=("need_exact", "need_narrower", "need_broader", "need_not_served"),
)
