"""What no view and no database can take, refused at the door with words instead of breaking inside:
zero bytes and halves of signs in texts, JSON that is too large or nested without end.

create_app binds it before everything else that reads a request's body.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, request
from flask_babel import gettext
from sqlalchemy.exc import DataError

from app.errors import Invalid, TooLarge, handle_domain_error
from app.extensions import db
from app.security.guard import current_actor
from app.security.policy import scope_of

P = ParamSpec("P")
R = TypeVar("R")

MB = 1024 * 1024
LARGEST_JSON = MB  # files come as forms, which are limited on their own
BESIDE_FILE = MB  # what a form may hold beside the file that it uploads


def takes_upload(view: Callable[P, R]) -> Callable[P, R]:
    """The view takes a directory to be imported (IMPORT_LIMIT_MB), and no other one does. Outermost
    of its decorators: who may not send it is refused before it is read, and so is what is too large.
    """
    view.takes_upload = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Check each request; and say in words what only the database found to be too long."""
    app.before_request(check_incoming)
    app.register_error_handler(DataError, handle_data_error)


def check_incoming() -> None:
    """Raise Invalid for what cannot be kept. PostgreSQL keeps no zero byte, SQLite would."""
    if request.is_json:
        request.max_content_length = LARGEST_JSON
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_upload", False):
        check_upload(view.guard[1])  # type: ignore[union-attr]
    if any(not can_be_kept(text) for text in texts_sent()):
        raise Invalid(
            gettext(
                "A text holds a sign that cannot be kept, such as a zero byte. "
                "Type it instead of pasting it, then try again."
            )
        )


def check_upload(action: str) -> None:
    """Look at who sends and how much, while nothing of the file has been read."""
    scope_of(current_actor(), action)
    db.session.rollback()  # a slow upload must not hold the lock that knowing the sender took
    megabytes = current_app.extensions["footbridge"].settings.import_limit_mb
    request.max_content_length = megabytes * MB + BESIDE_FILE
    if (request.content_length or 0) > request.max_content_length:
        raise TooLarge(
            gettext(
                "The file is larger than %(megabytes)s MB, which is more than an import takes. It was "
                "not read. Zip it, split it, or leave out what is no part of the directory.",
                megabytes=megabytes,
            )
        )


def texts_sent() -> Iterator[str]:
    """Every name and value of the address, the form and the JSON."""
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value
    if request.is_json:
        try:
            waiting = [request.get_json(silent=True)]
        except RecursionError:
            raise Invalid(gettext("The JSON is nested too deeply. Send it flat.")) from None
        while waiting:
            item = waiting.pop()
            if isinstance(item, str):
                yield item
            elif isinstance(item, dict):
                yield from item
                waiting.extend(item.values())
            elif isinstance(item, list):
                waiting.extend(item)


def can_be_kept(text: str) -> bool:
    """Whether a database can keep it: no zero byte, and no half of a sign (a lone surrogate)."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def handle_data_error(_error: DataError) -> Response:
    """The database's refusal of a value; its text quotes the value, so that it is not passed on."""
    return handle_domain_error(
        Invalid(gettext("Something that was sent is too long or too large to be kept. Shorten it."))
    )
