"""Who is helped, group by group: suggestions, referrals, acceptances, connections and waits.

Called by `fairness`. Reads every student with a plan and keeps nothing; what goes out is counted and
small numbers are kept back (suppression.py).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from babel import Locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.families.models import Suggestion
from app.referrals.models import Referral, ReferralEvent
from app.referrals.states import CONNECTED
from app.reports.suppression import LEAST, withheld
from app.students.models import Plan, School, Student
from catalog.vocabulary import INSURANCE_KINDS

NOT_STATED = "not stated"
BANDS = ((2, "pre-K to 2"), (5, "3 to 5"), (8, "6 to 8"), (12, "9 to 12"))
PLACE_OF_BAND = {name: place for place, (_, name) in enumerate(BANDS)}
COUNTED = ("students", "suggested", "referred", "accepted", "connected")
ANSWERS = ("accept", "waitlist", "decline")


@dataclass(slots=True)
class Figures:
    """One group: students with a plan; students to whom something was suggested; referrals sent, of
    these accepted, and ended with the student connected; days from sent to the partner's first answer.
    """

    students: int = 0
    suggested: int = 0
    referred: int = 0
    accepted: int = 0
    connected: int = 0
    days: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A group as it may be told: None is kept back. `days` is the median wait."""

    group: str
    students: int | None
    suggested: int | None
    referred: int | None
    accepted: int | None
    connected: int | None
    days: float | None


def fairness(
    session: Session, grouping: Mapping[uuid.UUID, str], *, since: datetime, until: datetime
) -> list[Row]:
    """A row a group and the total, of what was suggested and sent in a time (4 statements).

    `grouping` is the group by student; who is not in it is "not stated".
    """
    figures: dict[str, Figures] = defaultdict(Figures)
    group_of: dict[uuid.UUID, str] = {}
    for student_id in session.scalars(select(Plan.student_id)):
        group_of[student_id] = grouping.get(student_id, NOT_STATED)
        figures[group_of[student_id]].students += 1
    suggested = select(Suggestion.student_id).where(
        Suggestion.suggested_at >= since, Suggestion.suggested_at < until
    )
    for student_id in session.scalars(suggested.distinct()):
        if student_id in group_of:
            figures[group_of[student_id]].suggested += 1
    answered, accepted = answers(session, since, until)
    sent = select(Referral.id, Referral.student_id, Referral.sent_at, Referral.outcome).where(
        Referral.sent_at >= since, Referral.sent_at < until
    )
    for id_, student_id, sent_at, outcome in session.execute(sent):
        if student_id not in group_of:
            continue
        one = figures[group_of[student_id]]
        one.referred += 1
        one.accepted += id_ in accepted
        one.connected += outcome in CONNECTED
        if id_ in answered and sent_at is not None:
            one.days.append((answered[id_] - sent_at).total_seconds() / 86_400)
    return told(figures)


def answers(
    session: Session, since: datetime, until: datetime
) -> tuple[dict[uuid.UUID, datetime], set[uuid.UUID]]:
    """When each referral was first answered by its partner, and which were accepted (1 statement)."""
    rows = session.execute(
        select(ReferralEvent.referral_id, ReferralEvent.action, func.min(ReferralEvent.at))
        .join(Referral, Referral.id == ReferralEvent.referral_id)
        .where(
            ReferralEvent.action.in_(ANSWERS), Referral.sent_at >= since, Referral.sent_at < until
        )
        .group_by(ReferralEvent.referral_id, ReferralEvent.action)
    ).all()
    first: dict[uuid.UUID, datetime] = {}
    for id_, _, at in rows:
        first[id_] = min(at, first.get(id_, at))
    return first, {id_ for id_, action, _ in rows if action == "accept"}


def told(figures: Mapping[str, Figures]) -> list[Row]:
    """The rows by name (grades as they follow), "not stated" and the total last, without what is too
    small to tell."""
    names = sorted(figures, key=lambda name: (name == NOT_STATED, PLACE_OF_BAND.get(name, 0), name))
    small = {}
    for column in COUNTED:
        small[column] = withheld({name: getattr(figures[name], column) for name in names})
    whole = Figures(
        **{column: sum(getattr(figures[name], column) for name in names) for column in COUNTED},
        days=[days for name in names for days in figures[name].days],
    )

    def row(name: str, one: Figures, *, is_total: bool) -> Row:
        kept: dict[str, int | None] = {}
        for column in COUNTED:
            groups, hides_total = small[column]
            is_kept_back = hides_total if is_total else name in groups
            kept[column] = None if is_kept_back else getattr(one, column)
        wait = round(median(one.days), 1) if len(one.days) >= LEAST else None
        return Row(name, **kept, days=wait)

    return [
        *(row(name, figures[name], is_total=False) for name in names),
        row("all", whole, is_total=True),
    ]


def groups_by(session: Session, what: str) -> dict[uuid.UUID, str]:
    """Each student's group: one of GROUPINGS (1 statement)."""
    rows = session.execute(
        select(
            Student.id,
            Student.grade,
            Student.gender,
            Student.languages,
            Student.insurance,
            School.name,
        ).join(Student.school)
    )
    place = GROUPINGS.index(what)
    return {id_: words_of(facts)[place] for id_, *facts in rows}


def words_of(facts: Sequence[object]) -> tuple[str, ...]:
    """The groups of one student, in the order of GROUPINGS."""
    grade, gender, languages, insurance, school = facts
    band = next(
        (name for highest, name in BANDS if isinstance(grade, int) and grade <= highest), ""
    )
    first = languages[0] if isinstance(languages, list) and languages else None
    return (
        band or NOT_STATED,
        str(gender or NOT_STATED),
        str(Locale("en").languages.get(first, first)) if first else NOT_STATED,
        INSURANCE_KINDS[insurance].en if insurance in INSURANCE_KINDS else NOT_STATED,
        str(school),
    )


GROUPINGS = ("grade", "gender", "language", "insurance", "school")


def groups_of_numbers(
    session: Session, group_of_number: Mapping[str, str]
) -> tuple[dict[uuid.UUID, str], int]:
    """Groups told by the district's numbers, and how many of the numbers no student has."""
    known: dict[str, uuid.UUID] = {
        number: id_ for id_, number in session.execute(select(Student.id, Student.district_number))
    }
    found = {known[number]: group for number, group in group_of_number.items() if number in known}
    return found, missing(known, group_of_number)


def missing(known: Iterable[str], asked: Iterable[str]) -> int:
    """How many of the numbers asked for are not known."""
    return len(set(asked) - set(known))
