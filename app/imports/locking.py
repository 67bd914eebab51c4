"""One import of a directory at a time, wherever it was started: by a page or by the command."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app

from app.extensions import db
from app.jobs.locks import exclusive
from catalog.errors import ImportBusyError


@contextmanager
def only_import_of(source: str) -> Iterator[None]:
    """Hold the source's lock inside the block; ImportBusyError where another process has it."""
    digest = hashlib.sha256(source.strip().encode()).hexdigest()[:16]
    folder = current_app.extensions["footbridge"].settings.instance_dir
    with exclusive(f"import-{digest}", engine=db.engine, instance_dir=folder) as held:
        if held is None:
            raise ImportBusyError(
                "%(source)r is being imported just now. Nothing was changed. Wait until that "
                "has ended, then try again.",
                source=source,
            )
        yield
