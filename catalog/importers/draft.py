"""Rows on their way in: what a reader makes of a package, before it is compared with the catalog.

Gives every row its stable id: the same source, table and id there make the same UUID every time,
which is what makes an import repeatable.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.importers.csv_tables import SourceRow
from catalog.importers.report import ReportLine, Severity
from catalog.importers.text import clean_line, clean_text

# The root of all ids that imports make. Changing it would orphan every imported row.
NAMESPACE = uuid.UUID("5b1a7c52-6f0e-5d0b-9a3e-2f6f0a5d7c11")


def stable_id(source: str, table: str, source_id: str) -> uuid.UUID:
    """The id of a row of a source."""
    return uuid.uuid5(NAMESPACE, f"{source}\n{table}\n{source_id}")


LONGEST_KEY = 400  # characters of a source's id, well below what an index of any database takes


def short_key(source_id: str) -> str:
    """The id, or for one that is too long its beginning and a digest of the whole."""
    if len(source_id) <= LONGEST_KEY:
        return source_id
    return f"{source_id[:LONGEST_KEY]}~{hashlib.sha256(source_id.encode()).hexdigest()}"


def uuid_of(text: str) -> uuid.UUID | None:
    """The text as a UUID in its usual spelling, or None."""
    try:
        found = uuid.UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


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
    """All rows of one import, by table and source id, and the report's lines so far.

    `keeps_ids`: rows that have a UUID in the source keep it as theirs (HSDS 3), so that our own
    export comes back as the same rows. `taken` are the places of all rows that came in.
    """

    source: str
    rows: dict[str, dict[str, DraftRow]] = field(default_factory=dict)
    lines: list[ReportLine] = field(default_factory=list)
    keeps_ids: bool = False
    taken: set[Origin] = field(default_factory=set)
    # Terms of our own vocabularies that the package names: in every catalog, so never written.
    here: dict[str, dict[str, DraftRow]] = field(default_factory=dict)
    _own: dict[tuple[str, str], DraftRow] = field(default_factory=dict)
    _uuids: dict[str, set[uuid.UUID]] = field(default_factory=dict)

    def add(
        self,
        table: str,
        source_id: str,
        values: dict[str, Any],
        origin: Origin,
        *,
        own_id: str | None = None,
    ) -> DraftRow:
        """Take in a row. One whose id is taken gets the next free ordinal: facts may repeat.

        `own_id` is the row's id in the source where `source_id` is another key (a pair of ids).
        """
        rows = self.rows.setdefault(table, {})
        first = short_key(source_id)
        key, ordinal = first, 1
        while key in rows:
            ordinal += 1
            key = f"{first}#{ordinal}"
        own_id = source_id if own_id is None else own_id
        row = DraftRow(self._id(table, key, own_id), key, values, origin)
        rows[key] = row
        if own_id:
            self._own.setdefault((table, own_id), row)
        self.taken.add(origin)
        return row

    def _id(self, table: str, key: str, own_id: str) -> uuid.UUID:
        """The row's UUID: its own where ids are kept and no row has it yet."""
        found = uuid_of(own_id) if self.keeps_ids else None
        used = self._uuids.setdefault(table, set())
        if found is None or found in used:
            return stable_id(self.source, table, key)
        used.add(found)
        return found

    def take(self, origin: Origin) -> None:
        """Say that the row at this place came in as a part of another row."""
        self.taken.add(origin)

    def named(self, table: str, own_id: str) -> DraftRow | None:
        """The row that the source itself calls by this id, in the package or here already."""
        if not own_id:
            return None
        return self._own.get((table, own_id)) or self.here.get(table, {}).get(own_id)

    def add_once(
        self,
        table: str,
        source_id: str,
        values: dict[str, Any],
        origin: Origin,
        *,
        own_id: str | None = None,
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
        return self.add(table, source_id, values, origin, own_id=own_id)

    def has(self, table: str, source_id: str) -> bool:
        """Whether the row came in."""
        return short_key(source_id) in self.rows.get(table, {})

    def find(self, table: str, source_id: str) -> DraftRow | None:
        """The row of that id in the source."""
        return self.rows.get(table, {}).get(short_key(source_id))

    def id_of(self, table: str, source_id: str) -> uuid.UUID | None:
        """Its UUID."""
        row = self.find(table, source_id)
        return row.id if row else None

    def of(self, table: str) -> Iterable[DraftRow]:
        """The rows of a table, in the order of the file."""
        return self.rows.get(table, {}).values()

    def known(self, table: str) -> Iterable[DraftRow]:
        """The rows of a table and those that are here already."""
        yield from self.of(table)
        yield from self.here.get(table, {}).values()

    def note(self, severity: Severity, origin: Origin, code: str, reason: str) -> None:
        """A line for the report."""
        self.lines.append(ReportLine(severity, origin.file, origin.row, code, reason))


class Cells:
    """A row's cells, handed out by name; what nobody asked for is left for `extra`."""

    def __init__(self, row: SourceRow) -> None:
        names = (name.casefold() for name in row.names)
        self._cells: Mapping[str, str] = dict(zip(names, row.values, strict=True))
        self._taken: set[str] = set()

    def line(self, *names: str) -> str:
        """The first of these columns that holds something, on one line; '' for none."""
        return clean_line(self._first(names))

    def text(self, *names: str) -> str:
        """The same with its line breaks."""
        return clean_text(self._first(names))

    def give_back(self, name: str) -> None:
        """Say that a cell could not be used after all: it is among the rest again."""
        self._taken.discard(name)

    def ids(self, name: str) -> list[str]:
        """A cell that may list several ids, each once; '0' means none there."""
        parts = (part.strip() for part in self.line(name).split(","))
        return list(dict.fromkeys(part for part in parts if part not in {"", "0"}))

    def has_column(self, name: str) -> bool:
        """Whether the table has such a column at all."""
        return name in self._cells

    def all(self) -> dict[str, str]:
        """Every cell that holds something."""
        cleaned = {name: clean_text(cell) for name, cell in self._cells.items()}
        return {name: cell for name, cell in cleaned.items() if cell}

    def rest(self) -> dict[str, str]:
        """What holds something and was not asked for."""
        cleaned = {
            name: clean_text(cell) for name, cell in self._cells.items() if name not in self._taken
        }
        return {name: cell for name, cell in cleaned.items() if cell}

    def _first(self, names: tuple[str, ...]) -> str:
        self._taken.update(names)
        for name in names:
            cell = self._cells.get(name, "")
            if cell and not cell.isspace():
                return cell
        return ""
