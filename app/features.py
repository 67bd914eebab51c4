"""Every feature's pages, API and commands, registered in one list: what is not here is not served."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_features(app: Flask, api: Api) -> None:
    """Register each feature's blueprints. Imported late: pages import the extensions."""
    from app.web import pages as web_pages

    for blueprint in (web_pages.blueprint,):
        app.register_blueprint(blueprint)
