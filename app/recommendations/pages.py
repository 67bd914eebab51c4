"""The page Find support: what fits a student, why, what to ask first, and why not the others."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import utcnow
from app.extensions import db
from app.recommendations import queries
from app.recommendations.asks import WHOLE_PLAN, Ask, parse_ask
from app.recommendations.support import SupportPage
from app.security.guard import requires, signed_in_actor
from app.web.paging import Page, requested_page

blueprint = Blueprint("recommendations", __name__, template_folder="templates")

LAST_PAGE = 50
LONGEST_SEARCH = 80


@blueprint.get("/students/<uuid:student_id>/support")
@requires("students.match")
def find_support(student_id: uuid.UUID) -> ResponseReturnValue:
    """Ranked offers for one need, one interest or the whole plan (16 statements).

    A search for why an offer is missing takes one more.
    """
    ask = requested_ask()
    number = min(requested_page(), LAST_PAGE)
    text = searched_name()
    support = queries.find_support(
        db.session,
        signed_in_actor(),
        student_id,
        ask=ask,
        now=utcnow(),
        offset=(number - 1) * queries.PAGE_SIZE,
        each_service_once=True,
        why=text,
    )
    return render_template(
        "recommendations/find_support.html",
        support=support,
        student=support.student,
        page=Page(support.matches, number, support.listed, queries.PAGE_SIZE),
        tabs=tabs(support),
        asked=ask_arguments(support.ask),
        why=text,
    )


def requested_ask() -> Ask | None:
    """What the address asks for; None leaves the choice to the plan. Raises Invalid."""
    if request.args.get("plan"):
        return WHOLE_PLAN
    ask = parse_ask(request.args.get("need"), request.args.get("interest"))
    return None if ask == WHOLE_PLAN else ask


def searched_name() -> str:
    """What was typed into "Why isn't it here?", without signs that no name has."""
    typed = request.args.get("why", "")[:LONGEST_SEARCH]
    return "".join(sign for sign in typed if sign.isprintable()).strip()


def ask_arguments(ask: Ask) -> dict[str, str]:
    """The query string's part that asks the same again."""
    if ask.need:
        return {"need": ask.need}
    return {"interest": ask.interest} if ask.interest else {"plan": "1"}


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
