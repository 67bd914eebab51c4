"""A listing for everybody: what it says, how fresh that is, and "suggest a correction".

Public listing data only, as at `/hsds/`: nothing confidential, no staff contact. No account is needed.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import utcnow
from app.directory.queries import service_page
from app.errors import Invalid
from app.extensions import db
from app.listings import suggesting
from app.security.guard import public
from app.transactions import commits
from app.web.shell import selected_language

blueprint = Blueprint("public_listings", __name__, template_folder="templates")

WHY = "what partners list is for everybody to read, and to say where it is wrong"
UNPROCESSABLE = 422


@blueprint.get("/services/<uuid:service_id>")
@public(WHY)
def show(service_id: uuid.UUID) -> ResponseReturnValue:
    """One service, for everybody."""
    return page_of(service_id, {}, {})


@blueprint.post("/services/<uuid:service_id>/corrections")
@public(WHY)
@commits
def suggest(service_id: uuid.UUID) -> ResponseReturnValue:
    """Say what is not right. A field that no person sees is filled in by robots alone."""
    sent = {name: request.form.get(name, "") for name in ("about", "text", "contact")}
    if not request.form.get("website"):
        try:
            suggesting.suggest_correction(db.session, service_id, **sent, now=utcnow())
        except Invalid as error:
            return page_of(service_id, sent, error.fields), UNPROCESSABLE
    flash(gettext("Thank you. The district's team looks at it before it changes anything."))
    return redirect(url_for("public_listings.show", service_id=service_id))


def page_of(service_id: uuid.UUID, sent: dict[str, str], problems: dict[str, str]) -> str:
    """The listing with its form, as filled in."""
    page = service_page(db.session, service_id, now=utcnow(), language=selected_language())
    return render_template(
        "listings/public.html",
        page=page,
        service=page.service,
        about=suggesting.ABOUT,
        sent=sent,
        problems=problems,
        longest=suggesting.LONGEST_TEXT,
    )
