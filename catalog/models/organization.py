"""The organization: a community partner as the directory knows it."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.contact import Contact
    from catalog.models.funding import Funding
    from catalog.models.location import Location
    from catalog.models.organization_identifier import OrganizationIdentifier
    from catalog.models.phone import Phone
    from catalog.models.program import Program
    from catalog.models.service import Service
    from catalog.models.url import Url


class Organization(Sourced, Base):
    """HSDS organization. `is_active` is ours: False hides all of its services from matching."""

    __tablename__ = "organization"

    name: Mapped[str] = mapped_column(index=True)
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    website: Mapped[str | None]
    tax_status: Mapped[str | None]
    tax_id: Mapped[str | None]
    year_incorporated: Mapped[int | None]
    legal_status: Mapped[str | None]
    logo: Mapped[str | None]
    uri: Mapped[str | None]
    parent_organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="SET NULL"), index=True
    )
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    programs: Mapped[list["Program"]] = relationship(back_populates="organization")
    services: Mapped[list["Service"]] = relationship(back_populates="organization")
    locations: Mapped[list["Location"]] = relationship(back_populates="organization")
    phones: Mapped[list["Phone"]] = relationship(back_populates="organization")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="organization")
    funding: Mapped[list["Funding"]] = relationship(
        back_populates="organization", cascade="all, delete-orphan", passive_deletes=True
    )
    identifiers: Mapped[list["OrganizationIdentifier"]] = relationship(
        back_populates="organization", cascade="all, delete-orphan", passive_deletes=True
    )
    urls: Mapped[list["Url"]] = relationship(back_populates="organization")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy as it stands
