"""A listing's facts in the words of the directory's pages: who it is for, when, and what to ask.

Called by queries.py. Knows no database. Each function answers in the visitor's language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, gettext, lazy_gettext

from app.web import formats
from catalog.models import Accessibility, EligibilityRule
from catalog.search_entries import Hours, Range
from catalog.vocabulary import (
    ACCESS_NEEDS,
    ELIGIBILITY_KINDS,
    GENDERS,
    INSURANCE_KINDS,
    SITUATIONS,
    US_STATES,
    Label,
)

DAY_MINUTES = 24 * 60
# Kinds of rules that name words of a closed list: where the words stand, and the list.
LISTED: dict[str, tuple[str, Mapping[str, Label]]] = {
    "insurance": ("accepted", INSURANCE_KINDS),
    "situation": ("any_of", SITUATIONS),
    "gender": ("only", GENDERS),
}

# What listings commonly ask families to bring; anything else stays as written.
DOCUMENTS_ES = {
    "a doctor's referral": "Una orden del médico",
    "a letter from the school": "Una carta de la escuela",
    "a parent's or guardian's photo id": "Identificación con foto del padre, la madre o el tutor",
    "birth certificate": "Acta de nacimiento",
    "hearing test result": "Resultado del examen de audición",
    "immunization record": "Registro de vacunas",
    "insurance card": "Tarjeta del seguro",
    "insurance card, if you have one": "Tarjeta del seguro, si la tiene",
    "lease or a letter from the landlord": "Contrato de alquiler o una carta del dueño",
    "photo id": "Identificación con foto",
    "proof of address": "Comprobante de domicilio",
    "proof of age": "Comprobante de edad",
    "proof of income": "Comprobante de ingresos",
    "proof of income (a pay stub or benefits letter)": (
        "Comprobante de ingresos (un talón de pago o una carta de beneficios)"
    ),
    "proof of residence": "Comprobante de domicilio",
    "shot record": "Registro de vacunas",
    "sports physical form": "Formulario del examen físico para deportes",
    "the bill": "La factura",
    "the prescription": "La receta",
}

# What is not said of an entry that a filter asks about: DOUBTS of the search, as questions.
QUESTIONS = {
    "distance": lazy_gettext("where it is"),
    "hours": lazy_gettext("days and hours"),
    "age": lazy_gettext("ages"),
    "grade": lazy_gettext("grades"),
    "language": lazy_gettext("languages"),
    "cost": lazy_gettext("the cost"),
    "open_places": lazy_gettext("open places"),
}


def in_words(label: Label) -> str:
    """A word of a closed list in the visitor's language."""
    return label.es if getattr(get_locale(), "language", "en") == "es" else label.en


def joined(words: Iterable[str], style: str = "or") -> str:
    """ "a, b or c"."""
    kind: Any = style
    return str(format_list(list(words), kind, locale=formats.written_locale()))


def document_words(document: str, language: str) -> str:
    """What to bring, in Spanish where the wording is a usual one; any other as it stands."""
    if language != "es":
        return document
    key = " ".join(document.casefold().replace("’", "'").split()).rstrip(".")
    return DOCUMENTS_ES.get(key, document)


def questions(doubts: Iterable[str]) -> str:
    """What to ask first, in one line; "" for nothing."""
    return joined((str(QUESTIONS[what]) for what in doubts), "standard")


def ages_words(ranges: Sequence[Range] | None) -> str:
    """Ages in years; "" where the listing does not say."""
    if ranges is None:
        return ""
    if not ranges:
        return str(gettext("All ages"))
    return joined(ages_range(low, high) for low, high in ranges)


def ages_range(low: float | None, high: float | None) -> str:
    """One range of ages."""
    if low is None and high is None:
        return str(gettext("All ages"))
    if high is None:
        return str(gettext("Ages %(low)s and up", low=f"{low:g}"))
    if not low:
        return str(gettext("Up to age %(high)s", high=f"{high:g}"))
    return str(gettext("Ages %(low)s to %(high)s", low=f"{low:g}", high=f"{high:g}"))


