"""The question as one statement, for every database alike; each peer fills in its dialect.

First what whole numbers and lists refuse (`near`), then what the student's own columns say and the
chord to the nearer place, then the arc of the chord as `matching.geo` works it out, to the bit. An
offer comes once for each term that it serves, and is put together at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matching.decay import STEPS_PER_HALF
from matching.geo import EARTH_RADIUS_METRES

PROVIDES = ("term", "cell", "refuses", "required", "area", "area_kinds", "schools", "service")
PROVIDES += ("speech", "week", "asks", "questions", "points", "by_distance", "least", "within")
PROVIDES += ("travelled", "place")
VECTOR = ("x", "y", "z")

_STEP = "{s} / sqrt(2.0 * (1.0 + sqrt(1.0 - {s} * {s})))"
_SERIES = "(1.0 + q * (1.0/6 + q * (3.0/40 + q * (15.0/336 + q * (105.0/3456)))))"
# How many of 14 bits are set (Anderson, Bit Twiddling Hacks: counting bits with 64-bit modulus).
ONES = "((({bits}) * 35185445863425) & 76861433640456465) % 15"


@dataclass(frozen=True)
class Dialect:
    """What databases say differently."""

    source: str  # FROM and WHERE of the offers that serve what is asked in cells in reach
    parameters: Mapping[str, str]  # how each number of `Asked` is named
    is_in: Callable[[str, str], str]  # column, list
    at: Callable[[str, str], str]  # the student's column, number
    least: str = "least"
    greatest: str = "greatest"
    divide: str = "/"
    whole: str = "bigint"


def statement(dialect: Dialect) -> str:
    """Key, score and how many fit, of the k best."""
    say, is_in, at = dialect.parameters, dialect.is_in, dialect.at
    chords = [
        f"({say[f'x{n}']} - x) * ({say[f'x{n}']} - x) + ({say[f'y{n}']} - y) * ({say[f'y{n}']} - y)"
        f" + ({say[f'z{n}']} - z) * ({say[f'z{n}']} - z)"
        for n in (1, 2)
    ]
    is_fitting_area = f"(area_kinds = 0 OR {is_in('area', 'areas')})"
    ones = ONES.format(bits=f"asks & {say['unknown']}")
    step = _STEP.format(s="s")
    return f"""
WITH near AS MATERIALIZED (
    SELECT place, need, interest, questions + {ones}
        + CASE WHEN {is_fitting_area} THEN 0 ELSE 1 END AS questions,
        points, by_distance, least, within, travelled,
        {at("speech", "speech")} AS speech, {at("week", "week")} AS week,
        {dialect.least}({chords[0]}, {chords[1]}) AS chord
    {dialect.source}
        AND (refuses & {say["mask"]}) = 0 AND (required & {say["situations"]}) <> 0
        AND ({is_fitting_area} OR (area_kinds & {say["area_doubt"]}) <> 0)
        AND (schools = 0 OR {say["any_school"]} = 1 OR {is_in("schools", "schools")})
        AND NOT {is_in("service", "closed")}),
zero AS MATERIALIZED (
    SELECT *, {dialect.least}(1.0, sqrt(chord) * 0.5) AS s FROM near
    WHERE speech >= 0 AND week >= 0 AND (travelled = 0 OR chord <= {say["chord"]})),
one AS MATERIALIZED (
    SELECT place, need, interest, points + (speech >> 2) + (week >> 2) AS points,
        questions + (speech & 3) + (week & 3) AS questions,
        by_distance, least, within, travelled, {step} AS s FROM zero),
two AS MATERIALIZED (
    SELECT place, need, interest, points, questions, by_distance, least, within, travelled,
        {step} AS s FROM one),
three AS MATERIALIZED (
    SELECT place, need, interest, points, questions, by_distance, least, within, travelled,
        {step} AS s FROM two),
four AS MATERIALIZED (SELECT *, s * s AS q FROM three),
away AS MATERIALIZED (
    SELECT place, need, interest, points, questions, by_distance, least, within, travelled,
        CAST(round(s * {_SERIES} * {16.0 * EARTH_RADIUS_METRES!r}) AS {dialect.whole}) AS metres
    FROM four),
fitting AS MATERIALIZED (
    SELECT place, max(need) + max(interest) + max(points + CASE WHEN by_distance = 1
            THEN {dialect.greatest}(least, {say["least"]}, {
        at("close", f"metres * {STEPS_PER_HALF} {dialect.divide} {say['half']}")
    }) ELSE 0 END) AS score,
        max(questions + CASE WHEN travelled = 1 AND metres + within > {say["near"]}
            THEN 1 ELSE 0 END) AS questions
    FROM away WHERE travelled = 0 OR metres - within <= {say["far"]} GROUP BY place)
SELECT keys.key, best.score, (SELECT count(*) FROM fitting) FROM (
    SELECT place, score, questions FROM fitting
    ORDER BY score DESC, questions, place LIMIT {say["k"]}) AS best
JOIN keys ON keys.place = best.place ORDER BY best.score DESC, best.questions, best.place
"""  # noqa: S608 - our own words
