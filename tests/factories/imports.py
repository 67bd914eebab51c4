"""Imports that were checked, without a file; and needs that were proposed."""

from __future__ import annotations

import itertools
from datetime import datetime

from sqlalchemy.orm import Session

from app.imports.models import ImportLine, ImportRun
from app.imports.states import State
from catalog.models import NeedProposal
from tests.factories.catalog import make_service

_numbers = itertools.count(1)


def make_import_run(
    session: Session, *, now: datetime, lines: int = 2, state: State = State.CHECKED
) -> ImportRun:
    """A run with a report of so many warnings."""
    run = ImportRun(
        source=f"Directory {next(_numbers)}",
        file_name="partners.csv",
        file_size=100,
        state=state,
        created_at=now,
        created_by="Lee Poe",
        summary={
            "rows_read": {"partners.csv": lines},
            "rows_in": {"partners.csv": lines},
            "tables": {"service": {"added": lines, "changed": 0, "unchanged": 0, "removed": 0}},
            "codes": [["warning", "no_address", lines]],
        },
    )
    session.add(run)
    session.flush()
    session.add_all(
        ImportLine(
            run_id=run.id,
            position=position,
            severity="warning",
            code="no_address",
            file="partners.csv",
            row=position + 2,
            reason="It has no street address.",
        )
        for position in range(lines)
    )
    session.flush()
    return run


def make_proposals(session: Session, *, number: int, state: str, now: datetime) -> None:
    """A proposed need for each of so many services without one."""
    for _ in range(number):
        session.add(
            NeedProposal(
                service_id=make_service(session, categories=()).id,
                code="glasses",
                confidence=70,
                heard_in="name",
                heard="Glasses",
                state=state,
                found_at=now,
                decided_at=None if state == "waiting" else now,
                decided_by=None if state == "waiting" else "Lee Poe",
            )
        )
    session.flush()
