"""Texts longer than a cell of a workbook: in parts, each in a column of its own.

The exporter splits them and the importer joins them again, so that a workbook loses nothing. The
columns stand after all others, under a heading that no other sheet has; a part is led by an
apostrophe, so that it is never taken for a formula.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

LONGEST_CELL = 32_767  # characters: what a spreadsheet program takes
PART = 30_000
CONTINUED = re.compile(r"(.+) \[continued \d+\]")


def split_rows(rows: Iterable[Sequence[str]], longest: Sequence[int]) -> Iterator[list[str]]:
    """The rows of a table, its heading first, with every cell short enough; `longest` is how many
    characters the longest cell of each column has."""
    split = {column for column, length in enumerate(longest) if length > LONGEST_CELL}
    further = [
        (column, start) for column in sorted(split) for start in range(PART, longest[column], PART)
    ]
    for number, row in enumerate(rows):
        firsts = [text[:PART] if column in split else text for column, text in enumerate(row)]
        if number == 0:
            parts = [f"{row[column]} [continued {1 + start // PART}]" for column, start in further]
        else:
            texts = [row[column][start : start + PART] for column, start in further]
            parts = [f"'{text}" if text else "" for text in texts]
        yield firsts + parts


class Joining:
    """Puts the parts of one table's cells together again, row by row, its heading first."""

    def __init__(self) -> None:
        """Nothing is known before the heading."""
        self._whole: dict[int, int] | None = None  # the column that each column of parts continues

    def joined(self, cells: list[str]) -> list[str]:
        """The row without the columns of parts; as it is where the table has none."""
        if self._whole is None:
            self._whole = {
                column: cells.index(found[1])
                for column, heading in enumerate(cells)
                if (found := CONTINUED.fullmatch(heading)) and found[1] in cells
            }
        else:
            for column, whole in self._whole.items():
                if column < len(cells):
                    cells[whole] += cells[column].removeprefix("'")
        return [cell for column, cell in enumerate(cells) if column not in self._whole]
