"""What can go wrong, told once: the domain's errors, their HTTP status, and how both kinds of client
see them (a page for people, problem JSON per RFC 9457 for programs).

A message says what happened, why, and what to do; it never holds personal data.
"""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, jsonify, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError

from catalog.errors import CatalogError

log = structlog.get_logger(__name__)


class DomainError(Exception):
    """Base of what the app refuses. `words_of` it is shown to the person."""


class NotFound(DomainError):
    """It is not there, or this person may not know that it is."""


class Forbidden(DomainError):
    """This kind of account cannot do this."""


class NotSignedIn(DomainError):
    """Nobody is signed in."""


class Conflict(DomainError):
    """It was changed meanwhile, or is already so."""


class Invalid(DomainError):
    """What was sent cannot be used. `fields` says which field and why."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class TooLarge(DomainError):
    """More was sent than this takes; told before it is read."""


class BadQuery(Invalid):
    """What was asked for is well formed, and still cannot be answered as asked."""


class LinkExpired(DomainError):
    """The link was right once, but it has run out, or was replaced or withdrawn."""


STATUS: dict[type[Exception], int] = {
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    LinkExpired: 410,
    TooLarge: 413,
    BadQuery: 400,  # before Invalid, which it is a kind of
    Invalid: 422,
    ValidationError: 422,
    CatalogError: 422,
}

HEADINGS: dict[int, object] = {
    400: lazy_gettext("That request cannot be read"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("Your account cannot do this"),
    404: lazy_gettext("There is nothing here"),
    405: lazy_gettext("That does not work here"),
    409: lazy_gettext("This has changed meanwhile"),
    410: lazy_gettext("This link no longer works"),
    412: lazy_gettext("This has changed meanwhile"),
    413: lazy_gettext("That is too large"),
    422: lazy_gettext("Something needs correcting"),
    428: lazy_gettext("Say which version you mean"),
    429: lazy_gettext("Too many tries"),
    500: lazy_gettext("Something broke on our side"),
}

ADVICE: dict[int, object] = {
    400: lazy_gettext("Go back, reload the page and try once more."),
    404: lazy_gettext(
        "Check the address. It may have been removed, or your account may not be allowed to see it."
    ),
    405: lazy_gettext("Go back and use the buttons on the page."),
    412: lazy_gettext("Read it again, then send the step with the new ETag in If-Match."),
    413: lazy_gettext("Send a smaller file."),
    428: lazy_gettext("Send the ETag that you read, in If-Match."),
    429: lazy_gettext("Wait a few minutes, then try again."),
    500: lazy_gettext("We have noted it. Nothing was changed. Try again in a moment."),
}


def init_app(app: Flask) -> None:
    """Register one handler for the domain's errors, one for HTTP's, one for surprises."""
    for kind in STATUS:
        app.register_error_handler(kind, handle_domain_error)
    app.register_error_handler(CSRFError, handle_csrf_error)
    app.register_error_handler(HTTPException, handle_http_error)
    app.register_error_handler(Exception, handle_surprise)


def handle_domain_error(error: Exception) -> Response:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    if isinstance(error, NotSignedIn) and not wants_json():
        from app.security.sign_in import redirect_to_sign_in  # the page to return to is its matter

        return redirect_to_sign_in()
    if isinstance(error, NotFound):
        from app.duplicates.moved import (
            address_after_merge,
        )  # the directory's old ids are its matter

        moved = address_after_merge()
        if moved is not None:
            return moved
    fields = getattr(error, "fields", None) or {}
    if isinstance(error, ValidationError):
        fields = error.normalized_messages()  # type: ignore[no-untyped-call]
    return rendered(
        status, words_of(error) if isinstance(error, DomainError | CatalogError) else "", fields
    )


def words_of(error: DomainError | CatalogError) -> str:
    """What the error says, in the reader's language. Where it is raised it says it in English; its
    class is an extraction keyword (Makefile), and the catalog's errors carry their facts apart.
    """
    if isinstance(error, CatalogError):
        words: str = gettext(error.message)
        return words % error.facts if error.facts else words
    return gettext(str(error)) if str(error) else ""


def handle_csrf_error(error: CSRFError) -> Response:
    return rendered(
        400, gettext("This page was open for too long. Go back, reload it and try once more.")
    )


def handle_http_error(error: HTTPException) -> Response:
    if error.response is not None:  # flask-limiter and redirects bring their own
        return error.response  # type: ignore[return-value]
    if isinstance(error, InternalServerError):
        return rendered(500, "")
    data = getattr(error, "data", None) or {}
    response = rendered(error.code or 500, "", data.get("messages"))
    for name, value in error.get_headers():
        if name.lower() in {"retry-after", "allow"}:
            response.headers[name] = value
    return response


def handle_surprise(error: Exception) -> Response:
    # The exception's text may quote a row of a child's data: only its kind and place are logged.
    tb = error.__traceback__
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    place = f"{tb.tb_frame.f_globals.get('__name__')}:{tb.tb_lineno}" if tb else "?"
    log.error("unexpected_error", kind=type(error).__name__, place=place, endpoint=request.endpoint)
    if current_app.testing:
        raise error
    return rendered(500, "")


def wants_json() -> bool:
    """Whether the client is a program: anything under /api or /hsds, or one that asks for JSON."""
    return request.path.startswith(("/api/", "/hsds")) or (
        request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def rendered(status: int, message: str, fields: object = None) -> Response:
    """The error as the client wants it. Never echoes the request's path: it may hold a link's token."""
    heading = str(HEADINGS.get(status) or gettext("That did not work"))
    detail = message or str(ADVICE.get(status, ""))
    if wants_json():
        body = {"type": "about:blank", "title": heading, "status": status, "detail": detail}
        if fields:
            body["errors"] = fields
        response = jsonify(body)
        response.mimetype = "application/problem+json"
    else:
        # Not render_template: its context processors load the user from the database, which may be
        # the very thing that broke.
        template = current_app.jinja_env.get_template("web/error.html")
        # Who came by a link has no account: the start page would ask them to sign in.
        came_by_link = request.path.startswith(("/f/", "/l/", "/r/"))
        page = template.render(
            status=status, heading=heading, detail=detail, may_sign_in=not came_by_link
        )
        response = Response(page, mimetype="text/html")
    response.status_code = status
    return response
