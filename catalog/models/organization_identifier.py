"""A number under which others know an organization: a charity's, a company's, a tax number."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.organization import Organization


class OrganizationIdentifier(Sourced, Base):
    """HSDS organization_identifier. `identifier_scheme` is a code of org-id.guide,
    `identifier_type` the same in words."""

    __tablename__ = "organization_identifier"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    identifier_scheme: Mapped[str | None]
    identifier_type: Mapped[str] = mapped_column(default="")
    identifier: Mapped[str]

    organization: Mapped["Organization"] = relationship(back_populates="identifiers")
