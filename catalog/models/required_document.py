"""A paper that a family must bring."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.service import Service


class RequiredDocument(Sourced, Base):
    """HSDS required_document."""

    __tablename__ = "required_document"

    service_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    document: Mapped[str | None]
    uri: Mapped[str | None]

    service: Mapped["Service | None"] = relationship(back_populates="required_documents")
