"""What a listing costs and when it is open, as people read it in either language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from app.directory.prices import PRICES_ES, beside_the_fee, price_lines, says_more
from app.directory.words import document_words
from app.recommendations.words import cost_words, hours_words
from app.web import formats
from catalog.prices import Price, fee_of
from matching.types import Hours
from seeds.partners import demo_organizations


@pytest.fixture(autouse=True)
def in_an_app() -> Iterator[None]:
    """Money is written by Flask-Babel, which needs an application, and of ours the word for "free"."""
    app = Flask(__name__)
    Babel(
        app, default_translation_directories=str(Path(formats.__file__).parents[1] / "translations")
    )
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("details", "english", "spanish"),
    [
        ("per month", "$25 per month", "$25 al mes"),
        ("Per  Visit", "$25 Per  Visit", "$25 por visita"),
        ("/week", "$25 (/week)", "$25 por semana"),
        ("each class.", "$25 (each class.)", "$25 por clase"),
        ("Sliding scale", "$25 (Sliding scale)", "$25 (según los ingresos)"),
        ("call the office first", "$25 (call the office first)", "$25 (call the office first)"),
        (None, "$25", "$25"),
        ("", "$25", "$25"),
    ],
)
def test_a_price_is_told_in_the_readers_language(
    details: str | None, english: str, spanish: str
) -> None:
    assert cost_words(2500, details, "en") == english
    assert cost_words(2500, details, "es") == spanish


def test_what_is_free_needs_no_details_and_what_is_not_said_is_told_by_them() -> None:
    assert cost_words(0, "per month", "es") == cost_words(0, None, "es")
    assert cost_words(None, "sliding scale", "es") == "según los ingresos"
    assert cost_words(None, None, "es") == "Pregunte cuánto cuesta"


VISIT = Price(2500, "per visit")
ASKING = Price(0, None, "For families who ask")


@pytest.mark.parametrize(
    ("prices", "english", "spanish"),
    [
        ((), "Ask what it costs", "Pregunte cuánto cuesta"),
        (
            (VISIT, ASKING),
            "$25 per visit; free for families who ask",
            "$25 por visita; gratis para las familias que lo pidan",
        ),
        (
            (Price(2500), ASKING),
            "$25 (free for families who ask)",
            "$25 (gratis para las familias que lo pidan)",
        ),
        (
            (Price(1500, None, "Non-members"), Price(500, None, "Members")),
            "$15 (Non-members; $5 (Members))",
            "$15 (no miembros; $5 (miembros))",
        ),
        (
            (Price(3500, "per session", "Under 18s"),),
            "$35 per session (Under 18s)",
            "$35 por sesión (Under 18s)",
        ),
        ((ASKING,), "Free for families who ask", "Gratis para las familias que lo pidan"),
        ((Price(0), VISIT), "Free", "Gratis"),
    ],
)
def test_prices_with_a_condition_are_told_beside_the_fee(
    prices: tuple[Price, ...], english: str, spanish: str
) -> None:
    told = {
        language: cost_words(fee_of(prices), beside_the_fee(prices, language), language)
        for language in ("en", "es")
    }
    assert told == {"en": english, "es": spanish}


def test_each_price_has_a_line_of_its_own() -> None:
    assert price_lines((VISIT, ASKING), "en") == ["$25 per visit", "Free for families who ask"]
    assert price_lines((VISIT, ASKING), "es") == [
        "$25 por visita",
        "Gratis para las familias que lo pidan",
    ]


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("$25.00 per visit; free for families who ask", False),
        ("$25 per visit.", False),
        (" ", False),
        (None, False),
        ("Cash and checks accepted.", True),
    ],
)
def test_what_the_listing_says_of_fees_is_told_where_its_prices_do_not_say_it(
    text: str | None, tells: bool
) -> None:
    assert says_more(text, (VISIT, ASKING)) is tells


def test_every_price_of_the_demonstration_can_be_read_in_spanish() -> None:
    written = {
        f"per {cost['per']}"
        for organization in demo_organizations()
        for service in organization["services"]
        for cost in service.get("costs", ())
        if "per" in cost
    }
    assert written
    assert written <= set(PRICES_ES)


def test_what_to_bring_can_be_read_in_spanish_wherever_the_demonstration_asks_for_it() -> None:
    asked = {
        document
        for organization in demo_organizations()
        for service in organization["services"]
        for document in service.get("documents", ())
    }
    assert asked
    assert not {one for one in asked if document_words(one, "es") == one}
    assert {document_words(one, "en") for one in asked} == asked
    assert document_words("Two  shot RECORDS", "es") == "Two  shot RECORDS"


@pytest.mark.parametrize(
    ("days", "english", "spanish"),
    [
        ((0, 1, 2, 3, 4), "Monday to Friday", "Lunes a viernes"),
        ((0, 1, 2, 4), "Monday to Wednesday and Friday", "Lunes a miércoles y viernes"),
        ((1, 3), "Tuesday and Thursday", "Martes y jueves"),
        ((0, 1), "Monday and Tuesday", "Lunes y martes"),
        (
            (0, 1, 2, 4, 5, 6),
            "Monday to Wednesday and Friday to Sunday",
            "Lunes a miércoles y viernes a domingo",
        ),
        (
            (0, 1, 3, 4, 6),
            "Monday, Tuesday, Thursday, Friday and Sunday",
            "Lunes, martes, jueves, viernes y domingo",
        ),
        ((5,), "Saturday", "Sábado"),
    ],
)
def test_three_days_in_a_row_and_more_are_told_as_a_range(
    days: tuple[int, ...], english: str, spanish: str
) -> None:
    hours = tuple(Hours(day, 8 * 60, 16 * 60) for day in days)
    assert hours_words(hours, "en") == f"{english}, 8 am to 4 pm"
    assert hours_words(hours, "es") == f"{spanish}, de 8 a. m. a 4 p. m."
