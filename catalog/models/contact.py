"""A person at a partner. Never public: no page for families and no export carries this table."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.location import Location
    from catalog.models.organization import Organization
    from catalog.models.phone import Phone
    from catalog.models.service import Service


class Contact(Sourced, Base):
    """HSDS contact."""

    __tablename__ = "contact"

    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None]
    title: Mapped[str | None]
    department: Mapped[str | None]
    email: Mapped[str | None]

    organization: Mapped["Organization | None"] = relationship(back_populates="contacts")
    service: Mapped["Service | None"] = relationship(back_populates="contacts")
    location: Mapped["Location | None"] = relationship(back_populates="contacts")
    phones: Mapped[list["Phone"]] = relationship(
        back_populates="contact", cascade="all, delete-orphan", passive_deletes=True
    )
