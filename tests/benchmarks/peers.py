"""The same small question, asked of SQLite and of a plain Python loop: peers of the engine's benchmark.

They know five rules (what is served, age, grade, reach, contradiction-free listings) and three criteria
(need, closeness, cost), with the engine's own whole-number scores, so that answers can be compared to
the last point. SQLite is at its best: covering indexes, no row ids, everything in memory, one prepared
statement, costs and unit vectors worked out before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from matching.decay import _TABLE as HALVES
from matching.decay import STEPS_PER_HALF, halving
from matching.geo import EARTH_RADIUS_METRES, metres_between, unit_vector
from matching.parameters import Parameters
from matching.ranges import fits, span
from matching.terms import Relation, Terms
from matching.types import Offer, Profile
from tests.benchmarks.catalogs import BROADER

Answer = list[tuple[str, int]]
INFINITE = 1e9


def worths(profile: Profile, parameters: Parameters) -> dict[str, int]:
    """What each category is worth to the student."""
    fit = {
        Relation.EXACT: parameters.need_exact,
        Relation.NARROWER: parameters.need_narrower,
        Relation.BROADER: parameters.need_broader,
    }
    urgency = (0, parameters.need_urgency_1, parameters.need_urgency_2, parameters.need_urgency_3)
    found: dict[str, int] = {}
    for need in profile.needs:
        for term, relation in Terms(BROADER).related(need.category):
            worth = fit.get(relation, 0) * urgency[need.urgency] // 1000
            if worth > found.get(term, 0):
                found[term] = worth
    return found


def limits(profile: Profile, parameters: Parameters) -> tuple[int, int]:
    """The reach and the half-distance of the student's way of travel."""
    return {
        "foot": (parameters.reach_foot, parameters.closeness_half_foot),
        "bus": (parameters.reach_bus, parameters.closeness_half_bus),
        "car": (parameters.reach_car, parameters.closeness_half_car),
    }[profile.travel or "car"]


def cost(offer: Offer, parameters: Parameters) -> int:
    if offer.fee_cents is None:
        return parameters.cost_neutral
    return halving(offer.fee_cents, parameters.cost_half)


class Loop:
    """What a first version would be: look at every offer."""

    def __init__(self, offers: Sequence[Offer], parameters: Parameters) -> None:
        self._offers, self._parameters = offers, parameters

    def rank(self, profile: Profile, k: int) -> Answer:
        figures, weights = self._parameters, self._parameters.weights
        asked = worths(profile, figures)
        reach, half = limits(profile, figures)
        found = []
        for offer in self._offers:
            need = max((asked.get(category, 0) for category in offer.categories), default=0)
            if not need:
                continue
            if offer.ages and not fits(profile.age or 0, offer.ages):
                continue
            if offer.grades and not fits(profile.grade or 0, offer.grades):
                continue
            close = figures.closeness_virtual
            if offer.mode == "place":
                metres = metres_between(profile.home, offer.point)  # type: ignore[arg-type]
                if metres > reach:
                    continue
                close = halving(metres, half)
            score = weights["need"] * need + weights["closeness"] * close
            score += weights["cost"] * cost(offer, figures)
            found.append((-score, offer.key))
        return [(key, -score) for score, key in sorted(found)[:k]]


