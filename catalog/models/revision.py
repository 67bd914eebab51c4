"""The catalog's revision: one counter that moves whenever what can be offered changes."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base


class CatalogRevision(Base):
    """A single row. Moved by `services.bump_revision`, read by `queries.current_revision`.

    `read_for_needs` is the number at which needs were last proposed for services without one.
    """

    __tablename__ = "catalog_revision"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    number: Mapped[int] = mapped_column(default=0)
    read_for_needs: Mapped[int | None]
