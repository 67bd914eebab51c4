"""Limits on tries: sign-in, and opening links. Counted in Redis where there is one."""

from __future__ import annotations

from flask import Flask

from app.extensions import limiter
from app.settings import Settings


def init_app(app: Flask, settings: Settings) -> None:
    """Bind the limiter to its storage."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    limiter.init_app(app)
