"""Halving: 1000 at nothing, 500 at the half amount, 250 at twice it, in whole numbers only.

Called by the scorers for distance, money and the age of a figure. The powers of two are looked up
in one table of whole numbers, so that one value and a column of values come out alike to the bit.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

STEPS_PER_HALF: Final = 256
HALVINGS: Final = 11  # after so many, nothing of 1000 is left
_LAST: Final = HALVINGS * STEPS_PER_HALF
_TABLE: Final = (*(round(1000 * 2 ** (-step / STEPS_PER_HALF)) for step in range(_LAST)), 0)
_COLUMN: Final = np.array(_TABLE, dtype=np.int64)


def halving(amount: int, half: int) -> int:
    """1000 halved once for every `half` in `amount`; both whole and in the same unit, half > 0."""
    return _TABLE[min(_LAST, amount * STEPS_PER_HALF // half)]


def halvings(amounts: npt.NDArray[np.int64], half: int) -> npt.NDArray[np.int64]:
    """`halving` for a column of amounts (below 2 to the power 54)."""
    return _COLUMN[np.minimum(_LAST, amounts * STEPS_PER_HALF // half)]
