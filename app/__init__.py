"""The web service: `create_app` puts settings, database, security and features together.

Depends on catalog and matching, never the other way. Called by wsgi.py and the tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import Flask

from app import cli, errors, logs, models, sql_counter  # noqa: F401 - models: every class is known
from app.clock import ZONE
from app.extensions import alembic, babel, compress, csrf, db
from app.extensions import api as rest_api  # the package app.api takes the name `api` here
from app.features import register_features
from app.jobs import beside
from app.migrating import MIGRATIONS, render_type
from app.recommendations import engines, kept
from app.security import headers, incoming, proxies, rate_limits, sign_in
from app.settings import Settings, SettingsError
from app.transactions import configure_engine
from app.web import shell

__version__ = "0.1.0"


@dataclass(frozen=True)
class Footbridge:
    """What the app keeps for itself under `app.extensions["footbridge"]`."""

    settings: Settings


def create_app(
    settings: Settings | None = None, *, commands: Iterable[click.Command] = ()
) -> Flask:
    """The WSGI application. `commands` come from above (wsgi.py passes the seeds'). Opens no
    connection, starts no thread. Raises SettingsError for a wrong setting.
    """
    app = Flask(__name__)
    settings = settings or Settings.from_environment(
        os.environ, instance_dir=Path(app.instance_path)
    )
    app.extensions["footbridge"] = Footbridge(settings)
    app.config.from_mapping(flask_config(settings))
    logs.init_app(app, settings)
    proxies.init_app(app, settings)
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
        db.sessionmaker.configure(
            info={
                ZONE: ZoneInfo(settings.timezone),
                **matching_parameters(settings),
                **offers_folder(settings),
            }
        )
        sql_counter.listen(db.engine)
    beside.init_app(app, settings)  # before everything that opens a session in a request
    alembic.init_app(app)
    csrf.init_app(app)
    compress.init_app(app)
    babel.init_app(app, locale_selector=shell.selected_language)
    rest_api.init_app(app)
    errors.init_app(app)  # after flask-smorest, which would answer every error with its own JSON
    incoming.init_app(app)
    headers.init_app(app)
    rate_limits.init_app(app, settings)
    sign_in.init_app(app)
    shell.init_app(app)
    register_features(app, rest_api)
    cli.init_app(app, commands)
    return app


def matching_parameters(settings: Settings) -> dict[str, object]:
    """The district's own figures of matching, for Session.info. Raises SettingsError."""
    if not settings.matching_parameters:
        return {}
    try:
        own = engines.district_parameters(Path(settings.matching_parameters))
    except ValueError as error:
        raise SettingsError(f"MATCHING_PARAMETERS cannot be used: {error}") from None
    return {engines.PARAMETERS: own}


def offers_folder(settings: Settings) -> dict[str, object]:
    """Where what matching reads of the catalog is kept, for Session.info. None in tests: they undo
    revisions, which then come again, and what was kept of one would be taken for another's."""
    return {} if settings.testing else {kept.FOLDER: settings.instance_dir / "offers"}


def flask_config(settings: Settings) -> dict[str, object]:
    """Flask's and its extensions' configuration, made from ours; set nowhere else."""
    return {
        "TESTING": settings.testing,
        "SECRET_KEY": settings.secret_key,
        # An error's text would quote the statement's values, which are a child's, wherever it is shown.
        "SQLALCHEMY_ENGINES": {
            "default": {
                "url": settings.database_url,
                "pool_pre_ping": True,
                "hide_parameters": True,
            }
        },
        "ALEMBIC": {"script_location": str(MIGRATIONS), "file_template": "%%(rev)s_%%(slug)s"},
        # SQLite cannot alter a column: migrations rebuild the table there ("batch"). Its DDL is
        # transactional too, with the driver's own BEGIN off (app.transactions).
        "ALEMBIC_CONTEXT": {
            "render_as_batch": True,
            "render_item": render_type,
            "transactional_ddl": True,
        },
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,  # a directory may be larger: security.incoming
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "SESSION_COOKIE_NAME": "footbridge",
        "SESSION_COOKIE_SECURE": settings.cookies_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # wants a Referer; our pages send none (security.headers)
        "WTF_CSRF_CHECK_DEFAULT": False,  # app.security.headers checks, API tokens apart
        "API_TITLE": "Footbridge",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
        "COMPRESS_REGISTER": True,
        **sign_in.configuration(settings),
    }
