"""Guessing which column of a flat sheet holds what, by its heading and by what its cells look like.

A guess is shown by the dry run and can be saved, mended and given back as a mapping file.
"""

import re
from collections import Counter

from rapidfuzz import fuzz, process

from catalog.errors import NotACatalogError, UnclearSheetError
from catalog.importers.cell_shapes import LOOKED_AT, ByShape, guess_by_shape
from catalog.importers.csv_tables import SourceTable
from catalog.importers.hsds_phones import LANGUAGE_CODES
from catalog.importers.sheet_mapping import EXTRA, MARK_WORDS, Mark, SheetMapping
from catalog.importers.text import clean_line, plain_heading

HEADINGS = {
    "provider": ("provider", "organization", "organization name", "agency", "agency name",
                 "partner", "name", "company", "nonprofit", "nombre", "organizacion",
                 "nombre de la organizacion", "agencia", "proveedor"),
    "service": ("service", "services", "service type", "category", "categories", "program",
                "program name", "what they offer", "type of service", "service name",
                "service offered", "services offered", "servicio", "servicios", "programa",
                "nombre del servicio", "nombre del programa"),
    "category": ("strategy", "focus area", "program type", "service category", "tags"),
    "counties": ("counties served", "county", "counties", "service area", "area served",
                 "condado", "condados"),
    "phone": ("phone", "phone number", "telephone", "tel", "contact number", "site phone",
              "telefono", "numero de telefono"),
    "email": ("email", "e-mail", "email address", "contact email", "correo",
              "correo electronico"),
    "url": ("website/url", "website", "url", "web", "web site", "web address", "link",
            "sitio web", "pagina web"),
    "place": ("site name", "site", "location name", "facility"),
    "street": ("street", "address", "street address", "address 1", "location", "site address",
               "direccion", "calle"),
    "city": ("city", "town", "ciudad"),
    "state": ("state", "st", "state/province"),
    "zip": ("zip", "zip code", "zipcode", "postal code", "site zip", "codigo postal"),
    "description": ("description", "notes", "about", "details", "descripcion", "notas"),
    "hours": ("hours", "hours of operation", "days and hours", "schedule", "office hours", "hrs",
              "horario", "horarios", "horario de atencion"),
    "languages": ("languages", "languages spoken", "language", "language other", "idioma",
                  "idiomas"),
    "ages": ("ages", "ages served", "age range", "age", "edad", "edades"),
    "eligibility": ("eligibility", "who is eligible", "eligibility requirements",
                    "elegibilidad", "requisitos"),
    "fees": ("fees", "fee", "cost", "price", "costo", "costos", "precio"),
}  # fmt: skip
HEADING_SCORE = 85  # of 100: "Phone #" passes as phone, "Status" does not as state
TELLING = ("service", "phone", "email", "url", "street")
# A name may hold a comma.
ONE_SERVICE = frozenset(
    {
        "program",
        "program name",
        "service name",
        "service offered",
        "programa",
        "nombre del programa",
        "nombre del servicio",
    }
)
WEAK = frozenset({"name", "nombre"})  # gives way to a heading that says whose name it is
SURE_MARKS = frozenset({"x", "✓", "✔", "•"})
LEAST_ROWS = 10  # fewer tell nothing about a sheet without a heading


def guess_mapping(table: SourceTable) -> SheetMapping | None:
    """The guess; None where the headings do not tell a list of providers."""
    mapping = guess_columns(table)
    found = {said for said in mapping.columns.values() if isinstance(said, str)}
    return mapping if "provider" in found and found & set(TELLING) else None


def guess_columns(table: SourceTable) -> SheetMapping:
    """What each column surely is, whether or not they make a list of providers: by its heading, and
    where that says nothing, by its cells."""
    columns: dict[str, str | Mark] = {}
    scored: list[tuple[float, str, str]] = []
    unknown: list[str] = []
    words = {word: meaning for meaning, listed in HEADINGS.items() for word in listed}
    for heading in table.columns:
        best = process.extractOne(
            plain_heading(heading),
            words.keys(),
            scorer=fuzz.token_sort_ratio,
            score_cutoff=HEADING_SCORE,
        )
        mark = guess_mark(table, heading)
        if mark and mark.kind == "label" and best:
            mark = None  # a column named as a field is that field, whatever stands in it
        columns[heading] = mark or EXTRA
        if best and mark is None:
            scored.append((HEADING_SCORE if best[0] in WEAK else best[1], heading, words[best[0]]))
        elif mark is None:
            unknown.append(heading)
    for _, heading, meaning in sorted(scored, key=lambda entry: -entry[0]):
        if meaning not in columns.values():
            columns[heading] = meaning
    guessed = guess_by_cells(table, unknown, columns)
    columns |= {heading: guess.field for heading, guess in guessed.items()}
    service = next((name for name, said in columns.items() if said == "service"), "")
    splits = {} if plain_heading(service) in ONE_SERVICE else {"service": ",;"}
    reasons = {heading: (guess.fitting, guess.filled) for heading, guess in guessed.items()}
    return SheetMapping(columns, splits=splits if service else {}, by_cells=reasons)


