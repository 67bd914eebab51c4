"""What a column of a sheet holds, told by the look of its cells: telephones, addresses, hours, ages.

Asked only of columns whose heading says nothing, for fields that no heading names. Where the heading
hints at something else of that look (a fax, a person's number, the budget) nothing is guessed: a
director's mobile number is never published because it looks like a telephone. Called by
`sheet_guess`; pure functions over text.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.importers.hours_text import read_hours_text
from catalog.importers.places import POST_BOX
from catalog.importers.text import EMAIL, plain_heading

LEAST = 3  # filled cells; fewer tell nothing
SHARE = 0.8  # of the filled cells
LOOKED_AT = 200  # filled cells of a column; more tell nothing new

PHONE = re.compile(
    r"(?:\+?1[ .-]?)?\(?[2-9]\d\d\)?[ ./-]*[2-9]\d\d[ .-]*\d{4}(?:[ ,;]*(?:x|ext\.?|#) *\d{1,6})?",
    re.IGNORECASE,
)
WEB = re.compile(
    r"(?:https?://\S+|www\.\S+|(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|us|info|io|co|me)(?:/\S*)?)",
    re.IGNORECASE,
)
ZIP = re.compile(r"\d{5}(?:-\d{4})?")
STREET = re.compile(
    r"\d+[a-z]?(?:[-/]\d+)? .*\b(?:st|street|ave?|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|way|"
    r"pkwy|parkway|pike|hwy|highway|ct|court|pl|place|plaza|cir|circle|ter|terrace|sq|square|trl|"
    r"trail|loop|alley|route|broadway)\b.*|(?:calle|avenida|carrera) .*\d.*",
    re.IGNORECASE | re.DOTALL,
)
PRICE = re.compile(r"\$ ?\d{1,3}(?:\.\d\d)?(?![\d,]|\.\d)")
NO_PRICE = re.compile(
    r"(?:it is |all )?(?:free|no (?:cost|charge|fee)|gratis|gratuito|sliding (?:fee )?scale|"
    r"donations?|varies)(?: of charge)?\.?",
    re.IGNORECASE,
)
AGES = re.compile(
    r"(?:ages?|edades|de)? ?(?:(\d{1,2}) ?(?:-|–|to|through|a) ?(\d{1,2})|"
    r"\d{1,2} ?(?:\+|and (?:up|over|older)|y mayores)|(?:under|over) \d{1,2})"
    r"(?: ?(?:years?|yrs?|años)\.?(?: old)?)?",
    re.IGNORECASE,
)


def is_ages(cell: str) -> bool:
    """ "6-13", "ages 5 to 12", "18+", "under 5 years"."""
    match = AGES.fullmatch(cell)
    return match is not None and (match[1] is None or int(match[1]) < int(match[2]))


def is_price(cell: str) -> bool:
    """ "$10", "$5 a week", "free": a small amount in few words."""
    return bool(len(cell) <= 60 and (PRICE.search(cell) or NO_PRICE.fullmatch(cell)))


# The look of each field, in the order in which they are asked.
SHAPES: dict[str, Callable[[str], bool]] = {
    "email": lambda cell: bool(EMAIL.fullmatch(cell)),
    "url": lambda cell: bool(WEB.fullmatch(cell)),
    "phone": lambda cell: bool(PHONE.fullmatch(cell)),
    "hours": lambda cell: read_hours_text(cell) is not None,
    "street": lambda cell: (
        len(cell) <= 200 and bool(STREET.fullmatch(cell) or POST_BOX.search(cell))
    ),
    "fees": is_price,
    "ages": is_ages,
    "zip": lambda cell: bool(ZIP.fullmatch(cell)),
}
PERSON = (
    r"contact\w*|director\w*|manager|coordinator|staff|supervisor|person\w*|private|cell|celular|mobile|"
    r"emergency|home|owner|president|principal|fax|tty|after hours|donat\w*|facebook|twitter|instagram|"
    r"youtube|social|logo|photo|image|video|map"
)
ELSEWHERE = (
    r"lead|agency|organi[sz]ation|provider|headquarters|hq|mail\w*|billing|admin\w*|corporate"
)
COUNTED = (
    r"id|ein|npi|case|code|number|no|count|total|population|enrollment|seats?|capacity|served|year|size|"
    r"ratio|grades?|weeks?|months?|days?|dates?|sessions?|score|room|suite|district|ward|distance|miles"
)
MONEY = r"budget|income|salary|revenue|grants?|awards?|funding|value|wages?|limit|assets|expenses"
# A look that one cell at least must have: a column of nothing but "free" may tell of anything.
TELLING = {"fees": PRICE}
# What in a heading says that a column of that look is something else.
SOMETHING_ELSE = {
    "email": PERSON,
    "url": PERSON,
    "phone": PERSON,
    "hours": r"closed|lunch|phone|intake|staff\w*|volunteer\w*|last|next",
    "street": f"{ELSEWHERE}|{PERSON}",
    "fees": f"{MONEY}|{COUNTED}",
    "ages": f"{MONEY}|{COUNTED}|time|hours?",
    "zip": f"{ELSEWHERE}|{PERSON}|{COUNTED}|{MONEY}|amount|cost|price",
}


@dataclass(frozen=True, slots=True)
class ByShape:
    """A guess: `fitting` of the `filled` cells have the look of the field."""

    field: str
    fitting: int
    filled: int


def guess_by_shape(
    columns: Mapping[str, Sequence[str]], taken: Iterable[str]
) -> dict[str, ByShape]:
    """What columns hold by their cells, by heading; each field once, none of those that are taken.

    `columns` are the filled cells by heading, each on one line. The surest guess comes first.
    """
    used = set(taken)
    fits = [
        (share, -order, -position, heading, guess)
        for position, (heading, cells) in enumerate(columns.items())
        for order, (guess, share) in enumerate(looks_of(heading, cells))
    ]
    found: dict[str, ByShape] = {}
    for *_, heading, guess in sorted(fits, key=lambda fit: fit[:3], reverse=True):
        if heading not in found and guess.field not in used:
            found[heading] = guess
            used.add(guess.field)
    if "street" not in used:  # five digits beside no street are anything
        found = {heading: guess for heading, guess in found.items() if guess.field != "zip"}
    return found


def looks_of(heading: str, cells: Sequence[str]) -> list[tuple[ByShape, float]]:
    """The fields whose look most cells have, and the share of those that do."""
    looked_at, words = cells[:LOOKED_AT], plain_heading(heading)
    if len(looked_at) < LEAST:
        return []
    found = []
    for field, has_look in SHAPES.items():
        if re.search(rf"\b(?:{SOMETHING_ELSE[field]})\b", words):
            continue
        if field in TELLING and not any(map(TELLING[field].search, looked_at)):
            continue
        fitting = sum(map(has_look, looked_at))
        if fitting >= SHARE * len(looked_at):
            found.append((ByShape(field, fitting, len(looked_at)), fitting / len(looked_at)))
    return found
