"""A language spoken at a service, a location, or on a telephone line."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.location import Location
    from catalog.models.phone import Phone
    from catalog.models.service import Service


class Language(Sourced, Base):
    """HSDS language. `code` is ISO 639-1 where there is one, else ISO 639-3."""

    __tablename__ = "language"

    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    phone_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("phone.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None]
    code: Mapped[str | None]
    note: Mapped[str | None]

    service: Mapped["Service | None"] = relationship(back_populates="languages")
    location: Mapped["Location | None"] = relationship(back_populates="languages")
    phone: Mapped["Phone | None"] = relationship(back_populates="languages")
