"""A bit a row: which rows of a catalog an answer holds for, 64 rows in one whole number.

Called by the index and by whoever combines answers. Two answers are one operation on a 64th as many
numbers as there are rows: that is what a question costs, however many rows each answer refuses.
(Bitmap index: O'Neil, Quass: Improved query performance with variant indexes, 1997.)
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from matching.lookups import Mask, Rows

Bits = npt.NDArray[np.uint64]

ALL: Final = np.uint64(2**64 - 1)
_A_WORD: Final = 64
_A_WORDS_BITS: Final = 6  # shifts are several times quicker than divisions
_ONE: Final = np.uint64(1)


def words_for(rows: int) -> int:
    """How many whole numbers the bits of so many rows take."""
    return -(-rows // _A_WORD)


def packed(mask: Mask) -> Bits:
    """The bits of a mask; those beyond its end are 0."""
    padded = np.zeros(8 * words_for(len(mask)), dtype=np.uint8)
    padded[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
    return padded.view(np.uint64)


def rows_of(bits: Bits) -> Rows:
    """The rows whose bit is set, in order; words without any are not unpacked."""
    some = np.flatnonzero(bits != 0)
    each = np.unpackbits(bits[some].view(np.uint8), bitorder="little")
    at = np.flatnonzero(each.view(np.bool_))
    rows: Rows = (some[at >> _A_WORDS_BITS] << _A_WORDS_BITS) + (at & (_A_WORD - 1))
    return rows


def number_of(bits: Bits) -> int:
    """How many bits are set."""
    return int(np.bitwise_count(bits).sum())


def clear(bits: Bits, rows: Rows) -> None:
    """Take out the bits of the rows, which may be named twice."""
    masks = ~(_ONE << (rows & (_A_WORD - 1)).astype(np.uint64))
    np.bitwise_and.at(bits, rows >> _A_WORDS_BITS, masks)


def fill(bits: Bits, first: int, end: int) -> None:
    """Set the bits of the rows from `first` to before `end`, and of those that share their words."""
    bits[first // _A_WORD : words_for(end)] = ALL
