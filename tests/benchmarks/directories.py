"""An invented directory for the benchmark and the tests of search: the same one every time.

Imported by tests/benchmarks/test_search.py and tests/unit/catalog/test_search.py. Names are made of
everyday words, invented places and family names, so that many resemble one another, as in real
directories; one typing error a word is made as people make them.
"""

from __future__ import annotations

import uuid
from random import Random

from catalog.search_entries import Entry, Place
from catalog.taxonomy import interests, needs

_SOUNDS = """ba be bo da del do fa fer ga gil ha hol ka ken la lin ma mer mo na nor pa pel ra rin ro
sa sel ta ton va vil wa wes wi"""
_BEGINNINGS = "North South East West Upper Lower New Old Greater Saint"
_LANDS = "Ridge Valley Creek Mountain River Hill Park Grove Falls Springs Heights Crossing"
_WORK = """Youth After-School Dental Vision Community Family Health Food Tutoring Soccer Music Arts
Housing Reading Science Outdoor Mentoring Counseling Childcare Legal"""
_KINDS = """Center Club Program Clinic Alliance Network Ministry Pantry Academy League Project
Services"""
_PROSE = """We help children and families with free support after school every week. Open to all who live
in the county; call first to ask for a place. Meals, rides and interpreters can be arranged. Volunteers
and trained staff work with students in small groups on reading, homework, sports, health, clothing,
shelter and safety. Bring proof of address and a school letter."""


def dice(seed: int) -> Random:
    """The same throws every time."""
    return Random(seed)  # noqa: S311 - the same directory every time is the point


def directory(count: int, seed: int = 5) -> list[Entry]:
    """`count` services of some `count` / 3 organizations, around one city."""
    chance = dice(seed)
    terms = [term.code for term in (*needs(), *interests())]
    names = [
        "".join(chance.sample(_SOUNDS.split(), chance.choice((2, 2, 3)))).title()
        for _ in range(max(50, count // 8))
    ]
    organizations = [organization(chance, names) for _ in range(max(1, count // 3))]
    return [entry(chance, number, names, organizations, terms) for number in range(count)]


def organization(chance: Random, names: list[str]) -> str:
    """A name such as "Upper Denlin Ridge Alliance"."""
    words = [chance.choice(names), chance.choice(_LANDS.split()), chance.choice(_KINDS.split())]
    return " ".join(([chance.choice(_BEGINNINGS.split())] if chance.random() < 0.3 else []) + words)


def entry(
    chance: Random, number: int, names: list[str], organizations: list[str], terms: list[str]
) -> Entry:
    """One service; half of its facts are not stated."""

    def stated(fact: object) -> object:
        return fact if chance.random() < 0.5 else None

    family = f"{chance.choice(names)} {chance.choice(names)}"
    name = f"{family} {chance.choice(_WORK.split())} {chance.choice(_KINDS.split())}"
    opens = chance.randrange(480, 1020, 30)
    hours = tuple((day, opens, opens + 180) for day in sorted(chance.sample(range(7), 3)))
    place = Place(
        point=(35.05 + chance.uniform(-0.5, 0.5), -85.3 + chance.uniform(-0.5, 0.5)),
        hours=stated(hours),  # type: ignore[arg-type]
        town=chance.choice(names[:20]),
        zip_code=str(37300 + chance.randrange(120)),
    )
    return Entry(
        id=uuid.UUID(int=chance.getrandbits(128)),
        name=name,
        organization=organizations[number % len(organizations)],
        description=" ".join(
            chance.choice(_PROSE.split()) for _ in range(chance.choice((8, 25, 60)))
        ),
        terms=tuple(sorted(chance.sample(terms, chance.choice((1, 1, 2))))),
        places=(place,),
        ages=stated(((chance.choice((0, 5, 11)), chance.choice((12, 18, None))),)),  # type: ignore[arg-type]
        languages=stated(frozenset(chance.choice((("en",), ("en", "es"), ("en", "vi"))))),  # type: ignore[arg-type]
        fee_cents=stated(chance.choice((0, 0, 500, 2500))),  # type: ignore[arg-type]
        open_places=stated(chance.choice((0, 3, 20))),  # type: ignore[arg-type]
        status="active" if chance.random() < 0.95 else "inactive",
    )


def mistyped(chance: Random, text: str) -> str:
    """One typing error in each word of four letters or more, not in its first letter."""
    return " ".join(word_mistyped(chance, w) if len(w) >= 4 else w for w in text.split())


def word_mistyped(chance: Random, word: str) -> str:
    """A letter left out, doubled or wrong, or two neighbours swapped."""
    at = chance.randrange(1, len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
