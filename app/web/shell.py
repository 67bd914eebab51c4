"""The shared page shell: language, formats, what every template knows."""

from __future__ import annotations

from flask import Flask, request, session

LANGUAGES = {"en": "English", "es": "Español"}


def init_app(app: Flask) -> None:
    """Give templates what every page needs."""


def selected_language() -> str:
    """The language chosen by the visitor, else the browser's first that we have, else English."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "en"
