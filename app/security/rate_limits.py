"""Limits on tries: at signing in, at opening links, at reading the public listing. Counted in Redis
where there is one, else in our database.

The check runs before anything of the request reads or writes, so that the count's own transaction
never waits for the request's. Who tried is kept as a keyed hash only. A try that signs in is given
back: a whole school may sit behind one address, and only wrong passwords are to be few.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from flask_security import user_authenticated
from limits import RateLimitItem, parse, parse_many
from limits.errors import ConfigurationError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from app.extensions import db
from app.security.limit_storage import DatabaseStorage
from app.settings import Settings, SettingsError

PASSWORD_PAGES = frozenset({"security.login", "security.verify"})


@dataclass(frozen=True)
class Rule:
    """How many tries, and who is counted: `key` names them, or None where nobody is named."""

    name: str
    limits: tuple[RateLimitItem, ...]
    key: Callable[[], str | None]


def visitor() -> str:
    """The visitor's network address; of an IPv6 address the part that a household is given."""
    text = request.remote_addr or "unknown"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return text


def account() -> str | None:
    """The account that the sign-in form names, whether it exists or not."""
    given = request.form.get("email")
    if given is None and request.is_json:
        body = request.get_json(silent=True)
        given = body.get("email") if isinstance(body, dict) else None
    return str(given).strip().casefold() or None if given is not None else None


SIGN_IN = (
    Rule("sign_in_visitor", tuple(parse_many("10/minute; 60/hour")), visitor),
    Rule("sign_in_account", (parse("10/15 minute"),), account),
)
LINKS = (Rule("link_visitor", (parse("120/minute"),), visitor),)
SUGGESTIONS = (Rule("suggestion_visitor", tuple(parse_many("5/hour; 20/day")), visitor),)
PUBLIC_LISTING = (Rule("listing_visitor", (parse("600/minute"),), visitor),)


def init_app(app: Flask, settings: Settings) -> None:
    """Count from now on. Raises SettingsError where REDIS_URL cannot be used."""
    app.extensions["footbridge_limits"] = FixedWindowRateLimiter(storage_of(settings))
    app.before_request(check_limits)
    app.after_request(give_back)
    user_authenticated.connect(note_success, app)


def storage_of(settings: Settings) -> Storage:
    """Where tries are counted."""
    if not settings.redis_url:
        return DatabaseStorage(lambda: db.engine)
    try:
        storage = storage_from_string(settings.redis_url)
    except ConfigurationError:
        raise SettingsError(
            "REDIS_URL cannot be used: it must look like redis://host:6379/0, and the package "
            "redis must be installed. Correct it, or unset it to count in the database."
        ) from None
    assert isinstance(storage, Storage)  # noqa: S101 - the others are asked for by async+redis://
    return storage


def check_limits() -> None:
    """Raise 429 with Retry-After where this request is one too many."""
    g.counted_tries = []
    for rule in rules_of_request():
        who = rule.key()
        if who is None:
            continue
        for limit in rule.limits:
            counted = (rule.name, hashed(who))
            if not limiter().hit(limit, *counted):
                ends_at = limiter().get_window_stats(limit, *counted).reset_time
                raise TooManyRequests(retry_after=max(1, int(ends_at - time.time()) + 1))
            g.counted_tries.append((limit, counted))


def note_success(_app: Flask, **_facts: object) -> None:
    """Somebody signed in with this request."""
    g.has_signed_in = True


def give_back(response: Response) -> Response:
    """Take a try that signed in off the counts."""
    if request.endpoint in PASSWORD_PAGES and g.get("has_signed_in"):
        db.session.rollback()  # signing in has committed; what was read since would hold the lock
        for limit, counted in g.counted_tries:
            limiter().hit(limit, *counted, cost=-1)
    return response


def limiter() -> FixedWindowRateLimiter:
    """The current app's."""
    found: FixedWindowRateLimiter = current_app.extensions["footbridge_limits"]
    return found


def rules_of_request() -> tuple[Rule, ...]:
    """Which rules this request is under: passwords when sent, links whenever one is opened, the
    public listing whenever it is read, corrections of it when sent."""
    endpoint = request.endpoint or ""
    if request.blueprint == "hsds":
        return PUBLIC_LISTING
    if endpoint == "public_listings.suggest":
        return SUGGESTIONS
    if request.blueprint == "public_listings":
        return PUBLIC_LISTING
    if endpoint in PASSWORD_PAGES:
        return SIGN_IN if request.method == "POST" else ()
    guard = getattr(current_app.view_functions.get(endpoint), "guard", ("", ""))
    return LINKS if guard[0] == "link" else ()


def hashed(who: str) -> str:
    """A name for a visitor or an account that only this installation can make."""
    secret = current_app.extensions["footbridge"].settings.secret_key.encode()
    return hmac.new(secret, b"footbridge.limit:" + who.encode(), hashlib.sha256).hexdigest()[:40]
