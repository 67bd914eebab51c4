"""Who may sign in, in which role, for which schools or organization; and links that need no account.

Accounts belong to adults: there are none for students or families.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, UTCDateTime

user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """A role by name: the values of `app.security.policy.Role`."""

    __tablename__ = "role"

    id: Mapped[uuid.UUID] = mapped_column(  # type: ignore[assignment]
        Uuid, primary_key=True, default=uuid.uuid4
    )
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str] = mapped_column(String(200), default="")


class User(Base, UserMixin):
    """A person with an account. `schools` bounds a plan manager, `organization_id` a partner."""

    __tablename__ = "user"

    id: Mapped[uuid.UUID] = mapped_column(  # type: ignore[assignment]
        Uuid, primary_key=True, default=uuid.uuid4
    )
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=user_role, lazy="selectin"
    )
    schools: Mapped[list[UserSchool]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class UserSchool(Base):
    """A school whose students a plan manager may see."""

    __tablename__ = "user_school"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    school_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("school.id", ondelete="CASCADE"), primary_key=True
    )


class AccessLink(Base):
    """A link that works without an account, for one referral, one student's family
    or one listing.

    The link's text is signed, not stored: a copy of this table opens nothing. A new link for the
    same subject revokes the one before.
    """

    __tablename__ = "access_link"
    __table_args__ = (CheckConstraint("kind IN ('referral', 'family', 'listing')", name="kind"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
