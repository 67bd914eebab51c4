"""What an import did, or would do: counts a table, and a line for everything a person should know.

Filled by the readers and the plan; shown by the command line and the exchange pages.
"""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One thing to know of one row. error: not brought in; warning: not as it stands; info.

    `row` is the row as a spreadsheet numbers it (the heading is row 1), or None for the file.
    """

    severity: Severity
    file: str
    row: int | None
    code: str
    reason: str


@dataclass(slots=True)
class Counts:
    """Rows of one table."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


@dataclass(slots=True)
class ImportReport:
    """The whole import. `rows_read` counts the rows in the files, by file. `mostly_gone` is how many
    services it marks as gone where that are most of the directory's: nothing to do by mistake."""

    source: str
    version: str = ""
    rows_in: dict[str, int] = field(default_factory=dict)
    rows_read: dict[str, int] = field(default_factory=dict)
    tables: dict[str, Counts] = field(default_factory=dict)
    lines: list[ReportLine] = field(default_factory=list)
    mostly_gone: int = 0

    def total(self) -> Counts:
        """Counts over all tables."""
        return Counts(
            added=sum(counts.added for counts in self.tables.values()),
            changed=sum(counts.changed for counts in self.tables.values()),
            unchanged=sum(counts.unchanged for counts in self.tables.values()),
            removed=sum(counts.removed for counts in self.tables.values()),
        )

    @property
    def has_changes(self) -> bool:
        """Whether the import changes anything at all."""
        total = self.total()
        return bool(total.added or total.changed or total.removed)

    def lines_by_code(self) -> Counter[tuple[Severity, str]]:
        """How often each kind of line occurs."""
        return Counter((line.severity, line.code) for line in self.lines)

    def to_csv(self) -> str:
        """The lines as a spreadsheet."""
        return "".join(csv_lines(self.lines))

    def to_dict(self) -> dict[str, object]:
        """Everything, as plain data for JSON."""
        return {
            "source": self.source,
            "version": self.version,
            "rows_read": self.rows_read,
            "rows_in": self.rows_in,
            "mostly_gone": self.mostly_gone,
            "tables": {
                name: {
                    "added": counts.added,
                    "changed": counts.changed,
                    "unchanged": counts.unchanged,
                    "removed": counts.removed,
                }
                for name, counts in self.tables.items()
            },
            "lines": [
                {
                    "severity": line.severity,
                    "file": line.file,
                    "row": line.row,
                    "code": line.code,
                    "reason": line.reason,
                }
                for line in self.lines
            ],
        }


def csv_lines(lines: Iterable[ReportLine]) -> Iterator[str]:
    """Lines as rows of a spreadsheet, the heading first."""
    rows: Iterable[list[object]] = (
        [line.severity, line.file, line.row or "", line.code, line.reason] for line in lines
    )
    heading: list[object] = ["severity", "file", "row", "code", "reason"]
    for row in itertools.chain([heading], rows):
        out = io.StringIO(newline="")
        csv.writer(out).writerow([spreadsheet_text(cell) for cell in row])
        yield out.getvalue()


def spreadsheet_text(value: object) -> object:
    """Keep a cell that quotes the file from being run as a formula where the report is opened."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return "'" + value
    return value
