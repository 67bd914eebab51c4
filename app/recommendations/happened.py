"""What has happened already between a student and the services: referrals, and a family's no.

Called by queries.py for the page Find support, the API and the command, whose reader was let see the
student and with that the student's referrals. The engine knows only whom to leave out; this says why,
and who is helping already.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.clock import day_there
from app.families.queries import services_not_for
from app.recommendations.asking import Asked
from app.referrals.models import Referral
from app.referrals.queries import referrals_in_short
from app.referrals.states import OPEN, State
from app.referrals.wording import reason_words
from app.web import formats
from matching.terms import Relation, Terms
from matching.types import Offer

SAID = {
    State.DRAFT: "A referral to {whom} was begun on {day} and is not sent yet.",
    State.SENT: "Already referred to {whom} on {day}. They have not opened it yet.",
    State.OPENED: "Already referred to {whom} on {day}. They looked at it and have not answered yet.",
    State.WAITLISTED: "Already on the waitlist of {whom} since {day}.",
    State.ACCEPTED: "Already accepted by {whom} on {day}.",
    State.IN_SERVICE: "Already in service with {whom} since {day}.",
    State.COMPLETED: "Referred before, completed on {day}{why}.",
    State.NOT_COMPLETED: "Referred before, ended without help on {day}{why}.",
    State.DECLINED: "Referred before, declined on {day}{why}.",
    State.EXPIRED: "Referred before, no answer in time until {day}.",
    State.WITHDRAWN: "Referred before, withdrawn on {day}{why}.",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One referral in a sentence. `service` is the key that the engine knows the service by."""

    referral_id: uuid.UUID
    service: str
    place: str | None
    category: str
    state: str
    since: date
    sentence: str


@dataclass(frozen=True, slots=True)
class Past:
    """The open referrals, the oldest first; by service the last that ended or is a draft, and the day
    on which the family said "not for us"."""

    on_the_way: tuple[Happened, ...]
    before: Mapping[str, Happened]
    not_for_us: Mapping[str, date]

    @property
    def looked_after(self) -> dict[str, Happened]:
        """By need or interest, the referral that is on the way for it: the one that came farthest."""
        return {one.category: one for one in sorted(self.on_the_way, key=how_far)}


def past_of(session: Session, student_id: uuid.UUID) -> Past:
    """What has happened with a student whom the caller was let see (2 statements)."""
    made = [told(session, referral) for referral in referrals_in_short(session, student_id)]
    return Past(
        on_the_way=tuple(one for one in made if one.state in OPEN),
        before={one.service: one for one in made if is_of_a_card(one)},
        not_for_us={
            str(service): day_there(session, at)
            for service, at in services_not_for(session, student_id).items()
        },
    )


def is_of_a_card(one: Happened) -> bool:
    """Whether its service may be on the list: it has ended, or is a draft that "Refer" continues."""
    return one.state == State.DRAFT or one.state not in OPEN


def how_far(one: Happened) -> int:
    """A referral's state in the order of the loop."""
    return list(SAID).index(State(one.state))


def told(session: Session, referral: Referral) -> Happened:
    """A referral in a sentence, with the day that it came to where it is."""
    state = State(referral.state)
    moment = {
        State.DRAFT: referral.created_at,
        State.SENT: referral.sent_at,
        State.OPENED: referral.sent_at,
    }.get(state, referral.closed_at) or referral.changed_at
    since = day_there(session, moment)
    why = reason_words(referral.outcome or referral.decline_reason or referral.close_reason)
    whom = f"{referral.service.name}, {referral.organization.name}"
    return Happened(
        referral_id=referral.id,
        service=str(referral.service_id),
        place=str(referral.service_at_location_id) if referral.service_at_location_id else None,
        category=referral.category,
        state=referral.state,
        since=since,
        sentence=SAID[state].format(
            whom=whom, day=formats.day(since), why=f": {why}" if why else ""
        ),
    )


def on_the_way_for(asked: Asked, past: Past) -> tuple[Happened, ...]:
    """The open referrals that are about what was asked: made for it, or to a service that serves it."""
    if asked.ask.is_whole_plan:
        return past.on_the_way
    profile = asked.profile
    codes = [need.category for need in profile.needs] + [one.term for one in profile.interests]
    offers, terms = asked.engine.index.columns, asked.engine.index.background.terms

    def is_about(one: Happened) -> bool:
        if one.category in codes:
            return True
        row = offers.row_of(one.place) if one.place else None
        return row is not None and serves(offers.offers[row], codes, terms)

    return tuple(one for one in past.on_the_way if is_about(one))


def serves(offer: Offer, codes: Sequence[str], terms: Terms) -> bool:
    """Whether the offer is for one of the needs or interests, broader or narrower."""
    offered: Collection[str] = (*offer.categories, *offer.interests)
    related = {terms.relation(asked, one) for asked in codes for one in offered}
    return bool(related - {None, Relation.FAMILY})
