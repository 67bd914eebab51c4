"""What a location has for people with access needs."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.location import Location


class Accessibility(Sourced, Base):
    """HSDS accessibility. `description` is a code of `vocabulary.ACCESS_NEEDS` if one fits."""

    __tablename__ = "accessibility"

    location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), index=True
    )
    description: Mapped[str | None]
    details: Mapped[str | None]
    url: Mapped[str | None]

    location: Mapped["Location | None"] = relationship(back_populates="accessibility")
