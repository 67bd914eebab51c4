"""Reads of imports: what came in, one run, the lines of its report."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from app.errors import NotFound
from app.imports.models import ImportLine, ImportMapping, ImportRun
from app.imports.states import BUSY
from app.security import policy
from app.security.policy import Actor
from catalog.importers import ReportLine
from catalog.importers.report import Severity

LINES_AT_A_TIME = 2_000


def runs(
    session: Session, actor: Actor, *, limit: int, offset: int
) -> tuple[Sequence[ImportRun], int]:
    """One page of all imports, newest first, and how many in all."""
    allowed = policy.rows(actor, "catalog.import")
    total = session.scalar(select(func.count()).select_from(ImportRun).where(allowed))
    found = session.scalars(
        select(ImportRun)
        .where(allowed)
        .order_by(ImportRun.created_at.desc(), ImportRun.id)
        .limit(limit)
        .offset(offset)
        .options(defer(ImportRun.preview), defer(ImportRun.mapping))
    ).all()
    return found, total or 0


def run_for(session: Session, actor: Actor, run_id: uuid.UUID) -> ImportRun:
    """One run, or NotFound."""
    run = session.scalar(
        select(ImportRun).where(ImportRun.id == run_id, policy.rows(actor, "catalog.import"))
    )
    if run is None:
        raise NotFound("There is no such import.")
    return run


def busy_run_of(session: Session, source: str) -> ImportRun | None:
    """The run of the source that waits for the worker or is being carried out."""
    return session.scalar(
        select(ImportRun).where(ImportRun.source == source, ImportRun.state.in_(BUSY))
    )


def known_sources(session: Session) -> Sequence[str]:
    """The names under which directories were uploaded before, the newest 50."""
    newest = func.max(ImportRun.created_at)
    return session.scalars(
        select(ImportRun.source).group_by(ImportRun.source).order_by(newest.desc()).limit(50)
    ).all()


def mapping_of_source(session: Session, source: str) -> str | None:
    """The mapping file's text that was saved with the source."""
    return session.scalar(select(ImportMapping.text).where(ImportMapping.source == source))


def lines_of(
    session: Session,
    run: ImportRun,
    *,
    severity: str = "",
    code: str = "",
    limit: int,
    offset: int,
) -> Sequence[ImportLine]:
    """One page of a run's lines, errors first."""
    statement = select(ImportLine).where(ImportLine.run_id == run.id)
    if severity:
        statement = statement.where(ImportLine.severity == severity)
    if code:
        statement = statement.where(ImportLine.code == code)
    return session.scalars(
        statement.order_by(ImportLine.position).limit(limit).offset(offset)
    ).all()


def all_lines(session: Session, run_id: uuid.UUID) -> Iterator[ReportLine]:
    """Every line, some at a time: a report may have hundreds of thousands."""
    line, last = ImportLine, -1
    while True:
        found = session.execute(
            select(line.position, line.severity, line.file, line.row, line.code, line.reason)
            .where(line.run_id == run_id, line.position > last)
            .order_by(line.position)
            .limit(LINES_AT_A_TIME)
        ).all()
        if not found:
            return
        for _, severity, file, row, code, reason in found:
            yield ReportLine(cast("Severity", severity), file, row, code, reason)
        last = found[-1].position
