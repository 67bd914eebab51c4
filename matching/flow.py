"""Min-cost circulation with goals in order, and what one more unit would be worth.

Called by `matching/allocation.py`. It knows arcs and numbers only. OR-Tools finds the flow; the
potentials that prove it optimal, and are the dual prices, come from shortest paths in what the flow
leaves open (Ahuja, Magnanti, Orlin: Network Flows, 1993, 9.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.errors import AllocationError
from matching.geo import Whole

_FAR = np.int64(2**62)


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
    fixed = np.zeros(len(flow.tails), dtype=np.int64)
    free = np.flatnonzero(flow.capacities > 0)
    amounts = fixed
    distances = []
    for gain in gains:
        part = replace(
            flow,
            tails=flow.tails[free],
            heads=flow.heads[free],
            capacities=flow.capacities[free],
        )
        surplus = np.zeros(flow.nodes, dtype=np.int64)
        np.add.at(surplus, flow.heads, fixed)
        np.subtract.at(surplus, flow.tails, fixed)
        amounts = fixed.copy()
        amounts[free] = _cheapest(part, -gain[free], surplus)
        distance = _distances(part, -gain[free], amounts[free], root)
        distances.append(distance)
        slack = -gain[free] + distance[part.tails] - distance[part.heads]
        # What would lose by this goal if it moved is settled; later goals may not touch it.
        settled = (slack != 0) | (distance[part.tails] >= _FAR) | (distance[part.heads] >= _FAR)
        fixed = fixed.copy()
        fixed[free[settled]] = amounts[free[settled]]
        free = free[~settled]
    return amounts, distances


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


def _distances(flow: Flow, costs: Whole, amounts: Whole, root: int) -> Whole:
    """Least costs from the root in the residual graph (Bellman and Ford, all arcs at once)."""
    forth, back = amounts < flow.capacities, amounts > 0
    tails = np.concatenate((flow.tails[forth], flow.heads[back]))
    heads = np.concatenate((flow.heads[forth], flow.tails[back]))
    lengths = np.concatenate((costs[forth], -costs[back]))
    order = np.argsort(heads, kind="stable")
    tails, heads, lengths = tails[order], heads[order], lengths[order]
    starts = np.flatnonzero(np.diff(heads, prepend=-1))
    ends = heads[starts]
    distances = np.full(flow.nodes, _FAR, dtype=np.int64)
    distances[root] = 0
    for _ in range(flow.nodes):
        if not len(heads):
            break
        through = np.where(distances[tails] < _FAR, distances[tails] + lengths, _FAR)
        shorter = np.minimum(distances[ends], np.minimum.reduceat(through, starts))
        if np.array_equal(shorter, distances[ends]):
            break
        distances[ends] = shorter
    return distances