def grades_range(low: int | None, high: int | None) -> str:
    """One range of grades."""
    if high is None:
        return str(gettext("Grade %(low)s and up", low=grade_name(low or 0)))
    if low is None:
        return str(gettext("Up to grade %(high)s", high=grade_name(high)))
    return str(gettext("Grades %(low)s to %(high)s", low=grade_name(low), high=grade_name(high)))


def grade_name(grade: int) -> str:
    """A grade as schools write it."""
    return {-1: "PK", 0: "K"}.get(grade, str(grade))


def who_words(
    rules: Iterable[EligibilityRule], schools: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Whom a service is for: (kind, words) in the order of kinds; alternatives of a kind joined.

    `schools` are names of schools by code.
    """
    told: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: str(rule.id)):
        kind = rule.facts["axis"] if rule.kind == "anyone" else rule.kind
        told[kind, rule.effect].append(rule_words(rule.kind, rule.facts, schools))
    order = list(ELIGIBILITY_KINDS)
    return [
        (
            in_words(ELIGIBILITY_KINDS[kind]),
            gettext("Not for: %(whom)s", whom=joined(dict.fromkeys(words)))
            if effect == "bar"
            else joined(dict.fromkeys(words)),
        )
        for (kind, effect), words in sorted(
            told.items(), key=lambda one: (order.index(one[0][0]), one[0][1] == "bar")
        )
    ]


def rule_words(kind: str, facts: Mapping[str, Any], schools: Mapping[str, str]) -> str:
    """One rule."""
    if kind in {"age", "grade"}:
        span = ages_range if kind == "age" else grades_range
        return span(facts.get("low"), facts.get("high"))
    if kind == "residence":
        return residence_words(facts)
    if kind == "school":
        return joined(schools.get(code, code) for code in facts["schools"])
    if kind == "income":
        percent = facts["ceiling_percent"]
        return str(gettext("Up to %(percent)s%% of the federal poverty level", percent=percent))
    if kind in LISTED:
        key, vocabulary = LISTED[kind]
        named = facts[key] if isinstance(facts[key], list) else [facts[key]]
        return joined(in_words(vocabulary[code]) for code in named)
    return str(gettext("No restriction"))


def residence_words(facts: Mapping[str, Any]) -> str:
    """Where a family must live; any one part is enough."""
    parts = []
    if facts.get("zips"):
        parts.append(gettext("ZIP %(codes)s", codes=joined(facts["zips"])))
    for county in facts.get("counties", ()):
        name, _, state = county.rpartition(", ")
        parts.append(
            gettext("%(name)s County, %(state)s", name=name, state=state) if name else county
        )
    if facts.get("statewide"):
        parts.append(US_STATES[facts["statewide"]])
    if facts.get("centre"):
        parts.append(gettext("within %(distance)s", distance=formats.miles(facts["radius_metres"])))
    if facts.get("polygon"):
        parts.append(gettext("inside the area that the partner serves"))
    return joined(parts)


def hours_words(hours: Sequence[Hours]) -> list[str]:
    """A week, days with the same hours on one line: "Monday and Friday, 3:00 PM to 6:00 PM"."""
    by_day: defaultdict[int, list[str]] = defaultdict(list)
    for weekday, opens, closes in hours:
        by_day[weekday].append(
            gettext("all day")
            if (opens, closes) == (0, DAY_MINUTES)
            else gettext(
                "%(opens)s to %(closes)s",
                opens=formats.clock_time(opens),
                closes=formats.clock_time(closes),
            )
        )
    by_times: defaultdict[str, list[int]] = defaultdict(list)
    for weekday in sorted(by_day):
        by_times[joined(by_day[weekday], "standard")].append(weekday)
    return [
        f"{joined((formats.weekday(day) for day in days), 'standard')}, {times}"
        for times, days in by_times.items()
    ]


def stated_ages(low: float | None, high: float | None) -> tuple[str, str]:
    """HSDS's own ages, in the form of `who_words`."""
    return in_words(ELIGIBILITY_KINDS["age"]), ages_range(low, high)


def access_words(rows: Iterable[Accessibility]) -> tuple[str, ...]:
    """What a place has for people with access needs; other texts as they stand."""
    said = [row.description for row in rows if row.description]
    return tuple(in_words(ACCESS_NEEDS[one]) if one in ACCESS_NEEDS else one for one in said)
