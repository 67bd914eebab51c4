"""What happens to an uploaded directory: taken in, checked, mended, applied, let go of.

Pages call the steps of people; the worker (`work`) calls `take_up_next`, and notes how a check or an
import ended. Never commits.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, Invalid
from app.imports.models import ImportLine, ImportMapping, ImportRun
from app.imports.queries import busy_run_of, run_for
from app.imports.states import ACTIONS, BUSY, FAILED, TAKEN_UP, State
from app.security.policy import Actor
from app.storage.services import delete_files, store_file
from catalog.importers import ImportReport, ReportLine, SheetPreviews, write_mappings
from catalog.vocabulary import SERVICE_STATUSES

INTERRUPTED = (
    "It was interrupted: the worker ended while it was at work. Nothing was changed. Try again."
)
SEVERITIES = {"error": 0, "warning": 1, "info": 2}
LINES_AT_A_TIME = 5_000


def take_upload(
    session: Session,
    content: IO[bytes],
    *,
    file_name: str,
    source: str,
    status: str | None,
    by: Actor,
    now: datetime,
) -> ImportRun:
    """Keep an uploaded file, to be checked by the worker. Invalid for one that is empty, Conflict
    while the same source is at work."""
    if status is not None and status not in SERVICE_STATUSES:
        raise Invalid("Choose one of the statuses on the page.")
    refuse_second(session, source)
    file = store_file(session, file_name, content, now=now)
    if not file.size:
        raise Invalid("The file is empty. Choose the directory's file, then upload it again.")
    run = ImportRun(
        source=source,
        status=status,
        file_name=file_name,
        file_size=file.size,
        file_id=file.id,
        created_at=now,
        created_by=by.name,
    )
    session.add(run)
    session.flush()
    return run


def refuse_second(session: Session, source: str) -> None:
    """Raise Conflict while another import of the source is waiting or being carried out."""
    other = busy_run_of(session, source)
    if other is not None:
        raise Conflict(
            "A directory of this name is being checked or imported just now. Wait until that has "
            "ended, or give this one a name of its own."
        )


def act(session: Session, run_id: uuid.UUID, action: str, *, by: Actor, now: datetime) -> ImportRun:
    """A person's step: one of ACTIONS. Conflict where the run's state does not allow it."""
    run = run_for(session, by, run_id)
    allowed, state = ACTIONS[action]
    if run.state not in allowed:
        raise Conflict("This import has moved on meanwhile. Look at where it stands now.")
    if run.file_id is None:
        raise Conflict("The file was deleted since. Upload it again.")
    if state in BUSY:
        refuse_second(session, run.source)
    moved: Any = session.execute(
        update(ImportRun)
        .where(ImportRun.id == run.id, ImportRun.state == run.state)
        .values(state=state, problem=None, phase=None, done=0, total=0, ended_at=None)
    )
    if not moved.rowcount:
        raise Conflict("This import has moved on meanwhile. Look at where it stands now.")
    session.refresh(run)
    if action == "apply":
        run.applied_by = by.name
    if action == "stop":
        run.applied_by, run.ended_at = None, now
    if action == "discard":
        run.ended_at = now
        let_go(session, [run])
    session.flush()
    return run


def apply_run(
    session: Session, run_id: uuid.UUID, *, agreed_gone: int = 0, by: Actor, now: datetime
) -> ImportRun:
    """Have a checked run imported. `agreed_gone` is how many services somebody agreed to have marked
    as gone, kept for the worker; Invalid where the check found more of them and they are most."""
    gone = run_for(session, by, run_id).summary.get("mostly_gone", 0)
    if gone > agreed_gone:
        raise Invalid(
            "Most services of this directory are not in the file any more. Tick the box beside "
            "Import it if they are meant to be marked as gone; else choose another file."
        )
    run = act(session, run_id, "apply", by=by, now=now)
    run.summary = {**run.summary, "agreed_gone": agreed_gone}
    session.flush()
    return run


def change_mapping(
    session: Session, run_id: uuid.UUID, text: str, *, by: Actor, now: datetime
) -> ImportRun:
    """Read the sheets another way: the mapping is saved with the source, and the check runs anew."""
    run = act(session, run_id, "check", by=by, now=now)
    run.mapping = text
    save_mapping(session, run.source, text, by=by.name, now=now)
    session.flush()
    return run


def save_mapping(session: Session, source: str, text: str, *, by: str, now: datetime) -> None:
    """Keep a mapping for the next time that the source comes."""
    kept = session.get(ImportMapping, source)
    if kept is None:
        session.add(ImportMapping(source=source, text=text, saved_at=now, saved_by=by))
    elif kept.text != text:
        kept.text, kept.saved_at, kept.saved_by = text, now, by


# The worker's side


def take_up_next(session: Session, *, now: datetime) -> uuid.UUID | None:
    """Take up the run that has waited longest, if one waits."""
    run = session.scalar(
        select(ImportRun)
        .where(ImportRun.state.in_(TAKEN_UP))
        .order_by(ImportRun.created_at, ImportRun.id)
        .limit(1)
        .with_for_update()
    )
    if run is None:
        return None
    run.state, run.started_at = TAKEN_UP[State(run.state)], now
    return run.id


def give_up_interrupted(session: Session, *, now: datetime) -> int:
    """Say of runs that nobody carries out any more that they were interrupted; how many.

    The caller knows that none is being carried out: it holds, or held, the lock of the work.
    """
    interrupted = session.scalars(select(ImportRun).where(ImportRun.state.in_(FAILED))).all()
    for run in interrupted:
        note_failed(session, run.id, INTERRUPTED, now=now)
    return len(interrupted)


def note_failed(session: Session, run_id: uuid.UUID, problem: str, *, now: datetime) -> None:
    """The check or the import ended without a result; why, in words for a person."""
    run = session.get_one(ImportRun, run_id)
    if run.state in FAILED:
        run.state = FAILED[State(run.state)]
        run.problem, run.ended_at = kept_text(problem), now
        run.phase, run.done, run.total = None, 0, 0


def note_stopped(session: Session, run_id: uuid.UUID, *, now: datetime) -> None:
    """The import was stopped on somebody's word: it stands as it was checked."""
    run = session.get_one(ImportRun, run_id)
    run.state, run.applied_by, run.ended_at = State.CHECKED, None, now
    run.phase, run.done, run.total = None, 0, 0


