"""The facts of a listing in words, in English or Spanish: when, what it costs, how many places.

Called by listings.py and queries.py of this feature for pages, families and the command line, with
the language told (a family reads its own, not the staff's). Money, miles and days are written by
app.web.formats, weeks as the engine's own sentences write them. None is "not known" and is said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from babel import Locale

from app.directory.prices import PER, in_spanish_too
from app.web import formats
from catalog.vocabulary import Label
from matching.explain import words_of
from matching.phrasing import Phrases
from matching.types import Hours, Openings

DAY_MINUTES = 24 * 60

PHRASES = {
    "all_week": Label("Day and night, all week", "Día y noche, toda la semana"),
    "any_time": Label("At any time", "A cualquier hora"),
    "ask_cost": Label("Ask what it costs", "Pregunte cuánto cuesta"),
    "about_so_far": Label("about {distance}", "a unas {distance}"),
    "ask_hours": Label("Ask about days and hours", "Pregunte por los días y horas"),
    "ask_openings": Label("Ask about open places", "Pregunte si hay lugares"),
    "at_school": Label("At school: {school}", "En la escuela: {school}"),
    "because_interest": Label(
        "Because {name} likes {interest}.", "Por algo que le gusta a {name}: {interest}."
    ),
    "because_near_interest": Label(
        "Because {name} likes {interest}, and this is close to it: {offered}.",
        "Se parece a algo que le gusta a {name} ({interest}): {offered}.",
    ),
    "because_picked": Label(
        "Your school picked this for {name}.", "Su escuela eligió esto para {name}."
    ),
    "confidential": Label("The partner tells you where", "La organización le dice dónde"),
    "full": Label("Full", "Sin lugares"),
    "full_waitlist": Label("Full, with a waitlist", "Sin lugares, con lista de espera"),
    "one_place": Label("1 open place", "1 lugar libre"),
    "online": Label("Online or by phone", "En línea o por teléfono"),
    "places": Label("{count} open places", "{count} lugares libres"),
    "ride": Label("A ride can be provided.", "Puede ofrecer transporte."),
    "told": Label("as of {day}", "dato del {day}"),
    "waitlist": Label("There is a waitlist", "Hay lista de espera"),
    "where_unknown": Label("Ask where it takes place", "Pregunte dónde es"),
}


def say(phrase: str, language: str, **facts: object) -> str:
    """A phrase in the language (English where it is not ours), with its facts put in."""
    label = PHRASES[phrase]
    return (label.es if language == "es" else label.en).format(**facts)


def hours_words(hours: tuple[Hours, ...] | None, language: str) -> str:
    """A week, in the engine's own way: "Tuesday and Thursday, 2:45 pm to 4:15 pm"."""
    if hours is None:
        return say("ask_hours", language)
    if not hours:
        return say("any_time", language)
    if {(h.weekday, h.opens, h.closes) for h in hours} == {(d, 0, DAY_MINUTES) for d in range(7)}:
        return say("all_week", language)
    words = Phrases(words_of(language), {}).hours(hours)
    return words[:1].upper() + words[1:]


def distance_words(metres: int | None, language: str, *, is_rough: bool) -> str | None:
    """Miles, as people say them here; None where there is no distance to tell. `is_rough`: only the
    place's ZIP area is known."""
    if metres is None:
        return None
    with formats.written_in(language):
        miles = formats.miles(metres)
    return say("about_so_far", language, distance=miles) if is_rough else miles


def cost_words(fee_cents: int | None, details: str | None, language: str) -> str:
    """The fee, and what the partner says beside it ("per month; free for families who ask")."""
    details = in_spanish_too(details, language) if details else None
    if fee_cents is None:
        return details or say("ask_cost", language)
    with formats.written_in(language):
        price = formats.dollars(fee_cents)
    if not details or not fee_cents:
        return price
    return f"{price} {details}" if PER.match(details) else f"{price} ({details})"


def openings_words(openings: Openings, language: str) -> str:
    """Free places as last told, with the day of the figure."""
    if openings.available is None:
        return say("waitlist" if openings.has_waitlist else "ask_openings", language)
    if openings.available == 0:
        told = say("full_waitlist" if openings.has_waitlist else "full", language)
    elif openings.available == 1:
        told = say("one_place", language)
    else:
        told = say("places", language, count=openings.available)
    if openings.as_of is None:
        return told
    return f"{told} ({say('told', language, day=day_words(openings.as_of, language))})"


def day_words(day: date, language: str) -> str:
    """A day as people write it: "Nov 23, 2026"."""
    with formats.written_in(language):
        return formats.day(day)


def languages_words(codes: Iterable[str] | None, language: str) -> tuple[str, ...]:
    """Names of languages in `language`, sorted; the code itself where it has no name."""
    names = language_names(language if language == "es" else "en")
    return tuple(sorted(str(names.get(code, code)) for code in codes or ()))


@cache
def language_names(language: str) -> Mapping[str, str]:
    """What languages are called, by code."""
    return dict(Locale(language).languages)
