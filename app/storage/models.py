"""Files that wait in the database: what was uploaded, and what was made to be downloaded.

In the database, so that every machine of an installation sees them, and a file is there exactly when
the row that names it is. Kept in parts: nobody has to hold a whole file in memory.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, UTCDateTime


class StoredFile(Base):
    """One file. `size` in bytes."""

    __tablename__ = "stored_file"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(Integer, default=0)
    stored_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StoredPart(Base):
    """A piece of a file, counted from 0."""

    __tablename__ = "stored_part"

    file_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("stored_file.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