def note_previews(session: Session, run_id: uuid.UUID, found: SheetPreviews) -> None:
    """Keep how the sheets are read, and their first rows."""
    run = session.get_one(ImportRun, run_id)
    run.preview = kept(found.sheets)
    run.mapping = write_mappings(found.mappings)


def note_checked(
    session: Session, run_id: uuid.UUID, report: ImportReport, *, now: datetime
) -> None:
    """The dry run's report."""
    note_report(session, run_id, report, before=State.CHECKING, after=State.CHECKED, now=now)


def note_applied(
    session: Session, run_id: uuid.UUID, report: ImportReport, *, now: datetime
) -> None:
    """The import is done, in the same transaction: the file is not needed any more."""
    run = note_report(session, run_id, report, before=State.APPLYING, after=State.APPLIED, now=now)
    if run.mapping:
        save_mapping(session, run.source, run.mapping, by=run.applied_by or "", now=now)
    delete_files(session, [run.file_id])
    run.file_id, run.preview = None, []


def note_report(
    session: Session,
    run_id: uuid.UUID,
    report: ImportReport,
    *,
    before: State,
    after: State,
    now: datetime,
) -> ImportRun:
    """Move the run on with its report; Conflict where it was given up meanwhile, so that the
    caller's transaction is undone."""
    moved: Any = session.execute(
        update(ImportRun)
        .where(ImportRun.id == run_id, ImportRun.state == before)
        .values(state=after, problem=None, ended_at=now)
    )
    if not moved.rowcount:
        raise Conflict("The import was given up meanwhile.")
    run = session.get_one(ImportRun, run_id, populate_existing=True)
    summary = report.to_dict()
    del summary["lines"]
    counted = sorted(report.lines_by_code().items(), key=lambda one: (SEVERITIES[one[0][0]], one))
    summary["codes"] = [[severity, code, number] for (severity, code), number in counted]
    run.summary = kept(summary)
    session.execute(delete(ImportLine).where(ImportLine.run_id == run_id))
    ordered = sorted(report.lines, key=lambda line: SEVERITIES[line.severity])
    for start in range(0, len(ordered), LINES_AT_A_TIME):
        rows = line_rows(run_id, start, ordered[start : start + LINES_AT_A_TIME])
        session.execute(insert(ImportLine), rows)
    session.flush()
    return run


def line_rows(run_id: uuid.UUID, first: int, lines: Iterable[ReportLine]) -> list[dict[str, Any]]:
    """Lines as rows, counted from `first`."""
    return [
        {
            "run_id": run_id,
            "position": position,
            "severity": line.severity,
            "code": line.code,
            "file": kept_text(line.file),
            "row": line.row,
            "reason": kept_text(line.reason),
        }
        for position, line in enumerate(lines, first)
    ]


def kept_text(text: str) -> str:
    """The text as both databases can keep it: without zero bytes and halves of signs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def kept(value: Any) -> Any:
    """Plain data with texts as they can be kept."""
    if isinstance(value, str):
        return kept_text(value)
    if isinstance(value, dict):
        return {kept_text(str(key)): kept(part) for key, part in value.items()}
    return [kept(part) for part in value] if isinstance(value, list | tuple) else value


# Letting go


def purge_uploads(session: Session, *, days: int, now: datetime) -> int:
    """Delete the file, the preview and the lines of runs older than `days`; how many. The run
    itself stays in the list, with its counts."""
    old = session.scalars(
        select(ImportRun).where(
            ImportRun.created_at < now - timedelta(days=days),
            ImportRun.state.not_in(BUSY),
            ImportRun.is_emptied.is_(False),
        )
    ).all()
    let_go(session, old)
    return len(old)


def let_go(session: Session, runs: Iterable[ImportRun]) -> None:
    """Delete what quotes the directory."""
    found = list(runs)
    delete_files(session, [run.file_id for run in found])
    session.execute(delete(ImportLine).where(ImportLine.run_id.in_([run.id for run in found])))
    for run in found:
        run.file_id, run.preview, run.is_emptied = None, [], True
