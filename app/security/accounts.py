"""Making and closing accounts, for the command line (pages come later). Accounts belong to adults."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid, NotFound
from app.security.models import Role, User, UserSchool
from app.security.policy import Role as RoleName

ACCOUNT_ROLES = (RoleName.PLAN_MANAGER, RoleName.PARTNER, RoleName.DISTRICT_ADMIN)


def add_account(
    session: Session,
    *,
    email: str,
    name: str,
    role: RoleName,
    password_hash: str,
    school_ids: Sequence[uuid.UUID] = (),
    organization_id: uuid.UUID | None = None,
) -> User:
    """A new account. Conflict: the address has one; Invalid: the role's schools or organization
    are missing, or are not this role's.
    """
    if (role is RoleName.PLAN_MANAGER) != bool(school_ids):
        raise Invalid("A plan manager needs at least one school; no other role has any.")
    if (role is RoleName.PARTNER) != (organization_id is not None):
        raise Invalid("A partner needs an organization; no other role has one.")
    if session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Conflict("There is already an account with this address.")
    row = session.scalar(select(Role).where(Role.name == str(role)))
    user = User(
        email=email,
        name=name,
        password=password_hash,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        organization_id=organization_id,
        roles=[row or Role(name=str(role))],
        schools=[UserSchool(school_id=school_id) for school_id in dict.fromkeys(school_ids)],
    )
    session.add(user)
    session.flush()
    return user


def close_account(session: Session, email: str) -> User:
    """Nobody signs in with this account any more, and who is signed in by it is signed out."""
    user = account_by_email(session, email)
    user.active = False
    user.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    return user


def set_password(session: Session, email: str, password_hash: str) -> User:
    """A new password; who is signed in by the old one is signed out."""
    user = account_by_email(session, email)
    user.password = password_hash
    user.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    return user


def account_by_email(session: Session, email: str) -> User:
    """The account with this address, or NotFound."""
    user = session.scalar(select(User).where(User.email == email))
    if user is None:
        raise NotFound("There is no account with this address.")
    return user
