"""A row of a flat sheet, asked by field instead of by column."""

import re
from typing import Any

from catalog.importers.draft import Cells
from catalog.importers.sheet_mapping import MARK_WORDS, SheetMapping


class SheetRow:
    """The cells of one row under its sheet's mapping."""

    def __init__(self, cells: Cells, mapping: SheetMapping) -> None:
        self.cells = cells
        self.mapping = mapping

    def line(self, meaning: str) -> str:
        """The field on one line: the first of its columns that says something, else the constant."""
        columns = self.mapping.of(meaning)
        return (self.cells.line(*columns) if columns else "") or self.constant(meaning)

    def text(self, meaning: str) -> str:
        """The same with its line breaks."""
        columns = self.mapping.of(meaning)
        return (self.cells.text(*columns) if columns else "") or self.constant(meaning)

    def constant(self, meaning: str) -> str:
        """What the mapping says of every row."""
        return self.mapping.constants.get(meaning, "")

    def parts(self, meaning: str) -> list[str]:
        """Every value of the field, out of all its columns, each once."""
        marks = self.mapping.splits.get(meaning)
        cells = [self.cells.line(column) for column in self.mapping.of(meaning)]
        cells = [cell for cell in cells if cell] or [self.constant(meaning)]
        listed = [part for cell in cells for part in (split(cell, marks) if marks else [cell])]
        return list(dict.fromkeys(" ".join(part.split()) for part in listed if part.strip()))

    def marked(self, kind: str) -> list[Any]:
        """What the marks of a kind say; a cell that is no mark is left for the rest."""
        said = []
        for column, value in self.mapping.marks(kind):
            cell = self.cells.line(column).casefold()
            if cell in MARK_WORDS:
                said.append(value)
            elif cell:
                self.cells.give_back(column)
        return said

    def rest(self) -> dict[str, str]:
        """What was not asked for."""
        return self.cells.rest()


def split(cell: str, marks: str) -> list[str]:
    """The parts of a cell between any of the marks."""
    return re.split(f"[{re.escape(marks)}]", cell)
