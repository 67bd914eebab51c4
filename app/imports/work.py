"""The long part of an import: reading, comparing and writing, in the worker's hands.

`carry_out_waiting` is called by the job; `carry_out` runs in a process of its own, so that what a
large directory takes of memory is given back, and a kill ends nothing else. One at a time.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.errors import Conflict
from app.extensions import db
from app.imports import services
from app.imports.locking import only_import_of
from app.imports.models import ImportRun
from app.imports.progress import AT_WORK, Stopped, Teller, forget_stop
from app.imports.queries import mapping_of_source
from app.imports.states import BUSY, State
from app.jobs.locks import exclusive
from app.jobs.work import RunWork
from app.settings import Settings
from app.storage.folders import sweep, work_folder
from app.storage.queries import parts_of
from app.transactions import work_unit
from app.web.shell import settings
from catalog.errors import CatalogError
from catalog.importers import (
    Package,
    SheetMapping,
    apply_import,
    plan_import,
    preview_sheets,
    read_mappings,
    read_package,
)

log = structlog.get_logger(__name__)


def carry_out_waiting(*, now: datetime, settings: Settings, run_work: RunWork) -> int:
    """Take up what waits, one run, and see it to its end; how many. What another process left
    unfinished is said to be interrupted first."""
    with db.sessionmaker() as session:
        if not session.scalar(select(exists().where(ImportRun.state.in_(BUSY)))):
            return 0
    if not clear_away(settings, now=now):
        return 0
    with work_unit() as session:
        run_id = services.take_up_next(session, now=now)
    if run_id is None:
        return 0
    run_work(carry_out, settings, run_id)
    clear_away(settings, now=utcnow())  # one that ended by itself has said so
    return 1


def clear_away(settings: Settings, *, now: datetime) -> bool:
    """Say of what nobody carries out any more that it was interrupted, and remove what it left on
    disk. False while somebody is at work."""
    with exclusive(AT_WORK, engine=db.engine, instance_dir=settings.instance_dir) as held:
        if held is None:
            return False
        sweep(settings.instance_dir, AT_WORK)
        forget_stop()
        with work_unit() as session:
            services.give_up_interrupted(session, now=now)
        return True


def carry_out(run_id: uuid.UUID) -> None:
    """Check or apply the run, as its state says; a failure is noted in words, never raised."""
    folder = settings().instance_dir
    with exclusive(AT_WORK, engine=db.engine, instance_dir=folder) as held:
        if held is None:
            return
        try:
            with work_folder(folder, AT_WORK) as own:
                with db.sessionmaker() as session:
                    state = session.get_one(ImportRun, run_id).state
                if state == State.CHECKING:
                    check(run_id, own, Teller(run_id))
                elif state == State.APPLYING:
                    apply(run_id, own, Teller(run_id))
        except Stopped:
            with work_unit() as session:
                services.note_stopped(session, run_id, now=utcnow())
        except (CatalogError, Conflict) as error:
            fail(run_id, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for the page
            # The exception's text may quote a row: only its kind is logged and shown.
            kind = type(error).__name__
            log.error("import_failed", kind=kind)  # noqa: TRY400
            fail(
                run_id,
                f"Something broke on our side ({kind}). Nothing was changed. Try again; if it stays "
                "so, whoever runs the service finds more in the log.",
            )


def check(run_id: uuid.UUID, folder: Path, teller: Teller) -> None:
    """The dry run. Reads only, until the report is noted."""
    mappings: dict[str, SheetMapping] | None = None
    with db.sessionmaker() as session:
        run = session.get_one(ImportRun, run_id)
        package = read_upload(session, run, folder, teller)
        given = run.mapping or mapping_of_source(session, run.source)
        source, status = run.source, run.status
    if package.kind == "flat_sheet":
        found = preview_sheets(package, mappings_for(package, given, is_finished=False))
        with work_unit() as session:
            services.note_previews(session, run_id, found)
        if found.problem is not None:
            raise found.problem
        mappings = found.mappings
    teller.begin("comparing")
    with db.sessionmaker() as session:
        plan = plan_import(
            session, package, source=source, status=status, mappings=mappings, now=utcnow()
        )
    with work_unit() as session:
        services.note_checked(session, run_id, plan.report, now=utcnow())


def apply(run_id: uuid.UUID, folder: Path, teller: Teller) -> None:
    """The import: the catalog and the run's end in one transaction, all of it or nothing. Who wants it
    stopped is heard whenever the progress is told; then nothing of it stays."""
    with db.sessionmaker() as session:
        run = session.get_one(ImportRun, run_id)
        package = read_upload(session, run, folder, teller)
        source, status, given, by = run.source, run.status, run.mapping, run.applied_by
        agreed_gone = run.summary.get("agreed_gone", 0)
    mappings = mappings_for(package, given) if package.kind == "flat_sheet" else None
    with only_import_of(source):
        teller.begin("comparing")
        with work_unit(name=by or "Footbridge") as session:
            plan = plan_import(
                session, package, source=source, status=status, mappings=mappings, now=utcnow()
            )
            total = plan.report.total()
            teller.begin("writing", total.added + total.changed + total.removed)
            apply_import(session, plan, agreed_gone=agreed_gone, on_progress=teller.add)
            teller.tell()
            services.note_applied(session, run_id, plan.report, now=utcnow())


def read_upload(session: Session, run: ImportRun, folder: Path, teller: Teller) -> Package:
    """The uploaded file, laid into the folder for as long as it is read."""
    if run.file_id is None:
        raise Conflict("The file was deleted since. Upload it again.")
    teller.begin("reading")
    path = folder / "upload" / run.file_name
    path.parent.mkdir()
    try:
        with path.open("wb") as handle:
            for part in parts_of(session, run.file_id):
                handle.write(part)
        return read_package(path, limit=settings().import_limit_mb * 1024 * 1024)
    finally:
        path.unlink()


def mappings_for(
    package: Package, text: str | None, *, is_finished: bool = True
) -> dict[str, SheetMapping]:
    """What a mapping file says of the package's sheets; nothing where there is none."""
    files = [table.file for table in package.tables.values()]
    return read_mappings(text, files, is_finished=is_finished) if text else {}


def fail(run_id: uuid.UUID, problem: str) -> None:
    """Note in a transaction of its own that it did not work out."""
    with work_unit() as session:
        services.note_failed(session, run_id, problem, now=utcnow())
