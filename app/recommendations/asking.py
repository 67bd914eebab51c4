"""A question about a student, made ready for the engine, and the engine's refusals as the app's.

Called by queries.py of this feature. It loads what changes from hour to hour (open referrals, the
catalog's revision); the student comes loaded, and let in, from the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.clock import day_there
from app.errors import Invalid
from app.recommendations.asks import Ask, Goal, first_ask, for_goal, is_interest
from app.recommendations.engines import standing_for
from app.recommendations.listings import Listings
from app.recommendations.profiles import focus, profile_of
from app.referrals.queries import open_counts, referral_history
from app.students.models import Student
from catalog.taxonomy import UnknownTermError, term
from matching.engine import Engine
from matching.errors import MatchingError, ProfileError, UnknownOfferError
from matching.types import Exclusion, Match, Profile


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready for the engine: the profile narrowed to the ask, and the day's facts."""

    whole: Profile
    profile: Profile
    ask: Ask
    engine: Engine
    revision: int
    load: Mapping[str, int]
    on: date
    listings: Listings = field(default_factory=dict)  # what pages tell of offers, as remembered


def asked_of(
    session: Session,
    student: Student,
    *,
    ask: Ask | None,
    now: datetime,
    interests_only: bool = False,
) -> Asked:
    """The question for a loaded student (3 statements; more when the catalog has changed)."""
    on = day_there(session, now)
    history = referral_history(session, student.id, now=now)
    whole = profile_of(
        student,
        on=on,
        open_services=history.open_services,
        declined_until=history.declined_until,
    )
    chosen = ask or first_ask(whole)
    if chosen.goal:
        chosen = for_goal(chosen, goals_of(student))
    profile = narrowed_to(whole, chosen)
    preset = chosen.preset(whole)
    if interests_only:
        profile, preset = replace(profile, needs=()), "enrichment"
    engine, revision, listings = standing_for(session, preset, on=on)
    load = {str(service): count for service, count in open_counts(session).items()}
    return Asked(whole, profile, chosen, engine, revision, load, on, listings)


def narrowed_to(whole: Profile, ask: Ask) -> Profile:
    """The student asking for what was singled out. A goal that tells a crisis asks for nothing."""
    if ask.is_whole_plan:
        return whole
    codes = (ask.code,) if ask.code else ask.terms
    return focus(
        whole,
        needs=[code for code in codes if not is_interest(code)],
        interests=[code for code in codes if is_interest(code)],
    )


def goals_of(student: Student) -> tuple[Goal, ...]:
    """The goals of the student's plan, in its order."""
    goals = student.plan.goals if student.plan else ()
    return tuple(Goal(goal.id, goal.domain, goal.text) for goal in goals)


def ask_for(category: str) -> Ask:
    """The Ask of a code that may be a need or an interest. Raises Invalid."""
    try:
        found = term(category)
    except UnknownTermError:
        raise Invalid(
            "What this referral is for is neither a need nor an interest that Footbridge knows. "
            "Open “Find support” again and choose from there.",
            {"category": "Not a code of the district's vocabularies."},
        ) from None
    return Ask(need=category) if found.vocabulary == "needs" else Ask(interest=category)


def explained(asked: Asked, key: str) -> Exclusion | Match | None:
    """What the engine says of one offer; None where it is not in the catalog on offer."""
    with as_domain_errors():
        try:
            return asked.engine.explain_absence(asked.profile, key, on=asked.on, load=asked.load)
        except UnknownOfferError:
            return None


@contextmanager
def as_domain_errors() -> Iterator[None]:
    """The engine's refusal of a record (an age below zero) as one that the person can mend."""
    try:
        yield
    except UnknownOfferError:
        raise
    except ProfileError as error:
        raise Invalid(str(error), {error.field: "Not what a student can have."}) from None
    except MatchingError as error:
        raise Invalid(str(error)) from None
