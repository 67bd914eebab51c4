"""Plays the demonstration's past through the app's own services: referrals, suggestions, answers.

Called by the commands of seeds after load.py, inside their transaction and an application context:
never commits. A database that holds a referral or a suggestion already is left as it is.

The catalog has no past: its open places and prices are those of the day of loading. So partners are
ranked as of that day, whatever the day on which the referral is told to have begun.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import day_there
from app.families.models import Suggestion
from app.families.services import (
    invite_family,
    mark_responses_seen,
    record_answer,
    suggest_to_family,
)
from app.notices.models import Notice
from app.recommendations.asking import ask_for
from app.recommendations.queries import find_support, ranking_snapshot, suggested_activities
from app.referrals import services as referrals
from app.referrals.models import Referral
from app.security.guard import actor_of
from app.security.links import NAME
from app.security.models import User
from app.security.policy import Actor, Role
from app.students.models import Plan, School, Student
from app.students.queries import student_by_id
from catalog.models import Attribute, Service
from catalog.taxonomy.loading import term_id
from seeds.accounts import TOUR_SCHOOLS
from seeds.district import SEED
from seeds.partners import demo_id, organization_id
from seeds.stories import Scene, scenes

FIRST_ON_THE_TOUR = demo_id("student", "900001")  # Maya: the tour begins with her untouched
STUDENTS_ELSEWHERE = 160
CANDIDATES = 8
PICKS = (6, 3, 1)  # how often the first, the second, the third of a ranking is chosen
SUGGESTIONS = 2
MAIL_KEPT = timedelta(days=4)  # so that a visitor finds the visit's own messages in the demo's mail


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What a run added."""

    referrals: int
    families: int


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student to whom something may happen, and who refers. Codes: urgent needs first."""

    id: uuid.UUID
    manager: Actor
    codes: tuple[str, ...]
    interests: tuple[str, ...]


@dataclass(slots=True)
class Thread:
    """How far one case has come. None: not begun, or nothing fitted."""

    pupil: Pupil | None = None
    code: str = ""
    referral: Referral | None = None
    tried: set[uuid.UUID] = field(default_factory=set)  # services
    activities: list[uuid.UUID] = field(default_factory=list)  # at a location, not answered yet


def load_history(session: Session, *, now: datetime) -> HistoryReport:
    """Add the past of a demonstration that has none; `now` is the day of loading."""
    for known in (Referral.id, Suggestion.id):
        if session.scalar(select(known).limit(1)) is not None:
            return HistoryReport(0, 0)
    earlier = set(session.scalars(select(Notice.id)))
    rng = Random(SEED)  # noqa: S311 - tells stories, guards nothing
    stage = Stage(session, now=now, rng=rng)
    for scene in scenes(now, rng, room=stage.room()):
        stage.play(scene)
    session.flush()
    _put_into_the_past(session, earlier, now=now)
    return stage.report()


def _put_into_the_past(session: Session, earlier: set[uuid.UUID], *, now: datetime) -> None:
    """The messages of the past were sent when they were written, none today; the old ones are gone."""
    of_the_past = Notice.id.not_in(earlier)
    session.execute(delete(Notice).where(of_the_past, Notice.created_at < now - MAIL_KEPT))
    session.execute(
        update(Notice)
        .where(of_the_past, Notice.state == "queued")
        .values(state="sent", attempts=1, sent_at=Notice.created_at)
    )


class Stage:
    """Who takes part in the past, and what has happened up to now."""

    def __init__(self, session: Session, *, now: datetime, rng: Random) -> None:
        self.session, self.now, self.rng = session, now, rng
        self.threads: dict[int, Thread] = {}
        self.pupils = {
            "tour": _pupils(session, _ids(session, at_tour=True), rng),
            "elsewhere": _pupils(
                session, _sample(_ids(session, at_tour=False), STUDENTS_ELSEWHERE, rng), rng
            ),
        }
        self.turns = {place: list(_turns(pupils)) for place, pupils in self.pupils.items()}
        # Whom nobody (or not the partner wanted) fits: asked once.
        self.misfits: set[tuple[Pupil, str, uuid.UUID | None]] = set()
        self.refused: set[tuple[uuid.UUID, uuid.UUID]] = set()  # student, service: not for us
        self.invited = {place: iter(pupils) for place, pupils in self.pupils.items()}
        self.partners = {
            user.organization_id: actor
            for user in session.scalars(select(User).where(User.organization_id.is_not(None)))
            if (actor := actor_of(user)) is not None
        }
        self.organizations = {
            row.id: row.organization_id
            for row in session.execute(select(Service.id, Service.organization_id))
        }

    def room(self) -> dict[str, int]:
        """How many cases each place has students for: for about half of the needs somebody fits."""
        return {place: len(turns) // 2 for place, turns in self.turns.items()}

    def report(self) -> HistoryReport:
        """What was played: referrals, and families that something was suggested to."""
        threads = self.threads.values()
        return HistoryReport(
            referrals=sum(len(thread.tried) for thread in threads),
            families=sum(1 for thread in threads if thread.pupil and not thread.code),
        )

    def play(self, scene: Scene) -> None:
        """One step, by the service that a person's click would call."""
        thread = self.threads.setdefault(scene.case.number, Thread())
        if scene.case.kind == "family":
            self._play_family(scene, thread)
        elif scene.do == "draft":
            self._begin(scene, thread)
        elif scene.do == "expire":
            referrals.expire_overdue(self.session, now=scene.at)
        elif thread.referral is not None and thread.pupil is not None:
            self._continue(scene, thread.referral, thread.pupil.manager)

    def _begin(self, scene: Scene, thread: Thread) -> None:
        """Start a referral for the case's student, or for the next one whom a partner fits."""
        thread.referral = None
        partner = scene.case.partner
        wanted = organization_id(partner) if partner is not None else None
        turns = self.turns[scene.case.place]
        if thread.pupil is not None:
            turns = [(thread.pupil, thread.code)]
        served = self._codes_of(wanted) if wanted else None
        for pupil, code in list(turns):
            if (served is not None and code not in served) or (pupil, code, wanted) in self.misfits:
                continue
            place = self._partner_for(pupil, code, thread.tried, wanted)
            if place is None:
                self.misfits.add((pupil, code, wanted))
                continue
            thread.pupil, thread.code = pupil, code
            ranking = (
                ranking_snapshot(  # of today's index: one for each day of the past takes minutes
                    self.session,
                    pupil.manager,
                    pupil.id,
                    service_at_location_id=place,
                    category=code,
                    now=self.now,
                )
            )
            thread.referral = referrals.create_draft(
                self.session,
                student_id=pupil.id,
                service_at_location_id=place,
                category=code,
                ranking={**ranking, "on": day_there(self.session, scene.at).isoformat()},
                by=pupil.manager,
                now=scene.at,
            )
            thread.tried.add(thread.referral.service_id)
            turns.remove((pupil, code))
            return

    def _codes_of(self, organization: uuid.UUID) -> set[str]:
        """The needs and interests that an organization's services serve."""
        services = [id_ for id_, owner in self.organizations.items() if owner == organization]
        terms = set(
            self.session.scalars(
                select(Attribute.taxonomy_term_id).where(Attribute.link_id.in_(services))
            )
        )
        codes = {code for turns in self.turns.values() for _, code in turns}
        return {code for code in codes if term_id(code) in terms}

    def _partner_for(
        self, pupil: Pupil, code: str, tried: set[uuid.UUID], organization: uuid.UUID | None
    ) -> uuid.UUID | None:
        """One of the best offers (at a location) of a service not tried yet, or None."""
        page = find_support(
            self.session, pupil.manager, pupil.id, ask=ask_for(code), now=self.now, k=CANDIDATES
        )
        fitting = [
            match.service_at_location_id
            for match in page.matches
            if match.service_id not in tried
            and (pupil.id, match.service_id) not in self.refused
            and organization in {None, self.organizations.get(match.service_id)}
        ][: len(PICKS)]
        if not fitting:
            return None
        return self.rng.choices(fitting, PICKS[: len(fitting)])[0]

    def _continue(self, scene: Scene, referral: Referral, manager: Actor) -> None:
        if scene.do == "send":
            referrals.send_referral(
                self.session,
                referral.id,
                message=scene.note,
                version=referral.version,
                by=manager,
                now=scene.at,
            )
            return
        partner = self.partners.get(
            referral.organization_id,
            Actor(role=Role.PARTNER_LINK, name=NAME["referral"], subject_id=referral.id),
        )
        if scene.do == "open":
            referrals.open_as_partner(self.session, referral.id, by=partner, now=scene.at)
            return
        is_managers = scene.do == "withdraw" or scene.by == "manager"
        step = referrals.act_as_manager if is_managers else referrals.answer_as_partner
        step(
            self.session,
            referral.id,
            scene.do,
            version=referral.version,
            by=manager if is_managers else partner,
            now=scene.at,
            reason=None if scene.do == "complete" else scene.why,
            outcome=scene.why if scene.do == "complete" else None,
            note=scene.note,
        )

    def _play_family(self, scene: Scene, thread: Thread) -> None:
        if scene.do == "invite":
            self._invite(scene, thread)
        elif thread.pupil is None:
            return  # no family was left to suggest something to
        elif scene.do == "see":
            mark_responses_seen(
                self.session, thread.pupil.id, by=thread.pupil.manager, now=scene.at
            )
        elif thread.activities:
            answer = record_answer(
                self.session,
                thread.pupil.id,
                thread.activities.pop(0),
                scene.why or "",
                by=Actor(Role.FAMILY_LINK, NAME["family"], subject_id=thread.pupil.id),
                now=scene.at,
            )
            if answer.answer == "not_for_us":
                self.refused.add((thread.pupil.id, answer.service_id))

    def _invite(self, scene: Scene, thread: Thread) -> None:
        """Suggest activities to the next family for whose child there are some, and send the link."""
        for pupil in self.invited[scene.case.place]:
            if not pupil.interests:
                continue
            student = student_by_id(self.session, pupil.id)
            found = suggested_activities(
                self.session, student, language="en", now=self.now, limit=SUGGESTIONS
            )
            if not found:
                continue
            thread.pupil = pupil
            thread.activities = [activity.service_at_location_id for activity in found]
            for activity in thread.activities:
                suggest_to_family(self.session, pupil.id, activity, by=pupil.manager, now=scene.at)
            invite_family(self.session, pupil.id, by=pupil.manager, now=scene.at)
            return


