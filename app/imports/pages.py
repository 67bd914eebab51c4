"""Imports: what came in. Upload a directory, look at what an import would do, mend how a sheet is
read, then import it; the worker does the long part, and its progress can be left and come back to.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from itertools import islice

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import utcnow
from app.errors import Invalid, NotFound, words_of
from app.extensions import db
from app.imports import queries, services, wording
from app.imports.forms import clean_file_name, clean_source, mappings_sent, sheet_forms
from app.imports.models import ImportRun
from app.imports.progress import STOPPING, ask_to_stop, progress_of
from app.imports.states import ACTIONS, BUSY, State, may
from app.security.guard import requires, signed_in_actor
from app.security.incoming import takes_upload
from app.transactions import commits, commits_itself, work_unit
from app.web.paging import PAGE_SIZE, Page, requested_page
from app.web.shell import settings
from catalog.errors import CatalogError
from catalog.importers import SheetMapping, read_mappings, write_mappings
from catalog.importers.report import csv_lines
from catalog.importers.sheet_mapping import MAX_CHARACTERS
from catalog.vocabulary import SERVICE_STATUSES

blueprint = Blueprint("imports", __name__, template_folder="templates")

UNPROCESSABLE = 422


@blueprint.get("/imports")
@requires("catalog.import")
def list_runs() -> ResponseReturnValue:
    """What came in: who, when, from where, how many rows, and how it ended. And the upload."""
    number = requested_page()
    found, total = queries.runs(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template(
        "imports/list.html",
        page=Page(found, number, total),
        states=wording.STATES,
        sources=queries.known_sources(db.session),
        statuses=SERVICE_STATUSES,
        limit_mb=settings().import_limit_mb,
        keep_days=settings().import_keep_days,
    )


@blueprint.post("/imports")
@takes_upload
@requires("catalog.import")
@commits
def upload() -> ResponseReturnValue:
    """Take a file; the worker checks it next."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(gettext("Choose the directory's file first, then upload it."))
    file_name = clean_file_name(sent.filename)
    run = services.take_upload(
        db.session,
        sent.stream,
        file_name=file_name,
        source=clean_source(request.form.get("source", ""), file_name),
        status=request.form.get("status") or None,
        by=signed_in_actor(),
        now=utcnow(),
    )
    return redirect(url_for("imports.show_run", run_id=run.id))


@blueprint.get("/imports/<uuid:run_id>")
@requires("catalog.import")
def show_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """One import: where it stands, its report, and for sheets how the columns are read."""
    return run_page(queries.run_for(db.session, signed_in_actor(), run_id))


@blueprint.get("/imports/<uuid:run_id>/progress")
@requires("catalog.import")
def show_progress(run_id: uuid.UUID) -> ResponseReturnValue:
    """The progress alone, for a page that asks again and again; at the end it loads the page anew."""
    run = queries.run_for(db.session, signed_in_actor(), run_id)
    if run.state not in BUSY:
        response = Response("", mimetype="text/html")
        response.headers["HX-Redirect"] = url_for("imports.show_run", run_id=run.id)
        return response
    return render_template("imports/progress.html", **progress_parts(run))


@blueprint.get("/imports/<uuid:run_id>/report.csv")
@requires("catalog.import")
def download_report(run_id: uuid.UUID) -> ResponseReturnValue:
    """Every line of the report as a sheet."""
    run = queries.run_for(db.session, signed_in_actor(), run_id)
    lines = csv_lines(queries.all_lines(db.session, run.id))
    beginning = "\ufeff" + "".join(islice(lines, 1))  # a spreadsheet takes the mark for UTF-8

    def parts() -> Iterator[str]:
        yield beginning
        while part := "".join(islice(lines, 500)):
            yield part

    return attached(
        stream_with_context(parts()), f"{run.source} report.csv", "text/csv; charset=utf-8"
    )


@blueprint.get("/imports/<uuid:run_id>/mapping.yaml")
@requires("catalog.import")
def download_mapping(run_id: uuid.UUID) -> ResponseReturnValue:
    """How the sheets are read, as a mapping file."""
    run = queries.run_for(db.session, signed_in_actor(), run_id)
    if not run.mapping:
        raise NotFound("This import has no mapping: it is no sheet.")
    return attached(run.mapping, f"{run.source} mapping.yaml", "application/yaml; charset=utf-8")


@blueprint.post("/imports/<uuid:run_id>/mapping")
@requires("catalog.import")
@commits
def change_mapping(run_id: uuid.UUID) -> ResponseReturnValue:
    """Read the columns as the form says, from now on."""
    run = queries.run_for(db.session, signed_in_actor(), run_id)
    sent = request.form.to_dict()
    try:
        told = mappings_sent(run.preview, mappings_of(run), sent)
    except CatalogError as error:
        return run_page(run, sent=sent, problem=words_of(error)), UNPROCESSABLE
    if not told:
        raise Invalid(gettext("This import has no sheets whose columns could be changed."))
    return mapping_changed(run_id, write_mappings(told))


@blueprint.post("/imports/<uuid:run_id>/mapping-file")
@requires("catalog.import")
@commits
def upload_mapping(run_id: uuid.UUID) -> ResponseReturnValue:
    """Read the sheets as a mapping file says, from now on."""
    run = queries.run_for(db.session, signed_in_actor(), run_id)
    sent = request.files.get("mapping")
    content = sent.stream.read(MAX_CHARACTERS * 4) if sent else b""
    try:
        text = content.decode("utf-8-sig")
        told = read_mappings(text, [preview["file"] for preview in run.preview])
    except UnicodeDecodeError:
        problem = gettext("The mapping file is no text in UTF-8. Save it as that, then try again.")
        return run_page(run, problem=problem), UNPROCESSABLE
    except CatalogError as error:
        return run_page(run, problem=words_of(error)), UNPROCESSABLE
    if not told:
        problem = gettext("The mapping file names none of this import's sheets.")
        return run_page(run, problem=problem), UNPROCESSABLE
    return mapping_changed(run_id, write_mappings({**mappings_of(run), **told}))


