"""The directory: search and browse every listing with list and map; one service's page, for print too."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, after_this_request, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utcnow
from app.directory import queries
from app.directory.asking import ANY_STATUS, COSTS, MILES, asked_of
from app.extensions import db
from app.misses.services import note_missed_words
from app.security.guard import requires, signed_in_actor
from app.web.map import map_source
from app.web.paging import Page, requested_page
from app.web.shell import selected_language, settings
from catalog.search import SearchResult
from catalog.taxonomy import interests, needs, term
from catalog.vocabulary import GRADES, SERVICE_STATUSES, WEEKDAYS

blueprint = Blueprint("directory", __name__, template_folder="templates")

LAST_PAGE = 500


@blueprint.get("/directory")
@requires("catalog.read")
def browse() -> ResponseReturnValue:
    """Services found by words and filters, twenty a page, with their places on a map."""
    now, language = utcnow(), selected_language()
    index = queries.current_index(db.session, now=now)
    asked = asked_of(request.args, index)
    number = min(requested_page(), LAST_PAGE)
    found = index.search(
        asked.text,
        asked.filters,
        k=queries.PAGE_SIZE,
        offset=(number - 1) * queries.PAGE_SIZE,
        even_in_crisis=bool(asked.values["partners"]),
    )
    if number == 1:
        note_misses(found)
    cards = queries.cards_of(db.session, found.hits, now=now, language=language)
    return render_template(
        "directory/browse.html",
        asked=asked,
        found=found,
        page=Page(cards, number, found.total, queries.PAGE_SIZE),
        points=points_of(cards, (number - 1) * queries.PAGE_SIZE),
        map_source=map_source(),
        choices=choices(sorted(index.columns.languages), language),
        facets=[(term(code), n) for code, n in found.facets.items()],
        past_crisis=f"{url_for('directory.browse')}?{urlencode({**asked.values, 'partners': '1'})}",
    )


def note_misses(found: SearchResult) -> None:
    """Count the words that nothing understood, without who asked, once the page has been made."""
    asker = signed_in_actor().user_id
    if not found.missed_words or asker is None:
        return

    @after_this_request
    def count(response: Response) -> Response:
        db.session.rollback()  # the page's reading is over: one connection at a time is enough
        note_missed_words(
            db.engine,
            found.missed_words,
            asker=asker,
            secret=settings().secret_key,
            on=utcnow().date(),
        )
        return response


@blueprint.get("/directory/services/<uuid:service_id>")
@requires("catalog.read")
def show_service(service_id: uuid.UUID) -> ResponseReturnValue:
    """One service: what, for whom, when, where, what it costs, and how fresh each fact is."""
    page = queries.service_page(db.session, service_id, now=utcnow(), language=selected_language())
    return render_template(
        "directory/service.html",
        page=page,
        service=page.service,
        points=[
            {"n": number, "name": page.name, "url": "", "point": place.point}
            for number, place in enumerate(page.places, 1)
            if place.point
        ],
        map_source=map_source(),
    )


def choices(languages: list[str], language: str) -> dict[str, Any]:
    """What the form's lists offer."""
    terms = (*needs(), *interests())
    return {
        "terms": [
            [one for one in terms if one.area == area.code] for area in terms if not area.parent
        ],
        "languages": languages,
        "days": [day.es if language == "es" else day.en for day in WEEKDAYS.values()],
        "grades": sorted(GRADES),
        "miles": MILES,
        "costs": COSTS,
        "statuses": [
            (code, label.es if language == "es" else label.en)
            for code, label in SERVICE_STATUSES.items()
        ],
        "any_status": ANY_STATUS,
    }


def points_of(cards: list[queries.Card], before: int) -> list[dict[str, Any]]:
    """The places on the map, under the numbers that the list has."""
    return [
        {
            "n": number,
            "name": card.name,
            "url": url_for("directory.show_service", service_id=card.service_id),
            "point": place.point,
        }
        for number, card in enumerate(cards, before + 1)
        for place in card.places
        if place.point
    ]
