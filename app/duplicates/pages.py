"""Twice in the directory? The queue of pairs, both sides of one, and the merges that were made."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import utcnow
from app.duplicates import queries, services, wording
from app.extensions import db
from app.security.guard import requires, signed_in_actor
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from catalog.duplicates import KINDS

blueprint = Blueprint("duplicates", __name__, template_folder="templates")


@blueprint.get("/duplicates")
@requires("catalog.merge")
def list_pairs() -> ResponseReturnValue:
    """Pairs that look alike, the likeliest first."""
    kind = request.args.get("kind", "service")
    kind = kind if kind in KINDS else "service"
    state = "different" if request.args.get("state") == "different" else "waiting"
    number = requested_page()
    found, total = queries.pairs(
        db.session,
        signed_in_actor(),
        kind=kind,
        state=state,
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "duplicates/list.html",
        page=Page(found, number, total),
        kind=kind,
        kinds=wording.KINDS,
        state=state,
        waiting=queries.waiting_by_kind(db.session),
        part_words=wording.PARTS,
    )


@blueprint.get("/duplicates/<uuid:pair_id>")
@requires("catalog.merge")
def show_pair(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Both sides, field by field."""
    return render_template(
        "duplicates/pair.html",
        found=queries.pair_page(db.session, signed_in_actor(), pair_id),
        kinds=wording.KINDS,
        hanging_words=wording.HANGING,
        part_words=wording.PARTS,
    )


@blueprint.post("/duplicates/<uuid:pair_id>/merge")
@requires("catalog.merge")
@commits
def merge_pair(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Merge the two, with the values that were chosen."""
    values = {
        name.removeprefix("value-"): side
        for name, side in request.form.items()
        if name.startswith("value-")
    }
    record = services.merge_pair(
        db.session,
        pair_id,
        keep=request.form.get("keep", ""),
        values=values,
        by=signed_in_actor(),
        now=utcnow(),
    )
    flash(
        gettext(
            "“%(gone)s” is part of “%(kept)s” now. “Merges” undoes it.",
            gone=record.label,
            kept=record.kept_label,
        )
    )
    return redirect(url_for("duplicates.list_pairs", kind=record.kind))


@blueprint.post("/duplicates/<uuid:pair_id>/different")
@requires("catalog.merge")
@commits
def call_different(pair_id: uuid.UUID) -> ResponseReturnValue:
    """They are not the same."""
    pair = services.call_different(db.session, pair_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("Noted as different. Nobody is asked again."))
    return redirect(url_for("duplicates.list_pairs", kind=pair.kind))


@blueprint.post("/duplicates/<uuid:pair_id>/waiting")
@requires("catalog.merge")
@commits
def ask_again(pair_id: uuid.UUID) -> ResponseReturnValue:
    """Look at the pair again."""
    pair = services.ask_again(db.session, pair_id, by=signed_in_actor())
    return redirect(url_for("duplicates.show_pair", pair_id=pair.id))


@blueprint.get("/duplicates/merges")
@requires("catalog.merge")
def list_merges() -> ResponseReturnValue:
    """What was merged: by whom, when, and undone or not."""
    number = requested_page()
    found, total = queries.merges(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template(
        "duplicates/merges.html", page=Page(found, number, total), kinds=wording.KINDS
    )


@blueprint.post("/duplicates/merges/<uuid:merge_id>/undo")
@requires("catalog.merge")
@commits
def undo_merge(merge_id: uuid.UUID) -> ResponseReturnValue:
    """Make it two again."""
    undone = services.undo_merge(db.session, merge_id, by=signed_in_actor(), now=utcnow())
    flash(gettext("They are two again, as before."))
    for words in undone.left:
        flash(gettext(words), "info")
    return redirect(url_for("duplicates.list_merges"))
