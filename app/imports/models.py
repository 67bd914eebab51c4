"""What was uploaded to be brought in: each run with its report, and the mapping kept for a source.

Runs stay as the list of what came in; the file, the lines and the preview quote it and may name
people, so that they are deleted after a set time (`purge_uploads`).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.imports.states import BUSY, State
from catalog.db import Base, JsonType, UTCDateTime, one_of

_BUSY = text(one_of("state", BUSY))


class ImportRun(Base):
    """One uploaded directory. `mapping` is the text of a mapping file, for sheets; `preview` the
    first rows of each; `summary` the report's counts, `codes` among them, without its lines.

    `phase`, `done` and `total` tell how far the worker is (in rows). `is_emptied`: file, preview and
    lines were deleted.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint(one_of("state", tuple(State)), name="state"),
        Index("ix_import_run_created_at", "created_at"),
        Index(
            "uq_import_run_busy_source",
            "source",
            unique=True,
            sqlite_where=_BUSY,
            postgresql_where=_BUSY,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    source: Mapped[str] = mapped_column(String(200))
    status: Mapped[str | None] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    file_size: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("stored_file.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(String(20), default=State.CHECK_WAITING)
    problem: Mapped[str | None] = mapped_column(Text)
    phase: Mapped[str | None] = mapped_column(String(20))
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    mapping: Mapped[str | None] = mapped_column(Text)
    preview: Mapped[list[dict[str, Any]]] = mapped_column(JsonType, default=list)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_emptied: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[str] = mapped_column(String(120))
    applied_by: Mapped[str | None] = mapped_column(String(120))
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ImportLine(Base):
    """One line of a run's report, errors first."""

    __tablename__ = "import_line"
    __table_args__ = (
        Index("ix_import_line_run_id_severity_position", "run_id", "severity", "position"),
        Index("ix_import_line_run_id_code_position", "run_id", "code", "position"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    severity: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60))
    file: Mapped[str] = mapped_column(Text)
    row: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)


class ImportMapping(Base):
    """How a source's sheets are read, kept for the next time."""

    __tablename__ = "import_mapping"

    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    saved_by: Mapped[str] = mapped_column(String(120))
