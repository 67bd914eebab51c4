"""What runs in the background: one explicit list. A job that is not here does not run.

A job is idempotent: what is due lies in our tables, so a run that is repeated, late or left out
does no harm. It takes `work_unit`, which gives a session that commits at the end of its block, so
that a job can do its work in one transaction or in many small ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from app.downloads.work import make_waiting
from app.geocoding.work import find_places, geocoders_of
from app.imports.services import purge_uploads
from app.imports.work import carry_out_waiting
from app.jobs.own_process import in_own_process
from app.jobs.queries import latest_runs
from app.jobs.services import purge_runs
from app.listings.services import ask_if_still_right
from app.misses.services import purge_missed_words
from app.needs.services import read_catalog
from app.notices.delivery import deliver_due
from app.places.services import purge_runs as purge_old_proposals
from app.places.work import make_waiting as make_waiting_places
from app.rankings.work import rank_waiting
from app.recommendations.queries import refresh_offers
from app.referrals.services import expire_overdue
from app.security.limit_storage import purge_expired
from app.settings import Settings
from catalog.duplicate_queue import refresh_pairs
from catalog.geocoding.cache import purge_answers
from catalog.queries import current_revision

# A few a day, so that the answers can be looked at, and nobody gets all at once.

WorkUnit = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class JobReport:
    """What a run did: how many of what. A run without counts above zero did nothing."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def did_something(self) -> bool:
        """Whether the run is worth a line in the log."""
        return any(self.counts.values())


