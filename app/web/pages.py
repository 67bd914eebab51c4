"""Pages that belong to no feature: the front door, health, the choice of language."""

from __future__ import annotations

from flask import Blueprint

from app.security.guard import public

blueprint = Blueprint("web", __name__, template_folder="templates")


@blueprint.get("/health")
@public("load balancers ask whether the process answers")
def health() -> str:
    """Whether this process answers."""
    return "ok"
