"""Which column of a flat sheet holds what: guessed, shown, and fixed by a saved file (YAML).

    delimiter: ";"                # left out: told by the first row
    heading: false                # left out: the first row is the heading; else columns are 1, 2, 3
    columns:
      Agency Name: provider       # a field, or: extra (kept beside the row)
      Program Name: service
      "6-13": {age: [6, 13]}      # a column of marks (X): an age band in years,
      Spanish: {language: Spanish}  # a language,
      Parent: {label: Parents}    # or a label
    constants: {state: CA}        # where the cell is blank or there is no such column
    splits: {service: ",;"}       # marks that part several values in one cell

A file for several sheets has them by file name under `sheets:`. Called by `flat_sheet` and the
import command; knows no database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from catalog.eligibility import OLDEST
from catalog.errors import BrokenFileError, CatalogValueError

FIELDS = (
    "provider", "service", "category", "description", "place", "street", "city", "state", "zip",
    "counties", "phone", "email", "url", "hours", "languages", "ages", "eligibility", "fees",
)  # fmt: skip
EXTRA = "extra"
MARKS = ("age", "language", "label")
MARK_WORDS = frozenset({"x", "✓", "✔", "yes", "y", "1", "true", "•"})
KEYS = frozenset({"delimiter", "heading", "columns", "constants", "splits"})
MAX_CHARACTERS = 200_000


class WholeDumper(yaml.SafeDumper):
    """Writes each part out, where it stands twice too: what is read back may hold no references."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never a reference."""
        return True


@dataclass(frozen=True, slots=True)
class Mark:
    """What an X in a column says: `kind` is one of MARKS, `value` a band of ages or a word."""

    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """How one sheet is read. `columns` has a field's name, EXTRA or a Mark by heading.

    `by_cells` tells, of columns that were guessed by the look of their cells, how many look so and
    how many there are: for whoever looks at the guess, in no file.
    """

    columns: dict[str, str | Mark]
    constants: dict[str, str] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    has_heading: bool = True
    by_cells: dict[str, tuple[int, int]] = field(default_factory=dict, compare=False)

    def of(self, meaning: str) -> list[str]:
        """The columns that hold a field, in the sheet's order, as cells are called."""
        return [name.casefold() for name, said in self.columns.items() if said == meaning]

    def marks(self, kind: str) -> list[tuple[str, Any]]:
        """Columns of marks of a kind, each with what a mark in it says."""
        return [
            (name.casefold(), said.value)
            for name, said in self.columns.items()
            if isinstance(said, Mark) and said.kind == kind
        ]

    def has(self, meaning: str) -> bool:
        """Whether anything gives the field."""
        return meaning in self.constants or meaning in self.columns.values()

    def to_dict(self) -> dict[str, Any]:
        """As the file has it."""
        columns = {
            name: {said.kind: said.value} if isinstance(said, Mark) else said
            for name, said in self.columns.items()
        }
        told: dict[str, Any] = {"columns": columns}
        if self.constants:
            told["constants"] = self.constants
        if self.splits:
            told["splits"] = self.splits
        if self.delimiter:
            told["delimiter"] = self.delimiter
        if not self.has_heading:
            told["heading"] = False
        return told


def write_mappings(mappings: dict[str, SheetMapping]) -> str:
    """The text of a mapping file, for one sheet or, by file name, for several."""
    one, *more = mappings.values()
    told: dict[str, Any] = (
        {"sheets": {file: mapping.to_dict() for file, mapping in mappings.items()}}
        if more
        else one.to_dict()
    )
    heading = (
        "# Which column holds what. Fields: " + ", ".join(FIELDS[:9]) + ",\n"
        "# " + ", ".join(FIELDS[9:]) + ", extra (kept beside).\n"
        "# Columns of marks: {age: [6, 13]}, {language: Spanish}, {label: Parents}.\n"
    )
    guesses = [line for mapping in mappings.values() for line in cell_guesses(mapping)]
    return heading + "".join(f"# {line}\n" for line in guesses) + dumped(told)


def cell_guesses(mapping: SheetMapping) -> list[str]:
    """What was guessed by the look of cells, for a comment: only signs that YAML takes there."""
    told = [
        f"{name!r} is {mapping.columns[name]} by the look of its cells ({fitting} of {filled})"
        for name, (fitting, filled) in mapping.by_cells.items()
    ]
    return ["".join(sign if sign.isprintable() else " " for sign in line) for line in told]


