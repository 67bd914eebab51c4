"""What a criterion of the score is. The criteria are one file each in `matching/scorers/`.

To add one: write its file (`value`, `values`, `CRITERION`), name it in the package's `__init__` and
in `matching.parameters.CRITERIA`, weigh it in each preset, and give its codes words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matching.columns import Columns
from matching.geo import Whole
from matching.lookups import Rows
from matching.question import Question
from matching.types import Offer

Points = npt.NDArray[np.int32]  # a score needs 20 bits, and half the memory is read sooner


class Value(NamedTuple):
    """What a criterion says of one offer: 0 to 1000, if it was known, and what was compared."""

    value: int
    is_known: bool
    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion. `value` is its definition; `values` answers the same for many rows.

    `facts` names all of the profile that the value goes by, `compares` all of the offer (by default,
    the offer itself).
    """

    name: str
    value: Callable[[Offer, Question], Value]
    values: Callable[[Columns, Rows, Question], Whole]
    facts: tuple[str, ...]
    codes: tuple[str, ...]
    compares: tuple[str, ...] = ("key",)


def known(value: int, code: str, **facts: object) -> Value:
    """A value that rests on facts."""
    return Value(value, is_known=True, code=code, facts=facts)


def neutral(value: int, code: str, **facts: object) -> Value:
    """The parameter file's neutral value, for want of a fact."""
    return Value(value, is_known=False, code=code, facts=facts)
