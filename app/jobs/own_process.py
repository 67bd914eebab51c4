"""Work that needs much time or memory, in a process of its own: the worker goes on beside it, and
what the work took is given back to the machine when it ends, however it ends.

Called by jobs. The new process begins empty (nothing is forked) and makes its own application from
the settings that it is given; it ends at once when the process that started it is gone.
"""

from __future__ import annotations

import multiprocessing
import threading
import uuid

from app.jobs.work import Work, end_with_parent
from app.settings import Settings


def in_own_process(work: Work, settings: Settings, id_: uuid.UUID) -> None:
    """Run `work(id_)` within an application in a new process, and wait for its end.

    `work` is a function of a module, found again by its name. How it ended stands in the tables:
    a process that was killed can say nothing.
    """
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=run_alone, args=(work, settings, id_), daemon=True)
    process.start()
    process.join()
    process.close()


def run_alone(work: Work, settings: Settings, id_: uuid.UUID) -> None:
    """What the new process does."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    from app import create_app  # noqa: PLC0415 - the package itself imports the jobs

    app = create_app(settings)
    with app.app_context():
        work(id_)
