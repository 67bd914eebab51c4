"""What fits a student, and why: what pages, the API, commands and other features ask.

Reads only. Views pass the actor; `suggested_activities` and `support_for` are for those who came by
a link to this very student, or act on the server, and were let in before.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, sessionmaker

from app.clock import day_there
from app.errors import NotFound
from app.recommendations import engines
from app.recommendations.activities import Activity, activities_of
from app.recommendations.asking import (
    Asked,
    as_domain_errors,
    ask_for,
    asked_of,
    explained,
    goals_of,
)
from app.recommendations.asks import WHOLE_PLAN, Ask, choices
from app.recommendations.engines import engine_for
from app.recommendations.found import snapshot
from app.recommendations.happened import Past, on_the_way_for, past_of
from app.recommendations.kept import FOLDER
from app.recommendations.listings import Listing, listings_of
from app.recommendations.narrowing import EVERYTHING, Narrowing, narrow
from app.recommendations.support import (
    MatchRow,
    SupportPage,
    WhyNot,
    by_service,
    match_row,
    near_miss_row,
    other_place,
    service_ranks,
    student_summary,
)
from app.recommendations.together import plan_rows, planned
from app.recommendations.why_not import answers_by_name, why_not_one
from app.referrals.queries import places_of_siblings
from app.security.policy import Actor
from app.students.models import Student
from app.students.queries import student_for
from catalog.models import Service, ServiceAtLocation
from matching.engine import Engine
from matching.parameters import PRESETS
from matching.types import Exclusion, Match, NearMiss

PAGE_SIZE = 10
NEAR_MISSES = 5
MOST_NEAR_MISSES = 40  # looked at: a service has several places, and may fit at another
EVERY_MATCH = 100_000  # a filter or another order may bring up any offer that fits
MOST_GROUPED = 300  # offers looked at where each service is shown once: 30 pages are enough
OTHER_PLACES = 4
Refused = TypeVar("Refused", NearMiss, Exclusion)
GONE = "This service is not in the catalog any more. Pick another one."


def find_support(
    session: Session,
    actor: Actor,
    student_id: uuid.UUID,
    *,
    ask: Ask | None,
    now: datetime,
    k: int = PAGE_SIZE,
    offset: int = 0,
    each_service_once: bool = False,
    why: str = "",
    wanted: Narrowing = EVERYTHING,
    language: str = "en",
) -> SupportPage:
    """What fits a student whom the actor may match; no `ask`: the most urgent need, else the plan.

    Rows `offset` + 1 to `offset` + `k`: offers, or services at their best place with the others
    beside them. `why`: words in the names of offers whose absence (or rank) is to be explained.
    `wanted`: filters and another order. 10 statements, 11 with `why`, up to 13 for the whole plan,
    whatever the catalog's size, and 7 more where a listing is not remembered; building the engine
    after a change of the catalog takes those of `services_on_offer` besides.
    Raises NotFound for a student of another school, Invalid for a record that cannot be matched.
    """
    student = student_for(session, actor, student_id, action="students.match")
    return support_for(
        session,
        student,
        ask=ask,
        now=now,
        k=k,
        offset=offset,
        each_service_once=each_service_once,
        why=why,
        wanted=wanted,
        siblings_at=places_of_siblings(session, actor, student.id)
        if ask is not None and ask.is_whole_plan
        else (),
        language=language,
    )


def support_for(
    session: Session,
    student: Student,
    *,
    ask: Ask | None,
    now: datetime,
    k: int = PAGE_SIZE,
    offset: int = 0,
    each_service_once: bool = False,
    why: str = "",
    wanted: Narrowing = EVERYTHING,
    siblings_at: Collection[tuple[float, float]] = (),
    language: str = "en",
) -> SupportPage:
    """The same for a student already loaded (5 to 12 statements): an operator on the server asks here.

    `siblings_at`: points where brothers and sisters go, for the best set of a whole plan's needs.
    """
    asked = asked_of(session, student, ask=ask, now=now)
    every = wanted.is_active
    deep = EVERY_MATCH if every else MOST_GROUPED if each_service_once else offset + k
    with as_domain_errors():
        ranking = asked.engine.rank(asked.profile, deep, on=asked.on, load=asked.load)
        near = asked.engine.near_misses(
            asked.profile, on=asked.on, load=asked.load, limit=MOST_NEAR_MISSES
        )
    narrowed = narrow(
        ranking.matches,
        wanted,
        on=asked.on,
        stale_after=asked.engine.parameters.openings_stale_after,
    )
    fitting = {match.offer.service for match in ranking.matches}
    nearly = [miss for miss in one_a_service(near) if miss.offer.service not in fitting]
    misses = nearly[:NEAR_MISSES]
    rows = by_service(narrowed.matches) if each_service_once else [(m,) for m in narrowed.matches]
    unsure = {match.offer.key for match in narrowed.unsure}
    shown = [row[: 1 + OTHER_PLACES] for row in rows[offset : offset + k]]
    ranks = service_ranks(ranking.matches)
    past = past_of(session, student.id)
    out = [] if fitting or misses else ruled_out(asked, past)
    plan = planned(asked, partial(engine_of, session, asked), siblings_at, past.looked_after)
    keys = [
        *(m.offer.key for row in shown for m in row),
        *(miss.offer.key for miss in misses),
        *(one.offer.key for one in out),
    ]
    listings = listings_of(
        session,
        [*keys, *(plan.keys if plan else ())],
        language=language,
        remembered=asked.listings,
    )
    school = student.school.name
    return SupportPage(
        student=student_summary(student),
        ask=asked.ask,
        ask_words=asked.ask.words(language),
        choices=choices(asked.whole, asked.ask, goals_of(student)),
        matches=tuple(
            shown_row(
                row,
                listings,
                school=school,
                language=language,
                past=past,
                service_rank=ranks[row[0].offer.service],
                is_unsure=row[0].offer.key in unsure,
            )
            for row in shown
            if all(match.offer.key in listings for match in row)
        ),
        listed=len(rows) if each_service_once or every else ranking.considered - ranking.excluded,
        considered=ranking.considered,
        excluded=ranking.excluded,
        near_misses=tuple(
            near_miss_row(miss, listings[miss.offer.key], language)
            for miss in misses
            if miss.offer.key in listings
        ),
        more_near_misses=len(nearly) > NEAR_MISSES,
        ruled_out=tuple(
            near_miss_row(one, listings[one.offer.key], language)
            for one in out
            if one.offer.key in listings
        ),
        why_not=answers_by_name(
            session,
            asked,
            why,
            ranked=ranking.matches,
            listed={match.offer.service for match in narrowed.matches} if wanted.filters else None,
            language=language,
        ),
        catalog_revision=asked.revision,
        parameters_version=ranking.parameters_version,
        unsure=sum(row[0].offer.key in unsure for row in rows),
        languages=tuple(
            sorted({code for m in ranking.matches for code in m.offer.languages or ()})
        ),
        together=plan_rows(plan, listings, school=school, language=language) if plan else None,
        on_the_way=on_the_way_for(asked, past),
    )


def engine_of(session: Session, asked: Asked, preset: str) -> Engine:
    """The engine of another preset for the same question (1 statement where it is another one)."""
    if asked.engine.parameters.preset == preset:
        return asked.engine
    return engine_for(session, preset, on=asked.on)[0]


def shown_row(
    row: tuple[Match, ...],
    listings: Mapping[str, Listing],
    *,
    school: str,
    language: str,
    past: Past,
    service_rank: int,
    is_unsure: bool = False,
) -> MatchRow:
    """A service at its best place, and its other places, with what has happened with it already."""
    best, *others = row
    return match_row(
        best,
        listings[best.offer.key],
        school=school,
        language=language,
        other_places=tuple(
            other_place(other, listings[other.offer.key], school=school, language=language)
            for other in others
        ),
        is_unsure=is_unsure,
        service_rank=service_rank,
        before=past.before.get(best.offer.service),
        not_for_us=past.not_for_us.get(best.offer.service),
    )


def warm_up(session: Session, *, now: datetime) -> None:
    """Read the catalog and build the engines before the first visitor comes."""
    engines.warm_up(session, on=day_there(session, now))


def refresh_offers(session: Session, *, now: datetime) -> int:
    """Build what all processes answer from, if the catalog or the day has changed since: for the job,
    which asks often (1 statement if nothing changed). Gives the revision."""
    return engines.engine_for(session, PRESETS[0], on=day_there(session, now))[1]


def never_wait(sessions: sessionmaker[Session], have_built: engines.HaveBuilt) -> None:
    """From now on this process answers from what is built already, and asks `have_built` for what
    the worker has not built in time: for one that serves pages."""
    info = sessions.kw["info"]
    if FOLDER in info and engines.NEVER_WAITS not in info:
        sessions.configure(info={**info, engines.NEVER_WAITS: have_built})


def ruled_out(asked: Asked, past: Past) -> list[Exclusion]:
    """The best of the services that a rule refuses, without those that a referral is open to."""
    with as_domain_errors():
        refused = asked.engine.exclusions(
            asked.profile, on=asked.on, load=asked.load, limit=MOST_NEAR_MISSES
        )
    open_to = {one.service for one in past.on_the_way}
    return [one for one in one_a_service(refused) if one.offer.service not in open_to][:NEAR_MISSES]


def one_a_service(refused: list[Refused]) -> list[Refused]:
    """The best of each service: its other places would only say the same again."""
    best: dict[str, Refused] = {}
    for one in refused:
        best.setdefault(one.offer.service, one)
    return list(best.values())


def why_not(
    session: Session,
    actor: Actor,
    student_id: uuid.UUID,
    service_at_location_id: uuid.UUID,
    *,
    ask: Ask | None,
    now: datetime,
    language: str = "en",
) -> WhyNot:
    """Why one offer is not in the ranking, or at which rank it is (9 statements). NotFound."""
    student = student_for(session, actor, student_id, action="students.match")
    place = session.scalar(
        select(ServiceAtLocation)
        .where(ServiceAtLocation.id == service_at_location_id)
        .options(joinedload(ServiceAtLocation.service).joinedload(Service.organization))
    )
    if place is None:
        raise NotFound(GONE)
    return why_not_one(asked_of(session, student, ask=ask, now=now), place, language)


def ranking_snapshot(
    session: Session,
    actor: Actor,
    student_id: uuid.UUID,
    *,
    service_at_location_id: uuid.UUID,
    category: str,
    ask: Ask | None = None,
    is_of_best_set: bool = False,
    now: datetime,
) -> dict[str, Any]:
    """How an offer stands for what was asked, as plain JSON to be kept with the referral that is for
    a need or an interest, `category`: what `found.snapshot` says.

    `ask`: what the person had asked for; None: for the category. `is_of_best_set`: the offer was found
    among those for all needs together, where each need is ranked on its own.
    Raises NotFound (student, service) and Invalid (a category or a goal that is none).
    """
    student = student_for(session, actor, student_id, action="students.match")
    of_category = ask_for(category)
    asked = asked_of(
        session, student, ask=of_category if is_of_best_set else ask or of_category, now=now
    )
    answer = explained(asked, str(service_at_location_id))
    if answer is None:
        raise NotFound(GONE)
    counted = asked.engine.rank(asked.profile, 0, on=asked.on, load=asked.load)
    plan = None
    if is_of_best_set:
        whole = asked_of(session, student, ask=WHOLE_PLAN, now=now)
        siblings_at = places_of_siblings(session, actor, student.id)
        past = past_of(session, student_id)
        plan = planned(whole, partial(engine_of, session, whole), siblings_at, past.looked_after)
    return snapshot(asked, answer, fitting=counted.considered - counted.excluded, plan=plan)


def suggested_activities(
    session: Session,
    student: Student,
    *,
    language: str,
    now: datetime,
    limit: int = 5,
    picked: tuple[uuid.UUID, ...] = (),
) -> list[Activity]:
    """Activities for a student's interests, best first, in the family's language.

    For those who came by the family's link: the caller has let them in. Each service once; those
    that the plan manager `picked` (ids of service_at_location) come first. 3 statements,
    10 where a listing is not remembered.
    """
    asked = asked_of(session, student, ask=WHOLE_PLAN, now=now, interests_only=True)
    with as_domain_errors():
        ranking = asked.engine.rank(asked.profile, 4 * limit, on=asked.on, load=asked.load)
    columns = asked.engine.index.columns
    rows = [row for key in picked if (row := columns.row_of(str(key))) is not None]
    chosen = [columns.offers[row] for row in rows if columns.is_active[row]]
    best: list[Match] = []
    seen = {offer.service for offer in chosen}
    for match in ranking.matches:
        if match.offer.service not in seen and len(chosen) + len(best) < limit:
            seen.add(match.offer.service)
            best.append(match)
    keys = [*(offer.key for offer in chosen), *(match.offer.key for match in best)]
    return activities_of(
        chosen,
        best,
        listings_of(session, keys, language=language, remembered=asked.listings),
        first_name=student.given_name,
        school=student.school.name,
        language=language,
    )
