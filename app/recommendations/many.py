"""The best offers of many students at once, packed: for the rankings of the whole district.

Called by app/rankings, in a process of the worker or of a command. Reads by columns, a fixed number
of statements for any number of students; the engine's `table` does the rest, without explanations.
"""

from __future__ import annotations

import json
import struct
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import String, Text, cast, select, type_coerce
from sqlalchemy.orm import Session

from app.clock import day_there
from app.errors import Invalid
from app.recommendations.asks import WHOLE_PLAN
from app.recommendations.engines import engine_for
from app.recommendations.profiles import PlanFacts, StudentFacts, profile_of
from app.referrals.queries import NOTHING_YET, ReferralHistory, open_counts, referral_histories
from app.students.models import Plan, PlanInterest, PlanNeed, School, Student
from matching.checks import check_profile
from matching.errors import ProfileError
from matching.types import Profile

ONE = struct.Struct("<16sI")  # a place's id and its score, 0 to 1,000,000
PACKED = np.dtype([("place", "V16"), ("score", "<u4")])
STUDENT, PLAN, NEED, INTEREST, SCHOOL = (
    mapped.__table__.c for mapped in (Student, Plan, PlanNeed, PlanInterest, School)
)
# In the order of the fields of StudentFacts.
PLAIN = (
    STUDENT.id,
    STUDENT.birth_date,
    STUDENT.grade,
    STUDENT.gender,
    STUDENT.home_zip,
    STUDENT.home_county,
    STUDENT.home_latitude,
    STUDENT.home_longitude,
    STUDENT.insurance,
    STUDENT.income_percent,
    STUDENT.travel,
)
LISTS = tuple(
    cast(STUDENT[name], Text).label(f"{name}_text")
    for name in ("languages", "situations", "access_needs", "free_hours")
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A student's best offers, best first, packed (see `unpacked`), from the facts of one version.

    `problem` says in words why the record could not be ranked; then there are none.
    """

    student_id: uuid.UUID
    facts_version: int
    best: bytes
    considered: int
    fitting: int
    problem: str | None = None


def unpacked(best: bytes) -> Iterator[tuple[uuid.UUID, int]]:
    """The ids of service_at_location with their scores, best first."""
    for place, score in ONE.iter_unpack(best):
        yield uuid.UUID(bytes=place), score


class ManyRanker:
    """Ranks students by their whole plans, with the catalog and the load as they were when it began."""

    def __init__(self, session: Session, *, top: int, now: datetime) -> None:
        self.top, self.now = top, now
        self.on = day_there(session, now)
        nobody = Profile("")
        self.engine, self.revision = engine_for(session, WHOLE_PLAN.preset(nobody), on=self.on)
        self.load = {str(service): count for service, count in open_counts(session).items()}
        keys = b"".join(uuid.UUID(offer.key).bytes for offer in self.engine.index.columns.offers)
        self.keys = np.frombuffer(keys or bytes(16), dtype="V16")

    @property
    def parameters_version(self) -> str:
        """Of the weights and limits that count."""
        return self.engine.parameters.version

    def rank(self, session: Session, student_ids: Sequence[uuid.UUID]) -> list[Ranked]:
        """Rank these students (4 statements). Who was deleted meanwhile is left out."""
        found = facts_of(session, student_ids)
        histories = referral_histories(session, student_ids, now=self.now)
        sound: list[tuple[uuid.UUID, int, Profile]] = []
        ranked: list[Ranked] = []
        for facts, version in found:
            try:
                profile = sound_profile(facts, self.on, histories.get(facts.id, NOTHING_YET))
            except (Invalid, ProfileError) as error:
                ranked.append(Ranked(facts.id, version, b"", 0, 0, str(error)))
                continue
            sound.append((facts.id, version, profile))
        return ranked + self.packed(sound) if sound else ranked

    def packed(self, sound: Sequence[tuple[uuid.UUID, int, Profile]]) -> list[Ranked]:
        """The rankings of students (id, version of their facts, profile) that can be ranked."""
        profiles = [profile for *_, profile in sound]
        table = self.engine.table(profiles, self.top, on=self.on, load=self.load)
        numbers = (table.rows >= 0).sum(axis=1).tolist()
        packed = np.zeros(table.rows.shape, dtype=PACKED)
        packed["place"] = self.keys[np.maximum(table.rows, 0)]
        packed["score"] = table.scores
        fitting = (table.considered - table.excluded).tolist()
        considered = table.considered.tolist()
        return [
            Ranked(
                student_id,
                version,
                packed[at, : numbers[at]].tobytes(),
                considered[at],
                fitting[at],
            )
            for at, (student_id, version, _) in enumerate(sound)
        ]


def sound_profile(facts: StudentFacts, on: date, history: ReferralHistory) -> Profile:
    """The profile, or Invalid or ProfileError where no student can be like that."""
    profile = profile_of(
        facts,
        on=on,
        open_services=history.open_services,
        declined_until=history.declined_until,
    )
    check_profile(profile)
    return profile


def facts_of(session: Session, student_ids: Sequence[uuid.UUID]) -> list[tuple[StudentFacts, int]]:
    """What matching compares of the students, each with the version of their facts (4 statements).

    Ids that only tie rows together are not made into UUIDs, and lists are read once for all who have
    the same: of a district that halves the time.
    """
    connection = session.connection()  # by columns alone: no mapped object is made
    students = connection.execute(
        select(*PLAIN, *LISTS, STUDENT.facts_version, raw(STUDENT.school_id), raw(PLAN.id))
        .outerjoin_from(Student.__table__, Plan.__table__, PLAN.student_id == STUDENT.id)
        .where(STUDENT.id.in_(student_ids))
    ).all()
    schools = {
        row[0]: row
        for row in connection.execute(
            select(raw(SCHOOL.id), SCHOOL.code, SCHOOL.latitude, SCHOOL.longitude)
        )
    }
    plans = select(PLAN.id).where(PLAN.student_id.in_(student_ids)).scalar_subquery()
    needs: dict[Any, list[Any]] = defaultdict(list)
    for need in connection.execute(
        select(raw(NEED.plan_id), NEED.category, NEED.urgency, NEED.met_at)
        .where(NEED.plan_id.in_(plans))
        .order_by(NEED.urgency.desc(), NEED.category)
    ):
        needs[need[0]].append(need)
    interests: dict[Any, list[Any]] = defaultdict(list)
    for interest in connection.execute(
        select(raw(INTEREST.plan_id), INTEREST.term, INTEREST.strength)
        .where(INTEREST.plan_id.in_(plans))
        .order_by(INTEREST.strength.desc(), INTEREST.term)
    ):
        interests[interest[0]].append(interest)
    found = []
    for row in students:
        *plain, languages, situations, access, hours, version, school_id, plan_id = row
        lists = (listed(languages) or [], listed(situations), listed(access) or [], hours)
        plan = PlanFacts(needs[plan_id], interests[plan_id]) if plan_id else None
        facts = (*plain, *lists, schools[school_id], plan)
        found.append((StudentFacts(*facts), version))
    return found


def raw(column: Any) -> Any:
    """The column as the driver gives it: the same for the same id, and no more is asked of it."""
    return type_coerce(column, String).label(f"raw_{column.name}")


@lru_cache(maxsize=4_096)
def listed(text: str | None) -> Any:
    """A list that is kept as JSON. Not to be changed: all who have the same share it."""
    return None if text is None else json.loads(text)