def _ids(session: Session, *, at_tour: bool) -> list[uuid.UUID]:
    """Students at the tour's schools or at all others, by number, without the tour's first."""
    is_at_tour = School.code.in_(TOUR_SCHOOLS)
    return list(
        session.scalars(
            select(Student.id)
            .join(Student.school)
            .where(is_at_tour if at_tour else ~is_at_tour, Student.id != FIRST_ON_THE_TOUR)
            .order_by(Student.district_number)
        )
    )


def _sample(ids: list[uuid.UUID], size: int, rng: Random) -> list[uuid.UUID]:
    return rng.sample(ids, min(size, len(ids)))


def _pupils(session: Session, ids: list[uuid.UUID], rng: Random) -> list[Pupil]:
    """The students who have a plan manager and something to be helped with, shuffled."""
    ids = _sample(ids, STUDENTS_ELSEWHERE, rng)
    students = session.scalars(
        select(Student)
        .where(Student.id.in_(ids))
        .options(
            joinedload(Student.plan).options(
                joinedload(Plan.plan_manager),
                selectinload(Plan.needs),
                selectinload(Plan.interests),
            )
        )
    )
    by_id = {student.id: student for student in students}
    found = (_pupil(by_id[id_]) for id_ in ids)
    return [pupil for pupil in found if pupil is not None]


def _pupil(student: Student) -> Pupil | None:
    plan = student.plan
    manager = actor_of(plan.plan_manager) if plan and plan.plan_manager else None
    if plan is None or manager is None:
        return None
    needs = sorted(plan.needs, key=lambda need: (-need.urgency, need.category))
    interests = sorted(plan.interests, key=lambda interest: (-interest.strength, interest.term))
    liked = tuple(interest.term for interest in interests)
    codes = (*(need.category for need in needs), *liked)
    return Pupil(student.id, manager, codes, liked)


def _turns(pupils: list[Pupil]) -> Iterator[tuple[Pupil, str]]:
    """Everybody's first need, then everybody's second, and so on."""
    columns = itertools.zip_longest(*(pupil.codes for pupil in pupils))
    for column in columns:
        for pupil, code in zip(pupils, column, strict=True):
            if code is not None:
                yield pupil, code
