"""Our listing: right, or not? By a link from a message or with an account."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import day_there, utcnow
from app.directory.as_of import Told, told_of
from app.directory.queries import costs_of
from app.directory.words import hours_words, who_words
from app.errors import Invalid, words_of
from app.extensions import db
from app.listings import queries, services, suggesting
from app.listings.fields import (
    FIELDS,
    KINDS,
    ListingField,
    fields_of,
    is_kept_from_links,
    label_of,
    says_more,
)
from app.security.guard import requires, requires_link, signed_in_actor
from app.security.models import AccessLink
from app.security.policy import Actor
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from app.web.shell import prefer_language, selected_language, settings
from catalog.models import Service, ServiceAtLocation
from catalog.search_entries import hours_of

blueprint = Blueprint("listings", __name__, template_folder="templates")

UNPROCESSABLE = 422
STEPS = ("confirm", "places", "correct")
STEPS_OF_PLACES = {"": 0, "more": 1, "fewer": -1, "full": 0}


@blueprint.app_template_filter("listing_field")
def field_label(code: str) -> str:
    """A field's words; an unknown one as it is."""
    return str(label_of(code))


@blueprint.get("/l/<token>")
@requires_link("listing", "listings.edit")
def show_by_link(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """The listing, with one button that confirms it; without an account."""
    return page_by_link(listing_by_link(link, actor), token)


@blueprint.post("/l/<token>/confirm")
@requires_link("listing", "listings.edit")
@commits
def confirm_by_link(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """Still right, by link."""
    confirm(listing_by_link(link, actor).id, actor)
    return redirect(url_for("listings.show_by_link", token=token))


@blueprint.post("/l/<token>/places")
@requires_link("listing", "listings.edit")
@commits
def places_by_link(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """Open places, by link."""
    tell_places(listing_by_link(link, actor).id, actor)
    return redirect(url_for("listings.show_by_link", token=token))


@blueprint.post("/l/<token>/corrections")
@requires_link("listing", "listings.edit")
@commits
def correct_by_link(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """Corrections, by link."""
    service = listing_by_link(link, actor)
    try:
        correct(service.id, actor)
    except Invalid as error:
        return page_by_link(service, token, error), UNPROCESSABLE
    return redirect(url_for("listings.show_by_link", token=token))


@blueprint.get("/listings")
@requires("listings.edit")
def list_listings() -> ResponseReturnValue:
    """My organization's services, those confirmed longest ago first."""
    number = requested_page()
    found, total = queries.listings_of(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template("listings/list.html", page=Page(found, number, total))


@blueprint.get("/listings/<uuid:service_id>")
@requires("listings.edit")
def show_listing(service_id: uuid.UUID) -> ResponseReturnValue:
    """One listing, with an account."""
    return page_of_account(service_id)


@blueprint.post("/listings/<uuid:service_id>/confirm")
@requires("listings.edit")
@commits
def confirm_listing(service_id: uuid.UUID) -> ResponseReturnValue:
    """Still right, with an account."""
    confirm(service_id, signed_in_actor())
    return redirect(url_for("listings.show_listing", service_id=service_id))


@blueprint.post("/listings/<uuid:service_id>/places")
@requires("listings.edit")
@commits
def places_listing(service_id: uuid.UUID) -> ResponseReturnValue:
    """Open places, with an account."""
    tell_places(service_id, signed_in_actor())
    return redirect(url_for("listings.show_listing", service_id=service_id))


@blueprint.post("/listings/<uuid:service_id>/corrections")
@requires("listings.edit")
@commits
def correct_listing(service_id: uuid.UUID) -> ResponseReturnValue:
    """Corrections, with an account."""
    try:
        correct(service_id, signed_in_actor())
    except Invalid as error:
        return page_of_account(service_id, error), UNPROCESSABLE
    return redirect(url_for("listings.show_listing", service_id=service_id))


def listing_by_link(link: AccessLink, actor: Actor) -> Service:
    """The listing of the link; from here on the page speaks the partner's language."""
    service = queries.listing_for(db.session, actor, link.subject_id, action="listings.edit")
    prefer_language(service.intake.notice_language if service.intake else None)
    return service


def page_by_link(service: Service, token: str, error: Invalid | None = None) -> str:
    """The listing behind a link; with what was sent, where something is wrong in it."""
    urls = {step: url_for(f"listings.{step}_by_link", token=token) for step in STEPS}
    return listing_page(service, "listings/by_link.html", urls, error, by_link=True)


def page_of_account(service_id: uuid.UUID, error: Invalid | None = None) -> str:
    """The listing for its own partner; with what was sent, where something is wrong in it."""
    service = queries.listing_for(db.session, signed_in_actor(), service_id, action="listings.edit")
    urls = {step: url_for(f"listings.{step}_listing", service_id=service_id) for step in STEPS}
    return listing_page(service, "listings/show.html", urls, error)


def listing_page(
    service: Service,
    template: str,
    urls: dict[str, str],
    error: Invalid | None = None,
    *,
    by_link: bool = False,
) -> str:
    """A listing with its three forms."""
    changes = [
        change
        for change in queries.changes_of(db.session, service.id)
        if not (by_link and is_kept_from_links(service, change.field))
    ]
    waiting = {change.field: change.new_value for change in changes if change.state == "waiting"}
    known = fields_of(service, by_link=by_link)
    told, on = told_of(db.session, [service]), day_there(db.session, utcnow())
    return render_template(
        template,
        service=service,
        capacities=sorted(service.capacities, key=lambda row: row.unit.name) or [None],
        suggestions=suggesting.suggestions_of(db.session, service.id),
        about=suggesting.ABOUT,
        fields=[field for field in known.values() if field.code in FIELDS],
        places=[
            (id_, "" if by_link and is_hidden else name, fields)
            for id_, name, is_hidden, fields in places_of(service, known)
        ],
        keeps_streets=by_link and any(hidden for _, _, hidden, _ in places_of(service, known)),
        live=live_kinds(),
        place_lines=place_lines(service, known, on),
        costs=costs_of(service, on, selected_language()),
        as_of=told.as_of_service(service),
        places_as_of=oldest_place(service, told),
        values={code: field.read(service) for code, field in known.items()}
        | waiting
        | (corrections_sent() if error else {}),
        message=words_of(error) if error else "",
        problems=error.fields if error else {},
        says_more=[FIELDS[code].label for code in FIELDS if says_more(service, code)],
        who=who_words(service.eligibility_rules, {}),
        changes=changes,
        urls=urls,
    )


def places_of(
    service: Service, known: Mapping[str, ListingField]
) -> list[tuple[str, str, bool, list[ListingField]]]:
    """Each place of the form: its id, what it is called, if it is confidential, and its fields."""
    found = []
    for place in sorted(service.service_at_locations, key=lambda place: str(place.id)):
        fields = [field for code, field in known.items() if code.endswith(place.id.hex)]
        if fields:
            location = place.location
            found.append((place.id.hex, location.name or "", location.is_confidential, fields))
    return found


def place_lines(service: Service, known: Mapping[str, ListingField], on: date) -> list[str]:
    """Each place on one line, as the listing says it now: hours, street, town."""
    hours = {place.id.hex: hours_line(place, on) for place in service.service_at_locations}
    return [
        ", ".join(
            text
            for field in fields
            if field.kind != "closed"
            and (text := (field.kind == "hours" and hours[id_]) or field.read(service))
        )
        for id_, *_, fields in places_of(service, known)
    ]


def hours_line(place: ServiceAtLocation, on: date) -> str:
    """A week in the visitor's language; "" where the hours are words, which stay as written."""
    schedules = place.schedules or place.service.schedules or place.location.schedules
    hours = hours_of(schedules, on)
    return "; ".join(hours_words(hours)) if hours else ""


def oldest_place(service: Service, told: Told) -> date | None:
    """As of when all places and hours hold: the day of the oldest; None where one was never told."""
    days = [
        told.as_of_place(place)[fact]
        for place in service.service_at_locations
        for fact in ("place", "hours")
    ]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def live_kinds() -> frozenset[str]:
    """Which kinds of fields go live at once: the setting."""
    return settings().live_fields


def confirm(service_id: uuid.UUID, actor: Actor) -> None:
    """Confirm, and say thank you."""
    services.confirm_listing(db.session, service_id, by=actor, now=utcnow())
    flash(gettext("Thank you. Schools see that the listing is confirmed today."))


def tell_places(service_id: uuid.UUID, actor: Actor) -> None:
    """Note the open places that the form tells: a number, or one more or less than it was, or none."""
    text = request.form.get("available", "").strip()
    step = request.form.get("step", "")
    most = request.form.get("maximum", "").strip()
    if not is_number(text) or (most and not is_number(most)) or step not in STEPS_OF_PLACES:
        raise Invalid(gettext("Write the number of open places, 0 when full."))
    available = 0 if step == "full" else max(0, int(text) + STEPS_OF_PLACES[step])
    services.tell_open_places(
        db.session,
        service_id,
        available=available,
        unit=request.form.get("unit", ""),
        maximum=max(int(most), available)
        if most and step == "more"
        else int(most)
        if most
        else None,
        by=actor,
        now=utcnow(),
    )
    flash(gettext("Thank you. Schools see the open places at once."))


def is_number(text: str) -> bool:
    """Whether the text is a whole number of places."""
    return text.isascii() and text.isdecimal() and len(text) <= 6


def corrections_sent() -> dict[str, str]:
    """The texts of the form by code; several that are ticked stand between commas."""
    values = {
        name: ", ".join(filter(None, texts)) if name in FIELDS and FIELDS[name].many else texts[0]
        for name, texts in request.form.lists()
        if name.partition(":")[0] in KINDS
    }
    for name in request.form.getlist("place"):  # an unticked box is not sent at all
        values.setdefault(f"closed:{name}", "")
    return values


def correct(service_id: uuid.UUID, actor: Actor) -> None:
    """Take the corrections that the form holds, and say what becomes of them."""
    changes = services.correct_listing(
        db.session, service_id, corrections_sent(), live=live_kinds(), by=actor, now=utcnow()
    )
    if not changes:
        flash(gettext("Nothing was different, so nothing was changed."), "info")
    elif any(change.state == "waiting" for change in changes):
        flash(gettext("Thank you. The district's team looks at it before schools see it."))
    else:
        flash(gettext("Thank you. Schools see it at once."))
