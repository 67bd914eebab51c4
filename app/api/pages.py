"""The API's own page: its description as people read it, served from here alone."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.security.guard import public

blueprint = Blueprint("api_pages", __name__, template_folder="templates")


@blueprint.get("/api/docs")
@public("describes the API; holds no data")
def docs() -> str:
    """The OpenAPI description, readable. Without JavaScript, a link to the description itself."""
    return render_template("api/docs.html")
