"""Logs: one JSON object a line on standard error, without personal data.

A request is logged by its endpoint, never by its path: the path may hold a link's token.
"""

from __future__ import annotations

import logging
import sys
import time
from contextlib import ExitStack
from typing import Any

import structlog
from flask import Flask, Response, g, request

from app.settings import Settings
from app.sql_counter import count_statements

log = structlog.get_logger(__name__)


def init_app(app: Flask, settings: Settings) -> None:
    """Set the logs up, and write one line about each request."""
    configure(settings)
    app.before_request(begin_request)
    app.after_request(log_request)
    app.teardown_request(end_request)
    app.log_exception = log_exception  # type: ignore[method-assign]


def begin_request() -> None:
    """Start the request's clock and the count of its SQL statements."""
    g.request_began = time.perf_counter()
    g.request_log = ExitStack()
    g.statements = g.request_log.enter_context(count_statements())


def log_request(response: Response) -> Response:
    """Which page, how it ended, how long it took; never who asked for what."""
    if "request_began" in g:
        log.info(
            "request",
            endpoint=request.endpoint,
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - g.request_began) * 1000, 1),
            statements=g.statements.count,
        )
    return response


def log_exception(exc_info: Any) -> None:
    """What broke outside the views (a cookie that cannot be written), in place of Flask's own line,
    which holds the path and a traceback whose text may quote a row of a child's data.
    """
    log.error("broke_outside_a_view", kind=exc_info[0].__name__, endpoint=request.endpoint)


def end_request(_error: BaseException | None) -> None:
    """Stop counting, also where the request broke."""
    if "request_log" in g:
        g.pop("request_log").close()


def configure(settings: Settings) -> None:
    """Set structlog up for this process."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
