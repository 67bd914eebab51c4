"""Uploads of tests, and the worker's part done on the spot."""

from __future__ import annotations

import html
import io
import re
import uuid
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.imports.models import ImportRun
from app.imports.work import carry_out_waiting
from app.jobs.work import Work
from app.settings import Settings
from catalog.models import Service
from tests.fixtures.client import CheckedClient, TestResponse

SHEET = """\
Agency Name,Program Name,Phone Number,Site Address,City,State,Spanish
Sample House,Tutoring,423-555-0100,1 Main St,Chattanooga,TN,X
River Club,Rowing,423-555-0101,2 Dock St,Chattanooga,TN,
"""


def send(
    client: CheckedClient,
    content: bytes | str | Path,
    name: str = "partners.csv",
    **fields: str,
) -> TestResponse:
    """Upload a file, as the form does."""
    if isinstance(content, Path):
        content = content.read_bytes()
    data = content.encode() if isinstance(content, str) else content
    return client.post(
        "/imports",
        data={"file": (io.BytesIO(data), name), **fields},
        content_type="multipart/form-data",
        headers={"X-CSRFToken": client.csrf_token()},
    )


def work(app: Flask) -> int:
    """The worker takes up what waits, in this process; how many runs."""

    def here(work: Work, _settings: Settings, id_: uuid.UUID) -> None:
        work(id_)

    with app.app_context():
        settings = app.extensions["footbridge"].settings
        return carry_out_waiting(now=utcnow(), settings=settings, run_work=here)


def checked(
    app: Flask, client: CheckedClient, content: bytes | str | Path, name: str, **fields: str
) -> TestResponse:
    """The page of an upload after the worker's check."""
    answer = send(client, content, name, **fields)
    assert answer.status_code in {302, 303}, answer.text
    assert work(app) == 1
    return client.get(answer.location)


def plain(page: TestResponse) -> str:
    """The text of a page's main part, its spaces made one."""
    main = page.text.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def names(session: Session) -> list[str]:
    """The services of the catalog."""
    return list(session.scalars(select(Service.name).order_by(Service.name)))


def only_run(session: Session) -> ImportRun:
    """The one import that there is."""
    return session.scalars(select(ImportRun)).one()
