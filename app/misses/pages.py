"""Words not understood: what several people searched for, and neither lexicon nor listings know."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.extensions import db
from app.misses.queries import KEPT_DAYS, LEAST_ASKERS, missed_words
from app.security.guard import requires
from app.web.paging import PAGE_SIZE, Page, requested_page

blueprint = Blueprint("misses", __name__, template_folder="templates")


@blueprint.get("/words-not-understood")
@requires("catalog.missed_words")
def list_words() -> ResponseReturnValue:
    """The words, the most frequent first."""
    number = requested_page()
    found, total = missed_words(db.session, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return render_template(
        "misses/list.html",
        page=Page(found, number, total),
        days=KEPT_DAYS,
        askers=LEAST_ASKERS,
    )
