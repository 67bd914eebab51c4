"""Prices in words, in English or Spanish: "$25 per visit", "Free for families who ask".

Called by queries.py for the directory's pages, and by recommendations, with the language told (a
family reads its own, not the staff's). Which price is whose, catalog.prices says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.web import formats
from catalog.prices import Price, fee_of

# What listings commonly write beside a price, in whatever letters; anything else stays as written.
PRICES_ES = {
    "per child": "por niño",
    "per class": "por clase",
    "per course": "por curso",
    "per day": "al día",
    "per family": "por familia",
    "per hour": "por hora",
    "per household": "por hogar",
    "per item": "por artículo",
    "per lesson": "por clase",
    "per month": "al mes",
    "per participant": "por participante",
    "per person": "por persona",
    "per season": "por temporada",
    "per semester": "por semestre",
    "per session": "por sesión",
    "per student": "por estudiante",
    "per visit": "por visita",
    "per week": "por semana",
    "per year": "al año",
    "for families who ask": "para las familias que lo pidan",
    "for families in need": "para las familias que lo necesitan",
    "for members": "para miembros",
    "members": "miembros",
    "non-members": "no miembros",
    "reduced fee": "precio reducido",
    "scholarship": "con beca",
    "scholarships available": "hay becas",
    "free": "gratis",
    "donation": "donación",
    "donation requested": "se pide una donación",
    "one-time fee": "un solo pago",
    "sliding fee scale": "según los ingresos",
    "sliding scale": "según los ingresos",
    "suggested donation": "donación sugerida",
}
PER = re.compile(r"^(?:per|por|al) ", re.IGNORECASE)  # "$25 per month" needs no brackets
PRICE_PER = re.compile(r"^(?:/\s*|(?:a|an|each|every)\s+)")


FOR = re.compile(r"^(?:for|if|with|para|con|si) ", re.IGNORECASE)  # "free for members" needs none


def price_lines(prices: Sequence[Price], language: str) -> list[str]:
    """A line a price, in their order."""
    with formats.written_in(language):
        return [price_words(price, language) for price in prices]


def price_words(price: Price, language: str) -> str:
    """One price, with what it is for and who pays it. The caller sets the language of money."""
    said = beside(price, language)
    if price.cents is None:
        return said[:1].upper() + said[1:]
    amount = formats.dollars(price.cents)
    if not said:
        return amount
    return f"{amount} {said}" if PER.match(said) or FOR.match(said) else f"{amount} ({said})"


def beside(price: Price, language: str) -> str:
    """What is said of the amount and of who pays it: "per visit (members)"; "" for nothing."""
    details = in_spanish_too(price.details or "", language) if price.cents != 0 else ""
    condition = in_spanish_too(price.condition or "", language)
    if FOR.match(condition):
        condition = condition[:1].lower() + condition[1:]
    if not details or not condition:
        return details or condition
    if FOR.match(condition):
        return f"{details} {condition}"
    return f"{details} ({condition})" if PER.match(details) else f"{details}; {condition}"


def beside_the_fee(prices: Sequence[Price], language: str) -> str | None:
    """What there is to say once the fee is said, or all that is said of prices where there is none."""
    if fee_of(prices) is None:
        return "; ".join(price_lines(prices, language)) or None
    others = [line[:1].lower() + line[1:] for line in price_lines(prices[1:], language)]
    return "; ".join(filter(None, (beside(prices[0], language), *others))) or None


def own_words(text: str, language: str) -> str:
    """What a listing itself says of its fees, as a line."""
    said = in_spanish_too(text.strip(), language)
    return said[:1].upper() + said[1:]


def says_more(text: str | None, prices: Sequence[Price]) -> bool:
    """Whether a listing's own words on its fees tell anything that its prices do not."""
    if not text or not text.strip():
        return False
    lines = "; ".join(price_lines(prices, "en"))
    return _plain(text) not in {_plain(lines), *map(_plain, lines.split("; "))}


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(".00", "").split()).rstrip(".")


def in_spanish_too(details: str, language: str) -> str:
    """A usual wording ("per month", "/ week", "For families who ask") in Spanish; any other as it
    stands."""
    if language != "es":
        return details
    key = " ".join(details.casefold().split()).rstrip(".")
    return PRICES_ES.get(key) or PRICES_ES.get(PRICE_PER.sub("per ", key, count=1)) or details
