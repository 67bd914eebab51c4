"""How alike two rows of the directory are: one integer from 0 to 1000, and the parts that it is the sum of.

Called by `catalog.duplicates` for each pair that blocking proposes. Pure: reads no database, keeps
nothing. What each part is worth, by kind of row, stands in POINTS, and in docs/duplicates.md.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from catalog.plain_forms import Place

MOST = 1000
NAME_FLOOR = 60  # per cent; names less alike than this are of two things, whatever else agrees

# What agrees adds, what differs takes away, what one side does not say counts nothing. Those that
# add up at best (name, same_*) sum to MOST for each kind.
POINTS: dict[str, dict[str, int]] = {
    "organization": {
        "name": 720,
        "same_phone": 80,
        "same_url": 80,
        "same_site": 80,
        "same_email": 40,
        "same_address": 60,
        "other_unit": 40,
        "same_identifier": 20,
        "other_words": -60,
        "other_numbers": -150,
        "other_phone": -40,
        "other_site": -60,
        "other_address": -40,
        "other_identifier": -150,
    },
    "service": {
        "name": 600,
        "same_organization": 130,
        "like_organization": 130,
        "same_phone": 70,
        "same_url": 90,
        "same_site": 20,
        "same_email": 30,
        "same_address": 80,
        "other_unit": 50,
        "other_words": -120,
        "other_numbers": -150,
        "other_organization": -100,
        "other_url": -50,
        "other_site": -60,
        "other_phone": -30,
        "other_address": -50,
    },
    "location": {
        "name": 520,
        "same_address": 220,
        "other_unit": 140,
        "same_organization": 130,
        "like_organization": 130,
        "same_phone": 60,
        "near_point": 40,
        "same_url": 15,
        "same_site": 5,
        "same_identifier": 15,
        "other_words": -60,
        "other_numbers": -150,
        "other_address": -250,
        "other_organization": -100,
        "other_phone": -30,
    },
}
NEAR_METRES = 60.0
LIKE_ORGANIZATION = 75  # per cent, from which two organizations' names count as one
WORD_ALIKE = 0.78  # one typo in a word of five letters

SIDES = frozenset(["n", "s", "e", "w", "ne", "nw", "se", "sw"])
STREET_WORDS = SIDES | frozenset(
    ["st", "ave", "rd", "dr", "blvd", "ln", "ct", "pl", "hwy", "pkwy", "sq", "ter"]
)
# Sites where many keep a page: only the same page says anything.
SHARED_HOSTS = frozenset(
    [
        "facebook.com",
        "m.facebook.com",
        "instagram.com",
        "twitter.com",
        "x.com",
        "linkedin.com",
        "youtube.com",
        "sites.google.com",
        "docs.google.com",
        "eventbrite.com",
        "meetup.com",
    ]
)


@dataclass(frozen=True, slots=True)
class Record:
    """One organization, service or location, as it is compared; made by `duplicate_rows.read_records`.

    `words` are the name's, `weights` how telling each is (rare words tell more). `sites` are
    (host, path). `owner` is the organization's id of a service or a location, as text.
    """

    id: str
    name: str
    words: tuple[str, ...]
    weights: Mapping[str, float]
    phones: frozenset[str] = frozenset()
    sites: frozenset[tuple[str, str]] = frozenset()
    emails: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()
    point: tuple[float, float] | None = None
    owner: str | None = None
    owner_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One reason of a score: a key of POINTS, the points it gave, and per cent where it has a degree."""

    code: str
    points: int
    percent: int | None = None


def weigh_words(names: Iterable[tuple[str, ...]]) -> dict[str, float]:
    """How telling each word is among these names: 1 for one that all bear, more the rarer it is."""
    counts: dict[str, int] = {}
    total = 0
    for words in names:
        total += 1
        for word in set(words):
            counts[word] = counts.get(word, 0) + 1
    return {word: 1 + math.log(total / count) for word, count in counts.items()}


def name_percent(
    left: tuple[str, ...], right: tuple[str, ...], weights: Mapping[str, float]
) -> int:
    """How alike two names are, 0..100."""
    return name_likeness(left, right, weights)[0]


def name_likeness(
    left: tuple[str, ...], right: tuple[str, ...], weights: Mapping[str, float]
) -> tuple[int, bool]:
    """How alike two names are, 0..100, and whether each has a word that the other lacks.

    The weight of the words that they share or nearly share, in whatever order, out of the weight of
    all (a weighted Sørensen-Dice coefficient).
    """
    if not left or not right:
        return 0, False
    if left == right or "".join(left) == "".join(right):
        return 100, False
    ours, theirs = set(left), set(right)
    matched = 0.0
    for word in ours & theirs:
        matched += weights.get(word, 1.0)
    matched = total = 2 * matched
    others = sorted(theirs - ours)
    alone = 0
    for word in sorted(ours - theirs):
        best, score = closest(word, others)
        if best is None:
            alone += 1
            total += weights.get(word, 1.0)
            continue
        others.remove(best)
        weight = min(weights.get(word, 1.0), weights.get(best, 1.0))
        matched += 2 * weight * score
        total += 2 * weight
    total += sum(weights.get(word, 1.0) for word in others)
    percent = min(99, round(100 * matched / total)) if total else 0
    return percent, bool(alone and others)


