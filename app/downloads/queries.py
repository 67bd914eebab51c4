"""Reads of exports: the newest of each format, and whether it still tells the catalog as it is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.downloads.models import FORMATS, CatalogExport
from app.errors import NotFound
from app.security import policy
from app.security.policy import Actor


def newest_exports(session: Session, actor: Actor) -> dict[str, list[CatalogExport]]:
    """By format: the newest that can be downloaded, and the newest of all where that is another
    one. One statement."""
    allowed = policy.rows(actor, "catalog.export")
    place = func.row_number().over(
        partition_by=(CatalogExport.format, CatalogExport.file_id.is_not(None)),
        order_by=(CatalogExport.asked_at.desc(), CatalogExport.id),
    )
    newest = select(CatalogExport.id, place.label("place")).where(allowed).subquery()
    found = session.scalars(
        select(CatalogExport)
        .join(newest, newest.c.id == CatalogExport.id)
        .where(newest.c.place == 1)
        .order_by(CatalogExport.asked_at.desc())
    ).all()
    return {name: [one for one in found if one.format == name] for name in FORMATS}


def export_for(session: Session, actor: Actor, export_id: uuid.UUID) -> CatalogExport:
    """One export, or NotFound."""
    found = session.scalar(
        select(CatalogExport).where(
            CatalogExport.id == export_id, policy.rows(actor, "catalog.export")
        )
    )
    if found is None:
        raise NotFound("There is no such download. It may have been made anew: open Downloads.")
    return found


def exports_at_work(session: Session, states: Sequence[str]) -> Sequence[CatalogExport]:
    """Those in one of these states, the oldest first."""
    return session.scalars(
        select(CatalogExport)
        .where(CatalogExport.state.in_(states))
        .order_by(CatalogExport.asked_at, CatalogExport.id)
    ).all()
