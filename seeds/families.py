"""Invented families: guardians, language, home, money, insurance, situations; siblings share them.

Pure and drawn from the Random handed in. Telephone numbers are 555-01xx and mail addresses are
under example.org: both are set aside for fiction, and reach nobody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from seeds import files
from seeds.places import DemoSchool, Place, metres_between, places, point_near

FAMILY_MAIL_DOMAIN = "families.example.org"
RELATIONS = ("mother", "father")
KIN = ("grandmother", "grandfather", "aunt", "uncle")


@dataclass(frozen=True, slots=True)
class Guardian:
    """A parent or guardian. `key`: the number of the family's first student, and a count."""

    key: str
    name: str
    relation: str
    phone: str | None
    email: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Family:
    """What brothers and sisters share. None is "not known", as on a real roster."""

    family_name: str
    is_poor: bool
    is_learning_english: bool
    languages: tuple[str, ...]
    guardians: tuple[Guardian, ...]
    home_zip: str | None
    home_county: str | None
    home_point: tuple[float, float] | None
    insurance: str | None
    income_percent: int | None
    situations: tuple[str, ...] | None
    travel: str | None


@cache
def names() -> Any:
    """names.yaml: given[language][gender] and family[language], lists of names."""
    return files.read("names.yaml")


def given_name(language: str, gender: str, rng: Random) -> str:
    """A given name usual in the language."""
    return str(rng.choice(names()["given"][language][gender]))


def family_name(language: str, rng: Random) -> str:
    """A family name usual in the language."""
    by_language = names()["family"]
    return str(rng.choice(by_language.get(language, by_language["en"])))


def invent_family(school: DemoSchool, key: str, rng: Random) -> Family:
    """A family of `school`, poor and learning English as often as the school's figures say.

    Poverty and learning English go together: of the learners, six in ten are poor in the district.
    """
    is_learning = rng.random() < school.english_learner_rate
    poverty = max(school.poverty_rate, 0.6) if is_learning else _poverty_of_the_rest(school)
    is_poor = rng.random() < poverty
    language = _language(is_learning=is_learning, rng=rng)
    surname = family_name(language, rng)
    situations = _situations(is_poor=is_poor, language=language, rng=rng)
    guardians = _guardians(key, surname, language, situations or (), rng)
    home_zip, home_point = _home(school, situations or (), rng)
    return Family(
        family_name=surname,
        is_poor=is_poor,
        is_learning_english=is_learning,
        languages=_languages(language, is_learning=is_learning, rng=rng),
        guardians=guardians,
        home_zip=home_zip,
        home_county=places()[home_zip].county if home_zip else None,
        home_point=home_point,
        insurance=_insurance(is_poor=is_poor, is_learning=is_learning, rng=rng),
        income_percent=_income(is_poor=is_poor, rng=rng),
        situations=situations,
        travel=_travel(is_poor=is_poor, rng=rng),
    )


def mail_address(name: str, key: str) -> str:
    """An address that reaches nobody, readable, unique by `key`."""
    return f"{slug(name)}.{key}@{FAMILY_MAIL_DOMAIN}"


