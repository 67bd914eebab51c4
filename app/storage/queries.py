"""Reading stored files, a part at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.storage.models import StoredFile, StoredPart


def stored_file(session: Session, file_id: uuid.UUID) -> StoredFile:
    """The file's name and size."""
    return session.get_one(StoredFile, file_id)


def parts_of(session: Session, file_id: uuid.UUID) -> Iterator[bytes]:
    """The file's parts in order; a statement each, so that only one is in memory."""
    position = 0
    while True:
        content = session.scalar(
            select(StoredPart.content).where(
                StoredPart.file_id == file_id, StoredPart.position == position
            )
        )
        if content is None:
            return
        yield content
        position += 1
