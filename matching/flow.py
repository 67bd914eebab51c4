"""Min-cost circulation with goals in order, and what one more unit would be worth.

Called by `matching/allocation.py`. It knows arcs and numbers only. OR-Tools finds the flow; the
potentials that prove it optimal, and are the dual prices, come from shortest paths in what the flow
leaves open (Ahuja, Magnanti, Orlin: Network Flows, 1993, 9.3).

Goals in order would each need a solver's run of their own, on what the one before leaves open. One run
with the goals weighed together nearly always finds the same, sooner; whether it did is proven by the
shortest paths, goal by goal, and where it did not, the goals are solved one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Final

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.errors import AllocationError
from matching.geo import Whole
from matching.lookups import Rows

_FAR: Final = np.int64(2**62)
# So many of the best arcs of a goal for one unit of the goal before: the less, the sooner is it solved.
# Where flows trade more for one, the proof says so, and the next is tried.
_TO_ONE: Final = (8, 64)
_ROUNDS: Final = 400  # of the proof; a district's 47,000 nodes take a hundred


class _NotTheBestError(Exception):
    """The amounts are not, or not known to be, the best."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Arcs by tail, head and capacity, among nodes 0 to `nodes` - 1."""

    tails: Whole
    heads: Whole
    capacities: Whole
    nodes: int


def solved(flow: Flow, gains: Sequence[Whole], root: int) -> tuple[Whole, list[Whole]]:
    """The circulation of the most gain, by the first goal, then the second, and so on.

    Give the amount on each arc, and for each goal the least cost of reaching each node from `root`
    in the residual graph: its negative is what one more unit of capacity from that node back to the
    root would gain, by that goal, all earlier ones being at their best.
    """
    for to_one in _TO_ONE:
        together = _weighed_together(gains, to_one, flow.nodes)
        if together is None:
            break
        amounts = _best(flow, together, np.zeros_like(flow.capacities), _usable(flow))
        distances = _proof(flow, gains, amounts, root)
        if distances is not None:
            return amounts, distances
    return _one_by_one(flow, gains, root)


def _weighed_together(gains: Sequence[Whole], to_one: int, nodes: int) -> Whole | None:
    """All goals as one: a unit of a goal for `to_one` of the best arcs of the next. None where 64 bits
    do not hold it."""
    largest = [max(1, int(np.abs(gain).max(initial=0))) for gain in gains]
    weights = [prod(to_one * one for one in largest[at + 1 :]) for at in range(len(gains))]
    most = sum(weight * one for weight, one in zip(weights, largest, strict=True))
    if 4 * most * (nodes + 1) >= 2**63:
        return None
    joined: Whole = sum(
        (weight * gain for weight, gain in zip(weights, gains, strict=True)),
        start=np.zeros_like(gains[0]),
    )
    return joined


def _one_by_one(flow: Flow, gains: Sequence[Whole], root: int) -> tuple[Whole, list[Whole]]:
    """`solved`, by a run of the solver for each goal on what the earlier ones leave open."""
    amounts, free = np.zeros_like(flow.capacities), _usable(flow)
    distances = []
    for gain in gains:
        amounts = _best(flow, gain, amounts, free)
        distance, free = _prices(flow, gain, amounts, free, root, flow.nodes)
        distances.append(distance)
    return amounts, distances


def _proof(flow: Flow, gains: Sequence[Whole], amounts: Whole, root: int) -> list[Whole] | None:
    """The distances by each goal, where the amounts are the best by the goals in order; else None."""
    free = _usable(flow)
    distances = []
    for gain in gains:
        try:
            distance, open_still = _prices(flow, gain, amounts, free, root, _ROUNDS)
        except _NotTheBestError:
            return None
        if _may_gain_beyond(_part(flow, free), gain[free], amounts[free], distance):
            return None
        distances.append(distance)
        free = open_still
    return distances


