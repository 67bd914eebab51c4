"""What no view and no database can take, refused at the door with words instead of breaking inside:
zero bytes and halves of signs in texts, JSON that is too large or nested without end.

create_app binds it before everything else that reads a request's body.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, request
from flask_babel import gettext
from sqlalchemy.exc import DataError

from app.errors import Invalid, handle_domain_error

LARGEST_JSON = 1024 * 1024  # files come as forms, which are limited on their own


def init_app(app: Flask) -> None:
    """Check each request; and say in words what only the database found to be too long."""
    app.before_request(check_incoming)
    app.register_error_handler(DataError, handle_data_error)


def check_incoming() -> None:
    """Raise Invalid for what cannot be kept. PostgreSQL keeps no zero byte, SQLite would."""
    if request.is_json:
        request.max_content_length = LARGEST_JSON
    if any(not can_be_kept(text) for text in texts_sent()):
        raise Invalid(
            gettext(
                "A text holds a sign that cannot be kept, such as a zero byte. "
                "Type it instead of pasting it, then try again."
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
