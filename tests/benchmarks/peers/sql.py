"""The question as one statement, for every database alike; each peer fills in its dialect.

First what whole numbers and lists refuse (`near`), then what the student's own columns say and the
chord to the nearer place, then the arc of the chord as `matching.geo` works it out, to the bit. An
offer comes once for each term that it serves, and is put together at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matching.decay import _LAST as LAST_STEP
from matching.decay import STEPS_PER_HALF
from matching.geo import EARTH_RADIUS_METRES
from tests.benchmarks.peers import Answer
from tests.benchmarks.peers.layout import Asked, Layout

# The table's columns, in the order in which they are looked at.
WHOLE = ("term", "cell", "refuses", "required", "area", "area_kinds", "schools", "service")
WHOLE += ("speech", "week", "asks", "questions", "points", "by_distance", "least", "within")
WHOLE += ("travelled", "place")
VECTOR = ("x", "y", "z")
COLUMNS = (*WHOLE, *VECTOR)
WIDE = {"refuses", "required"}  # of 64 bits; the others have 32
WIDE_NUMBERS = {"mask", "situations", "k"}  # of the question, the same

_OF_ASKED = ("mask", "situations", "unknown", "area_doubt", "any_school", "chord", "near", "far")
_OF_ASKED += ("half", "least")
NUMBERS = (*_OF_ASKED, "weight", "k", "x1", "y1", "z1", "x2", "y2", "z2")
FLOATS = {"chord", "x1", "y1", "z1", "x2", "y2", "z2"}

_STEP = "s / sqrt(2.0 * (1.0 + sqrt(1.0 - s * s)))"
_SERIES = "(1.0 + q * (1.0/6 + q * (3.0/40 + q * (15.0/336 + q * (105.0/3456)))))"
# How many of 14 bits are set (Anderson, Bit Twiddling Hacks: counting bits with 64-bit modulus).
_ONES = "((({bits}) * 35185445863425) & 76861433640456465) % 15"
_REST = "place, need, interest, points, questions, by_distance, least, within, travelled"


@dataclass(frozen=True)
class Dialect:
    """What databases say differently."""

    source: str  # FROM and WHERE: the rows of `provides` that serve what is asked, with its points
    number: Callable[[str], str]  # a parameter of NUMBERS
    is_in: Callable[[str, str], str]  # whether a column is in a list that is a parameter
    speech: str  # what the student's column says of the row
    week: str
    least: str = "least"
    greatest: str = "greatest"
    divide: str = "/"
    real: str = "double precision"
    whole: str = "bigint"
    materialized: str = "MATERIALIZED"
    student: tuple[str, ...] = ()  # where many are asked at once: columns that say whose a row is


def numbers_of(asked: Asked, layout: Layout, k: int) -> dict[str, float]:
    """The parameters that are numbers, by name."""
    (x1, y1, z1), (x2, y2, z2) = asked.places
    numbers = {name: getattr(asked, name) for name in _OF_ASKED}
    numbers |= {"weight": layout.close_weight, "k": k}
    return numbers | {"x1": x1, "y1": y1, "z1": z1, "x2": x2, "y2": y2, "z2": z2}


def answer(found: list[tuple[int, int, int]], asked: Asked, layout: Layout) -> Answer:
    """What the statement's rows tell."""
    fitting = found[0][2] if found else 0
    best = [(layout.keys[place], score) for place, score, _ in found]
    return Answer(best, asked.considered, asked.considered - fitting)


def statement(dialect: Dialect) -> str:
    """Place in the order of keys, score, and how many fit: the k best."""
    return f"""
{fitting(dialect)}
SELECT place, score, count(*) OVER () FROM fitting
ORDER BY score DESC, questions, place LIMIT {dialect.number("k")}
"""  # noqa: S608 - our own words


def fitting(dialect: Dialect) -> str:
    """What fits: its place in the order of keys, its score and how many questions it leaves open."""
    is_in, how = dialect.is_in, dialect.materialized
    say = {name: dialect.number(name) for name in NUMBERS}
    carried = "".join(f"{name}, " for name in dialect.student)
    whose = f"{dialect.student[0]}, " if dialect.student else ""
    rest = carried + _REST
    chords = [
        " + ".join(
            f"({say[f'{axis}{n}']} - {axis}) * ({say[f'{axis}{n}']} - {axis})" for axis in "xyz"
        )
        for n in (1, 2)
    ]
    is_fitting_area = f"(area_kinds = 0 OR {is_in('area', 'areas')})"
    ones = _ONES.format(bits=f"asks & {say['unknown']}")
    step = f"metres * {STEPS_PER_HALF} {dialect.divide} {say['half']}"
    step = f"{dialect.least}({step}, {LAST_STEP})"
    real, whole = dialect.real, dialect.whole
    halved = f"power(CAST(2 AS {real}), CAST({step} AS {real}) / -{STEPS_PER_HALF})"
    close = f"{say['weight']} * CAST(round(1000 * {halved} - 1e-9) AS {whole})"  # 62.5 is 62
    return f"""
WITH near AS {how} (
    SELECT {carried}place, need, interest, questions + {ones}
        + CASE WHEN {is_fitting_area} THEN 0 ELSE 1 END AS questions,
        points, by_distance, least, within, travelled,
        {dialect.speech} AS speech, {dialect.week} AS week,
        {dialect.least}({chords[0]}, {chords[1]}) AS chord
    {dialect.source}
        AND (refuses & {say["mask"]}) = 0 AND (required & {say["situations"]}) <> 0
        AND ({is_fitting_area} OR (area_kinds & {say["area_doubt"]}) <> 0)
        AND (schools = 0 OR {say["any_school"]} = 1 OR {is_in("schools", "schools")})
        AND NOT {is_in("service", "closed")}),
zero AS {how} (
    SELECT *, {dialect.least}(1.0, sqrt(chord) * 0.5) AS s FROM near
    WHERE speech >= 0 AND week >= 0 AND (travelled = 0 OR chord <= {say["chord"]})),
one AS {how} (
    SELECT {carried}place, need, interest, points + (speech >> 2) + (week >> 2) AS points,
        questions + (speech & 3) + (week & 3) AS questions,
        by_distance, least, within, travelled, {_STEP} AS s FROM zero),
two AS {how} (SELECT {rest}, {_STEP} AS s FROM one),
three AS {how} (SELECT {rest}, {_STEP} AS s FROM two),
four AS {how} (SELECT {rest}, s, s * s AS q FROM three),
away AS {how} (
    SELECT {rest},
        CAST(round(s * {_SERIES} * {16.0 * EARTH_RADIUS_METRES!r}) AS {whole}) AS metres
    FROM four),
fitting AS {how} (
    SELECT {whose}place, max(need) + max(interest) + max(points + CASE WHEN by_distance = 1
            THEN {dialect.greatest}(least, {say["least"]}, {close}) ELSE 0 END) AS score,
        max(questions + CASE WHEN travelled = 1 AND metres + within > {say["near"]}
            THEN 1 ELSE 0 END) AS questions
    FROM away WHERE travelled = 0 OR metres - within <= {say["far"]} GROUP BY {whose}place)
"""  # noqa: S608 - our own words