def guess_by_cells(
    table: SourceTable, headings: list[str], columns: dict[str, str | Mark]
) -> dict[str, ByShape]:
    """What the look of their cells says of columns whose headings say nothing, by heading."""
    cells: dict[str, list[str]] = {heading: [] for heading in headings}
    for row in table.rows if headings else ():
        for name, cell in zip(row.names, row.values, strict=True):
            known = cells.get(name)
            if known is not None and len(known) < LOOKED_AT and (text := clean_line(cell)):
                known.append(text)
    taken = [said for said in columns.values() if isinstance(said, str)]
    found = guess_by_shape(cells, taken)
    return {heading: found[heading] for heading in headings if heading in found}


def guess_mark(table: SourceTable, heading: str) -> Mark | None:
    """What a mark in the column says, if it holds nothing but marks."""
    cells = {row.cells.get(heading, "").strip().casefold() for row in table.rows} - {""}
    if not cells or not cells <= MARK_WORDS:
        return None
    plain = " ".join(heading.casefold().split())
    if band := age_band(plain):
        return Mark("age", band)
    names = [plain, *re.split(r"[()]", plain)]
    if any(name.strip() in LANGUAGE_CODES for name in names):
        return Mark("language", heading)
    return Mark("label", heading) if cells <= SURE_MARKS else None


def age_band(plain: str) -> list[int | None] | None:
    """ "6-13", "ages 6 to 13", "18+", "under 5" as the lowest and highest age in years."""
    span = re.fullmatch(r"(?:ages?\s+)?(\d{1,2})\s*(?:-|–|to)\s*(\d{1,2})(?:\s*years?)?", plain)
    if span and int(span[1]) <= int(span[2]):
        return [int(span[1]), int(span[2])]
    over = re.fullmatch(r"(?:ages?\s+)?(\d{1,2})\s*(?:\+|and (?:up|over|older))", plain)
    if over:
        return [int(over[1]), None]
    under = re.fullmatch(r"under\s+(\d{1,2})", plain)
    return [0, int(under[1]) - 1] if under and int(under[1]) else None


def guess_without_heading(table: SourceTable) -> SheetMapping | None:
    """Provider, service and tags, where the first row is surely none: its words recur below.

    `table` is read without a heading. None where it does not look so.
    """
    rows = [[row.cells.get(column, "").strip() for column in table.columns] for row in table.rows]
    if len(rows) < LEAST_ROWS or len(table.columns) < 3:
        return None
    tags = Counter(cell.casefold() for row in rows for cell in row[2:] if cell)
    names = [cell for row in rows for cell in row[:2] if cell]
    first = [cell.casefold() for cell in rows[0][2:] if cell]
    is_data = any(tags[cell] >= 3 for cell in first)
    recur = sum(tags.values()) > 2 * len(tags)
    if not (is_data and recur) or any(re.fullmatch(r"[\d\W]+", name) for name in names):
        return None
    first_column, second, *others = table.columns
    columns: dict[str, str | Mark] = {first_column: "provider", second: "service"}
    return SheetMapping({**columns, **dict.fromkeys(others, "category")}, has_heading=False)


def refuse(table: SourceTable) -> NotACatalogError:
    """What to say of a sheet that is no list of providers."""
    if not table.columns:
        return NotACatalogError(
            "%(file)r is empty: it has no row at all. Choose the directory's file.", file=table.file
        )
    return UnclearSheetError(
        "%(file)r does not look like a list of providers. It needs a heading such as "
        "'Provider' or 'Organization', and at least one of Service, Phone, Email, Website "
        "and Street; or say by a mapping which column holds what. Its headings: %(headings)s.",
        file=table.file,
        headings=", ".join(table.columns[:8]),
    )
