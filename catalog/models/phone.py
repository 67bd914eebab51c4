"""A telephone number of an organization, a service, a location, or a contact."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.contact import Contact
    from catalog.models.language import Language
    from catalog.models.location import Location
    from catalog.models.organization import Organization
    from catalog.models.service import Service
    from catalog.models.service_at_location import ServiceAtLocation


class Phone(Sourced, Base):
    """HSDS phone. One with a `contact_id` belongs to a person and is never public."""

    __tablename__ = "phone"

    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    contact_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[str]
    extension: Mapped[str | None]
    type: Mapped[str | None]
    description: Mapped[str | None]

    location: Mapped["Location | None"] = relationship(back_populates="phones")
    service: Mapped["Service | None"] = relationship(back_populates="phones")
    organization: Mapped["Organization | None"] = relationship(back_populates="phones")
    contact: Mapped["Contact | None"] = relationship(back_populates="phones")
    service_at_location: Mapped["ServiceAtLocation | None"] = relationship(back_populates="phones")
    languages: Mapped[list["Language"]] = relationship(
        back_populates="phone", cascade="all, delete-orphan", passive_deletes=True
    )
