"""Every route of the product with its guard, and requests to it for the policy tests.

A new route is covered without being named anywhere. Only an argument that no test knows yet must be
added to STRINGS below, and a route that reads its body before its object to BODIES.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.security.policy import POLICY, Role, Scope
from app.settings import Settings
from tests.fixtures.client import CheckedClient, TestResponse
from tests.fixtures.database import test_application

ACCOUNTS = (Role.PLAN_MANAGER, Role.PARTNER, Role.DISTRICT_ADMIN)
SAFE = {"GET", "HEAD", "OPTIONS"}

# Served by the libraries, which cannot carry our guards; and why each may be open.
LIBRARY_ROUTES = {
    "static": "style and pictures of the sign-in page",
    "security.static": "a script of Flask-Security, without data",
    "security.login": "the way in",
    "security.logout": "the way out; it only forgets",
    "security.verify": "asks the password again of who is signed in",
    "api-docs.openapi_json": "describes the API, without data",
}

# What stands for an argument of text in an address.
STRINGS = {
    "action": "withdraw",
    "category": "glasses",
    "token": "forged",
    "digest": "0",
    "name": "x",
}
# By endpoint: what must be sent before the view comes to look for its object.
NO_ID = str(uuid.UUID(int=0))
BODIES: dict[str, dict[str, Any]] = {
    "families.suggest": {"service_at_location_id": NO_ID},
    "listings.places_listing": {"available": "1"},
    "partners.answer_in_inbox": {"version": "1"},
    "places.accept": {"version": "1"},
    "places.drop": {"version": "1"},
    "places.drop_run": {"sure": "1"},
    "places.propose": {"school": NO_ID, "term": "Spring 2027"},
    "referrals.act": {"version": "1", "reason": "moved"},
    "referrals.create_draft": {"service_at_location_id": NO_ID, "category": "dental-checkup"},
    "referrals.send": {"version": "1"},
    "referrals_api.act": {"action": "withdraw", "reason": "moved"},
}


@dataclass(frozen=True)
class Route:
    """A rule of the URL map with one method. `kind` is requires, link, public, or none."""

    method: str
    rule: str
    endpoint: str
    kind: str
    detail: str
    arguments: tuple[tuple[str, str], ...]
    commits: bool

    @property
    def is_api(self) -> bool:
        """Programs get a status where people get a page."""
        return self.rule.startswith("/api/")

    @property
    def objects(self) -> list[str]:
        """The arguments that name a row."""
        return [name for name, converter in self.arguments if converter == "UUIDConverter"]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def routes_of(app: Flask) -> list[Route]:
    """Every route, in a stable order."""
    return [
        route_of(app, rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def route_of(app: Flask, rule: Rule, method: str) -> Route:
    """One method of one rule."""
    view = app.view_functions[rule.endpoint]
    kind, detail = getattr(view, "guard", ("none", ""))
    converters = {name: type(converter).__name__ for name, converter in rule._converters.items()}
    return Route(
        method,
        rule.rule,
        rule.endpoint,
        kind,
        detail,
        tuple(converters.items()),
        bool(getattr(view, "commits", False)),
    )


def all_routes() -> list[Route]:
    """The routes of the product, for `parametrize`: no database is opened."""
    folder = Path(tempfile.gettempdir())
    return routes_of(
        test_application(
            Settings(
                instance_dir=folder,
                secret_key="not a secret: only to list the routes",
                database_url="sqlite://",
                base_url="https://localhost",
                testing=True,
            )
        )
    )


def roles_without(action: str) -> list[Role]:
    """The accounts that may not do `action` at all."""
    return [role for role in ACCOUNTS if role not in POLICY[action]]


def roles_with(action: str, *scopes: Scope) -> list[Role]:
    """The accounts that may, within one of `scopes`."""
    return [role for role in ACCOUNTS if POLICY[action].get(role) in scopes]


def call(
    client: CheckedClient, route: Route, objects: Callable[[str], uuid.UUID], **strings: str
) -> TestResponse:
    """Send a request to the route; `objects` gives the id for each argument that names a row."""
    values: dict[str, Any] = {}
    for name, converter in route.arguments:
        if converter == "UUIDConverter":
            values[name] = objects(name)
        else:
            assert name in {**STRINGS, **strings}, f"say in STRINGS what {name!r} of {route} can be"
            values[name] = {**STRINGS, **strings}[name]
    adapter = client.application.url_map.bind("localhost")
    path = adapter.build(route.endpoint, values, method=route.method)
    if route.method in SAFE:
        return client.open(path, method=route.method, buffered=True)
    body = BODIES.get(route.endpoint, {})
    return client.open(
        path,
        method=route.method,
        headers={"X-CSRFToken": client.csrf_token()},
        **({"json": body} if route.is_api else {"data": body}),
    )