@blueprint.post("/imports/<uuid:run_id>/check")
@requires("catalog.import")
@commits
def check_again(run_id: uuid.UUID) -> ResponseReturnValue:
    """Check it once more, from the beginning."""
    services.act(db.session, run_id, "check", by=signed_in_actor(), now=utcnow())
    return redirect(url_for("imports.show_run", run_id=run_id))


@blueprint.post("/imports/<uuid:run_id>/apply")
@requires("catalog.import")
@commits
def apply(run_id: uuid.UUID) -> ResponseReturnValue:
    """Import it; the worker does it next."""
    agreed = request.form.get("agreed_gone", 0, type=int)
    services.apply_run(db.session, run_id, agreed_gone=agreed, by=signed_in_actor(), now=utcnow())
    return redirect(url_for("imports.show_run", run_id=run_id))


@blueprint.post("/imports/<uuid:run_id>/stop")
@requires("catalog.import")
@commits_itself
def stop(run_id: uuid.UUID) -> ResponseReturnValue:
    """Not now: it stands as it was checked, at once or as soon as the worker hears of it."""
    is_applying = queries.run_for(db.session, signed_in_actor(), run_id).state == State.APPLYING
    db.session.rollback()  # it has only read, and is not to stand around what is written now
    if is_applying:
        ask_to_stop(run_id)
        flash(
            gettext(
                "It is being stopped: unless it has ended this moment, nothing of it is imported, and "
                "the file stays here."
            )
        )
    else:
        with work_unit() as session:
            services.act(session, run_id, "stop", by=signed_in_actor(), now=utcnow())
        flash(gettext("Stopped. Nothing was imported; the file is still here."))
    return redirect(url_for("imports.show_run", run_id=run_id))


@blueprint.post("/imports/<uuid:run_id>/discard")
@requires("catalog.import")
@commits
def discard(run_id: uuid.UUID) -> ResponseReturnValue:
    """Delete the file without importing it."""
    services.act(db.session, run_id, "discard", by=signed_in_actor(), now=utcnow())
    flash(gettext("The file is deleted. Nothing of it was imported."))
    return redirect(url_for("imports.list_runs"))


def mapping_changed(run_id: uuid.UUID, text: str) -> ResponseReturnValue:
    """Keep the mapping, and have the file checked anew with it."""
    services.change_mapping(db.session, run_id, text, by=signed_in_actor(), now=utcnow())
    flash(gettext("Saved with the directory's name, for the next time too. It is checked anew."))
    return redirect(url_for("imports.show_run", run_id=run_id))


def run_page(
    run: ImportRun, *, sent: Mapping[str, str] | None = None, problem: str | None = None
) -> str:
    """The page of one import; `sent` and `problem` where a mapping could not be used."""
    number = requested_page()
    codes = [tuple(one) for one in run.summary.get("codes", [])]
    severity, code = request.args.get("severity", ""), request.args.get("code", "")
    severity = severity if severity in wording.SEVERITY else ""
    code = code if any(code == known for _, known, _ in codes) else ""
    total = sum(n for s, c, n in codes if (not severity or s == severity) and code in ("", c))
    if run.is_emptied or run.state in BUSY:
        total = 0
    offset = (number - 1) * PAGE_SIZE
    lines = (
        queries.lines_of(
            db.session, run, severity=severity, code=code, limit=PAGE_SIZE, offset=offset
        )
        if total
        else []
    )
    tables = run.summary.get("tables", {})
    return render_template(
        "imports/show.html",
        problem=problem,
        page=Page(lines, number, total),
        severity=severity,
        code=code,
        codes=codes,
        by_severity={name: sum(n for s, _, n in codes if s == name) for name in wording.SEVERITY},
        totals={
            what: sum(counts[what] for counts in tables.values())
            for what in ("added", "changed", "unchanged", "removed")
        },
        sheets=sheet_forms(run.preview, mappings_of(run), sent) if run.file_id else [],
        fields=wording.FIELDS,
        marks=wording.MARKS,
        severity_words=wording.SEVERITY,
        table_words=wording.table_words,
        may={action: may(action, run.state) for action in ACTIONS},
        keep_days=settings().import_keep_days,
        **progress_parts(run),
    )


def progress_parts(run: ImportRun) -> dict[str, object]:
    """What the progress shows."""
    progress = progress_of(run)
    return {
        "run": run,
        "is_busy": run.state in BUSY,
        "state": wording.STATES[run.state],  # type: ignore[index]
        "progress": progress,
        "may_stop": may("stop", run.state)
        or (run.state == State.APPLYING and progress.phase != STOPPING),
        "phase": wording.PHASES.get(progress.phase, progress.phase),
    }


def mappings_of(run: ImportRun) -> dict[str, SheetMapping]:
    """The run's mappings by sheet."""
    files = [preview["file"] for preview in run.preview]
    return read_mappings(run.mapping, files, is_finished=False) if run.mapping and files else {}


def attached(content: object, name: str, mimetype: str) -> Response:
    """An answer that is saved under the name."""
    response = Response(content, content_type=mimetype)  # type: ignore[arg-type]
    response.headers.set("Content-Disposition", "attachment", filename=clean_file_name(name))
    return response
