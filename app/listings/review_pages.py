"""The district's look at listings: what partners and visitors want changed, whom to call, and what an
import and an edit say differently.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import day_there, utcnow
from app.extensions import db
from app.listings import queries, services, suggesting
from app.listings.fields import PLAIN_FIELDS
from app.security.guard import requires, signed_in_actor
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from app.web.shell import settings

blueprint = Blueprint("listing_review", __name__, template_folder="templates")


@blueprint.get("/listing-changes")
@requires("listings.review")
def list_waiting() -> ResponseReturnValue:
    """What partners want changed, oldest first, field by field."""
    number = requested_page()
    found, total = queries.changes_waiting(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    suggestions, suggested = suggesting.suggestions_waiting(
        db.session, signed_in_actor(), limit=PAGE_SIZE
    )
    return render_template(
        "listings/waiting.html",
        page=Page(found, number, total),
        suggestions=suggestions if number == 1 else [],
        suggested=suggested,
        about=suggesting.ABOUT,
        takeable=PLAIN_FIELDS,
    )


@blueprint.post("/listing-suggestions/<uuid:suggestion_id>/take")
@requires("listings.review")
@commits
def take_suggestion(suggestion_id: uuid.UUID) -> ResponseReturnValue:
    """The visitor is right."""
    suggesting.take_suggestion(db.session, suggestion_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("Done. The visitor's contact is forgotten."))
    return redirect(url_for("listing_review.list_waiting"))


@blueprint.post("/listing-suggestions/<uuid:suggestion_id>/refuse")
@requires("listings.review")
@commits
def refuse_suggestion(suggestion_id: uuid.UUID) -> ResponseReturnValue:
    """The listing stays as it is."""
    suggesting.refuse_suggestion(db.session, suggestion_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("The listing stays as it is. The visitor's contact is forgotten."))
    return redirect(url_for("listing_review.list_waiting"))


@blueprint.post("/listing-suggestions/<uuid:suggestion_id>/ask")
@requires("listings.review")
@commits
def ask_partner(suggestion_id: uuid.UUID) -> ResponseReturnValue:
    """Let the partner say whether the visitor is right."""
    suggesting.ask_partner(db.session, suggestion_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("The partner gets a message. Its page shows what the visitor says."))
    return redirect(url_for("listing_review.list_waiting"))


@blueprint.get("/listings-to-call")
@requires("listings.review")
def list_to_call() -> ResponseReturnValue:
    """Listings that nobody confirms by message: call, then confirm in one tap."""
    now, number = utcnow(), requested_page()
    chosen = settings()
    found, total = queries.listings_to_call(
        db.session,
        signed_in_actor(),
        before=day_there(db.session, now - timedelta(days=chosen.listing_review_days)),
        asked_before=now - timedelta(days=chosen.listing_answer_days),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "listings/to_call.html",
        page=Page(found, number, total),
        days=chosen.listing_answer_days,
    )


@blueprint.post("/listings-to-call/<uuid:service_id>/confirm")
@requires("listings.review")
@commits
def confirm_by_phone(service_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody called, and it is right."""
    services.confirm_by_phone(db.session, service_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("Thank you. Schools see that the listing is confirmed today."))
    return redirect(url_for("listing_review.list_to_call"))


@blueprint.post("/listing-changes/<uuid:change_id>/apply")
@requires("listings.review")
@commits
def apply_change(change_id: uuid.UUID) -> ResponseReturnValue:
    """Take a change."""
    services.apply_change(db.session, change_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("The listing is changed."))
    return redirect(url_for("listing_review.list_waiting"))


@blueprint.post("/listing-changes/<uuid:change_id>/refuse")
@requires("listings.review")
@commits
def refuse_change(change_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the listing as it is."""
    services.refuse_change(db.session, change_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("The listing stays as it is."))
    return redirect(url_for("listing_review.list_waiting"))


@blueprint.get("/import-conflicts")
@requires("listings.review")
def list_conflicts() -> ResponseReturnValue:
    """Fields that were edited here and changed at their source: two values, one to be chosen."""
    number = requested_page()
    found, total = queries.conflicts_waiting(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template("listings/conflicts.html", page=Page(found, number, total))


@blueprint.get("/import-conflicts/decided")
@requires("listings.review")
def list_decided() -> ResponseReturnValue:
    """What was chosen where an import and an edit disagreed: by whom, when, and over what."""
    number = requested_page()
    found, total = queries.conflicts_decided(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template("listings/decided.html", page=Page(found, number, total))


@blueprint.post("/import-conflicts/<uuid:conflict_id>/ours")
@requires("listings.review")
@commits
def keep_ours(conflict_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was written here."""
    services.settle_import_conflict(
        db.session, conflict_id, take="ours", by=signed_in_actor(), now=utcnow()
    )
    flash(gettext("What was written here stays."))
    return redirect(url_for("listing_review.list_conflicts"))


@blueprint.post("/import-conflicts/<uuid:conflict_id>/theirs")
@requires("listings.review")
@commits
def take_theirs(conflict_id: uuid.UUID) -> ResponseReturnValue:
    """Take the source's value."""
    services.settle_import_conflict(
        db.session, conflict_id, take="theirs", by=signed_in_actor(), now=utcnow()
    )
    flash(gettext("The listing is changed."))
    return redirect(url_for("listing_review.list_conflicts"))
