"""The facts of a listing in words, in English or Spanish: when, what it costs, how many places.

Called by listings.py and queries.py of this feature for pages, families and the command line, with
the language told (a family reads its own, not the staff's). Numbers, money and times are written by
app.web.formats. None is "not known" and is said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from babel import Locale
from flask_babel import force_locale

from app.web import formats
from catalog.vocabulary import Label
from matching.types import Hours, Openings

DAY_MINUTES = 24 * 60

PHRASES = {
    "all_day": Label("all day", "todo el día"),
    "any_time": Label("At any time", "A cualquier hora"),
    "ask_cost": Label("Ask what it costs", "Pregunte cuánto cuesta"),
    "ask_hours": Label("Ask about days and hours", "Pregunte por los días y horas"),
    "ask_openings": Label("Ask about open places", "Pregunte si hay lugares"),
    "at_school": Label("At school: {school}", "En la escuela: {school}"),
    "because_interest": Label(
        "Because {name} likes {interest}.", "Porque a {name} le gusta {interest}."
    ),
    "because_near_interest": Label(
        "Because {name} likes {interest}, and this is close to it: {offered}.",
        "Porque a {name} le gusta {interest}, y esto se le parece: {offered}.",
    ),
    "because_picked": Label(
        "Your school picked this for {name}.", "Su escuela eligió esto para {name}."
    ),
    "confidential": Label("The partner tells you where", "La organización le dice dónde"),
    "every_day": Label("Every day", "Todos los días"),
    "full": Label("Full", "Sin lugares"),
    "full_waitlist": Label("Full, with a waitlist", "Sin lugares, con lista de espera"),
    "one_place": Label("1 open place", "1 lugar libre"),
    "online": Label("Online or by phone", "En línea o por teléfono"),
    "places": Label("{count} open places", "{count} lugares libres"),
    "ride": Label("A ride can be provided.", "Puede ofrecer transporte."),
    "to": Label("{opens} to {closes}", "{opens} a {closes}"),
    "waitlist": Label("There is a waitlist", "Hay lista de espera"),
    "where_unknown": Label("Ask where it takes place", "Pregunte dónde es"),
}


def say(phrase: str, language: str, **facts: object) -> str:
    """A phrase in the language (English where it is not ours), with its facts put in."""
    label = PHRASES[phrase]
    return (label.es if language == "es" else label.en).format(**facts)


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """Let app.web.formats write numbers, money and times in this language."""
    with force_locale(language):
        yield


def hours_words(hours: tuple[Hours, ...] | None, language: str) -> str:
    """A week: "Tuesday, Thursday 2:45 PM to 4:15 PM; Saturday 10:00 AM to 12:00 PM"."""
    if hours is None:
        return say("ask_hours", language)
    if not hours:
        return say("any_time", language)
    days_of: dict[tuple[int, int], list[int]] = {}
    for one in hours:
        days_of.setdefault((one.opens, one.closes), []).append(one.weekday)
    with written_in(language):
        stretches = sorted(days_of.items(), key=lambda item: (min(item[1]), item[0]))
        return "; ".join(
            f"{weekdays_words(days, language)} {stretch_words(*times, language)}"
            for times, days in stretches
        )


def weekdays_words(days: Iterable[int], language: str) -> str:
    ordered = sorted(set(days))
    if len(ordered) == 7:
        return say("every_day", language)
    names = ", ".join(formats.weekday(day) for day in ordered)
    return names[:1].upper() + names[1:]


def stretch_words(opens: int, closes: int, language: str) -> str:
    if (opens, closes) == (0, DAY_MINUTES):
        return say("all_day", language)
    return say("to", language, opens=formats.clock_time(opens), closes=formats.clock_time(closes))


def distance_words(metres: int | None, language: str) -> str | None:
    """Miles, as people say them here; None where there is no distance to tell."""
    if metres is None:
        return None
    with written_in(language):
        return formats.miles(metres)


def cost_words(fee_cents: int | None, details: str | None, language: str) -> str:
    """The lowest price, and what the partner says beside it ("per month", "sliding scale")."""
    if fee_cents is None:
        return details or say("ask_cost", language)
    with written_in(language):
        price = formats.dollars(fee_cents)
    return f"{price} ({details})" if details and fee_cents else price


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
    return f"{told} ({day_words(openings.as_of, language)})" if openings.as_of else told


def day_words(day: date, language: str) -> str:
    """A day as people write it: "Nov 23, 2026"."""
    with written_in(language):
        return formats.day(day)


def languages_words(codes: Iterable[str] | None, language: str) -> tuple[str, ...]:
    """Names of languages in `language`, sorted; the code itself where it has no name."""
    names = Locale(language if language == "es" else "en").languages
    return tuple(sorted(str(names.get(code, code)) for code in codes or ()))
