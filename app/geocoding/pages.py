"""Places on the map: which ones nobody could place exactly, and setting a place's pin."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.errors import Conflict, Invalid, words_of
from app.extensions import db
from app.geocoding import queries, services
from app.security.guard import requires, signed_in_actor
from app.transactions import commits
from app.web.map import map_source
from app.web.paging import PAGE_SIZE, Page, requested_page
from app.web.shell import selected_language
from catalog.vocabulary import GEOCODERS

blueprint = Blueprint("geocoding", __name__, template_folder="templates")

UNPROCESSABLE, CONFLICT = 422, 409
KIND_LABELS = {
    "missing": lazy_gettext("Not on the map"),
    "rough": lazy_gettext("Only the ZIP area known"),
    "found": lazy_gettext("Found by address"),
    "given": lazy_gettext("Placed by a person or the source"),
}


@blueprint.get("/places-on-map")
@requires("catalog.edit")
def list_places() -> ResponseReturnValue:
    """The places of one kind, those that want a person first."""
    kind, number = request.args.get("kind", ""), requested_page()
    kind = kind if kind in queries.KINDS else queries.KINDS[0]
    found, counts = queries.places_by_kind(
        db.session, signed_in_actor(), kind, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template(
        "geocoding/list.html",
        kind=kind,
        labels=KIND_LABELS,
        counts=counts,
        geocoders=geocoder_words(),
        page=Page(found, number, counts[kind]),
    )


@blueprint.get("/places-on-map/<uuid:location_id>/pin")
@requires("catalog.edit")
def show_pin(location_id: uuid.UUID) -> ResponseReturnValue:
    """One place on the map, with its pin to move."""
    return pin_page(location_id)


@blueprint.post("/places-on-map/<uuid:location_id>/pin")
@requires("catalog.edit")
@commits
def set_pin(location_id: uuid.UUID) -> ResponseReturnValue:
    """Write the pin; or the page again, with what was typed, and what is wrong beside it."""
    try:
        services.set_pin(
            db.session,
            location_id,
            latitude=request.form.get("latitude", ""),
            longitude=request.form.get("longitude", ""),
            version=version_sent(),
            by=signed_in_actor(),
        )
    except Invalid as error:
        db.session.rollback()
        return pin_page(location_id, error.fields, words_of(error)), UNPROCESSABLE
    except Conflict as error:
        db.session.rollback()
        return pin_page(location_id, {}, words_of(error)), CONFLICT
    flash(gettext("Saved. The place is where you put the pin, and no geocoder moves it."))
    return redirect(url_for("geocoding.show_pin", location_id=location_id))


@blueprint.post("/places-on-map/<uuid:location_id>/look-up")
@requires("catalog.edit")
@commits
def look_up(location_id: uuid.UUID) -> ResponseReturnValue:
    """Take the pin away and have the address looked up again."""
    services.look_up_again(db.session, location_id, version=version_sent(), by=signed_in_actor())
    flash(gettext("The address is looked up again within a few minutes."))
    return redirect(url_for("geocoding.show_pin", location_id=location_id))


def version_sent() -> int:
    """The version of the place that the form showed; 0 for anything odd."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def geocoder_words() -> dict[str, str]:
    """Each geocoder in words."""
    language = selected_language()
    return {name: label.es if language == "es" else label.en for name, label in GEOCODERS.items()}


def pin_page(
    location_id: uuid.UUID, problems: dict[str, str] | None = None, message: str = ""
) -> str:
    """The page of one place's pin."""
    pin = queries.pin_of(db.session, signed_in_actor(), location_id)
    typed = {
        name: request.form.get(name, "" if pin.point is None else f"{pin.point[at]:.6f}")[:40]
        for at, name in enumerate(("latitude", "longitude"))
    }
    return render_template(
        "geocoding/pin.html",
        pin=pin,
        typed=typed,
        geocoders=geocoder_words(),
        problems=problems or {},
        message=message,
        map_source=map_source(),
    )
