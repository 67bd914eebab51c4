"""Street addresses in the one form in which geocoders are asked and their answers kept. Pure."""

import re
from dataclasses import dataclass

from catalog.importers.places import POST_BOX, read_zip
from catalog.plain_forms import ORDINAL_FLOOR, UNIT, words_of

# USPS Publication 28, appendix C1: what plain_forms does not shorten for comparing names.
SUFFIXES = {
    "alley": "aly",
    "bluff": "blf",
    "branch": "br",
    "circle": "cir",
    "cove": "cv",
    "creek": "crk",
    "crest": "crst",
    "crossing": "xing",
    "expressway": "expy",
    "extension": "ext",
    "falls": "fls",
    "freeway": "fwy",
    "gardens": "gdns",
    "grove": "grv",
    "heights": "hts",
    "hill": "hl",
    "hills": "hls",
    "hollow": "holw",
    "junction": "jct",
    "landing": "lndg",
    "manor": "mnr",
    "meadows": "mdws",
    "mount": "mt",
    "mountain": "mtn",
    "point": "pt",
    "ridge": "rdg",
    "springs": "spgs",
    "square": "sq",
    "station": "sta",
    "terrace": "ter",
    "trace": "trce",
    "trail": "trl",
    "valley": "vly",
    "view": "vw",
    "village": "vlg",
    "vista": "vis",
}
SIDES = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
KINDS = frozenset(SUFFIXES.values()) | frozenset(
    {"st", "ave", "rd", "dr", "blvd", "ln", "ct", "pl", "hwy", "pkwy", "way", "pike", "loop", "run"}
)
HOUSE = re.compile(r"\s*#?(\d{1,6})(?:\s*-\s*\d+)?[a-z]?(?:\s+1/2)?\s+(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StreetAddress:
    """An address as it is looked up: street line without a unit, town, two letters, five digits; each
    may be "". Never a person's: made of the places of the directory alone.
    """

    street: str
    city: str
    state: str
    zip_code: str

    @property
    def line(self) -> str:
        """On one line, as geocoders take it."""
        place = " ".join(part for part in (self.state, self.zip_code) if part)
        return ", ".join(part for part in (self.street, self.city, place) if part)

    @property
    def key(self) -> str:
        """Under which an answer is kept: the same for the same address in another spelling."""
        number, words = house_of(self.street) or ("", street_words(self.street))
        town = " ".join(words_of(self.city))
        return "|".join((f"{number} {' '.join(words)}".strip(), town, self.state, self.zip_code))

    @property
    def has_house(self) -> bool:
        """Whether it names a house, which a point can stand for."""
        return house_of(self.street) is not None


def read_address(
    line: str | None, city: str | None, state: str | None, zip_code: str | None
) -> StreetAddress:
    """The address of the directory's columns. A post box is no street: letters go there, nobody else."""
    text = " ".join((line or "").split())
    is_box = POST_BOX.search(text) is not None
    street = "" if is_box else UNIT.sub(" ", ORDINAL_FLOOR.sub(" ", text)).strip(" ,;.-")
    return StreetAddress(
        street=" ".join(street.split()),
        city="" if is_box else " ".join((city or "").split()),
        state="" if is_box else (state or "").strip().upper()[:2],
        zip_code="" if is_box else read_zip(zip_code or "") or "",
    )


def house_of(street: str) -> tuple[str, tuple[str, ...]] | None:
    """House number and the street's words; None where the line begins with no number."""
    found = HOUSE.match(street)
    return (found[1].lstrip("0") or "0", street_words(found[2])) if found else None


def street_words(street: str) -> tuple[str, ...]:
    """The words of a street's name, shortened as the post shortens them."""
    words = words_of(street.partition(",")[0])
    return tuple(SUFFIXES.get(word, word) for word in words)


def bare_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The name alone, without side and kind of street: "n market st" as "market"."""
    bare = tuple(word for word in words if word not in SIDES and word not in KINDS)
    return bare or words
