"""Signing in and out, by Flask-Security: argon2 passwords, no self-registration, a limit on tries."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, redirect, request, url_for
from flask_security import FSQLALiteUserDatastore

from app.extensions import db, security
from app.security.models import Role, User
from app.settings import Settings


def configuration(settings: Settings) -> dict[str, object]:
    """Flask-Security's part of the configuration."""
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": settings.secret_key,
        # argon2 brings its own salt: passwords outlive a change of SECRET_KEY.
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_CLI_USERS_NAME": False,  # `accounts` knows our roles, schools and organizations
        "SECURITY_CLI_ROLES_NAME": False,
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_LOGIN_USER_TEMPLATE": "security/sign_in.html",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_CHANGEABLE": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_CSRF_PROTECT_MECHANISMS": [],
        "SECURITY_FLASH_MESSAGES": True,
        # Flask-Security would take a token from the address too, where logs and histories keep it.
        "SECURITY_TOKEN_AUTHENTICATION_KEY": None,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "REMEMBER_COOKIE_DURATION": 12 * 3600,  # our page offers none; one made by hand ends too
        "REMEMBER_COOKIE_SECURE": settings.cookies_secure,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
    }


def init_app(app: Flask) -> None:
    """Bind Flask-Security to our users."""
    datastore: Any = FSQLALiteUserDatastore(db, User, Role)
    security.init_app(app, datastore, register_blueprint=True)


def redirect_to_sign_in() -> Response:
    """To the sign-in page, and back to where the person wanted to go (pages only, not forms)."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    response: Response = redirect(url_for("security.login", next=target))  # type: ignore[assignment]
    return response
