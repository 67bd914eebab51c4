"""polars: a table sorted by term and cell, of which the stretches that are asked are taken, and one
chain of expressions over them; one thread (`tests/benchmarks/peers/__init__.py`).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import polars as pl

from matching.decay import _LAST as LAST_STEP
from matching.decay import STEPS_PER_HALF
from matching.geo import EARTH_RADIUS_METRES
from matching.types import Profile
from tests.benchmarks.peers import Answer
from tests.benchmarks.peers.layout import Asked, Layout
from tests.benchmarks.peers.sql import COLUMNS, VECTOR, WIDE, answer

_UNMATCHED = 1 << 32


class Polars:
    """A frame in memory."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        kinds = {
            name: pl.Int64 if name in WIDE else pl.Float64 if name in VECTOR else pl.Int32
            for name in COLUMNS
        }
        frame = pl.DataFrame(sorted(layout.table(COLUMNS)), schema=kinds, orient="row")
        self._frame = frame.drop("term", "cell")
        self._at = frame["term"].to_numpy().astype(np.int64) * _UNMATCHED + frame["cell"].to_numpy()
        self._columns: dict[Hashable, pl.Series] = {}

    def rank(self, profile: Profile, k: int) -> Answer:
        """The k best."""
        asked = self._layout.asked(profile)
        rows, need, interest = self._rows(asked)
        near = self._frame[rows].lazy().with_columns(need=need, interest=interest)
        fitting = _scored(near, asked, self._layout.close_weight, *self._answers(asked))
        best = (
            fitting.with_columns(fitting=pl.len())
            .sort("score", "questions", "place", descending=[True, False, False])
            .head(k)
            .select("place", "score", "fitting")
            .collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())
        )
        return answer(best.rows(), asked, self._layout)

    def _rows(self, asked: Asked) -> tuple[np.ndarray, pl.Series, pl.Series]:
        """The rows of what is asked in the cells in reach, with the points of need and interest."""
        terms = np.array([*asked.needs, *asked.interests], dtype=np.int64)
        firsts, lasts = np.array(asked.cells, dtype=np.int64).T
        lows = np.searchsorted(self._at, (terms[:, None] * _UNMATCHED + firsts).ravel())
        highs = np.searchsorted(
            self._at, (terms[:, None] * _UNMATCHED + lasts).ravel(), side="right"
        )
        lengths = highs - lows
        before = np.cumsum(lengths) - lengths
        rows = np.arange(lengths.sum()) + np.repeat(lows - before, lengths)
        of_term = np.repeat(np.arange(len(terms)), lengths.reshape(len(terms), -1).sum(axis=1))
        needs = np.array([*asked.needs.values(), *(0 for _ in asked.interests)])
        interests = np.array([*(0 for _ in asked.needs), *asked.interests.values()])
        return rows, pl.Series(needs[of_term]), pl.Series(interests[of_term])

    def _answers(self, asked: Asked) -> tuple[pl.Series, pl.Series]:
        return self._column(*asked.speech), self._column(*asked.week)

    def _column(self, key: Hashable, column: Sequence[int]) -> pl.Series:
        known = self._columns.get(key)
        if known is None:
            known = self._columns[key] = pl.Series(column, dtype=pl.Int32)
        return known


def _scored(
    near: pl.LazyFrame, asked: Asked, weight: int, speech: pl.Series, week: pl.Series
) -> pl.LazyFrame:
    """Place, score and questions of what fits."""
    c = pl.col
    is_fitting_area = (c("area_kinds") == 0) | c("area").is_in(asked.areas)
    fits = [
        c("refuses") & asked.mask == 0,
        c("required") & asked.situations != 0,
        is_fitting_area | (c("area_kinds") & asked.area_doubt != 0),
        ~c("service").is_in(asked.closed),
    ]
    if not asked.any_school:
        fits.append((c("schools") == 0) | c("schools").is_in(asked.schools))
    (x1, y1, z1), (x2, y2, z2) = asked.places
    chord = _square(x1, "x") + _square(y1, "y") + _square(z1, "z")
    if asked.places[0] != asked.places[1]:
        other = _square(x2, "x") + _square(y2, "y") + _square(z2, "z")
        chord = pl.min_horizontal(chord, other)
    s = c("s")
    step = s / (2.0 * (1.0 + (1.0 - s * s).sqrt())).sqrt()
    q = s * s
    series = 1.0 + q * (1 / 6 + q * (3 / 40 + q * (15 / 336 + q * (105 / 3456))))
    metres = (s * series * (16.0 * EARTH_RADIUS_METRES)).round().cast(pl.Int64)
    steps = pl.min_horizontal(c("metres") * STEPS_PER_HALF // asked.half, LAST_STEP)
    halved = (1000 * pl.lit(2.0).pow(steps / -STEPS_PER_HALF)).round().cast(pl.Int64)
    close = pl.max_horizontal(c("least"), asked.least, halved * weight)
    is_far = (c("travelled") == 1) & (c("metres") + c("within") > asked.near)
    unknown = (c("asks") & asked.unknown).cast(pl.UInt32).bitwise_count_ones().cast(pl.Int32)
    return (
        near.filter(*fits)
        .with_columns(
            speech=pl.lit(speech).gather(c("speech")),
            week=pl.lit(week).gather(c("week")),
            chord=chord,
        )
        .filter(
            c("speech") >= 0,
            c("week") >= 0,
            (c("travelled") == 0) | (c("chord") <= asked.chord),
        )
        .with_columns(s=pl.min_horizontal(1.0, c("chord").sqrt() * 0.5))
        .with_columns(s=step)
        .with_columns(s=step)
        .with_columns(s=step)
        .with_columns(metres=metres)
        .filter((c("travelled") == 0) | (c("metres") - c("within") <= asked.far))
        .select(
            "place",
            "need",
            "interest",
            points=c("points")
            + c("speech") // 4
            + c("week") // 4
            + pl.when(c("by_distance") == 1).then(close).otherwise(0),
            questions=c("questions")
            + unknown
            + (~is_fitting_area).cast(pl.Int32)
            + c("speech") % 4
            + c("week") % 4
            + is_far.cast(pl.Int32),
        )
        .group_by("place")
        .agg(
            score=c("need").max() + c("interest").max() + c("points").first(),
            questions=c("questions").first(),
        )
    )


def _square(origin: float, axis: str) -> pl.Expr:
    return (origin - pl.col(axis)) * (origin - pl.col(axis))
