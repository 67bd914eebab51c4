"""Proposed needs: services that no plan finds yet, and what their words seem to say they are for."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext, ngettext
from werkzeug.datastructures import MultiDict

from app.clock import utcnow
from app.errors import Invalid
from app.extensions import db
from app.needs import queries, services
from app.needs.queries import LEAST, Asked
from app.security.guard import requires, signed_in_actor
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from catalog.proposed_needs import is_all_read

blueprint = Blueprint("needs", __name__, template_folder="templates")

HEARD_IN = {
    "label": lazy_gettext("in a label"),
    "name": lazy_gettext("in its name"),
    "description": lazy_gettext("in its description"),
}
DECISIONS = ("accept", "refuse")


@blueprint.get("/proposed-needs")
@requires("catalog.name_needs")
def list_proposals() -> ResponseReturnValue:
    """Services with what is proposed for them, the surest first; `tick` ticks all on the page."""
    asked, number = asked_by(request.args), requested_page()
    found, counts = queries.services_with_proposals(
        db.session,
        signed_in_actor(),
        asked,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "needs/list.html",
        page=Page(found, number, counts.services),
        counts=counts,
        asked=asked,
        kept={"area": asked.area or None, "least": asked.least or None},
        areas=queries.areas(),
        least=LEAST,
        heard_in=HEARD_IN,
        is_ticked=request.args.get("tick") == "all",
        is_all_read=is_all_read(db.session),
    )


@blueprint.post("/proposed-needs")
@requires("catalog.name_needs")
@commits
def decide() -> ResponseReturnValue:
    """Accept or refuse what is ticked."""
    decision = request.form.get("decision", "")
    if decision not in DECISIONS:
        raise Invalid("Choose what to do with the ticked needs.")
    number = services.decide(
        db.session,
        ids_of(request.form.getlist("chosen")),
        decision,
        by=signed_in_actor(),
        now=utcnow(),
    )
    if decision == "accept":
        tell_accepted(number)
    else:
        flash(
            ngettext(
                "Refused for %(num)s service. That is remembered: it is not proposed again.",
                "Refused for %(num)s services. That is remembered: it is not proposed again.",
                number,
            )
        )
    return back_to_list()


@blueprint.post("/proposed-needs/accept-all")
@requires("catalog.name_needs")
@commits
def accept_all() -> ResponseReturnValue:
    """Accept all that the filter shows, on every page of it."""
    asked = asked_by(request.form)
    if not request.form.get("sure"):
        raise Invalid("Tick that you have looked at them first.")
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
        expected = int(request.form.get("expected", ""))
    except ValueError:
        raise Invalid("Open the page of proposed needs again, and choose there.") from None
    if until.tzinfo is None:
        raise Invalid("Open the page of proposed needs again, and choose there.")
    tell_accepted(
        services.accept_all(
            db.session,
            Asked(asked.area, asked.least, until),
            expected=expected,
            by=signed_in_actor(),
            now=utcnow(),
        )
    )
    return back_to_list()


@blueprint.get("/proposed-needs/decided")
@requires("catalog.name_needs")
def list_decided() -> ResponseReturnValue:
    """What was accepted or refused, by whom and when."""
    number = requested_page()
    found, total = queries.proposals_decided(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template("needs/decided.html", page=Page(found, number, total), heard_in=HEARD_IN)


@blueprint.post("/proposed-needs/<uuid:proposal_id>/reopen")
@requires("catalog.name_needs")
@commits
def reopen(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Take back a refusal."""
    services.reopen(db.session, proposal_id, by=signed_in_actor())
    return redirect(url_for("needs.list_decided"))


def asked_by(values: MultiDict[str, str]) -> Asked:
    """The filter; what cannot be used is left out."""
    area, least = values.get("area", ""), values.get("least", "")
    return Asked(
        area if area in queries.areas() else "",
        int(least) if least in {str(one) for one in LEAST} else 0,
    )


def ids_of(texts: list[str]) -> list[uuid.UUID]:
    """The ids of what was ticked."""
    try:
        return [uuid.UUID(text) for text in texts]
    except ValueError:
        raise Invalid("Open the page of proposed needs again, and choose there.") from None


def tell_accepted(number: int) -> None:
    """Say what was done."""
    flash(
        ngettext(
            "Needs are named for %(num)s service. Plans find it now.",
            "Needs are named for %(num)s services. Plans find them now.",
            number,
        )
    )


def back_to_list() -> ResponseReturnValue:
    """The list under the same filter."""
    asked = asked_by(request.form)
    return redirect(
        url_for("needs.list_proposals", area=asked.area or None, least=asked.least or None)
    )
