"""What a listing is about: first its area, by the words that directories use, then the need in it.

Called for services that no label of their directory places (`catalog.proposals`). The lexicon of lay
words alone hears a "sports team" in "Health Conditions"; so the areas are weighed first, by a list of
providers' words (`importers/listing_words.yaml`), over labels, name, organization and description
together, and the lexicon only tells which need of the area is meant. Pure: reads no database.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from catalog.taxonomy import VocabularyError, resolve
from catalog.taxonomy.reading import read_yaml
from catalog.taxonomy.terms import needs

LEAST_POINTS = 2.0  # less was heard by chance
LEAST_SHARE = 0.4  # of the points of the best area: further areas that are proposed too
MOST_AREAS = 3
SURE_OF_A_NEED = 0.45  # the lexicon's confidence from which one need of the area is named
SENTENCES = 10  # of a description; the first tells what it is, the last how to apply
TOLD = {"strong": 3.0, "usual": 2.0, "weak": 1.0}
# How much a word counts by where it stands; and how far what was heard there is believed.
HEARD_IN = {"name": 3.0, "label": 1.5, "organization": 0.5, "description": 1.0}
FIRST_SENTENCE, LATER_SENTENCES = 1.0, 0.4
CONTEXT = 4.0  # points that count against every answer: the more is heard, the surer it is


@dataclass(frozen=True, slots=True)
class AreaWord:
    """A word of a directory, and the points that it gives an area. `letters` are what every text has
    in which its pattern is found: looked for first, since that takes a tenth of the time."""

    letters: str
    pattern: re.Pattern[str]
    area: str
    points: float


@dataclass(frozen=True, slots=True)
class ListingWords:
    """The words of `listing_words.yaml`."""

    words: tuple[AreaWord, ...]
    labels: Mapping[str, Mapping[str, float]]


def heard(texts: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[float, str]]]:
    """The needs that (where, text) speak of, the surest first, each with a confidence from 0 to 1 and
    where most of it was heard. One need an area, the area itself where none is clear.
    """
    texts = [(where, text) for where, text in texts if text]
    points: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for where, text in texts:
        for area, number in points_of(where, text).items():
            points[area][where] += number
    total = {area: sum(by_place.values()) for area, by_place in points.items()}
    if not total or max(total.values()) < LEAST_POINTS:
        return []
    most = max(total.values())
    kept = [
        a for a in sorted(total, key=lambda a: (-total[a], a)) if total[a] >= LEAST_SHARE * most
    ]
    everything = sum(total[area] for area in kept) + CONTEXT
    clear = needs_heard(texts)
    return [
        (
            clear.get(area, area),
            (
                round(total[area] / everything, 2),
                max(sorted(points[area]), key=lambda where: points[area][where]),
            ),
        )
        for area in kept[:MOST_AREAS]
    ]


def points_of(where: str, text: str) -> dict[str, float]:
    """The points that one text gives each area. A label too wide for words counts as a whole."""
    known = listing_words()
    said = known.labels.get(text.strip().casefold()) if where == "label" else None
    if said is not None:
        return {area: HEARD_IN[where] * number for area, number in said.items()}
    found: dict[str, float] = defaultdict(float)
    for part, weight in weighed_parts(where, text):
        left = part
        for word in known.words:  # the longest first: in "mental health" no "health" is left
            if word.letters in left:
                left, times = word.pattern.subn("|", left)
                if times:
                    found[word.area] += weight * word.points
    return dict(found)


def weighed_parts(where: str, text: str) -> list[tuple[str, float]]:
    """A text in the parts in which a word counts once, with the weight of each."""
    plain = re.sub(r"\s+", " ", text.casefold().replace("’", "'"))
    if where != "description":
        return [(plain, HEARD_IN[where])]
    first, *later = re.split(r"(?<=[.!?])\s+", plain)[:SENTENCES]
    rest = " ".join(later)
    return [(first, FIRST_SENTENCE), *([(rest, LATER_SENTENCES)] if rest else [])]


def needs_heard(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By area the need that the lexicon hears most surely."""
    areas = {one.code: one.area for one in needs()}
    best: dict[str, tuple[float, str]] = {}
    for where, text in texts:
        trust = 0.8 if where == "description" else 1.0
        for one in resolve(text).candidates:
            area = areas.get(one.code)
            confidence = one.confidence * trust
            if area and confidence >= SURE_OF_A_NEED and confidence > best.get(area, (0.0, ""))[0]:
                best[area] = (confidence, one.code)
    return {area: code for area, (_, code) in best.items()}


@cache
def listing_words() -> ListingWords:
    """The words as patterns. VocabularyError for an area that is none."""
    path = files("catalog.importers").joinpath("listing_words.yaml")
    content = read_yaml(path.read_text(encoding="utf-8"))
    known = {one.code for one in needs() if not one.parent}
    named = {*content["areas"], *(area for row in content["labels"].values() for area in row)}
    if named - known:
        raise VocabularyError(f"listing_words.yaml: {sorted(named - known)} are no areas.")
    listed = [
        (word, area, TOLD[strength])
        for area, by_strength in content["areas"].items()
        for strength, words in by_strength.items()
        for word in words
    ]
    listed.sort(key=lambda row: (-len(row[0]), row[0], row[1]))
    return ListingWords(
        tuple(
            AreaWord(word.rstrip("*"), pattern_of(word), area, points)
            for word, area, points in listed
        ),
        MappingProxyType(content["labels"]),
    )


def pattern_of(word: str) -> re.Pattern[str]:
    """Whole words; a star stands for any ending."""
    ending = r"\w*" if word.endswith("*") else ""
    return re.compile(rf"\b{re.escape(word.rstrip('*'))}{ending}\b")
