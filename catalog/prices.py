"""What a service costs: which of its prices everybody pays, and which only some do.

Called by the search, the directory's pages and recommendations. Reads cost options that are loaded
already (or rows with their columns), no database.

HSDS's `cost_option.option` holds the conditions of a price, and `amount_description` details of the
amount ("per 1 hour session"), so:
- A price is for everybody where `option` is empty or only says that it is the usual one ("Usual fee",
  "Per month", "Free"), and `amount_description` tells of no reduction ("sliding scale").
- The fee of a service is the lowest price that everybody pays. One for families who ask, for members
  or by income does not make it free: it is told in words beside the fee.
- Where every price has a condition, the highest is the fee, so that no family pays more than was told;
  free under a condition alone is no fee that we know, and is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

USUAL = re.compile(
    r"(?:(?:the|a|our|all|for|everybody|everyone|anyone|usual|standard|regular|normal|full|general"
    r"|basic|flat|fees?|prices?|costs?|charges?|rates?|free|no|none|of|at|"
    r"per \w+|(?:dai|week|month|year)ly|annual)\b[ .,:;-]*)+",
    re.IGNORECASE,
)
REDUCED = re.compile(
    r"\b(?:slid(?:ing|es?)|scale|scholarships?|waiv\w+|reduc\w+|discount\w*|subsid\w+|vouchers?"
    r"|(?:financial|fee) (?:aid|help|assistance)|income|afford|who ask|(?:up)?on request|if|with proof"
    r"|members|eligible|qualif\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Price:
    """One price. `cents` None: no amount is said; `condition` None: everybody pays it."""

    cents: int | None
    details: str | None = None
    condition: str | None = None


def prices_of(options: Iterable[Any], on: date) -> tuple[Price, ...]:
    """The prices in force on the day: that which is the fee first, then the others of everybody, the
    lowest first, then those with a condition, the highest first.

    `options` are rows with the columns of CostOption. One that says nothing is left out.
    """
    prices = {
        price_of(option.amount_cents, option.option, option.amount_description)
        for option in options
        if (option.valid_from is None or option.valid_from <= on)
        and (option.valid_to is None or option.valid_to >= on)
    } - {Price(None)}
    return tuple(sorted(prices, key=_place))


def fee_of(prices: Sequence[Price]) -> int | None:
    """What a family has to expect, in cents; None: no amount is said, or none that is everybody's.

    `prices` as from `prices_of`.
    """
    for_everybody = [p.cents for p in prices if p.condition is None and p.cents is not None]
    if for_everybody:
        return min(for_everybody)
    return max((price.cents or 0 for price in prices), default=0) or None


def price_of(cents: int | None, option: str | None, details: str | None) -> Price:
    """One cost option, with its condition told apart from what the amount is for."""
    named, said = _flat(option), _flat(details)
    if said and REDUCED.search(said):
        return Price(
            cents, None, said if not named or USUAL.fullmatch(named) else f"{named}; {said}"
        )
    if not named:
        return Price(cents, said)
    if USUAL.fullmatch(named):
        return Price(cents, said or (named if re.search(r"\bper \w", named, re.I) else None))
    return Price(cents, said, named)


def _flat(text: str | None) -> str | None:
    return " ".join(text.split()) or None if text else None


def _place(price: Price) -> tuple[bool, bool, int, str, str]:
    cents = price.cents or 0
    return (
        price.condition is not None,
        price.cents is None,
        cents if price.condition is None else -cents,
        price.details or "",
        price.condition or "",
    )
