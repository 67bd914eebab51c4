"""The program: a group of services of one organization."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.organization import Organization
    from catalog.models.service import Service


class Program(Sourced, Base):
    """HSDS program."""

    __tablename__ = "program"

    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")

    organization: Mapped["Organization | None"] = relationship(back_populates="programs")
    services: Mapped[list["Service"]] = relationship(back_populates="program")
