"""What every answer carries (CSP with a nonce, HSTS, no referrer, no framing, no store), and the
check of the CSRF token on everything that writes.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request

from app.extensions import csrf
from app.settings import tiles_origin
from app.transactions import SAFE_METHODS

TOKEN_HEADER = "Authentication-Token"  # noqa: S105 - a header's name


def init_app(app: Flask) -> None:
    """Register the checks and the headers."""
    app.before_request(check_csrf)
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def check_csrf() -> None:
    """Refuse a write without the form's token. A program that signs in by header sends no cookie
    that another site could abuse, and another site cannot set the header.
    """
    if request.method not in SAFE_METHODS and TOKEN_HEADER not in request.headers:
        csrf.protect()


def csp_nonce() -> str:
    """This answer's nonce, for the script tags of our own pages."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def add_headers(response: Response) -> Response:
    """Set the headers; pages are never kept by a cache, since they tell of children."""
    headers = response.headers
    settings = current_app.extensions["footbridge"].settings
    tiles = f" {tiles_origin(settings.map_tiles_url)}" if settings.map_tiles_url else ""
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; "
        f"script-src 'nonce-{csp_nonce()}' 'strict-dynamic'; "
        f"style-src 'self'; img-src 'self' data:{tiles}; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if settings.cookies_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint != "static" and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response