def closest(word: str, others: list[str]) -> tuple[str | None, float]:
    """The word that this one is most likely a typo of, and how alike they are; numbers have no typos."""
    best, score = None, 0.0
    if word.isdigit():
        return best, score
    for other in others:
        if other.isdigit() or abs(len(other) - len(word)) > 3:
            continue
        found = OSA.normalized_similarity(word, other, score_cutoff=WORD_ALIKE)
        if found > score:
            best, score = other, found
    return best, score


def compare(kind: str, left: Record, right: Record) -> tuple[Part, ...]:
    """The parts of the pair's score, the name first; empty where the names are too far apart."""
    points = POINTS[kind]
    percent, have_own_words = name_likeness(left.words, right.words, left.weights)
    if percent < NAME_FLOOR:
        return ()
    found = [Part("name", points["name"] * percent // 100, percent)]
    codes = (
        numbers_code(left, right) or ("other_words" if have_own_words else None),
        owner_code(left, right),
        set_code(left.identifiers, right.identifiers, "identifier"),
        set_code(left.phones, right.phones, "phone"),
        site_code(left, right),
        "same_email" if left.emails & right.emails else None,
        address_code(left.places, right.places),
        "near_point" if is_near(left.point, right.point) else None,
    )
    found += [Part(code, points[code]) for code in codes if code and code in points]
    return tuple(found)


def score_of(parts: tuple[Part, ...]) -> int:
    """The sum of the parts; 0 where what differs outweighs what agrees."""
    return max(0, sum(part.points for part in parts))


def numbers_code(left: Record, right: Record) -> str | None:
    """Two names that differ in their numbers (Ward 7, Ward 8) are rarely of one thing."""
    ours = {word for word in left.words if word.isdigit()}
    theirs = {word for word in right.words if word.isdigit()}
    return "other_numbers" if ours and theirs and ours != theirs else None


def set_code(ours: frozenset[str], theirs: frozenset[str], what: str) -> str | None:
    """Same where one is shared; other where both say and none is; None where one side is silent."""
    if not ours or not theirs:
        return None
    return f"same_{what}" if ours & theirs else f"other_{what}"


def owner_code(left: Record, right: Record) -> str | None:
    """Whether the two are one organization's, by its id or by its name."""
    if left.owner is None or right.owner is None:
        return None
    if left.owner == right.owner:
        return "same_organization"
    alike = name_percent(left.owner_words, right.owner_words, {})
    return "like_organization" if alike >= LIKE_ORGANIZATION else "other_organization"


def site_code(left: Record, right: Record) -> str | None:
    """The same page, another page of the same site, or another site."""
    if not left.sites or not right.sites:
        return None
    if left.sites & right.sites:
        return "same_url"
    hosts = {host for host, _ in left.sites} & {host for host, _ in right.sites}
    if not hosts:
        return "other_site"
    if hosts <= SHARED_HOSTS:
        return None
    # An address of the site alone says nothing against a page of it.
    deep = all(path for _, path in left.sites) and all(path for _, path in right.sites)
    return "other_url" if deep else "same_site"


def address_code(ours: tuple[Place, ...], theirs: tuple[Place, ...]) -> str | None:
    """Whether they share a street address, with or without the unit."""
    if not ours or not theirs:
        return None
    best = None
    for a in ours:
        for b in theirs:
            if is_same_house(a, b):
                if a.unit == b.unit or not a.unit or not b.unit:
                    return "same_address"
                best = "other_unit"
    return best or "other_address"


def is_same_house(a: Place, b: Place) -> bool:
    """Number and ZIP code agree (one may lack the ZIP), and the streets but for a typo."""
    if a.number != b.number or (a.zip_code and b.zip_code and a.zip_code != b.zip_code):
        return False
    if a.street == b.street:
        return True
    sides = {word for word in a.street if word in SIDES}, {w for w in b.street if w in SIDES}
    ours = tuple(word for word in a.street if word not in STREET_WORDS)
    theirs = tuple(word for word in b.street if word not in STREET_WORDS)
    if all(sides) and sides[0] != sides[1]:
        return False
    # Half of what is left: a type of street with a typo in it is taken for a name.
    return name_percent(ours, theirs, {}) >= 50


def is_near(a: tuple[float, float] | None, b: tuple[float, float] | None) -> bool:
    """Whether two points (latitude, longitude) lie within NEAR_METRES; False where one is unknown."""
    if a is None or b is None:
        return False
    north = (a[0] - b[0]) * 111_195
    east = (a[1] - b[1]) * 111_195 * math.cos(math.radians(a[0]))
    return math.hypot(north, east) <= NEAR_METRES