_STEP = "sine / sqrt(2.0 * (1.0 + sqrt(1.0 - sine * sine)))"
_SERIES = "(1.0 + q * (1.0/6 + q * (3.0/40 + q * (15.0/336 + q * (105.0/3456)))))"
_QUESTION = f"""
WITH served AS MATERIALIZED (
    SELECT p.offer, max(a.value) AS need FROM json_each(:asked) AS a
    CROSS JOIN provides AS p ON p.category = a.key GROUP BY p.offer),
fitting AS MATERIALIZED (
    SELECT o.id, o.cost, o.is_virtual, s.need,
        min(1.0, sqrt((:x - x) * (:x - x) + (:y - y) * (:y - y) + (:z - z) * (:z - z)) * 0.5) AS sine
    FROM served AS s CROSS JOIN offers AS o ON o.id = s.offer
    WHERE o.low_age <= :age AND :age < o.end_age AND o.low_grade <= :grade AND :grade < o.end_grade
        AND (o.is_virtual OR (o.latitude BETWEEN :south AND :north))),
one AS MATERIALIZED (SELECT *, {_STEP} AS next FROM fitting),
two AS MATERIALIZED (SELECT id, cost, is_virtual, need, {_STEP.replace("sine", "next")} AS sine FROM one),
three AS MATERIALIZED (SELECT id, cost, is_virtual, need, {_STEP} AS s FROM two),
four AS MATERIALIZED (SELECT *, s * s AS q FROM three),
near AS MATERIALIZED (
    SELECT id, need, cost, is_virtual,
        CAST(round(s * {_SERIES} * {16.0 * EARTH_RADIUS_METRES!r}) AS INTEGER) AS metres FROM four)
SELECT keys.key, :w_need * need + :w_cost * cost + :w_close * CASE WHEN is_virtual THEN :virtual
    ELSE (SELECT value FROM halves WHERE step = min(:last, metres * {STEPS_PER_HALF} / :half)) END AS score
FROM near JOIN keys ON keys.id = near.id WHERE is_virtual OR metres <= :reach
ORDER BY score DESC, keys.key LIMIT :k
"""  # noqa: S608 - our own constants


class SQLite:
    """One prepared statement over an indexed database in memory."""

    def __init__(self, offers: Sequence[Offer], parameters: Parameters) -> None:
        self._parameters = parameters
        self._database = sqlite3.connect(":memory:", cached_statements=16)
        self._database.executescript(
            "PRAGMA temp_store = MEMORY;"
            "CREATE TABLE offers (id INTEGER PRIMARY KEY, cost, is_virtual, latitude REAL, x REAL,"
            " y REAL, z REAL, low_age REAL, end_age REAL, low_grade REAL, end_grade REAL);"
            "CREATE TABLE keys (id INTEGER PRIMARY KEY, key TEXT);"
            "CREATE TABLE provides (category, offer, PRIMARY KEY (category, offer)) WITHOUT ROWID;"
            "CREATE TABLE halves (step INTEGER PRIMARY KEY, value);"
        )
        for number, offer in enumerate(offers):
            x, y, z = (0.0, 0.0, 0.0) if offer.point is None else unit_vector(offer.point)
            latitude = None if offer.point is None else offer.point.latitude
            ages = span(offer.ages[0]) if offer.ages else (-INFINITE, INFINITE)
            grades = span(offer.grades[0]) if offer.grades else (-INFINITE, INFINITE)
            facts = (cost(offer, parameters), offer.mode == "virtual", latitude, x, y, z)
            self._insert("offers", (number, *facts, *ages, *grades))
            self._insert("keys", (number, offer.key))
            for category in offer.categories:
                self._insert("provides", (category, number))
        for half in enumerate(HALVES):
            self._insert("halves", half)
        self._database.execute("ANALYZE")
        self._database.commit()

    def _insert(self, table: str, row: tuple[object, ...]) -> None:
        marks = ",".join("?" * len(row))
        self._database.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608

    def rank(self, profile: Profile, k: int) -> Answer:
        figures, weights = self._parameters, self._parameters.weights
        reach, half = limits(profile, figures)
        assert profile.home is not None
        x, y, z = unit_vector(profile.home)
        degrees = reach / 110_000
        return self._database.execute(
            _QUESTION,
            {
                "asked": json.dumps(worths(profile, figures)),
                "x": x,
                "y": y,
                "z": z,
                "age": profile.age,
                "grade": profile.grade,
                "south": profile.home.latitude - degrees,
                "north": profile.home.latitude + degrees,
                "w_need": weights["need"],
                "w_cost": weights["cost"],
                "w_close": weights["closeness"],
                "virtual": figures.closeness_virtual,
                "last": len(HALVES) - 1,
                "half": half,
                "reach": reach,
                "k": k,
            },
        ).fetchall()
