"""Up to four offers side by side for one student, as the compare page shows them.

Called by pages.py. Each stands with its rank and its parts, or with every reason against it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.recommendations.asking import Asked, asked_of, explained
from app.recommendations.asks import Ask
from app.recommendations.explanations import refusals_of
from app.recommendations.listings import Listing, listings_of
from app.recommendations.support import MatchRow, StudentSummary, match_row, student_summary
from app.recommendations.why_not import rank_in_list
from app.security.policy import Actor
from app.students.queries import student_for
from matching.types import Match

MOST_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Compared:
    """One column: the match, or the sentences that say why it is none."""

    service_at_location_id: uuid.UUID
    name: str
    organization: str
    match: MatchRow | None
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The columns in the order asked; `gone` are how many are in the catalog no more."""

    student: StudentSummary
    ask: Ask
    ask_words: str
    columns: tuple[Compared, ...]
    gone: int


def compare(
    session: Session,
    actor: Actor,
    student_id: uuid.UUID,
    offers: Sequence[uuid.UUID],
    *,
    ask: Ask | None,
    now: datetime,
    language: str = "en",
) -> Comparison:
    """The offers (ids of service_at_location), at most MOST_COMPARED, for one ask (8 statements,
    15 where a listing is not remembered).

    Raises NotFound for a student of another school.
    """
    student = student_for(session, actor, student_id, action="students.match")
    asked = asked_of(session, student, ask=ask, now=now)
    listings = listings_of(
        session,
        [str(offer) for offer in offers],
        language=language,
        remembered=asked.listings,
    )
    columns = [
        column_of(asked, listings[key], school=student.school.name, language=language)
        for key in map(str, offers)
        if key in listings
    ]
    return Comparison(
        student=student_summary(student),
        ask=asked.ask,
        ask_words=asked.ask.words(language),
        columns=tuple(column for column in columns if column is not None),
        gone=len(offers) - sum(column is not None for column in columns),
    )


def column_of(asked: Asked, listing: Listing, *, school: str, language: str) -> Compared | None:
    """One offer; None where it is not on offer any more."""
    answer = explained(asked, str(listing.service_at_location_id))
    if answer is None:
        return None
    match: MatchRow | None = None
    refusals: tuple[str, ...] = ()
    if isinstance(answer, Match):
        rank = rank_in_list(asked, answer)
        match = match_row(answer, listing, school=school, language=language, service_rank=rank)
    else:
        refusals = refusals_of(answer, language)
    return Compared(
        service_at_location_id=listing.service_at_location_id,
        name=listing.name,
        organization=listing.organization,
        match=match,
        refusals=refusals,
    )
