"""The catalog as a file to take along: made by the worker, once for each state of the catalog."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, UTCDateTime, one_of

FORMATS = ("hsds-csv", "hsds-json", "xlsx")
STATES = ("waiting", "working", "done", "failed")
_AT_WORK = text(one_of("state", STATES[:2]))


class CatalogExport(Base):
    """One export. `revision` is the catalog's when it was begun; `counts` rows by table, `kept_back`
    what no export tells, by its words."""

    __tablename__ = "catalog_export"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("format", FORMATS), name="format"),
        Index("ix_catalog_export_format_asked_at", "format", "asked_at"),
        Index(
            "uq_catalog_export_at_work",
            "format",
            unique=True,
            sqlite_where=_AT_WORK,
            postgresql_where=_AT_WORK,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    format: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    problem: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    file_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("stored_file.id", ondelete="SET NULL"), index=True
    )
    file_size: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept_back: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
