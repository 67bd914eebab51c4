"""Who pays for a service or an organization."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.organization import Organization
    from catalog.models.service import Service


class Funding(Sourced, Base):
    """HSDS funding. HSDS's `source` is `funding_source` here: ours says which directory it is from."""

    __tablename__ = "funding"

    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    funding_source: Mapped[str | None]

    organization: Mapped["Organization | None"] = relationship(back_populates="funding")
    service: Mapped["Service | None"] = relationship(back_populates="funding")
