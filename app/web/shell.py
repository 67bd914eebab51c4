"""The shared page shell: language, navigation, and what every template knows.

create_app calls `init_app`; templates call the rest. Reads the request and the session; asks the
database nothing itself (`current_actor` may, for a signed-in page).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from babel.support import NullTranslations
from flask import Flask, Response, current_app, g, has_request_context, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import get_locale, get_translations, gettext, lazy_gettext, refresh
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.routing import BuildError

from app.clock import district_date, utcnow
from app.security.guard import current_actor
from app.security.policy import Role, is_allowed
from app.settings import Settings
from app.web import assets, demo, formats

LANGUAGES = {"en": "English", "es": "Español"}

ROLE_LABELS = {
    Role.PLAN_MANAGER: lazy_gettext("Plan manager"),
    Role.PARTNER: lazy_gettext("Community partner"),
    Role.DISTRICT_ADMIN: lazy_gettext("District team"),
    Role.PARTNER_LINK: lazy_gettext("Community partner"),
    Role.FAMILY_LINK: lazy_gettext("Family"),
    Role.LISTING_LINK: lazy_gettext("Community partner"),
    Role.SYSTEM: lazy_gettext("Footbridge"),
}

# (label, endpoint, the action of the policy that opens it, icon), in the order shown.
NAVIGATION = (
    (lazy_gettext("Today"), "students.today", "students.read", "home"),
    (lazy_gettext("Inbox"), "partners.inbox", "referrals.inbox", "inbox"),
    (lazy_gettext("Our listings"), "listings.list_listings", "listings.edit", "edit"),
    (lazy_gettext("District"), "students.district", "district.read", "chart"),
    (lazy_gettext("My students"), "students.list_students", "students.read", "people"),
    (lazy_gettext("Referrals"), "referrals.list_referrals", "referrals.list", "send"),
    (lazy_gettext("Places"), "places.list_runs", "places.read", "calendar"),
    (lazy_gettext("Directory"), "directory.browse", "catalog.read", "search"),
    (lazy_gettext("Listing changes"), "listing_review.list_waiting", "listings.review", "edit"),
    (
        lazy_gettext("Listings to call about"),
        "listing_review.list_to_call",
        "listings.review",
        "phone",
    ),
    (lazy_gettext("Listings to mend"), "recommendations.list_to_mend", "catalog.edit", "alert"),
    (lazy_gettext("Twice in the directory?"), "duplicates.list_pairs", "catalog.merge", "people"),
    (lazy_gettext("Places on the map"), "geocoding.list_places", "catalog.edit", "pin"),
    (lazy_gettext("Imports"), "imports.list_runs", "catalog.import", "inbox"),
    (lazy_gettext("Proposed needs"), "needs.list_proposals", "catalog.name_needs", "star"),
    (lazy_gettext("Import conflicts"), "listing_review.list_conflicts", "listings.review", "alert"),
)
NOT_FOR = {"students.today": Role.DISTRICT_ADMIN}  # reads students too, but begins at District

CATALOGS: dict[str, NullTranslations] = {}  # our words in each language, once they were asked for


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the menu. `is_current`: this page, or a page below it."""

    label: str
    href: str
    icon: str
    is_current: bool


class PageSessions(SecureCookieSessionInterface):
    """The cookie belongs to pages. Flask-Login touches the session on every request, but a file that
    is kept for a year must not carry a visitor's cookie, nor be fetched anew for each new one.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, except beside a file."""
        if request.endpoint != "web.asset":
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Give templates their filters and the functions below."""
    app.session_interface = PageSessions()
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.tests["outdated"] = is_outdated
    app.jinja_env.globals.update(
        _=translated,
        gettext=translated,
        actor=current_actor,
        asset_url=asset_url,
        csrf=csrf,
        demo_accounts=demo_accounts,
        is_allowed=lambda action: is_allowed(current_actor(), action),
        language=selected_language,
        languages=lambda: LANGUAGES,
        nav_items=nav_items,
        return_path=return_path,
        role_label=role_label,
    )


def selected_language() -> str:
    """The language chosen by the visitor, else the browser's first that we have, else English.

    Outside a request (a job, a command) English; letters name their own language.
    """
    if not has_request_context():
        return "en"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    preferred = g.get("preferred_language")
    return preferred or request.accept_languages.best_match(LANGUAGES) or "en"


def translated(words: str, /, **facts: object) -> Markup:
    """`_` and `gettext` of templates, as Jinja's own: facts are escaped, and "%" is written "%%". A page
    says some hundred words, and the library looks three times where it is for each of them.
    """
    language = getattr(get_locale(), "language", "en")
    known = CATALOGS.get(language) or CATALOGS.setdefault(language, get_translations())
    told = Markup(known.ugettext(words))  # noqa: S704 - our own words
    return told % facts if facts or "%" in told else told


def is_outdated(told: date | None) -> bool:
    """Whether a fact was told so long ago, or never, that one asks before relying on it."""
    if told is None:
        return True
    return (district_date(utcnow()) - told).days > settings().listing_review_days


def prefer_language(code: str | None) -> None:
    """Show this page in the language that the family speaks best, unless the visitor chose one."""
    if code in LANGUAGES:
        g.preferred_language = code
        refresh()


def csrf() -> Markup:
    """The hidden input that every POST form carries, made once a page."""
    if "csrf_field" not in g:
        field = Markup('<input type="hidden" name="csrf_token" value="{}">')
        g.csrf_field = field.format(generate_csrf())
    return cast("Markup", g.csrf_field)


def asset_url(name: str) -> str:
    """The address of a style, script or picture; it changes when the file does."""
    return url_for("web.asset", digest=assets.asset_digest(name), name=name)


def role_label(role: Role) -> str:
    """A role in words."""
    return str(ROLE_LABELS[role])


def nav_items() -> list[NavItem]:
    """What the person signed in may open, without endpoints that are not registered."""
    actor = current_actor()
    items = []
    for label, endpoint, action, icon in NAVIGATION:
        if not is_allowed(actor, action) or (actor and NOT_FOR.get(endpoint) is actor.role):
            continue
        if endpoint == "students.list_students" and actor and actor.role is Role.DISTRICT_ADMIN:
            label = lazy_gettext("Students")  # noqa: PLW2901
        items.append(nav_item(str(label), endpoint, icon))
    if actor and settings().demo:
        items.append(nav_item(gettext("Demo mail"), "notices.demo_mail", "mail"))
    return [item for item in items if item is not None]


def nav_item(label: str, endpoint: str, icon: str) -> NavItem | None:
    """The entry, or None where the endpoint is not registered."""
    try:
        href = url_for(endpoint)
    except BuildError:
        return None
    is_current = request.path == href or request.path.startswith(href.rstrip("/") + "/")
    return NavItem(label, href, icon, is_current)


def return_path() -> str:
    """Where a choice of language comes back to: this page, or the front door from a form."""
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return "/"
    return request.full_path.rstrip("?")


def is_local_path(target: str) -> bool:
    """Whether a page may send the visitor there: a path of this site and nothing else."""
    return (
        target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and target.isprintable()
    )


def demo_accounts() -> list[dict[str, str]]:
    """The demo's accounts for the sign-in page; none where this is not a demo."""
    if not settings().demo:
        return []
    return [
        {
            "email": account.email,
            "name": account.name,
            "role": role_label(account.role),
            "password": demo.DEMO_PASSWORD,
        }
        for account in demo.DEMO_ACCOUNTS
    ]


def settings() -> Settings:
    """This installation's settings."""
    found: Settings = current_app.extensions["footbridge"].settings
    return found