def dumped(told: dict[str, Any]) -> str:
    """The mapping as YAML. Signs that YAML takes for the end of a line are written as escapes."""
    text = str(yaml.dump(told, Dumper=WholeDumper, sort_keys=False, allow_unicode=True, width=100))
    if any(sign in text for sign in "\x85\u2028\u2029"):
        return str(yaml.dump(told, Dumper=WholeDumper, sort_keys=False, width=100))
    return text


def read_mappings(
    text: str, files: Iterable[str], *, is_finished: bool = True
) -> dict[str, SheetMapping]:
    """The mappings of these sheets from a file's text. One that is not finished may lack the
    provider: a person is still being asked.

    BrokenFileError where it is no YAML, CatalogValueError where it says what cannot be done.
    """
    if len(text) > MAX_CHARACTERS:
        raise BrokenFileError("The mapping is too long for one. Give the YAML file of a mapping.")
    try:
        # An alias can make a short text endless where it is written out; no mapping needs one.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise BrokenFileError(
                "The mapping refers to its own parts (*name). Write each one out."
            )
        told = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BrokenFileError(
            "The mapping is no YAML: %(error)s. Mend the file.", error=error
        ) from error
    if not isinstance(told, dict):
        raise CatalogValueError(
            "The mapping has no 'columns': headings, and what each holds. See docs/imports.md."
        )
    sheets = told.get("sheets")
    found: dict[str, SheetMapping] = {}
    for file in files:
        if sheets is None:
            found[file] = mapping_of(told, is_finished=is_finished)
        elif isinstance(sheets, dict) and file in sheets:
            found[file] = mapping_of(sheets[file], is_finished=is_finished)
    return found


def mapping_of(told: Any, *, is_finished: bool = True) -> SheetMapping:
    """One mapping, checked."""
    if not isinstance(told, dict) or not isinstance(told.get("columns"), dict):
        raise CatalogValueError(
            "The mapping has no 'columns': headings, and what each holds. See docs/imports.md."
        )
    if unknown := sorted(str(key) for key in set(told) - KEYS):
        raise CatalogValueError(
            "The mapping does not know %(unknown)s. It takes: %(known)s.",
            unknown=", ".join(unknown),
            known=", ".join(sorted(KEYS)),
        )
    constants, splits = told.get("constants") or {}, told.get("splits") or {}
    for name, part in (("constants", constants), ("splits", splits)):
        if not isinstance(part, dict) or (wrong := sorted(set(map(str, part)) - set(FIELDS))):
            raise CatalogValueError(
                "'%(name)s' must be fields with a value; not a field: %(wrong)s. Fields: "
                "%(fields)s.",
                name=name,
                wrong=", ".join(wrong or ["-"]),
                fields=", ".join(FIELDS),
            )
    delimiter, heading = told.get("delimiter"), told.get("heading", True)
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1):
        raise CatalogValueError(
            "The delimiter is one mark, as ';', not %(delimiter)r.", delimiter=delimiter
        )
    if not isinstance(heading, bool):
        raise CatalogValueError("'heading' is true or false. Write one of the two.")
    columns = {str(name): said_of(str(name), said) for name, said in told["columns"].items()}
    mapping = SheetMapping(
        columns,
        {str(name): str(value) for name, value in constants.items()},
        {str(name): str(value) for name, value in splits.items()},
        delimiter,
        heading,
    )
    if is_finished and not mapping.has("provider"):
        raise CatalogValueError(
            "The mapping says of no column that it is the provider: whose the services are. Say which "
            "one it is."
        )
    return mapping


def said_of(name: str, said: Any) -> str | Mark:
    """What one column holds."""
    if isinstance(said, str) and (said in FIELDS or said == EXTRA):
        return said
    if isinstance(said, dict) and len(said) == 1:
        kind, value = next(iter(said.items()))
        if kind == "age" and is_band(value):
            return Mark("age", [value[0], value[1]])
        if kind in {"language", "label"} and isinstance(value, str) and value.strip():
            return Mark(kind, value.strip())
    raise CatalogValueError(
        "The column %(name)r cannot be %(said)r. Use a field (%(fields)s), %(extra)r, or for "
        "a column of marks {age: [6, 13]}, {language: Spanish} or {label: Parents}.",
        name=name,
        said=said,
        fields=", ".join(FIELDS),
        extra=EXTRA,
    )


def is_band(value: Any) -> bool:
    """Whether a value is a lowest and a highest age in years, either of which may be null."""
    if not isinstance(value, list) or len(value) != 2 or value == [None, None]:
        return False
    if any(isinstance(v, bool) or not isinstance(v, int | float | None) for v in value):
        return False
    low, high = (0 if value[0] is None else value[0]), (OLDEST if value[1] is None else value[1])
    return bool(0 <= low <= high <= OLDEST)
