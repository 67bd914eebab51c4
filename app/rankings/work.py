"""Ranking every student: chunk by chunk, each kept when it is done, so that a kill loses one chunk.

Called by the command `match-district`, by the job `rank_students` (in a process of its own, which
gives back what the catalog takes of memory), and by the allocation for the students it is about.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from app.clock import day_there, district_zone, utcnow
from app.errors import Conflict
from app.extensions import db
from app.jobs.locks import exclusive
from app.jobs.work import RunWork
from app.rankings import queries, services
from app.rankings.hands import ranked_chunks
from app.rankings.models import RankingRun
from app.rankings.queries import Wanted
from app.recommendations.many import ManyRanker
from app.settings import Settings
from app.transactions import work_unit
from app.web.shell import settings
from catalog.db import count_anew

AT_WORK = "ranking-at-work"
TOP = 20  # offers a student, as the nightly run keeps them
NIGHT_ENDS = 2  # o'clock in the district: from then on the day's run is due
LOOK_EVERY_S = 0.5
MANY = 256  # students: from here on a bad plan of the database costs more than counting its tables
READ = ("plan", "plan_interest", "plan_need", "referral", "student", "student_ranking")
CHUNK = 2_048  # students: what a kill can lose; below it the engine's tiles grow small

NO_RUN = uuid.UUID(int=0)

OnProgress = Callable[[int], object]


def nothing(_number: int) -> None:
    """Nobody looks."""


@dataclass(slots=True)
class Stopwatch:
    """Seconds by what they were spent on."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Count what happens within the block."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[what] = self.seconds.get(what, 0) + time.perf_counter() - begun


@dataclass(slots=True)
class Ranking:
    """One sitting of work: what was wanted, and how it went."""

    ranker: ManyRanker
    wanted: Wanted
    watch: Stopwatch


@contextmanager
def alone(*, patience_s: float = 0) -> Iterator[None]:
    """Nobody else ranks within the block; Conflict where somebody does, and does not end in time."""
    deadline = time.monotonic() + patience_s
    while True:
        with exclusive(AT_WORK, engine=db.engine, instance_dir=settings().instance_dir) as held:
            if held is not None:
                yield
                return
        if time.monotonic() >= deadline:
            raise Conflict(
                "Rankings are being made just now by another process. Wait until it has ended; "
                "what it ranks need not be ranked again."
            )
        time.sleep(LOOK_EVERY_S)


def prepared(*, top: int, now: datetime) -> Ranking:
    """Read the catalog and build the engine."""
    watch = Stopwatch()
    with watch.on("catalog"), db.sessionmaker() as session:
        ranker = ManyRanker(session, top=top, now=now)
    wanted = Wanted(ranker.revision, ranker.on, ranker.parameters_version, top)
    return Ranking(ranker, wanted, watch)


def rank_all(
    ranking: Ranking,
    student_ids: Sequence[uuid.UUID],
    *,
    run_id: uuid.UUID | None,
    processes: int = 1,
    on_progress: OnProgress = nothing,
) -> None:
    """Rank these students and keep it, a transaction a chunk."""
    if len(student_ids) >= MANY:
        with ranking.watch.on("ranking"), work_unit() as session:
            count_anew(session, READ)
    chunks = [student_ids[at : at + CHUNK] for at in range(0, len(student_ids), CHUNK)]
    results = ranked_chunks(ranking.ranker, chunks, processes=processes)
    for chunk in chunks:
        with ranking.watch.on("ranking"):
            ranked = next(results)
        with ranking.watch.on("keeping"), work_unit() as session:
            services.keep_rankings(session, ranked, ranking.wanted, run_id=run_id)
        on_progress(len(chunk))
    results.close()


def rank_due(
    ranking: Ranking,
    run_id: uuid.UUID,
    *,
    processes: int = 1,
    on_progress: OnProgress = nothing,
) -> None:
    """Do what the run has left to do. With several `processes` those who wait wait less."""
    with ranking.watch.on("ranking"), db.sessionmaker() as session:
        due = queries.students_due(session, run_id)
    rank_all(ranking, due, run_id=run_id, processes=processes, on_progress=on_progress)
    with work_unit() as session:
        services.note_ended(session, run_id, now=utcnow())


def bring_up_to_date(
    *,
    school_id: uuid.UUID | None,
    now: datetime,
    patience_s: float = 0,
    on_progress: OnProgress = nothing,
) -> int:
    """Rank those of the school's students (None: of all) whose ranking is not of today's catalog,
    day and facts; how many. Conflict where others rank just now, and do not end in time."""
    with alone(patience_s=patience_s):
        ranking = prepared(top=TOP, now=now)
        with db.sessionmaker() as session:
            ids = queries.students_out_of_date(session, ranking.wanted, school_id=school_id)
            last = queries.latest_run(session)
            is_same = last is not None and services.wanted_of(last) == ranking.wanted
            run_id = last.id if last is not None and is_same else None
        rank_all(ranking, ids, run_id=run_id, on_progress=on_progress)
        return len(ids)


def rank_waiting(*, now: datetime, settings: Settings, run_work: RunWork) -> int:
    """The job: begin the day's run when the night is over, and do what the last run has left to do,
    which is also to follow changes of plans. How many were ranked."""
    with db.sessionmaker() as session:
        run = queries.latest_run(session)
        is_new_day = run is None or run.ranked_on < day_there(session, now)
        begins = is_new_day and now.astimezone(district_zone()).hour >= NIGHT_ENDS
        if run is None and not begins:
            return 0
        waiting = queries.number_due(session, None if begins or run is None else run.id)
        run_id = NO_RUN if begins or run is None else run.id
    if not waiting:
        return 0
    run_work(carry_out, settings, run_id)
    with db.sessionmaker() as session:
        run = queries.latest_run(session)
        return max(0, waiting - queries.number_due(session, run.id if run else None))


def carry_out(run_id: uuid.UUID) -> None:
    """In a process of its own: what is left of this run; of NO_RUN, the day's run from its
    beginning. Nothing where others rank just now: the next turn comes."""
    now = utcnow()
    with db.sessionmaker() as session:
        run = session.get(RankingRun, run_id)
        top = run.top if run is not None else TOP
    try:
        with alone():
            ranking = prepared(top=top, now=now)
            if run is None:
                run_id = begin(ranking.wanted, anew=False, now=now)[0].id
            rank_due(ranking, run_id)
    except Conflict:
        return


def begin(wanted: Wanted, *, anew: bool, now: datetime) -> tuple[RankingRun, bool]:
    """Begin a run, or take up the last one; whether it was taken up."""
    with work_unit() as session:
        run, is_resumed = services.begin_or_resume(session, wanted, anew=anew, now=now)
        session.expunge(run)
    return run, is_resumed
