"""What may stand twice, and what was merged: for the queue that a person works through."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, Identified, JsonType, one_of

MERGED_KINDS = ("organization", "service", "location", "service_at_location")
PAIR_STATES = ("waiting", "different")


class DuplicatePair(Identified, Base):
    """Two rows that look alike (the smaller id first), until somebody decides.

    `parts` are [code, points, percent] as `catalog.likeness` gives them. `different` pairs are kept,
    so that nobody is asked again; merged ones are not: `Merge` tells of them.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint(one_of("kind", MERGED_KINDS[:3]), name="kind"),
        CheckConstraint(one_of("state", PAIR_STATES), name="state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("ix_duplicate_pair_state_kind_score", "state", "kind", "score"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    first_id: Mapped[uuid.UUID]
    second_id: Mapped[uuid.UUID] = mapped_column(index=True)
    score: Mapped[int]
    parts: Mapped[list[Any]] = mapped_column(JsonType)
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))


class Merge(Identified, Base):
    """One row that was merged into another, and all that undoing it needs. Never removed.

    `fields` are [before, after] of the kept row by column, `moved` [table, row id, column] of what
    hangs on the kept row now, `removed` [table, whole row] of what both had, the merged row last.
    A service at a place that both had is merged along with them, as a row of its own with `within`
    naming this one. Values are as JSON keeps them. `dropped_at`: since when the merged row's source
    lists it no more.
    """

    __tablename__ = "merge"
    __table_args__ = (
        CheckConstraint(one_of("kind", MERGED_KINDS), name="kind"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        Index("ix_merge_merged_at", "merged_at"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    gone_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kept_id: Mapped[uuid.UUID] = mapped_column(index=True)
    within: Mapped[uuid.UUID | None] = mapped_column(index=True)
    label: Mapped[str]
    kept_label: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    moved: Mapped[list[Any]] = mapped_column(JsonType, default=list)
    removed: Mapped[list[Any]] = mapped_column(JsonType, default=list)
    merged_at: Mapped[datetime]
    merged_by: Mapped[str] = mapped_column(String(120))
    dropped_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(120))
