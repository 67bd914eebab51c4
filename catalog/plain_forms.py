"""Names, telephones, web addresses and street addresses in the one form in which they are compared.

Called by the search for duplicates and by merging. Pure; what they are shown as is never touched.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

SHORT_WORDS = {
    word: short
    for short, words in {
        "st": "street saint str",
        "ave": "avenue av",
        "rd": "road",
        "dr": "drive",
        "blvd": "boulevard",
        "ln": "lane",
        "ct": "court",
        "pl": "place",
        "hwy": "highway",
        "pkwy": "parkway",
        "sq": "square",
        "ter": "terrace",
        "n": "north",
        "s": "south",
        "e": "east",
        "w": "west",
        "ne": "northeast",
        "nw": "northwest",
        "se": "southeast",
        "sw": "southwest",
        "ctr": "center centre cntr",
        "svc": "service services svcs",
        "assn": "association assoc",
        "dept": "department",
        "prog": "program programs programme",
        "comm": "community",
        "univ": "university",
        "intl": "international",
        "natl": "national",
    }.items()
    for word in words.split()
}
EMPTY_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "and",
        "for",
        "in",
        "at",
        "to",
        "on",
        "inc",
        "llc",
        "co",
        "corp",
        "incorporated",
    ]
)
UNIT = re.compile(
    r"(?:\b(?:suite|ste|apt|apartment|unit|room|rm|floor|fl|bldg|building)\b\.?|#)\s*#?\s*([\w-]+)",
    re.IGNORECASE,
)
ORDINAL_FLOOR = re.compile(r"\b(\d+)(?:st|nd|rd|th)\s+(?:floor|fl)\b\.?", re.IGNORECASE)
INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")  # D.C., N.E.
APOSTROPHES = {ord("'"): None, ord("’"): None}
HOUSE = re.compile(r"\s*(\d+)[a-z]?(?:\s*-\s*\d+)?\s+(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """An address as it is compared: house number, the street's words, a unit or "", five digits or ""."""

    number: str
    street: tuple[str, ...]
    unit: str
    zip_code: str


def words_of(text: str | None) -> tuple[str, ...]:
    """The words that a name is compared by: no accents, case, punctuation, or words that say nothing."""
    plain = unicodedata.normalize("NFKD", (text or "").casefold().replace("&", " and "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(APOSTROPHES)
    plain = INITIALS.sub(r"\1", plain)
    found = [SHORT_WORDS.get(word, word) for word in re.findall(r"[^\W_]+", plain)]
    telling = [word for word in found if word not in EMPTY_WORDS]
    return tuple(telling or found)


def phone_digits(text: str | None) -> str:
    """The ten digits of a North American number; fewer than ten are kept as they are, none is ""."""
    digits = "".join(c for c in text or "" if c.isascii() and c.isdigit())
    return digits.removeprefix("1")[:10] if len(digits) > 10 else digits


def site_of(text: str | None) -> tuple[str, str] | None:
    """(host, path) of a web address, without scheme, www., query and closing slash; None for none."""
    raw = (text or "").strip()
    if not raw:
        return None
    try:
        parts = urlsplit(raw if "://" in raw else f"http://{raw}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # brackets that close nothing: no address
        return None
    return (host, parts.path.rstrip("/").casefold()) if "." in host else None


def place_of(line: str | None, second: str | None, zip_code: str | None) -> Place | None:
    """The address as it is compared; None where it begins with no house number (a PO box, a crossing)."""
    text = f"{line or ''}, {second or ''}"
    units = [*ORDINAL_FLOOR.findall(text), *UNIT.findall(text)]
    street = HOUSE.match(ORDINAL_FLOOR.sub(" ", UNIT.sub(" ", line or "")))
    if street is None:
        return None
    digits = re.match(r"\s*(\d{5})", zip_code or "")
    unit = units[0].casefold() if units else ""
    return Place(street[1], words_of(street[2]), unit, digits[1] if digits else "")
