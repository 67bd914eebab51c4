"""How pages write moments, days, distances, money and phone numbers: the template filters.

Called by templates only (shell registers FILTERS). Each takes the inside unit (aware datetimes,
metres, cents) and gives words in the visitor's language, as people in the district write them.
None is "not known" and is said so, never hidden as an empty string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_day_names
from babel.numbers import format_currency, format_decimal
from flask_babel import force_locale, get_locale, gettext, ngettext
from markupsafe import Markup

from app.clock import district_date, district_zone, utcnow

METRES_PER_MILE = 1609.344
UNKNOWN = "–"
CONTACT = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+|\(?\b\d{3}\)?[-. ]?\d{3}[-. ]\d{4}\b")
HALF_DAY = re.compile(r"(?<=\d) (a\. m\.|p\. m\.|am\b|pm\b)", re.IGNORECASE)
NEVER_A_LARGER_UNIT = 1e9  # else Babel makes "1 week" of ten days


def written_locale() -> Locale:
    """The visitor's language as it is written in the United States: 8:05 a. m., 1.2, $5.50."""
    return _as_written(getattr(get_locale(), "language", "en"))


@cache
def _as_written(language: str) -> Locale:
    return Locale(language, "US")


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """Write in this language, whatever the visitor's is."""
    now = get_locale()
    if now is not None and now.language == language:
        yield  # as nearly always, and a page asks some dozen times
        return
    with force_locale(language):
        yield


def moment(at: datetime | None) -> str:
    """Day and time in the district's zone: "Nov 23, 2026, 8:05 AM". ValueError for a naive time."""
    if at is None:
        return UNKNOWN
    local = in_district(at)
    return f"{day(local.date())}, {clock_time(local.timetz())}"


def day(value: date | None) -> str:
    """A day: "Nov 23, 2026". A moment gives the district's day at that moment."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        value = in_district(value).date()
    return plain_spaces(format_date(value, "medium", locale=written_locale()))


def clock_time(value: time | int | None) -> str:
    """A time of day: "8:05 AM". A whole number is minutes from midnight; 1440 is midnight again."""
    if value is None:
        return UNKNOWN
    if isinstance(value, int):
        value = time(value // 60 % 24, value % 60)
    return plain_spaces(format_time(value.replace(tzinfo=None), "short", locale=written_locale()))


def weekday(number: int) -> str:
    """The name of a weekday, 0 = Monday."""
    return str(get_day_names("wide", locale=written_locale())[number])


def ago(at: date | None) -> str:
    """How long ago, or in how long: "3 days ago"; for a date "today", "yesterday" and so on."""
    if at is None:
        return UNKNOWN
    if isinstance(at, datetime):
        in_district(at)  # refuses a naive time
        delta = at - utcnow()
        if abs(delta.total_seconds()) < 60:
            return str(gettext("just now"))
        return in_units(delta, written_locale())
    delta = at - district_date(utcnow())
    if -1 <= delta.days <= 1:
        near = (gettext("today"), gettext("tomorrow"), gettext("yesterday"))
        return str(near[delta.days])  # -1 is the last of them
    return days_in_units(delta, written_locale())


def in_units(delta: timedelta, locale: Locale) -> str:
    """How long ago, or in how long, in the unit that people count in."""
    words: str = format_timedelta(
        delta,
        granularity=unit_to_say(delta),
        threshold=NEVER_A_LARGER_UNIT,
        add_direction=True,
        locale=locale,
    )
    return plain_spaces(words)


# A page says of many facts how many days old they are, and most are as old as each other.
days_in_units = lru_cache(maxsize=1_000)(in_units)


def unit_to_say(delta: timedelta) -> Literal["minute", "hour", "day", "month", "year"]:
    """The unit that people count in: days up to two months, since partners answer within days."""
    days = abs(delta.total_seconds()) / 86_400
    if days < 1:
        return "hour" if days >= 1 / 24 else "minute"
    if days < 60:
        return "day"
    return "month" if days < 730 else "year"


def miles(metres: float | None) -> str:
    """A distance: "1.2 miles"; whole miles from ten up."""
    if metres is None:
        return str(gettext("distance not known"))
    distance = metres / METRES_PER_MILE
    if distance < 0.1:
        return str(gettext("less than 0.1 miles"))
    pattern = "#,##0.#" if distance < 9.95 else "#,##0"
    number = format_decimal(distance, format=pattern, locale=written_locale())
    # The count only picks the form: exactly "1" is one mile, anything else is miles.
    return str(
        ngettext("%(number)s mile", "%(number)s miles", 1 if number == "1" else 2, number=number)
    )


def dollars(cents: int | None) -> str:
    """Money: "$5", "$5.50"; nothing to pay is "Free"."""
    if cents is None:
        return str(gettext("cost not known"))
    if cents == 0:
        return str(gettext("Free"))
    pattern = "¤#,##0" if cents % 100 == 0 else "¤#,##0.00"
    return str(
        format_currency(
            cents / 100, "USD", format=pattern, locale=written_locale(), currency_digits=False
        )
    )


def phone(number: str | None) -> str:
    """A phone number as written in the United States; one that cannot be read stays as it is."""
    if not number:
        return UNKNOWN
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    is_domestic = parsed.country_code == 1
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if is_domestic
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)


def phone_link(number: str | None) -> str:
    """The address that dials the number ("tel:+1-423-555-0100"), or nothing where it cannot be.

    Three digits (211, 911, 988) are dialled as they are.
    """
    if (
        number
        and len(number.strip()) == 3
        and number.strip().isascii()
        and number.strip().isdigit()
    ):
        return f"tel:{number.strip()}"
    try:
        parsed = phonenumbers.parse(number or "", "US")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.RFC3966)


def reachable(text: str) -> Markup:
    """A contact as plain text, with its phone numbers and mail addresses as links to tap."""
    told = Markup()
    end = 0
    for found in CONTACT.finditer(text):
        is_mail = "@" in found[0]
        address = f"mailto:{found[0]}" if is_mail else phone_link(found[0])
        kind = "touch" if is_mail else "touch nowrap"
        told += text[end : found.start()]
        told += (
            Markup('<a class="{}" href="{}">{}</a>').format(kind, address, found[0])
            if address
            else found[0]
        )
        end = found.end()
    return told + text[end:]


def unbroken(text: str) -> str:
    """Hours that a narrow page does not break between the figure and "p. m."."""
    return HALF_DAY.sub(lambda found: found[0].replace(" ", "\xa0"), text)


def in_district(at: datetime) -> datetime:
    """The moment on the district's wall clock. ValueError for a naive time: its zone is a guess."""
    if at.tzinfo is None:
        raise ValueError("A time without a zone cannot be shown: pass an aware datetime in UTC.")
    return at.astimezone(UTC).astimezone(district_zone())


def plain_spaces(text: str) -> str:
    """CLDR's narrow and no-break spaces as plain ones, so that text can be searched and copied."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


def number(count: int) -> str:
    """A count as people write it: 12,345."""
    return str(format_decimal(count, locale=written_locale()))


FILTERS: dict[str, Callable[..., str]] = {
    "moment": moment,
    "day": day,
    "clock_time": clock_time,
    "weekday": weekday,
    "ago": ago,
    "miles": miles,
    "number": number,
    "dollars": dollars,
    "phone": phone,
    "phone_link": phone_link,
    "reachable": reachable,
    "unbroken": unbroken,
}
