"""Chunks of students ranked by several processes at once, for whoever waits at the command.

They are forked when the engine stands, so that all share it and nothing is read again. Each reads
its students by a connection of its own, ranks, and sends the rankings back; the process that began
keeps them, so that a database with one writer has one. A kill of that process ends them all.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import uuid
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor

from app.extensions import db
from app.jobs.work import end_with_parent
from app.recommendations.many import ManyRanker, Ranked

CHUNKS_EACH = 2  # fewer are not worth a process
Chunk = Sequence[uuid.UUID]

_rankers: list[ManyRanker] = []  # set before the fork, so that each process finds it


def ranked_chunks(
    ranker: ManyRanker, chunks: Sequence[Chunk], *, processes: int
) -> Generator[list[Ranked]]:
    """The rankings of each chunk, in order. Needs an app context, and no connection in use."""
    processes = min(processes, len(chunks) // CHUNKS_EACH)
    if processes < 2 or sys.platform != "linux":
        yield from (ranked_here(ranker, chunk) for chunk in chunks)
        return
    db.engine.dispose()  # a connection must not be shared between processes
    _rankers.append(ranker)
    try:
        with ProcessPoolExecutor(
            processes, mp_context=multiprocessing.get_context("fork"), initializer=watch_parent
        ) as pool:
            yield from pool.map(ranked_there, chunks)
    finally:
        _rankers.remove(ranker)


def watch_parent() -> None:
    """In a new process: end with the one that began."""
    threading.Thread(target=end_with_parent, daemon=True).start()


def ranked_there(chunk: Chunk) -> list[Ranked]:
    """In a process of the pool."""
    return ranked_here(_rankers[-1], chunk)


def ranked_here(ranker: ManyRanker, chunk: Chunk) -> list[Ranked]:
    """Rank a chunk in this process."""
    with db.sessionmaker() as session:
        return ranker.rank(session, chunk)


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
