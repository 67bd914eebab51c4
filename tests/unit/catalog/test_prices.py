"""What a family has to expect to pay: the lowest price that everybody pays."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.models import CostOption
from catalog.prices import Price, fee_of, prices_of
from seeds.partners import cost_row, demo_organizations

ON = date(2026, 10, 14)


def option(
    cents: int | None, option: str | None = None, details: str | None = None, **dates: date
) -> CostOption:
    """One row of a listing's costs."""
    return CostOption(amount_cents=cents, option=option, amount_description=details, **dates)


@pytest.mark.parametrize(
    ("options", "fee"),
    [
        pytest.param([], None, id="nothing is said"),
        pytest.param([option(None, details="sliding scale")], None, id="no amount is said"),
        pytest.param([option(0)], 0, id="free"),
        pytest.param([option(0, "Free")], 0, id="free, in words too"),
        pytest.param([option(0, "No cost")], 0, id="no cost"),
        pytest.param([option(2500), option(500)], 500, id="the lowest that everybody pays"),
        pytest.param(
            [option(2500, "Usual fee", "per visit"), option(0, "For families who ask")],
            2500,
            id="free for who asks is not free",
        ),
        pytest.param([option(1000, "Per month"), option(0, "Scholarship")], 1000, id="scholarship"),
        pytest.param([option(4000), option(0, details="sliding scale")], 4000, id="sliding scale"),
        pytest.param([option(4000), option(0, details="if income is low")], 4000, id="by income"),
        pytest.param(
            [option(4000, "standard rate"), option(1000, "Standard rate", "waiver on request")],
            4000,
            id="a waiver",
        ),
        pytest.param(
            [option(500, "Members"), option(1500, "Non-members")], 1500, id="no more than told"
        ),
        pytest.param([option(0, "TennCare members")], None, id="free under a condition alone"),
        pytest.param(
            [option(3500, "Under 18s and Over 60s", "per 1 hour session")],
            3500,
            id="HSDS's own example",
        ),
        pytest.param(
            [option(0, valid_to=date(2026, 1, 1)), option(700), option(1, valid_from=date(2027, 1, 1))],
            700,
            id="in force on the day",
        ),
    ],
)  # fmt: skip
def test_the_fee_is_the_lowest_price_that_everybody_pays(
    options: list[CostOption], fee: int | None
) -> None:
    assert fee_of(prices_of(options, ON)) == fee
    assert fee_of(prices_of(options[::-1], ON)) == fee


def test_the_fee_stands_first_and_prices_with_a_condition_last() -> None:
    options = [
        option(0, "For families who ask"),
        option(500, "Members"),
        option(2500, "Usual fee", "per month"),
        option(900, "per class"),
        option(None, "Usual fee"),
    ]
    assert prices_of(options, ON) == (
        Price(900, "per class"),
        Price(2500, "per month"),
        Price(500, None, "Members"),
        Price(0, None, "For families who ask"),
    )


def test_no_service_of_the_demonstration_that_charges_is_told_to_be_free() -> None:
    charging = 0
    for organization in demo_organizations():
        for service in organization["services"]:
            costs = service.get("costs", ())
            usual = [cost["cents"] for cost in costs if cost.get("for") != "reduced"]
            if not usual:
                continue
            rows = [CostOption(**cost_row(cost)) for cost in costs]
            assert fee_of(prices_of(rows, ON)) == min(usual)
            charging += min(usual) > 0
    assert charging
