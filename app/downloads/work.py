"""Making an export, in the worker's hands: in a process of its own, one at a time."""

from __future__ import annotations

import uuid
from datetime import datetime

import structlog

from app.clock import day_there, utcnow
from app.downloads import services
from app.downloads.models import CatalogExport
from app.downloads.queries import exports_at_work
from app.extensions import db
from app.jobs.locks import exclusive
from app.jobs.work import RunWork
from app.settings import Settings
from app.storage.folders import sweep, work_folder
from app.transactions import work_unit
from app.web.shell import settings
from catalog.errors import ExportFormatError
from catalog.exporters.hsds_csv import export_csv
from catalog.exporters.hsds_xlsx import export_xlsx
from catalog.exporters.json_file import count_left_out, export_json
from catalog.exporters.reading import count_kept_back
from catalog.queries import current_revision

log = structlog.get_logger(__name__)

LOCK = "export-at-work"
TRIES = 3  # a catalog that never rests is told as it was, and the page says that it changed
MAKERS = {"hsds-csv": export_csv, "hsds-json": export_json, "xlsx": export_xlsx}
ENDINGS = {"hsds-csv": ".zip", "hsds-json": ".json", "xlsx": ".xlsx"}


def make_waiting(*, now: datetime, settings: Settings, run_work: RunWork) -> int:
    """Make the export that has waited longest; how many. What another process left unfinished is
    said to be interrupted first."""
    with db.sessionmaker() as session:
        if not exports_at_work(session, ("waiting", "working")):
            return 0
    if not clear_away(settings, now=now):
        return 0
    with work_unit() as session:
        export_id = services.take_up_next(session)
    if export_id is None:
        return 0
    run_work(make, settings, export_id)
    clear_away(settings, now=utcnow())
    return 1


def clear_away(settings: Settings, *, now: datetime) -> bool:
    """Say of what nobody makes any more that it was interrupted, and remove what it left on disk.
    False while somebody is at work."""
    with exclusive(LOCK, engine=db.engine, instance_dir=settings.instance_dir) as held:
        if held is None:
            return False
        sweep(settings.instance_dir, LOCK)
        with work_unit() as session:
            services.give_up_interrupted(session, now=now)
        return True


def make(export_id: uuid.UUID) -> None:
    """Make it; a failure is noted, never raised."""
    with exclusive(LOCK, engine=db.engine, instance_dir=settings().instance_dir) as held:
        if held is None:
            return
        try:
            make_file(export_id)
        except ExportFormatError:
            fail(export_id, services.DOES_NOT_FIT)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for the page
            log.error("export_failed", kind=type(error).__name__)  # noqa: TRY400
            fail(export_id, services.BROKE)


def make_file(export_id: uuid.UUID) -> None:
    """Write the file beside the database, then keep it there. Where the catalog changes while it is
    read, it is read again, so that the file tells one moment of it."""
    with work_folder(settings().instance_dir, LOCK) as folder:
        for _ in range(TRIES):
            with db.sessionmaker() as session:
                format_ = session.get_one(CatalogExport, export_id).format
                revision = current_revision(session)
                day = day_there(session, utcnow())
                path = folder / f"catalog-{day.isoformat()}{ENDINGS[format_]}"
                counts = MAKERS[format_](session, path)
                kept_back = count_kept_back(session)
                if format_ == "hsds-json":
                    kept_back |= count_left_out(session)
            with db.sessionmaker() as session:
                if current_revision(session) == revision:
                    break
        with work_unit() as session:
            services.note_made(
                session,
                export_id,
                path,
                revision=revision,
                counts=counts,
                kept_back=kept_back,
                now=utcnow(),
            )


def fail(export_id: uuid.UUID, problem: str) -> None:
    """Note in a transaction of its own that it did not work out."""
    with work_unit() as session:
        services.note_failed(session, export_id, problem, now=utcnow())
