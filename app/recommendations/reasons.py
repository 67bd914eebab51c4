"""What speaks for and against places that were proposed to many students: distance, what to ask
first, and what does not fit any more. In a fixed number of statements, for a page of a list.

Called by app/places, which bounds whose students these are.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.clock import day_there
from app.errors import Invalid
from app.recommendations.asking import Asked, explained
from app.recommendations.asks import WHOLE_PLAN
from app.recommendations.engines import engine_for
from app.recommendations.explanations import questions_of, refusals_of
from app.recommendations.many import facts_of, sound_profile
from app.recommendations.narrowing import metres_of
from app.recommendations.words import distance_words
from app.referrals.queries import NOTHING_YET, open_counts, referral_histories
from matching.errors import ProfileError
from matching.terms import Relation
from matching.types import Exclusion, Match, Offer, Profile


@dataclass(frozen=True, slots=True)
class Proposed:
    """A place for a student, and the need or interest that it is for."""

    student_id: uuid.UUID
    service_at_location_id: uuid.UUID
    category: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """In words. `is_only_close`: what is offered is near the interest that was asked, not the same.
    `refusals`: why it does not fit any more; then there are no questions and no distance."""

    distance: str | None
    questions: tuple[str, ...]
    refusals: tuple[str, ...]
    is_only_close: bool


def reasons_of(
    session: Session, proposed: Sequence[Proposed], *, now: datetime, language: str
) -> dict[Proposed, Reasons]:
    """Of each that can be ranked and is still on offer (7 statements; none where nothing is asked)."""
    if not proposed:
        return {}
    on = day_there(session, now)
    engine, revision = engine_for(session, WHOLE_PLAN.preset(Profile("")), on=on)
    load = {str(service): count for service, count in open_counts(session).items()}
    student_ids = list({one.student_id for one in proposed})
    histories = referral_histories(session, student_ids, now=now)
    profiles = {}
    for facts, _ in facts_of(session, student_ids):
        try:
            profiles[facts.id] = sound_profile(facts, on, histories.get(facts.id, NOTHING_YET))
        except (Invalid, ProfileError):
            continue  # the student's own page says what is wrong with the record
    found = {}
    for one in proposed:
        if one.student_id not in profiles:
            continue
        profile = profiles[one.student_id]
        asked = Asked(profile, profile, WHOLE_PLAN, engine, revision, load, on)
        answer = explained(asked, str(one.service_at_location_id))
        if answer is not None:
            found[one] = Reasons(
                is_only_close=is_only_close(asked, one, answer.offer),
                **in_words(answer, language),
            )
    return found


def in_words(answer: Match | Exclusion, language: str) -> dict[str, Any]:
    """The engine's answer."""
    if isinstance(answer, Exclusion):
        return {"distance": None, "questions": (), "refusals": refusals_of(answer, language)}
    is_rough = answer.offer.point_within > 0
    return {
        "distance": distance_words(metres_of(answer), language, is_rough=is_rough),
        "questions": questions_of(answer, language),
        "refusals": (),
    }


def is_only_close(asked: Asked, one: Proposed, offer: Offer) -> bool:
    """Whether the offer has nothing of the interest itself, only what is of its kind."""
    terms = asked.engine.index.background.terms
    relations = {terms.relation(one.category, term) for term in offer.interests}
    return Relation.FAMILY in relations and relations <= {Relation.FAMILY, None}
