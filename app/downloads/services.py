"""Asking for an export, and noting what the worker made of it. Never commits."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.downloads.models import FORMATS, CatalogExport
from app.downloads.queries import exports_at_work
from app.errors import Invalid
from app.security.policy import Actor
from app.storage.services import delete_files, store_file
from catalog.queries import current_revision

# Why one was not made, as codes: pages say them in the reader's language.
INTERRUPTED, BROKE, DOES_NOT_FIT = "interrupted", "broke", "does_not_fit"


def ask_for_export(session: Session, format_: str, *, by: Actor, now: datetime) -> CatalogExport:
    """Have the catalog made into a file. What is being made already, or was made since the catalog
    last changed, is given instead."""
    if format_ not in FORMATS:
        raise Invalid("Choose one of the formats on the page.")
    for export in exports_at_work(session, ("waiting", "working")):
        if export.format == format_:
            return export
    known = session.scalar(
        select(CatalogExport)
        .where(
            CatalogExport.format == format_,
            CatalogExport.state == "done",
            CatalogExport.file_id.is_not(None),
            CatalogExport.revision == current_revision(session),
        )
        .limit(1)
    )
    if known is not None:
        return known
    export = CatalogExport(format=format_, asked_at=now, asked_by=by.name)
    session.add(export)
    session.flush()
    return export


def take_up_next(session: Session) -> uuid.UUID | None:
    """Take up the export that has waited longest, if one waits."""
    waiting = exports_at_work(session, ("waiting",))
    if not waiting:
        return None
    waiting[0].state = "working"
    return waiting[0].id


def give_up_interrupted(session: Session, *, now: datetime) -> None:
    """Say of exports that nobody makes any more that they were interrupted."""
    for export in exports_at_work(session, ("working",)):
        note_failed(session, export.id, INTERRUPTED, now=now)


def note_failed(session: Session, export_id: uuid.UUID, problem: str, *, now: datetime) -> None:
    """It could not be made; why, as a code above."""
    export = session.get_one(CatalogExport, export_id)
    if export.state == "working":
        export.state, export.problem, export.ended_at = "failed", problem, now


def note_made(
    session: Session,
    export_id: uuid.UUID,
    path: Path,
    *,
    revision: int,
    counts: dict[str, int],
    kept_back: dict[str, int],
    now: datetime,
) -> None:
    """Keep the file that was made; older ones of the format are let go of."""
    export = session.get_one(CatalogExport, export_id)
    with path.open("rb") as content:
        file = store_file(session, path.name, content, now=now)
    export.state, export.ended_at, export.problem = "done", now, None
    export.revision, export.counts, export.kept_back = revision, counts, kept_back
    export.file_id, export.file_size = file.id, file.size
    session.flush()
    older = session.scalars(
        select(CatalogExport).where(
            CatalogExport.format == export.format,
            CatalogExport.id != export.id,
            CatalogExport.state.in_(("done", "failed")),
        )
    ).all()
    delete_files(session, [one.file_id for one in older])
    for one in older:
        session.delete(one)
