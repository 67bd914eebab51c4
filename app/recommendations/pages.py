"""The page Find support: what fits a student, why, what to ask first, and why not the others.

Beside it the page that compares up to four of the offers. Both are asked for by the address alone,
so that each can be sent to a colleague and printed.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utcnow
from app.errors import Invalid
from app.extensions import db
from app.recommendations import queries
from app.recommendations.asks import Ask, chosen_ask
from app.recommendations.comparing import MOST_COMPARED, Compared, compare
from app.recommendations.explanations import PartRow
from app.recommendations.mending import listings_to_mend
from app.recommendations.narrowing import COSTS, MILES, ORDERS, Narrowing, parse_narrowing
from app.recommendations.support import SupportPage
from app.security.guard import requires, signed_in_actor
from app.web.map import map_source
from app.web.paging import PAGE_SIZE, Page, requested_page
from catalog.vocabulary import WEEKDAYS

blueprint = Blueprint("recommendations", __name__, template_folder="templates")

LAST_PAGE = 50
LONGEST_SEARCH = 80


@blueprint.get("/students/<uuid:student_id>/support")
@requires("students.match")
def find_support(student_id: uuid.UUID) -> ResponseReturnValue:
    """Ranked offers for one need, interest or goal, or the whole plan (12 statements; 19 where a
    listing is not remembered).

    A search for why an offer is missing takes one more, the whole plan up to three.
    """
    ask = chosen_ask(request.args)
    number = min(requested_page(), LAST_PAGE)
    text = searched_name()
    wanted = parse_narrowing(request.args, request.args.getlist("day"))
    support = queries.find_support(
        db.session,
        signed_in_actor(),
        student_id,
        ask=ask,
        now=utcnow(),
        offset=(number - 1) * queries.PAGE_SIZE,
        each_service_once=True,
        why=text,
        wanted=wanted,
    )
    before = (number - 1) * queries.PAGE_SIZE
    return render_template(
        "recommendations/find_support.html",
        support=support,
        student=support.student,
        page=Page(support.matches, number, support.listed, queries.PAGE_SIZE),
        tabs=tabs(support),
        asked=ask_arguments(support.ask),
        why=text,
        is_name_asked="why" in request.args,
        wanted=wanted,
        kept=kept_arguments(support.ask, wanted, number),
        choices=filter_choices(support, wanted),
        compared=requested_offers(),
        points=[
            {"n": n, "name": match.name, "url": f"#match-{n}", "point": match.point}
            for n, match in enumerate(support.matches, before + 1)
            if match.point
        ],
        map_source=map_source(),
    )


@blueprint.get("/students/<uuid:student_id>/support/compare")
@requires("students.match")
def compare_offers(student_id: uuid.UUID) -> ResponseReturnValue:
    """Up to four offers side by side (10 statements; 17 where a listing is not remembered)."""
    offers = requested_offers()
    wanted = parse_narrowing(request.args, request.args.getlist("day"))
    comparison = compare(
        db.session,
        signed_in_actor(),
        student_id,
        offers[:MOST_COMPARED],
        ask=chosen_ask(request.args),
        now=utcnow(),
    )
    kept = kept_arguments(comparison.ask, wanted, min(requested_page(), LAST_PAGE))
    ticked = [("offer", str(offer)) for offer in offers[:MOST_COMPARED]]
    path = url_for("recommendations.find_support", student_id=student_id)
    back = f"{path}?{urlencode([*kept, *ticked])}"
    return render_template(
        "recommendations/compare.html",
        comparison=comparison,
        student=comparison.student,
        asked=ask_arguments(comparison.ask),
        criteria=criteria_of(comparison.columns),
        left_out=max(0, len(offers) - MOST_COMPARED),
        most=MOST_COMPARED,
        back=back,
    )


def requested_offers() -> list[uuid.UUID]:
    """The offers that are ticked, each once, in their order. Raises Invalid for what is no id."""
    try:
        return list(dict.fromkeys(uuid.UUID(text) for text in request.args.getlist("offer")[:50]))
    except ValueError:
        raise Invalid(
            "What is to be compared cannot be read. Go back to the list and tick the offers again.",
            {"offer": "The id of a service at a place."},
        ) from None


def searched_name() -> str:
    """What was typed into "Why isn't it here?", without signs that no name has."""
    typed = request.args.get("why", "")[:LONGEST_SEARCH]
    return "".join(sign for sign in typed if sign.isprintable()).strip()


def ask_arguments(ask: Ask) -> dict[str, str]:
    """The query string's part that asks the same again."""
    if ask.need:
        return {"need": ask.need}
    if ask.goal:
        return {"goal": str(ask.goal)}
    return {"interest": ask.interest} if ask.interest else {"plan": "1"}


def kept_arguments(ask: Ask, wanted: Narrowing, number: int) -> list[tuple[str, str]]:
    """The query string's part that shows the same page of the same list again."""
    page = [("page", str(number))] if number > 1 else []
    return [*ask_arguments(ask).items(), *wanted.arguments, *page]


def tabs(support: SupportPage) -> list[dict[str, object]]:
    """The chooser's links: kind, label, urgency, address, and which is shown."""
    return [
        {
            "kind": choice.kind,
            "label": choice.label,
            "urgency": choice.urgency,
            "is_chosen": choice.is_chosen,
            "href": page_url(support, choice.kind, choice.code or "1"),
        }
        for choice in support.choices
    ]


def page_url(support: SupportPage, kind: str, code: str) -> str:
    """The address of this page for another choice."""
    path = url_for("recommendations.find_support", student_id=support.student.id)
    return f"{path}?{urlencode({kind: code})}"


def filter_choices(support: SupportPage, wanted: Narrowing) -> dict[str, Any]:
    """What the form's lists offer; a language of the address stays, though no offer has it."""
    languages = {*support.languages, *([wanted.language] if wanted.language else [])}
    return {
        "miles": MILES,
        "costs": COSTS,
        "days": [day.en for day in WEEKDAYS.values()],
        "languages": sorted(languages),
        "orders": ORDERS,
    }


def criteria_of(columns: Sequence[Compared]) -> list[tuple[str, list[PartRow | None]]]:
    """The comparison's rows of points: a criterion's label, and its part in each column that fits."""
    first = next((column.match for column in columns if column.match), None)
    return [
        (part.label, [column.match.parts[at] if column.match else None for column in columns])
        for at, part in enumerate(first.parts if first else ())
    ]


@blueprint.get("/listings-to-mend")
@requires("catalog.edit")
def list_to_mend() -> ResponseReturnValue:
    """Listings that contradict themselves, or say what the ranking cannot read."""
    number = requested_page()
    found, total = listings_to_mend(
        db.session,
        signed_in_actor(),
        now=utcnow(),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template("recommendations/mending.html", page=Page(found, number, total))
