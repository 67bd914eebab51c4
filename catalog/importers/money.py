"""Amounts of money as directories write them, as whole cents."""

from decimal import Decimal, InvalidOperation


def read_cents(amount: str) -> int | None:
    """ "$12.50" as 1250; None where it is no amount or below zero."""
    try:
        cents = Decimal(amount.replace("$", "").replace(",", "").strip()) * 100
    except InvalidOperation:
        return None
    if not cents.is_finite() or cents < 0 or cents > 10**9:
        return None
    return int(cents.to_integral_value())
