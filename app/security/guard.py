"""The decorators that put the policy in front of every view, and who is acting now.

Every route carries one of `@public(why)`, `@requires(action)`, `@requires_link(kind, action)`; a
test walks the URL map and fails on a route that carries none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from flask import current_app, g
from flask_security import current_user

from app.clock import utcnow
from app.extensions import db
from app.security import links
from app.security.models import AccessLink, User
from app.security.policy import Actor, Role, scope_of
from app.transactions import is_writing
from catalog.history import Author, write_as

P = ParamSpec("P")
R = TypeVar("R")

# Who can have an account, the narrowest reach first.
STAFF = frozenset({Role.PLAN_MANAGER, Role.DISTRICT_ADMIN})
ACCOUNT_ROLES = (Role.PARTNER, Role.PLAN_MANAGER, Role.DISTRICT_ADMIN)


def current_actor() -> Actor | None:
    """Who is signed in, as the policy sees them; None for nobody."""
    if "actor" not in g:
        user = current_user._get_current_object()
        g.actor = actor_of(user) if getattr(user, "is_authenticated", False) else None
    actor: Actor | None = g.actor
    return actor


def signed_in_actor() -> Actor:
    """Who is signed in, in a view behind `@requires`."""
    actor = current_actor()
    assert actor is not None  # noqa: S101 - @requires let nobody else in
    return actor


def actor_of(user: User) -> Actor | None:
    """The actor that an account stands for. An account without a role stands for nobody; of several
    roles the narrowest counts, the same one each time, and never one that only links have.
    """
    names = {role.name for role in user.roles}
    role = next((role for role in ACCOUNT_ROLES if role in names), None)
    if role is None:
        return None
    return Actor(
        role=role,
        name=user.name,
        user_id=user.id,
        school_ids=frozenset(row.school_id for row in user.schools),
        organization_id=user.organization_id,
    )


def requires(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only for those whose role has `action`; which rows, the view's query says."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            scope_of(current_actor(), action)
            sign_changes(signed_in_actor())
            return view(*args, **kwargs)

        guarded.guard = ("requires", action)  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Open to everyone, for the reason given."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.guard = ("public", why)  # type: ignore[attr-defined]
        return view

    return decorate


def requires_link(kind: str, action: str) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Only by a working link of `kind`: the view gets `link` and `actor` in place of `token`."""

    def decorate(view: Callable[..., R]) -> Callable[..., R]:
        @functools.wraps(view)
        def guarded(*args: Any, token: str, **kwargs: Any) -> R:
            link, actor = open_link(kind, token)
            scope_of(actor, action)
            sign_changes(actor)
            return view(*args, link=link, actor=actor, token=token, **kwargs)

        guarded.guard = ("link", action)  # type: ignore[attr-defined]
        return guarded

    return decorate


def sign_changes(actor: Actor) -> None:
    """What this request changes in the directory stands under the actor's name in its history."""
    if is_writing():
        kind = "staff" if actor.role in STAFF else "partner"
        write_as(db.session, Author(actor.name, kind, utcnow()))


def open_link(kind: str, token: str) -> tuple[AccessLink, Actor]:
    """The link of this request; raises NotFound or LinkExpired."""
    secret = current_app.extensions["footbridge"].settings.secret_key
    return links.read_link(db.session, token, kind=kind, secret=secret, now=utcnow())
