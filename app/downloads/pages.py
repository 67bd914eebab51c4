"""Downloads: the catalog in the open standard, as a file to take along.

Everyone with an account that reads the directory may: the files hold what /hsds/ tells everybody.
An account is asked for because making one takes a minute of work. Files are made by the worker,
once for each state of the catalog, and handed out in parts.
"""

from __future__ import annotations

import uuid

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from app.clock import utcnow
from app.downloads import queries, services
from app.errors import NotFound
from app.extensions import db
from app.security.guard import requires, signed_in_actor
from app.storage.queries import parts_of, stored_file
from app.transactions import commits
from catalog.queries import current_revision

blueprint = Blueprint("downloads", __name__, template_folder="templates")

# format -> (its name, for whom)
FORMATS = {
    "xlsx": (
        lazy_gettext("Workbook (XLSX)"),
        lazy_gettext("To look at and work with in a spreadsheet program: a sheet a table."),
    ),
    "hsds-csv": (
        lazy_gettext("Tables (CSV in a zip)"),
        lazy_gettext("The open standard's tabular package, for other programs and directories."),
    ),
    "hsds-json": (
        lazy_gettext("One file (JSON)"),
        lazy_gettext("The open standard's objects: organizations with all that is theirs."),
    ),
}
AT_WORK = ("waiting", "working")
PROBLEMS = {
    services.INTERRUPTED: lazy_gettext(
        "It was interrupted: the service was stopped meanwhile. Make it again."
    ),
    services.BROKE: lazy_gettext(
        "Something broke on our side, and we have noted it. Try again in a moment."
    ),
    services.DOES_NOT_FIT: lazy_gettext(
        "This format cannot hold the directory as it is: it has too many rows. Take the tables (CSV "
        "in a zip) instead."
    ),
}
KEPT_BACK = {
    "contacts": lazy_gettext("contacts"),
    "phones of contacts": lazy_gettext("phones of contacts"),
    "streets of confidential places": lazy_gettext("streets of confidential places"),
    "places no longer listed": lazy_gettext("places no longer listed"),
    "programs of no organization and no service": lazy_gettext(
        "programs of no organization and no service: JSON has no place for them"
    ),
    "units in which nothing is counted": lazy_gettext(
        "units in which nothing is counted: JSON has no place for them"
    ),
    "taxonomies and terms with further columns": lazy_gettext(
        "taxonomies and terms with further columns, for which JSON has no place"
    ),
}
MIMETYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "hsds-csv": "application/zip",
    "hsds-json": "application/json",
}


@blueprint.get("/downloads")
@requires("catalog.export")
def list_downloads() -> ResponseReturnValue:
    """Each format with its newest file, and whether the catalog has changed since."""
    return render_template("downloads/list.html", **list_parts())


@blueprint.get("/downloads/progress")
@requires("catalog.export")
def show_progress() -> ResponseReturnValue:
    """The list alone, for a page that asks again and again while something is being made."""
    return render_template("downloads/formats.html", **list_parts())


@blueprint.post("/downloads")
@requires("catalog.export")
@commits
def ask() -> ResponseReturnValue:
    """Have a file made."""
    services.ask_for_export(
        db.session, request.form.get("format", ""), by=signed_in_actor(), now=utcnow()
    )
    return redirect(url_for("downloads.list_downloads"))


@blueprint.get("/downloads/<uuid:export_id>")
@requires("catalog.export")
def download(export_id: uuid.UUID) -> ResponseReturnValue:
    """The file, in parts as they are read."""
    export = queries.export_for(db.session, signed_in_actor(), export_id)
    if export.file_id is None:
        raise NotFound("This download is not made yet. Open Downloads, and have it made.")
    file = stored_file(db.session, export.file_id)
    content = stream_with_context(parts_of(db.session, file.id))
    response = Response(content, content_type=MIMETYPES[export.format])
    response.content_length = file.size
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def list_parts() -> dict[str, object]:
    """What the list shows."""
    exports = queries.newest_exports(db.session, signed_in_actor())
    at_work = [one for found in exports.values() for one in found if one.state in AT_WORK]
    return {
        "formats": FORMATS,
        "problems": PROBLEMS,
        "kept_back_words": KEPT_BACK,
        "exports": exports,
        "revision": current_revision(db.session),
        "is_busy": bool(at_work),
    }
