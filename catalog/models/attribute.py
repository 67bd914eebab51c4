"""The label that ties a taxonomy term to a row of any table."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, sourced_table_args

if TYPE_CHECKING:
    from catalog.models.taxonomy_term import TaxonomyTerm


class Attribute(Sourced, Base):
    """HSDS 3.1 attribute. `link_entity` is the table's name, `link_type` says in what sense.

    `link_id` has no foreign key, since it may name a row of any table: what removes that row
    removes its attributes too.
    """

    __tablename__ = "attribute"
    __table_args__ = sourced_table_args(
        Index("ix_attribute_link_entity_link_id", "link_entity", "link_id"),
    )

    link_id: Mapped[uuid.UUID]
    taxonomy_term_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("taxonomy_term.id", ondelete="CASCADE"), index=True
    )
    link_type: Mapped[str | None]
    link_entity: Mapped[str]
    value: Mapped[str | None]
    label: Mapped[str | None]

    taxonomy_term: Mapped["TaxonomyTerm"] = relationship()
