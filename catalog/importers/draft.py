"""Rows on their way in: what a reader makes of a package, before it is compared with the catalog.

Gives every row its stable id: the same source, table and id there make the same UUID every time,
which is what makes an import repeatable.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.importers.package import SourceRow
from catalog.importers.report import ReportLine, Severity
from catalog.importers.text import clean_line, clean_text

# The root of all ids that imports make. Changing it would orphan every imported row.
NAMESPACE = uuid.UUID("5b1a7c52-6f0e-5d0b-9a3e-2f6f0a5d7c11")


def stable_id(source: str, table: str, source_id: str) -> uuid.UUID:
    """The id of a row of a source."""
    return uuid.uuid5(NAMESPACE, f"{source}\n{table}\n{source_id}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row stands in the source."""

    file: str
    row: int | None


@dataclass(slots=True)
class DraftRow:
    """One row of a table: values by column."""

    id: uuid.UUID
    source_id: str
    values: dict[str, Any]
    origin: Origin


@dataclass(slots=True)
class Draft:
    """All rows of one import, by table and source id, and the report's lines so far."""

    source: str
    rows: dict[str, dict[str, DraftRow]] = field(default_factory=dict)
    lines: list[ReportLine] = field(default_factory=list)

    def add(self, table: str, source_id: str, values: dict[str, Any], origin: Origin) -> DraftRow:
        """Take in a row. One whose id is taken gets the next free ordinal: facts may repeat."""
        rows = self.rows.setdefault(table, {})
        key, ordinal = source_id, 1
        while key in rows:
            ordinal += 1
            key = f"{source_id}#{ordinal}"
        row = DraftRow(stable_id(self.source, table, key), key, values, origin)
        rows[key] = row
        return row

    def add_once(
        self, table: str, source_id: str, values: dict[str, Any], origin: Origin
    ) -> DraftRow | None:
        """Take in a row whose id must be its own; the second of that id is reported, not taken."""
        if self.has(table, source_id):
            self.note(
                "error",
                origin,
                "id_repeated",
                f"The {table} id {source_id} stands in an earlier row too; only that one came in.",
            )
            return None
        return self.add(table, source_id, values, origin)

    def has(self, table: str, source_id: str) -> bool:
        """Whether the row came in."""
        return source_id in self.rows.get(table, {})

    def find(self, table: str, source_id: str) -> DraftRow | None:
        """The row of that id in the source."""
        return self.rows.get(table, {}).get(source_id)

    def id_of(self, table: str, source_id: str) -> uuid.UUID | None:
        """Its UUID."""
        row = self.find(table, source_id)
        return row.id if row else None

    def of(self, table: str) -> Iterable[DraftRow]:
        """The rows of a table, in the order of the file."""
        return self.rows.get(table, {}).values()

    def note(self, severity: Severity, origin: Origin, code: str, reason: str) -> None:
        """A line for the report."""
        self.lines.append(ReportLine(severity, origin.file, origin.row, code, reason))


class Cells:
    """A row's cells, handed out by name; what nobody asked for is left for `extra`."""

    def __init__(self, row: SourceRow) -> None:
        self._cells: Mapping[str, str] = {name.casefold(): cell for name, cell in row.cells.items()}
        self._taken: set[str] = set()

    def line(self, *names: str) -> str:
        """The first of these columns that holds something, on one line; '' for none."""
        return clean_line(self._first(names))

    def text(self, *names: str) -> str:
        """The same with its line breaks."""
        return clean_text(self._first(names))

    def ids(self, name: str) -> list[str]:
        """A cell that may list several ids, each once; '0' means none there."""
        parts = (part.strip() for part in self.line(name).split(","))
        return list(dict.fromkeys(part for part in parts if part not in {"", "0"}))

    def rest(self) -> dict[str, str]:
        """What holds something and was not asked for."""
        cleaned = {
            name: clean_text(cell) for name, cell in self._cells.items() if name not in self._taken
        }
        return {name: cell for name, cell in cleaned.items() if cell}

    def _first(self, names: tuple[str, ...]) -> str:
        self._taken.update(names)
        return next((self._cells[name] for name in names if self._cells.get(name, "").strip()), "")
