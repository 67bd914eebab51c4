"""Who may do what, to which rows: one table, read by pages, API and SQL alike.

A view asks `require(actor, action)` and, for one row, `require(actor, action, school_id=…)`; a query
asks `rows(actor, action, school_id=Student.school_id)` for the same rule as a WHERE. There is no other
place where authorization is decided. Consent is another question: app/consents answers it.
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, false, true

from app.errors import Forbidden, NotFound, NotSignedIn


class Role(enum.StrEnum):
    """The kinds of people; those that end in LINK come by a link and have no account."""

    PLAN_MANAGER = "plan_manager"
    PARTNER = "partner"
    DISTRICT_ADMIN = "district_admin"
    PARTNER_LINK = "partner_link"
    FAMILY_LINK = "family_link"
    LISTING_LINK = "listing_link"
    SYSTEM = "system"


class Scope(enum.Enum):
    """Which rows a role's permission reaches."""

    ALL = "all"
    OWN_SCHOOLS = "own schools"
    OWN_ORGANIZATION = "own organization"
    OWN_SUBJECT = "the one thing that the link is for"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting, with all that the policy needs to know of them."""

    role: Role
    name: str
    user_id: uuid.UUID | None = None
    school_ids: frozenset[uuid.UUID] = field(default_factory=frozenset)
    organization_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None


SYSTEM = Actor(role=Role.SYSTEM, name="Footbridge")

POLICY: dict[str, dict[Role, Scope]] = {
    "students.read": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS, Role.DISTRICT_ADMIN: Scope.ALL},
    "students.match": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS, Role.DISTRICT_ADMIN: Scope.ALL},
    "plans.write": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS},
    "consents.record": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS},
    "families.invite": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS},
    "families.suggest": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS},
    "families.view": {Role.FAMILY_LINK: Scope.OWN_SUBJECT},
    "families.respond": {Role.FAMILY_LINK: Scope.OWN_SUBJECT},
    "referrals.list": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS, Role.DISTRICT_ADMIN: Scope.ALL},
    "referrals.read": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS, Role.DISTRICT_ADMIN: Scope.ALL},
    "referrals.write": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS},
    "referrals.inbox": {Role.PARTNER: Scope.OWN_ORGANIZATION},
    "referrals.view_as_partner": {
        Role.PARTNER: Scope.OWN_ORGANIZATION,
        Role.PARTNER_LINK: Scope.OWN_SUBJECT,
    },
    "referrals.answer": {
        Role.PARTNER: Scope.OWN_ORGANIZATION,
        Role.PARTNER_LINK: Scope.OWN_SUBJECT,
    },
    "listings.edit": {Role.PARTNER: Scope.OWN_ORGANIZATION, Role.LISTING_LINK: Scope.OWN_SUBJECT},
    "listings.review": {Role.DISTRICT_ADMIN: Scope.ALL},
    "places.read": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS, Role.DISTRICT_ADMIN: Scope.ALL},
    "places.propose": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS, Role.DISTRICT_ADMIN: Scope.ALL},
    "places.accept": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS},
    "places.drop": {Role.PLAN_MANAGER: Scope.OWN_SCHOOLS, Role.DISTRICT_ADMIN: Scope.ALL},
    "catalog.read": {
        Role.PLAN_MANAGER: Scope.ALL,
        Role.DISTRICT_ADMIN: Scope.ALL,
        Role.PARTNER: Scope.ALL,
    },
    "catalog.export": {
        Role.PLAN_MANAGER: Scope.ALL,
        Role.DISTRICT_ADMIN: Scope.ALL,
        Role.PARTNER: Scope.ALL,
    },
    "catalog.history": {Role.PLAN_MANAGER: Scope.ALL, Role.DISTRICT_ADMIN: Scope.ALL},
    "catalog.restore": {Role.DISTRICT_ADMIN: Scope.ALL},
    "catalog.merge": {Role.DISTRICT_ADMIN: Scope.ALL},
    "catalog.edit": {Role.DISTRICT_ADMIN: Scope.ALL},
    "catalog.import": {Role.DISTRICT_ADMIN: Scope.ALL},
    "catalog.name_needs": {Role.DISTRICT_ADMIN: Scope.ALL},
    "catalog.missed_words": {Role.DISTRICT_ADMIN: Scope.ALL},
    "district.read": {Role.DISTRICT_ADMIN: Scope.ALL},
}


def scope_of(actor: Actor | None, action: str) -> Scope:
    """How far `actor` may go with `action`; NotSignedIn or Forbidden where not at all."""
    permissions = POLICY[action]
    if actor is None:
        raise NotSignedIn("Sign in to see this page.")
    if actor.role not in permissions:
        raise Forbidden("This page is for another kind of account than yours.")
    return permissions[actor.role]


def is_allowed(actor: Actor | None, action: str) -> bool:
    """Whether the role has the action at all, for showing or hiding a button."""
    return actor is not None and actor.role in POLICY[action]


def require(
    actor: Actor | None,
    action: str,
    *,
    school_id: uuid.UUID | None = None,
    organization_id: uuid.UUID | None = None,
    subject_id: uuid.UUID | None = None,
) -> None:
    """Let the act on this row pass, or raise NotFound: what one may not see is not there."""
    scope = scope_of(actor, action)
    assert actor is not None  # noqa: S101 - scope_of raised otherwise
    reached = {
        Scope.ALL: True,
        Scope.OWN_SCHOOLS: school_id is not None and school_id in actor.school_ids,
        Scope.OWN_ORGANIZATION: organization_id is not None
        and organization_id == actor.organization_id,
        Scope.OWN_SUBJECT: subject_id is not None and subject_id == actor.subject_id,
    }
    if not reached[scope]:
        raise NotFound("It is not there, or your account may not see it.")


def rows(
    actor: Actor | None,
    action: str,
    *,
    school_id: Any = None,
    organization_id: Any = None,
    subject_id: Any = None,
) -> ColumnElement[bool]:
    """The WHERE that keeps the rows which `actor` may reach, over the columns named.

    A scope whose column was not named reaches nothing, so that a forgotten column hides, never shows.
    """
    scope = scope_of(actor, action)
    assert actor is not None  # noqa: S101 - scope_of raised otherwise
    if scope is Scope.ALL:
        return true()
    if scope is Scope.OWN_SCHOOLS and school_id is not None:
        return school_id.in_(actor.school_ids)  # type: ignore[no-any-return]
    if scope is Scope.OWN_ORGANIZATION and organization_id is not None and actor.organization_id:
        return organization_id == actor.organization_id  # type: ignore[no-any-return]
    if scope is Scope.OWN_SUBJECT and subject_id is not None and actor.subject_id:
        return subject_id == actor.subject_id  # type: ignore[no-any-return]
    return false()