def slug(text: str) -> str:
    """Lower-case ASCII letters with dots between words."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return ".".join(
        "".join(letter for letter in word if letter.isalnum()) for word in plain.lower().split()
    )


def fictional_phone(rng: Random) -> str:
    """A number of the block kept for fiction."""
    return f"423-555-01{rng.randrange(100):02d}"


def weighted(choices: Sequence[tuple[Any, float]], rng: Random) -> Any:
    """One of the values, as often as its weight says."""
    return rng.choices([value for value, _ in choices], [weight for _, weight in choices])[0]


def _poverty_of_the_rest(school: DemoSchool) -> float:
    learners = school.english_learner_rate
    if learners >= 1:
        return school.poverty_rate
    poor_learners = learners * max(school.poverty_rate, 0.6)
    return max(0.0, (school.poverty_rate - poor_learners) / (1 - learners))


@cache
def _home_languages() -> tuple[tuple[str, float], ...]:
    return tuple(files.read("plans.yaml")["languages"].items())


def _language(*, is_learning: bool, rng: Random) -> str:
    if is_learning:
        return str(weighted(_home_languages(), rng))
    return "es" if rng.random() < 0.08 else "en"


def _languages(language: str, *, is_learning: bool, rng: Random) -> tuple[str, ...]:
    if rng.random() < 0.03:
        return ()  # nobody asked
    if language == "en":
        return ("en",)
    return (language, "en") if not is_learning or rng.random() < 0.5 else (language,)


def _guardians(
    key: str, surname: str, language: str, situations: Sequence[str], rng: Random
) -> tuple[Guardian, ...]:
    if "foster" in situations:
        relations: tuple[str, ...] = ("foster parent",)
    elif "kinship_care" in situations:
        relations = (rng.choice(KIN),)
    else:
        relations = RELATIONS if rng.random() < 0.55 else (weighted(_LONE_PARENT, rng),)
    return tuple(
        _guardian(f"{key}-{place}", relation, surname, language, rng)
        for place, relation in enumerate(relations, start=1)
    )


_LONE_PARENT = (("mother", 85), ("father", 15))
_MEN = {"father", "grandfather", "uncle"}


def _guardian(key: str, relation: str, surname: str, language: str, rng: Random) -> Guardian:
    gender = "male" if relation in _MEN else "female"
    # A mother often has another family name than her child.
    own = family_name(language, rng) if rng.random() < 0.3 else surname
    name = f"{given_name(language, gender, rng)} {own}"
    return Guardian(
        key=key,
        name=name,
        relation=relation,
        phone=fictional_phone(rng) if rng.random() < 0.93 else None,
        email=mail_address(name, key) if rng.random() < 0.7 else None,
        language=language,
    )


def _home(
    school: DemoSchool, situations: Sequence[str], rng: Random
) -> tuple[str | None, tuple[float, float] | None]:
    draw = rng.random()
    if draw < 0.04:
        return None, None  # no address on file
    own = places()[school.zip_code]
    place = own if rng.random() < 0.85 else rng.choice(_around(own))
    if "homeless" in situations or draw < 0.10:
        return place.zip_code, None  # a ZIP, but no address that could be found on the map
    return place.zip_code, point_near(place, rng)


@cache
def _around(place: Place) -> tuple[Place, ...]:
    """The four nearest other ZIP areas."""
    here = (place.latitude, place.longitude)
    others = (other for other in places().values() if other != place)
    return tuple(
        sorted(others, key=lambda o: (metres_between(here, (o.latitude, o.longitude)), o.zip_code))
    )[:4]


_INSURANCE_POOR = (("tenncare", 82), ("none", 9), ("coverkids", 4), ("private", 5))
_INSURANCE_POOR_LEARNER = (("tenncare", 66), ("none", 26), ("coverkids", 5), ("private", 3))
_INSURANCE_REST = (
    ("private", 74),
    ("tenncare", 11),
    ("coverkids", 5),
    ("none", 5),
    ("tricare", 2),
    ("medicaid_other_state", 3),
)


def _insurance(*, is_poor: bool, is_learning: bool, rng: Random) -> str | None:
    if rng.random() < 0.12:
        return None
    if not is_poor:
        return str(weighted(_INSURANCE_REST, rng))
    return str(weighted(_INSURANCE_POOR_LEARNER if is_learning else _INSURANCE_POOR, rng))


def _income(*, is_poor: bool, rng: Random) -> int | None:
    """Percent of the federal poverty level, rounded to five as a form would have it."""
    if rng.random() < 0.2:
        return None
    return 5 * (rng.randrange(2, 34) if is_poor else rng.randrange(34, 121))


_SITUATIONS = (  # situation, share of poor families, share of the rest
    ("homeless", 0.06, 0.002),
    ("foster", 0.02, 0.006),
    ("kinship_care", 0.07, 0.03),
    ("grieving", 0.03, 0.02),
    ("parent_incarcerated", 0.04, 0.006),
    ("violence_at_home", 0.012, 0.003),
    ("military_family", 0.01, 0.02),
)
_NEWCOMERS = {"ar": 0.6, "sw": 0.8, "uk": 0.7}


def _situations(*, is_poor: bool, language: str, rng: Random) -> tuple[str, ...] | None:
    found = tuple(
        situation
        for situation, among_poor, among_rest in _SITUATIONS
        if rng.random() < (among_poor if is_poor else among_rest)
    )
    if rng.random() < _NEWCOMERS.get(language, 0):
        found = (*found, "refugee")
    if not found and rng.random() < 0.25:
        return None  # nobody asked
    return found


_TRAVEL_POOR = (("car", 45), ("bus", 30), ("foot", 15), (None, 10))
_TRAVEL_REST = (("car", 80), ("bus", 6), ("foot", 4), (None, 10))


def _travel(*, is_poor: bool, rng: Random) -> str | None:
    found: str | None = weighted(_TRAVEL_POOR if is_poor else _TRAVEL_REST, rng)
    return found
