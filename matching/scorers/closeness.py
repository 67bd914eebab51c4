"""Closeness: the nearer of home and school to the place, halved with every half-distance.

The half-distance goes by the way of travel. A program that comes to the school is at no distance;
a virtual one has its own value; transport provided is worth at least its own; a place of which only
the ZIP area is known counts from its middle. Without a home and a school, or without the place, the
value is neutral. Without a home, it is told as the distance from the school.
"""

from __future__ import annotations

import numpy as np

from matching.columns import Columns
from matching.criterion import Criterion, Value, known, neutral
from matching.decay import HALVINGS, halving, halvings
from matching.geo import Whole
from matching.lookups import Mask, Rows
from matching.question import Question
from matching.types import Offer

NAME = "closeness"


def half_distance(question: Question) -> int:
    """Metres that halve the value for the family's way of travel."""
    figures = question.parameters
    return {
        "foot": figures.closeness_half_foot,
        "bus": figures.closeness_half_bus,
        "car": figures.closeness_half_car,
        None: figures.closeness_half_unknown,
    }[question.profile.travel]


def farthest(question: Question) -> int:
    """From so many metres on, all are alike: nothing of the value is left."""
    return half_distance(question) * HALVINGS


def value(offer: Offer, question: Question) -> Value:
    """1000 next door, 500 at the half-distance."""
    figures = question.parameters
    if offer.mode == "school":
        return known(1000, "comes_to_school")
    if offer.mode == "virtual":
        return known(figures.closeness_virtual, "virtual")
    metres = question.metres_to(offer)
    if metres is None:
        if offer.provides_transport:
            return known(figures.closeness_transport, "transport")
        return neutral(figures.closeness_neutral, "distance_unknown")
    near = halving(metres, half_distance(question))
    end = "_school" if question.profile.home is None else ""  # else it is told as the way from home
    if offer.provides_transport and near <= figures.closeness_transport:
        return known(figures.closeness_transport, f"transport_from{end}", metres=metres)
    rough = "_rough" if offer.point_within else ""
    return known(near, f"distance{rough}{end}", metres=metres)


def values(columns: Columns, rows: Rows, question: Question) -> Whole:
    """`value` for rows."""
    return values_at(columns, rows, question, *columns.metres(rows, question))


def values_at(
    columns: Columns, rows: Rows, question: Question, metres: Whole, is_known: Mask
) -> Whole:
    """`values` where the distances are known already."""
    figures = question.parameters
    near = halvings(metres, half_distance(question))
    transport = columns.provides_transport[rows]
    near = np.where(transport, np.maximum(near, figures.closeness_transport), near)
    missing = np.where(transport, figures.closeness_transport, figures.closeness_neutral)
    result: Whole = np.where(is_known, near, missing)
    result = np.where(columns.is_virtual[rows], figures.closeness_virtual, result)
    return np.where(columns.comes_to_school[rows], 1000, result)


CRITERION = Criterion(
    NAME,
    value,
    values,
    facts=("home", "school_point", "travel"),
    codes=(
        "comes_to_school",
        "virtual",
        "transport",
        "transport_from",
        "transport_from_school",
        "distance_unknown",
        "distance",
        "distance_school",
        "distance_rough",
        "distance_rough_school",
    ),
)