class JobFunction(Protocol):
    """The work itself."""

    def __call__(self, work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport: ...


@dataclass(frozen=True)
class Job:
    """A name, the work, how often the worker starts it, and what it is for."""

    name: str
    run: JobFunction
    every: timedelta
    meaning: str


def send_notices(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Send the messages that are due."""
    report = deliver_due(work_unit, settings=settings, now=now)
    return JobReport({"sent": report.sent, "put_off": report.put_off, "given_up": report.given_up})


def expire_referrals(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Close the referrals that no partner answered in time."""
    with work_unit() as session:
        return JobReport({"expired": expire_overdue(session, now=now)})


def ask_partners(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Ask partners whether listings that nobody confirmed lately are still right."""
    with work_unit() as session:
        asked = ask_if_still_right(
            session,
            older_than=timedelta(days=settings.listing_review_days),
            limit=settings.listing_asks_a_day,
            now=now,
        )
        return JobReport({"asked": asked})


def purge_rate_limits(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Delete counts of tries whose time is over."""
    with work_unit() as session:
        return JobReport({"purged": purge_expired(session, now=now)})


def find_duplicates(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Look for entries that may stand twice, for the district's team to decide: a minute's work,
    done only when the directory has changed since the last time."""
    with work_unit() as session:
        revision = current_revision(session)
        last = latest_runs(session).get("find_duplicates")
        if last is not None and last.report.get("revision") == revision:
            return JobReport({})
        return JobReport({**refresh_pairs(session, now=now), "revision": revision})


def find_points(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Look up the points of places that nobody placed on the map."""
    report = find_places(work_unit, geocoders_of(settings), now=now)
    return JobReport({"moved": report.moved, "asked": report.asked})


def purge_geocoder_answers(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Delete what geocoders said long ago."""
    with work_unit() as session:
        return JobReport({"purged": purge_answers(session, now=now)})


def purge_job_runs(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Delete the record of old runs."""
    with work_unit() as session:
        return JobReport({"purged": purge_runs(session, now=now)})


def carry_out_imports(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Check or apply the uploaded directory that has waited longest."""
    number = carry_out_waiting(now=now, settings=settings, run_work=in_own_process)
    return JobReport({"carried_out": number})


def make_downloads(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Make the export that has waited longest."""
    number = make_waiting(now=now, settings=settings, run_work=in_own_process)
    return JobReport({"made": number})


def build_offers(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Build what pages answer from, when the directory or the day has changed."""
    with work_unit() as session:
        refresh_offers(session, now=now)
    return JobReport({})


def rank_students(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Rank every student once a day, and again whose plan changed."""
    return JobReport({"ranked": rank_waiting(now=now, settings=settings, run_work=in_own_process)})


def propose_places(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Share out the open places that somebody asked to be shared out."""
    number = make_waiting_places(now=now, settings=settings, run_work=in_own_process)
    return JobReport({"made": number})


def purge_places(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Let go of proposed places that nobody decided on, and delete old lists of them."""
    with work_unit() as session:
        lapsed, deleted = purge_old_proposals(session, now=now)
        return JobReport({"lapsed": lapsed, "deleted": deleted})


def propose_needs(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Read services without a need, new or changed, for needs to propose."""
    return JobReport({"read": read_catalog(work_unit, now=now)})


def purge_imports(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Delete uploaded files and what quotes them, when their time is over."""
    with work_unit() as session:
        return JobReport(
            {"purged": purge_uploads(session, days=settings.import_keep_days, now=now)}
        )


def purge_misses(work_unit: WorkUnit, *, now: datetime, settings: Settings) -> JobReport:
    """Delete old counts of words that nothing understood."""
    with work_unit() as session:
        return JobReport({"purged": purge_missed_words(session, now=now)})


JOBS: tuple[Job, ...] = (
    Job(
        "send_notices",
        send_notices,
        timedelta(seconds=2),
        "Sends the messages that are due, and tries again those that failed",
    ),
    Job(
        "expire_referrals",
        expire_referrals,
        timedelta(hours=1),
        "Closes referrals that no partner answered in time",
    ),
    Job(
        "ask_partners",
        ask_partners,
        timedelta(days=1),
        "Asks partners whether listings that nobody confirmed lately are still right",
    ),
    Job(
        "purge_rate_limits",
        purge_rate_limits,
        timedelta(hours=1),
        "Deletes counts of tries whose time is over",
    ),
    Job(
        "carry_out_imports",
        carry_out_imports,
        timedelta(seconds=2),
        "Checks and applies uploaded directories, one at a time",
    ),
    Job(
        "make_downloads",
        make_downloads,
        timedelta(seconds=2),
        "Makes the catalog into files that somebody asked for, one at a time",
    ),
    Job(
        "build_offers",
        build_offers,
        timedelta(seconds=2),
        "Reads the directory anew for matching, when it or the day has changed",
    ),
    Job(
        "rank_students",
        rank_students,
        timedelta(minutes=1),
        "Ranks the services for every student each night after 2 o'clock, and again whose plan changed",
    ),
    Job(
        "propose_places",
        propose_places,
        timedelta(seconds=2),
        "Shares out open places among students as somebody asked on the page, one list at a time",
    ),
    Job(
        "purge_places",
        purge_places,
        timedelta(days=1),
        "Lets go of proposed places that nobody decided on in 30 days, and deletes lists a year old",
    ),
    Job(
        "propose_needs",
        propose_needs,
        timedelta(minutes=1),
        "Reads services that have no need, and proposes some for a person to accept",
    ),
    Job(
        "purge_imports",
        purge_imports,
        timedelta(days=1),
        "Deletes uploaded directories, and what quotes them, after their time (`IMPORT_KEEP_DAYS`)",
    ),
    Job(
        "find_duplicates",
        find_duplicates,
        timedelta(minutes=15),
        "Looks for entries of the directory that may stand twice, for a person to decide, when it changed",
    ),
    Job(
        "find_places",
        find_points,
        timedelta(minutes=1),
        "Finds the points of partners' addresses: by parcels, by ZIP area, then by `GEOCODERS`",
    ),
    Job(
        "purge_geocoder_answers",
        purge_geocoder_answers,
        timedelta(days=1),
        "Deletes what geocoders said after a year, and that they did not know after 30 days",
    ),
    Job(
        "purge_misses",
        purge_misses,
        timedelta(days=1),
        "Deletes counts of words that nothing understood, after 90 days",
    ),
    Job(
        "purge_job_runs",
        purge_job_runs,
        timedelta(days=1),
        "Deletes the record of runs older than 30 days",
    ),
)


def job_named(name: str) -> Job:
    """The job of that name; raises LookupError naming those that there are."""
    for job in JOBS:
        if job.name == name:
            return job
    names = ", ".join(job.name for job in JOBS)
    raise LookupError(f"There is no job {name!r}. There are: {names}.")
