"""Which rows of the directory may be the same thing entered twice: candidate pairs, best first.

Called by the command `catalog duplicates`, for a person to decide. Every pair of 50,000 rows is
too many to compare, so rows are put into blocks by what duplicates nearly always share (the
beginnings of telling words, a telephone, a web page, a house), and only pairs within a block are
compared. Pure: rows come from `duplicate_rows`.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalog.likeness import Part, Record, compare, score_of

KINDS = ("organization", "service", "location")
THRESHOLD = 650
BLOCK_MOST = 24  # rows of which all pairs are compared; in larger blocks each with its neighbours
NEIGHBOURS = 5
TELLING = 4  # words of a name that make its blocks
BEGINNING = 3  # letters of a word that make a key: most typos come later


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows (ids as text, the smaller first) with their score 0..1000 and the parts it sums."""

    kind: str
    first_id: str
    second_id: str
    score: int
    parts: tuple[Part, ...]


def find_pairs(kind: str, records: Sequence[Record], *, threshold: int = THRESHOLD) -> list[Pair]:
    """The pairs of at least `threshold` points, best first, then by id: the same each time, in
    whatever order the rows come.
    """
    ordered = sorted(records, key=lambda record: record.id)
    found = []
    for a, b in sorted(pairs_to_compare(ordered)):
        left, right = ordered[a], ordered[b]
        parts = compare(kind, left, right)
        score = score_of(parts)
        if parts and score >= threshold:
            found.append(Pair(kind, left.id, right.id, score, parts))
    return sorted(found, key=lambda pair: (-pair.score, pair.first_id, pair.second_id))


def pairs_to_compare(records: Sequence[Record]) -> set[tuple[int, int]]:
    """Positions (smaller, larger) of the rows that share a block."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    starts = count_beginnings(records)
    for position, record in enumerate(records):
        for key in set(keys_of(record, starts)):
            blocks[key].append(position)
    pairs: set[tuple[int, int]] = set()
    for members in blocks.values():
        if len(members) <= BLOCK_MOST:
            pairs.update(itertools.combinations(members, 2))
        else:
            pairs.update(neighbours(members, records))
    return pairs


def neighbours(members: Sequence[int], records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """In a large block: each row with those that follow it when the words of the names are sorted,
    once from each end, so that a typo at one end does not hide a pair.
    """
    orders = (
        sorted(members, key=lambda at: (sorted(records[at].words), at)),
        sorted(members, key=lambda at: (sorted(records[at].words, reverse=True), at)),
    )
    for line in orders:
        for index, a in enumerate(line):
            for b in line[index + 1 : index + 1 + NEIGHBOURS]:
                yield (a, b) if a < b else (b, a)


def count_beginnings(records: Iterable[Record]) -> dict[str, int]:
    """How many names have a word that begins so."""
    counts: dict[str, int] = defaultdict(int)
    for record in records:
        for start in {word[:BEGINNING] for word in record.words}:
            counts[start] += 1
    return counts


def keys_of(record: Record, starts: dict[str, int]) -> Iterator[tuple[str, ...]]:
    """The blocks of a row. What is the organization's (its telephone, site, house) goes together
    with the beginning of a word, so that its many services do not all meet there.
    """
    own = sorted({word[:BEGINNING] for word in record.words}, key=lambda s: (starts[s], s))
    telling = sorted(own[:TELLING])
    for two in itertools.combinations(telling, 2):
        yield ("words", *two)
    yield ("name", "".join(sorted("".join(record.words)))[:40])
    if len(own) == 1:
        yield ("word", own[0])
    for start in own[:TELLING]:
        for phone in record.phones:
            yield ("phone", phone, start)
        for host, path in record.sites:
            yield ("site", host, path, start)
        for place in record.places:
            yield ("house", place.number, place.zip_code, start)
        if record.owner:
            yield ("owner", record.owner, start)
    for email in record.emails:
        yield ("email", email)
    for identifier in record.identifiers:
        yield ("identifier", identifier)