def _may_gain_beyond(flow: Flow, gain: Whole, amounts: Whole, distance: Whole) -> bool:
    """Whether going round might gain among nodes that the distances do not reach."""
    is_beyond = (distance[flow.tails] >= _FAR) & (distance[flow.heads] >= _FAR)
    gains = ((amounts < flow.capacities) & (gain > 0)) | ((amounts > 0) & (gain < 0))
    return bool((is_beyond & gains).any())


def _usable(flow: Flow) -> Rows:
    return np.flatnonzero(flow.capacities > 0)


def _part(flow: Flow, arcs: Rows) -> Flow:
    return replace(
        flow, tails=flow.tails[arcs], heads=flow.heads[arcs], capacities=flow.capacities[arcs]
    )


def _best(flow: Flow, gain: Whole, amounts: Whole, free: Rows) -> Whole:
    """The amounts of the most gain, where only those of the free arcs may change."""
    fixed = amounts.copy()
    fixed[free] = 0
    surplus = np.zeros(flow.nodes, dtype=np.int64)
    np.add.at(surplus, flow.heads, fixed)
    np.subtract.at(surplus, flow.tails, fixed)
    fixed[free] = _cheapest(_part(flow, free), -gain[free], surplus)
    return fixed


def _prices(
    flow: Flow, gain: Whole, amounts: Whole, free: Rows, root: int, rounds: int
) -> tuple[Whole, Rows]:
    """The distances by a goal, and which of the free arcs may still change without loss to it.

    Raise _NotTheBestError where the amounts are not known to be the best by this goal.
    """
    part, costs = _part(flow, free), -gain[free]
    distance = _distances(part, costs, amounts[free], root, rounds)
    is_reached = (distance[part.tails] < _FAR) & (distance[part.heads] < _FAR)
    slack = costs + distance[part.tails] - distance[part.heads]
    return distance, free[is_reached & (slack == 0)]


def _cheapest(flow: Flow, costs: Whole, surplus: Whole) -> Whole:
    """The flow of least cost that balances the surplus of each node, on capacities from 0."""
    if len(costs) == 0:
        return np.zeros(0, dtype=np.int64)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        flow.tails, flow.heads, flow.capacities, costs
    )
    solver.set_nodes_supplies(np.arange(flow.nodes), surplus)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise AllocationError(f"The seats could not be allocated: the solver said {status}.")
    amounts: Whole = solver.flows(arcs)
    return amounts


def _distances(flow: Flow, costs: Whole, amounts: Whole, root: int, rounds: int) -> Whole:
    """Least costs from the root in the residual graph (Bellman and Ford, by rounds).

    Raise _NotTheBestError where they are not found in so many rounds, as where going round a cycle
    costs less than nothing.
    """
    forth, back = amounts < flow.capacities, amounts > 0
    tails = np.concatenate((flow.tails[forth], flow.heads[back]))
    heads = np.concatenate((flow.heads[forth], flow.tails[back]))
    lengths = np.concatenate((costs[forth], -costs[back]))
    order = np.argsort(tails, kind="stable")
    heads, lengths = heads[order], lengths[order]
    ends = np.searchsorted(tails[order], np.arange(flow.nodes + 1))
    distances = np.full(flow.nodes, _FAR, dtype=np.int64)
    distances[root] = 0
    nearer = np.array([root])  # whose distance the last round shortened
    for _ in range(rounds):
        starts, numbers = ends[nearer], ends[nearer + 1] - ends[nearer]
        before = np.cumsum(numbers) - numbers
        arcs = np.arange(numbers.sum()) + np.repeat(starts - before, numbers)
        through = np.repeat(distances[nearer], numbers) + lengths[arcs]
        is_shorter = through < distances[heads[arcs]]
        np.minimum.at(distances, heads[arcs[is_shorter]], through[is_shorter])
        nearer = np.unique(heads[arcs[is_shorter]])
        if not len(nearer):
            return distances
    raise _NotTheBestError
