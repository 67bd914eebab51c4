"""Two values of one field: what was written here, and what the source says instead since then."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, Identified, JsonType, one_of

CONFLICT_STATES = ("waiting", "ours", "theirs")


class ImportConflict(Identified, Base):
    """A field that was edited here and changed at its source: both values wait for a person.

    What was written here stands until then. Values are kept as JSON has them; `entity` is the
    table, `entity_id` the row, `label` what people call it.
    """

    __tablename__ = "import_conflict"
    __table_args__ = (
        CheckConstraint(one_of("state", CONFLICT_STATES), name="state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("ix_import_conflict_state_found_at", "state", "found_at"),
    )

    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[uuid.UUID] = mapped_column(index=True)
    label: Mapped[str]
    field: Mapped[str] = mapped_column(String(60))
    source: Mapped[str]
    ours: Mapped[Any | None] = mapped_column(JsonType)
    theirs: Mapped[Any | None] = mapped_column(JsonType)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
