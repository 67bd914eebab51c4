"""Keeping files and letting go of them. Called by the features that own them; never commits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.storage.models import StoredFile, StoredPart

PART = 1024 * 1024  # bytes
LONGEST_NAME = 200


def store_file(session: Session, name: str, content: IO[bytes], *, now: datetime) -> StoredFile:
    """Keep what the stream holds, from where it stands to its end."""
    file = StoredFile(name=name[:LONGEST_NAME], stored_at=now)
    session.add(file)
    session.flush()
    for position, part in enumerate(pieces(content)):
        session.execute(
            insert(StoredPart), [{"file_id": file.id, "position": position, "content": part}]
        )
        file.size += len(part)
    session.flush()
    return file


def pieces(content: IO[bytes]) -> Iterator[bytes]:
    """The stream in parts."""
    while part := content.read(PART):
        yield part


def delete_files(session: Session, ids: Iterable[uuid.UUID | None]) -> None:
    """Let go of files; what names them names nothing any more."""
    gone = [id_ for id_ in ids if id_ is not None]
    if gone:
        session.execute(delete(StoredPart).where(StoredPart.file_id.in_(gone)))
        session.execute(delete(StoredFile).where(StoredFile.id.in_(gone)))
