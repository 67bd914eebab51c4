"""A further web address of an organization or a service (HSDS 3.1)."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.organization import Organization
    from catalog.models.service import Service


class Url(Sourced, Base):
    """HSDS url."""

    __tablename__ = "url"

    label: Mapped[str | None]
    url: Mapped[str]
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )

    organization: Mapped["Organization | None"] = relationship(back_populates="urls")
    service: Mapped["Service | None"] = relationship(back_populates="urls")
