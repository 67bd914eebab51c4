"""What comes with an upload, and a mapping as its form has it. Asks no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from app.errors import words_of
from catalog.errors import CatalogValueError
from catalog.importers import SheetMapping
from catalog.importers.sheet_guess import age_band
from catalog.importers.sheet_mapping import FIELDS, MARKS, Mark, mapping_of

LONGEST_NAME = 120  # characters of a file's name
LONGEST_SOURCE = 120
COLUMNS = 300  # of all sheets together in one form; a mapping file takes any number
CONSTANTS = ("city", "state")
SPLITS = ("service", "category")


def clean_file_name(text: str) -> str:
    """A bare file name, safe on disk: without folders, signs that no screen shows, or too much."""
    name = PurePosixPath(text.replace("\\", "/")).name
    name = "".join(letter for letter in name if letter.isprintable() and letter not in ':*?"<>|')
    stem, dot, ending = name.strip(" .").rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = name.strip(" ."), "", ""
    while len(stem.encode()) > LONGEST_NAME:
        stem = stem[:-1]
    return f"{stem or 'directory'}{dot}{ending}"


def clean_source(text: str, file_name: str) -> str:
    """The directory's name as given, else the file's own."""
    name = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return (name or PurePosixPath(file_name).stem)[:LONGEST_SOURCE].strip()


@dataclass
class ColumnForm:
    """One column: what it holds (a field, extra, or a kind of mark) and what a mark says. `by_cells`:
    how many of how many cells made it that, where it was guessed by their look."""

    key: str
    heading: str
    examples: list[str]
    holds: str
    says: str
    has_marks: bool
    by_cells: Sequence[int] | None = None


@dataclass
class SheetForm:
    """One sheet as its form shows it."""

    key: str
    file: str
    rows_in_all: int
    more_columns: int
    columns: list[ColumnForm]
    rows: list[list[str]]
    has_heading: bool
    constants: dict[str, str] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)


def sheet_forms(
    previews: list[dict[str, Any]],
    mappings: Mapping[str, SheetMapping],
    sent: Mapping[str, str] | None = None,
) -> list[SheetForm]:
    """The forms of the sheets, as many as one page takes; `sent` is what somebody filled in that
    could not be used."""
    forms, room = [], COLUMNS
    for number, preview in enumerate(previews):
        mapping = mappings.get(preview["file"])
        room -= len(preview["columns"])
        if mapping is None or room < 0:
            continue
        key = f"s{number}"
        known = {name.casefold(): said for name, said in mapping.columns.items()}
        columns = []
        for position, heading in enumerate(preview["columns"]):
            name = f"{key}-{position}"
            holds, says = told_of(known.get(heading.casefold(), "extra"))
            if sent is not None:
                holds, says = sent.get(name, holds), sent.get(f"{name}-says", says)
            examples = [row[position] for row in preview["rows"] if row[position]]
            has_marks = heading in preview["marks"] or holds in MARKS
            look = preview.get("by_cells", {}).get(heading)
            columns.append(ColumnForm(name, heading, examples[:3], holds, says, has_marks, look))
        values = sent or {}
        forms.append(
            SheetForm(
                key,
                preview["file"],
                preview["rows_in_all"],
                preview["more_columns"],
                columns,
                preview["rows"],
                f"{key}-heading" in values if sent is not None else mapping.has_heading,
                {
                    name: values.get(f"{key}-{name}", one_line(mapping.constants.get(name, "")))
                    for name in CONSTANTS
                },
                {
                    name: values.get(f"{key}-{name}-parts", one_line(mapping.splits.get(name, "")))
                    for name in SPLITS
                },
            )
        )
    return forms


def one_line(text: str) -> str:
    """As a field of a form has it."""
    return " ".join(text.splitlines()).strip()


def told_of(said: str | Mark) -> tuple[str, str]:
    """What a column holds, and what a mark in it says, as the form has it."""
    if isinstance(said, str):
        return said, ""
    if said.kind != "age":
        return said.kind, str(said.value)
    low, high = said.value
    return "age", f"{low or 0}+" if high is None else f"{low or 0}-{high}"


def mappings_sent(
    previews: list[dict[str, Any]],
    mappings: Mapping[str, SheetMapping],
    sent: Mapping[str, str],
) -> dict[str, SheetMapping]:
    """The mappings that the form says, over those that were; what it does not show stays.

    Raises CatalogValueError for what cannot be done, with the sheet's name.
    """
    changed = dict(mappings)
    for number, preview in enumerate(previews):
        mapping, key = mappings.get(preview["file"]), f"s{number}"
        if mapping is None or f"{key}-0" not in sent:
            continue
        try:
            changed[preview["file"]] = mapping_of(told_by_form(preview, mapping, sent, key))
        except CatalogValueError as error:
            if len(previews) == 1:
                raise
            raise CatalogValueError(
                "%(sheet)s: %(problem)s", sheet=preview["file"], problem=words_of(error)
            ) from None
    return changed


def told_by_form(
    preview: dict[str, Any], mapping: SheetMapping, sent: Mapping[str, str], key: str
) -> dict[str, Any]:
    """One sheet's part of the form, as a mapping file would have it."""
    told, has_heading = mapping.to_dict(), f"{key}-heading" in sent
    shown = {
        heading: said_by_form(
            heading,
            sent.get(f"{key}-{position}", "extra"),
            sent.get(f"{key}-{position}-says", "").strip(),
        )
        for position, heading in enumerate(preview["columns"])
    }
    if mapping.has_heading and not has_heading:  # columns are called by their place from now on
        told["columns"] = {str(place): said for place, said in enumerate(shown.values(), 1)}
    elif preview["more_columns"]:  # those that the form does not show stay as they are
        names = {heading.casefold() for heading in shown}
        others = {n: said for n, said in told["columns"].items() if n.casefold() not in names}
        told["columns"] = shown | others
    else:
        told["columns"] = shown
    told["heading"] = has_heading
    for part, fields, ending in (("constants", CONSTANTS, ""), ("splits", SPLITS, "-parts")):
        before = told.get(part, {})
        given = {name: sent.get(f"{key}-{name}{ending}", "").strip() for name in fields}
        for name, value in given.items():  # a field of a form cannot hold the end of a line
            if name in before and value == one_line(before[name]):
                given[name] = before[name]
        kept = {name: value for name, value in before.items() if name not in fields}
        told[part] = kept | {name: value for name, value in given.items() if value}
    return told


def said_by_form(heading: str, holds: str, says: str) -> Any:
    """What one column holds, as a mapping file would have it."""
    if holds in FIELDS or holds == "extra":
        return holds
    if holds == "age":
        band = age_band(says.casefold())
        if band is None:
            raise CatalogValueError(
                "%(heading)r: write the ages that a mark stands for as 6-13, 18+ or under 5.",
                heading=heading,
            )
        return {"age": band}
    if holds in MARKS:
        return {holds: says or heading}
    raise CatalogValueError("%(heading)r: choose one of the fields on the page.", heading=heading)
