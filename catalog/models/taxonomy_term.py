"""A term of a taxonomy: what services are labelled with."""

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.taxonomy import Taxonomy


class TaxonomyTerm(Sourced, Base):
    """HSDS taxonomy_term. `taxonomy` is the taxonomy's name, `taxonomy_id` its row.

    HSDS knows one parent; where a source gives several, the first is `parent_id` and the ids of
    the others are in `extra["other_parent_ids"]`.
    """

    __tablename__ = "taxonomy_term"

    code: Mapped[str | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(index=True)
    description: Mapped[str] = mapped_column(default="")
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("taxonomy_term.id", ondelete="SET NULL"), index=True
    )
    taxonomy: Mapped[str | None]
    language: Mapped[str | None]
    taxonomy_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("taxonomy.id", ondelete="CASCADE"), index=True
    )
    term_uri: Mapped[str | None]

    taxonomy_detail: Mapped["Taxonomy | None"] = relationship(back_populates="terms")
    parent: Mapped["TaxonomyTerm | None"] = relationship(remote_side="TaxonomyTerm.id")
