"""A taxonomy: a named list of terms."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced

if TYPE_CHECKING:
    from catalog.models.taxonomy_term import TaxonomyTerm


class Taxonomy(Sourced, Base):
    """HSDS taxonomy."""

    __tablename__ = "taxonomy"

    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    uri: Mapped[str | None]
    version: Mapped[str | None]

    terms: Mapped[list["TaxonomyTerm"]] = relationship(back_populates="taxonomy_detail")
