"""The demo's mail: every message with its link, since the demo's people have no mailbox.

Only where `settings.demo` is on. Elsewhere the page must not exist: the links open things.
"""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask_babel import gettext

from app.clock import utcnow
from app.errors import NotFound
from app.extensions import db
from app.notices.queries import latest_messages
from app.security.guard import public

blueprint = Blueprint("notices", __name__, template_folder="templates")


@blueprint.get("/demo/mail")
@public("the demo shows its mail to whoever looks; 404 elsewhere")
def demo_mail() -> str:
    """The newest messages."""
    settings = current_app.extensions["footbridge"].settings
    if not settings.demo:
        raise NotFound(gettext("There is nothing here."))
    messages = latest_messages(
        db.session, base_url=settings.base_url, secret=settings.secret_key, now=utcnow()
    )
    return render_template("notices/demo_mail.html", messages=messages)
