"""Pages that belong to no feature: the front door, health, the choice of language, style files."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, session
from flask_babel import gettext

from app.errors import Invalid, NotFound
from app.security.guard import current_actor, public
from app.security.policy import Role
from app.web import assets
from app.web.shell import LANGUAGES, is_local_path

blueprint = Blueprint("web", __name__, template_folder="templates")

FIRST_PAGE = {
    Role.PLAN_MANAGER: "/today",
    Role.PARTNER: "/inbox",
    Role.DISTRICT_ADMIN: "/district",
}


@blueprint.get("/")
@public("it only sends people on to their own first page")
def front_door() -> Response:
    """To the first page of the role, or to sign in."""
    actor = current_actor()
    return redirect(FIRST_PAGE.get(actor.role, "/sign-in") if actor else "/sign-in")  # type: ignore[return-value]


@blueprint.post("/language")
@public("people without an account choose their language too")
def choose_language() -> Response:
    """Remember the language for this visit and go back to the page. A foreign address to go back to
    is not followed."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise Invalid(gettext("Choose one of the languages on the page."))
    session["language"] = chosen
    target = request.form.get("next", "/")
    return redirect(target if is_local_path(target) else "/")  # type: ignore[return-value]


@blueprint.get("/health")
@public("load balancers ask whether the process answers")
def health() -> Response:
    """Whether this process answers."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/assets/<digest>/<name>")
@public("the sign-in page needs its style")
def asset(digest: str, name: str) -> Response:
    """A style, script or picture; kept for a year by its digest, not at all by an outdated one."""
    try:
        content = assets.asset_bytes(name)
    except assets.UnknownAssetError:
        raise NotFound("There is no such file.") from None
    response = Response(content, mimetype=assets.asset_type(name))
    is_current = digest == assets.asset_digest(name)
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_current else "no-cache"
    )
    return response
