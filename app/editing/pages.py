"""The form for a service: its organization and its places on the same page, saved in one go."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import day_there, utcnow
from app.directory.words import in_words
from app.editing import queries, services
from app.editing.fields import FIELDS, GROUPS
from app.editing.queries import FormValues, PlaceRow
from app.errors import Conflict, Invalid, words_of
from app.extensions import db
from app.security.guard import requires, signed_in_actor
from app.transactions import commits
from catalog.taxonomy import interests, needs

blueprint = Blueprint("editing", __name__, template_folder="templates")
blueprint.add_app_template_filter(in_words)

PLACE_FIELDS = ("id", *queries.PLACE_KEYS, "hours", "leave")
MOST_ROWS = 60
UNPROCESSABLE, CONFLICT = 422, 409


@blueprint.get("/directory/services/new")
@requires("catalog.edit")
def new_service() -> ResponseReturnValue:
    """An empty form."""
    empty = FormValues(dict.fromkeys(FIELDS, ""))
    empty.fields["status"] = "active"
    return form_page(None, empty, {})


@blueprint.get("/directory/services/<uuid:service_id>/edit")
@requires("catalog.edit")
def edit_service(service_id: uuid.UUID) -> ResponseReturnValue:
    """The form as the service stands."""
    service = queries.service_to_edit(db.session, signed_in_actor(), service_id)
    shown = queries.values_of(db.session, service, on=day_there(db.session, utcnow()))
    return form_page(service_id, shown, {})


@blueprint.post("/directory/services/new")
@requires("catalog.edit")
@commits
def add_service() -> ResponseReturnValue:
    """Save a new service."""
    return saved(None)


@blueprint.post("/directory/services/<uuid:service_id>/edit")
@requires("catalog.edit")
@commits
def save_service(service_id: uuid.UUID) -> ResponseReturnValue:
    """Save the changes."""
    return saved(service_id)


def saved(service_id: uuid.UUID | None) -> ResponseReturnValue:
    """Save; or the form again, with all that was typed, and what is wrong beside it."""
    sent = form_sent()
    try:
        service = services.save_service(
            db.session, service_id, sent, by=signed_in_actor(), now=utcnow()
        )
    except Invalid as error:
        db.session.rollback()
        return form_page(service_id, sent, error.fields, words_of(error)), UNPROCESSABLE
    except Conflict as error:
        db.session.rollback()
        return form_again(service_id, sent, words_of(error))
    flash(gettext("Saved. Schools see it at once."))
    if request.form.get("more"):
        return redirect(url_for("editing.edit_service", service_id=service.id) + "#places")
    return redirect(url_for("directory.show_service", service_id=service.id))


def form_again(service_id: uuid.UUID | None, sent: FormValues, message: str) -> ResponseReturnValue:
    """Somebody was quicker: the form as typed, on top of what is there now."""
    if service_id is not None:
        service = queries.service_to_edit(db.session, signed_in_actor(), service_id)
        sent.version = service.version
        sent.organization_version = service.organization.version if service.organization else 0
    return form_page(service_id, sent, {}, message), CONFLICT


def form_sent() -> FormValues:
    """The form as it was sent."""
    form = request.form
    places = []
    for at in range(MOST_ROWS):
        if f"place-{at}-street" not in form:
            break
        said: dict[str, Any] = {
            key: form.get(f"place-{at}-{key}", "")[:1000] for key in PLACE_FIELDS
        }
        places.append(PlaceRow(**said))
    return FormValues(
        fields={code: field_sent(code) for code in FIELDS},
        organization=form.get("organization", ""),
        is_new_organization=bool(form.get("new_organization")),
        terms=frozenset(form.getlist("term")),
        places=places,
        version=number_sent("version"),
        organization_version=number_sent("organization_version"),
    )


def number_sent(name: str) -> int:
    """A version; 0, which is none, for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def field_sent(code: str) -> str | None:
    """One field as text; of several that can be ticked, those that are."""
    if FIELDS[code].many and code in request.form:
        return ", ".join(filter(None, request.form.getlist(code)))
    return request.form.get(code)


def form_page(
    service_id: uuid.UUID | None, shown: FormValues, problems: dict[str, str], message: str = ""
) -> str:
    """The page."""
    terms = (*needs(), *interests())
    return render_template(
        "editing/form.html",
        service_id=service_id,
        shown=shown,
        groups=GROUPS,
        places=services.with_row(shown.places) if not blank_at_end(shown.places) else shown.places,
        organizations=queries.organization_names(db.session),
        areas=[
            (area, [one for one in terms if one.area == area.code])
            for area in terms
            if not area.parent
        ],
        problems=problems,
        message=message,
    )


def blank_at_end(places: list[PlaceRow]) -> bool:
    """Whether there is an empty row to write a further place into."""
    return bool(places) and not places[-1].id and not services.is_filled(places[-1])
