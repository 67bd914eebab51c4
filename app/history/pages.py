"""The history of a service: who changed what, when, from what to what; and bringing it back."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import utcnow
from app.extensions import db
from app.history import queries, services
from app.history.wording import field_label, value_words
from app.security.guard import requires, signed_in_actor
from app.transactions import commits
from app.web.paging import Page, requested_page

blueprint = Blueprint("history", __name__, template_folder="templates")
blueprint.add_app_template_filter(field_label, "catalog_field")
blueprint.add_app_template_filter(value_words, "catalog_value")


@blueprint.get("/directory/services/<uuid:service_id>/history")
@requires("catalog.history")
def show_history(service_id: uuid.UUID) -> ResponseReturnValue:
    """All changes of a service, its organization and its places, or of one field; newest first."""
    number, field = requested_page(), request.args.get("field", "")
    found = queries.history_of(
        db.session,
        signed_in_actor(),
        service_id,
        field=field,
        limit=queries.PAGE_SIZE,
        offset=(number - 1) * queries.PAGE_SIZE,
    )
    return render_template(
        "history/show.html",
        found=found,
        field=field,
        page=Page(found.entries, number, found.total, queries.PAGE_SIZE),
    )


@blueprint.post("/directory/services/<uuid:service_id>/history/<uuid:change_id>/value")
@requires("catalog.restore")
@commits
def bring_back_value(service_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Undo one change."""
    is_changed = services.bring_back_value(
        db.session, service_id, change_id, by=signed_in_actor(), now=utcnow()
    )
    if is_changed:
        flash(gettext("It is as it was before. That is a change of its own in the history."))
    else:
        flash(gettext("It says that already, so nothing was changed."), "info")
    return redirect(url_for("history.show_history", service_id=service_id))


@blueprint.post("/directory/services/<uuid:service_id>/history/<uuid:change_id>/version")
@requires("catalog.restore")
@commits
def bring_back_version(service_id: uuid.UUID, change_id: uuid.UUID) -> ResponseReturnValue:
    """Undo what was done in one go, and all since."""
    number, problems = services.bring_back_version(
        db.session, service_id, change_id, by=signed_in_actor(), now=utcnow()
    )
    if number:
        flash(
            ngettext(
                "%(num)d entry is as it was then.", "%(num)d entries are as they were then.", number
            )
        )
    elif not problems:
        flash(gettext("It says that already, so nothing was changed."), "info")
    for problem in problems:
        flash(gettext(problem), "error")
    return redirect(url_for("history.show_history", service_id=service_id))
