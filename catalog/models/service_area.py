"""The area that a service says it serves, as it says it."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.service import Service
    from catalog.models.service_at_location import ServiceAtLocation


class ServiceArea(Sourced, Base):
    """HSDS service_area. For reading; what matching compares is a residence rule."""

    __tablename__ = "service_area"

    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service_at_location.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None]
    description: Mapped[str | None]
    extent: Mapped[str | None]
    extent_type: Mapped[str | None]
    uri: Mapped[str | None]

    service: Mapped["Service | None"] = relationship(back_populates="service_areas")
    service_at_location: Mapped["ServiceAtLocation | None"] = relationship(
        back_populates="service_areas"
    )
