"""The filters of Find support: yes, no, or not said; and the orders."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Invalid
from app.recommendations.narrowing import Narrowing, narrow, parse_narrowing
from matching.types import Hours, Match, Offer, Openings, Part

ON = date(2026, 11, 27)


def match(rank: int, *, metres: int | None = None, **facts: object) -> Match:
    """A match whose closeness compared this distance."""
    facts_compared = {"metres": metres}
    closeness = Part(
        criterion="closeness",
        weight=200,
        value=500,
        points=100_000,
        is_known=metres is not None,
        code="distance",
        facts=facts_compared,
    )
    return Match(Offer(str(rank), "s", "o", **facts), rank, 500_000, (closeness,))  # type: ignore[arg-type]


def keys(found: tuple[Match, ...]) -> str:
    return "".join(one.offer.key for one in found)


OPEN_MONDAY = (Hours(0, 900, 960),)


@pytest.mark.parametrize(
    ("wanted", "given", "kept", "unsure"),
    [
        pytest.param(Narrowing(), [match(1), match(2)], "12", "", id="nothing asked"),
        pytest.param(
            Narrowing(within_metres=1000),
            [match(1), match(2, metres=1001), match(3, metres=1000), match(4, mode="virtual")],
            "341",
            "1",
            id="distance: not known stays, last",
        ),
        pytest.param(
            Narrowing(days=frozenset({0, 5})),
            [
                match(1),
                match(2, hours=OPEN_MONDAY),
                match(3, hours=(Hours(1, 1, 2),)),
                match(4, hours=()),
            ],
            "241",
            "1",
            id="days: any of them, and at any time",
        ),
        pytest.param(
            Narrowing(fee_at_most_cents=0),
            [match(1, fee_cents=1), match(2, fee_cents=0), match(3)],
            "23",
            "3",
            id="cost",
        ),
        pytest.param(
            Narrowing(language="es"),
            [
                match(1, languages=frozenset({"en"}), has_interpreter=False),
                match(2, languages=frozenset({"en"})),
                match(3, languages=frozenset({"es"})),
                match(4, languages=frozenset({"en"}), has_interpreter=True),
                match(5),
            ],
            "3425",
            "25",
            id="language: staff or an interpreter",
        ),
        pytest.param(
            Narrowing(has_open_places=True),
            [
                match(1, openings=Openings(0, None, ON)),
                match(2, openings=Openings(3, None, date(2026, 1, 1))),
                match(3, openings=Openings(3, None, ON)),
                match(4),
            ],
            "324",
            "24",
            id="open places: an old figure is not known",
        ),
        pytest.param(
            Narrowing(order="near"),
            [match(1), match(2, metres=50), match(3, metres=10), match(4, mode="virtual")],
            "4321",
            "",
            id="nearest first, not known last",
        ),
        pytest.param(
            Narrowing(order="cheap"),
            [match(1), match(2, fee_cents=50), match(3, fee_cents=0), match(4, fee_cents=0)],
            "3421",
            "",
            id="cheapest first, equal ones as ranked",
        ),
        pytest.param(
            Narrowing(order="open"),
            [match(1), match(2, openings=Openings(2)), match(3, openings=Openings(9))],
            "321",
            "",
            id="most open places",
        ),
        pytest.param(
            Narrowing(order="fresh"),
            [match(1), match(2, confirmed=date(2026, 1, 1)), match(3, confirmed=ON)],
            "321",
            "",
            id="confirmed lately",
        ),
    ],
)
def test_what_is_shown_and_in_which_order(
    wanted: Narrowing, given: list[Match], kept: str, unsure: str
) -> None:
    narrowed = narrow(given, wanted, on=ON, stale_after=60)
    assert keys(narrowed.matches) == kept
    assert keys(narrowed.unsure) == unsure


def test_the_form_is_read() -> None:
    wanted = parse_narrowing({"miles": "5", "cost": "0", "open": "1", "sort": "near"}, ["0", "6"])
    assert wanted.within_metres == pytest.approx(8046.72)
    assert wanted.fee_at_most_cents == 0
    assert wanted.days == {0, 6}
    assert wanted.has_open_places
    assert wanted.order == "near"
    assert wanted.is_active
    assert not parse_narrowing({"miles": "", "sort": "best"}, []).is_active
    assert not parse_narrowing({"sort": "near"}, []).filters


@pytest.mark.parametrize(
    ("arguments", "days", "field"),
    [
        ({"miles": "7"}, [], "miles"),
        ({"cost": "-1"}, [], "cost"),
        ({"sort": "name"}, [], "sort"),
        ({}, ["7"], "day"),
        ({}, ["0", "x"], "day"),
    ],
)
def test_what_no_list_offers_is_refused_by_its_field(
    arguments: dict[str, str], days: list[str], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_narrowing(arguments, days)
    assert set(refusal.value.fields) == {field}
