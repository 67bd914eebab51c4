"""Who could get which open seat: kept rankings and the seats that partners told, as a case for the
engine's allocation, and its answer as ids.

Called by app/places. Reads no student, only what it is given, and of the catalog what the engine
holds. What is best, and in which order, `matching/allocation.py` says.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from app.clock import day_there
from app.recommendations.asks import WHOLE_PLAN
from app.recommendations.engines import engine_for
from app.recommendations.many import unpacked
from app.recommendations.offers import openings_of
from app.referrals.queries import open_counts
from catalog.models import Service
from matching.terms import Relation, Terms
from matching.types import Offer, Profile

if TYPE_CHECKING:
    from matching.allocation import Allocation, MoreSeats

# What a place that is not there yet would score, for "one more place of a kind": the middle.
TYPICAL: Final = 500_000
OF_AN_INTEREST: Final = 1  # as urgent as a need that can wait
CLOSER = {Relation.EXACT: 3, Relation.NARROWER: 2, Relation.BROADER: 1, Relation.FAMILY: 0}


@dataclass(frozen=True, slots=True)
class Wisher:
    """A student of the run: needs (code, urgency) and interests that nothing is on the way for, the
    packed ranking, the services that are not to be proposed, and (service, code) where a service is
    not to be proposed for that need or interest again."""

    student_id: uuid.UUID
    school_id: uuid.UUID
    needs: tuple[tuple[str, int], ...]
    interests: tuple[str, ...]
    best: bytes
    closed: frozenset[uuid.UUID] = frozenset()
    tried: frozenset[tuple[uuid.UUID, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """A seat that is promised to somebody. `since`: told by the partner's figure of a later day; None:
    by no figure."""

    service_id: uuid.UUID
    since: date | None = None


@dataclass(frozen=True, slots=True)
class SeatFor:
    """A seat that a student could get: at a service's best place for them, and for what."""

    student_id: uuid.UUID
    service_id: uuid.UUID
    service_at_location_id: uuid.UUID
    category: str
    urgency: int
    score: int


@dataclass(frozen=True, slots=True)
class NextSeat:
    """A service's seats, and what one more of them would give: more places for urgent needs, more for
    pressing ones, more students with any place, and score."""

    service_id: uuid.UUID
    seats: int
    proposed: int
    gain: MoreSeats


@dataclass(frozen=True, slots=True)
class NextOfKind:
    """What one more place of a kind at a school would give, and how many there ask for it in vain."""

    school_id: uuid.UUID
    code: str
    waiting: int
    waiting_urgent: int
    gain: MoreSeats


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """The proposals, and what they add up to. `overbooked`: services that have promised more seats
    than they told. `untold`: services that would fit, but tell no number of open seats, or an old one;
    those that would fit most students first. `bound`: the score if no family asked to be together."""

    seats: tuple[SeatFor, ...]
    next_seats: tuple[NextSeat, ...]
    next_of_kinds: tuple[NextOfKind, ...]
    wishers: int
    without: int
    apart: int
    overbooked: tuple[uuid.UUID, ...]
    untold: tuple[uuid.UUID, ...]
    total_score: int
    bound: int
    revision: int
    parameters_version: str


def share_seats(
    session: Session,
    wishers: Sequence[Wisher],
    *,
    held: Sequence[Held],
    accepted: Collection[tuple[uuid.UUID, uuid.UUID]],
    families: Sequence[tuple[uuid.UUID, ...]],
    at_most: int,
    now: datetime,
) -> SeatPlan:
    """The best that all of them together can get (2 statements; more where the catalog changed).

    `accepted`: (student, service) accepted for this term, which count to a student's `at_most`;
    their seats are among `held` too.
    """
    on = day_there(session, now)
    engine, revision = engine_for(session, WHOLE_PLAN.preset(Profile("")), on=on)
    load = open_counts(session)
    offers = {uuid.UUID(offer.key): offer for offer in engine.offers}
    told = seats_told(offers.values(), on=on, stale_after=engine.parameters.openings_stale_after)
    free, overbooked = seats_free(offers.values(), told, held, load)
    serving = Serving(engine.index.background.terms)
    options: dict[tuple[str, str], SeatFor] = {}
    untold: Counter[str] = Counter()
    for wisher in wishers:
        for one in options_of(wisher, offers, serving):
            key = str(one.service_id)
            if key in free:
                options[str(one.student_id), key] = one
            else:
                untold[key] += 1
    kept = [(str(student), str(service)) for student, service in accepted if str(service) in free]
    seats = dict(free)
    for _, service in kept:
        seats[service] += 1
    result = allocated(wishers, options, seats, kept, families, at_most)
    given = [
        options[place.student, place.offer] for place in result.places if not place.is_promised
    ]
    return SeatPlan(
        seats=tuple(given),
        next_seats=tuple(next_seats(free, options, given, result.value_of_a_seat)),
        next_of_kinds=tuple(next_of_kinds(wishers, given, result.value_of_a_seat)),
        wishers=len(result.without) + len({place.student for place in result.places}),
        without=len(result.without),
        apart=len(result.apart),
        overbooked=overbooked,
        untold=tuple(
            uuid.UUID(key) for key, _ in sorted(untold.items(), key=lambda one: (-one[1], one[0]))
        ),
        total_score=result.total_score,
        bound=result.bound,
        revision=revision,
        parameters_version=engine.parameters.version,
    )


def seats_told(
    offers: Collection[Offer], *, on: date, stale_after: int
) -> dict[str, tuple[int, date]]:
    """Open seats by service with the day of the figure, where there is a number that is not old."""
    told: dict[str, tuple[int, date]] = {}
    for offer in offers:
        available, as_of = offer.openings.available, offer.openings.as_of
        if available is not None and as_of is not None and (on - as_of).days <= stale_after:
            told[offer.service] = (max(0, available), as_of)
    return told


def figure_now(session: Session, service: Service, *, now: datetime) -> tuple[int, date] | None:
    """A service's open seats as told by now, with the day of the figure; None: none, or an old one
    (1 statement, and one for its capacities where they are not loaded)."""
    on = day_there(session, now)
    engine, _ = engine_for(session, WHOLE_PLAN.preset(Profile("")), on=on)
    told = openings_of(service, [])
    offer = Offer(str(service.id), str(service.id), "", openings=told)
    stale_after = engine.parameters.openings_stale_after
    return seats_told([offer], on=on, stale_after=stale_after).get(offer.service)


def is_taken(held: Held, figure: tuple[int, date]) -> bool:
    """Whether the promised seat must be taken off the partner's figure, which does not know of it."""
    return held.since is None or held.since >= figure[1]


def seats_free(
    offers: Collection[Offer],
    told: Mapping[str, tuple[int, date]],
    held: Sequence[Held],
    load: Mapping[uuid.UUID, int],
) -> tuple[dict[str, int], tuple[uuid.UUID, ...]]:
    """Seats left by service, within the partner's cap of open referrals; and the services that have
    promised more than they told."""
    taken: Counter[str] = Counter()
    for one in held:
        key = str(one.service_id)
        if key in told and is_taken(one, told[key]):
            taken[key] += 1
    caps = {offer.service: offer.referral_cap for offer in offers}
    free = {}
    for key, (available, _) in told.items():
        left, cap = available - taken[key], caps[key]
        if cap is not None:
            left = min(left, cap - load.get(uuid.UUID(key), 0))
        free[key] = max(0, left)
    overbooked = [key for key, (available, _) in told.items() if taken[key] > available]
    return free, tuple(map(uuid.UUID, sorted(overbooked)))


class Serving:
    """What an offer would serve of what a student asks, and how urgent that is."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.known: dict[tuple[str, tuple[str, ...]], int | None] = {}

    def closeness(self, asked: str, offered: tuple[str, ...]) -> int | None:
        """How close the closest of the offered terms is to the one that is asked; None: not at all."""
        key = (asked, offered)
        if key not in self.known:
            found = (self.terms.relation(asked, term) for term in offered)
            self.known[key] = max((CLOSER[one] for one in found if one is not None), default=None)
        return self.known[key]

    def served(self, wisher: Wisher, offer: Offer) -> tuple[str, int] | None:
        """The most urgent need that it serves, of those the closest; else the closest interest.

        What it would serve beside is left out: a seat is proposed for one need.
        """
        best: tuple[int, int, str] | None = None
        tried = {code for service, code in wisher.tried if str(service) == offer.service}
        for code, urgency in wisher.needs:
            if code in tried:
                continue
            close = self.closeness(code, offer.categories)
            if close and (best is None or (urgency, close) > best[:2]):  # no need is served by kin
                best = (urgency, close, code)
        if best is not None:
            return best[2], best[0]
        liked = [
            (self.closeness(code, offer.interests), code)
            for code in wisher.interests
            if code not in tried
        ]
        closest = max(((close, code) for close, code in liked if close is not None), default=None)
        return (closest[1], OF_AN_INTEREST) if closest is not None else None


def options_of(
    wisher: Wisher, offers: Mapping[uuid.UUID, Offer], serving: Serving
) -> Iterator[SeatFor]:
    """Each service of the student's ranking that serves what is not on the way, at its best place."""
    seen = set(map(str, wisher.closed))
    for place_id, score in unpacked(wisher.best):
        offer = offers.get(place_id)
        if offer is None or offer.service in seen:
            continue
        seen.add(offer.service)
        served = serving.served(wisher, offer)
        if served is not None:
            code, urgency = served
            service_id = uuid.UUID(offer.service)
            yield SeatFor(wisher.student_id, service_id, place_id, code, urgency, score)


def kind_key(code: str, school_id: uuid.UUID) -> str:
    """The key of a place that is not there: of a kind, at a school."""
    return f"{code}@{school_id}"


def kinds_asked(wisher: Wisher) -> list[tuple[str, int]]:
    """Every kind of place that the student asks for, with its urgency."""
    return [*wisher.needs, *((code, OF_AN_INTEREST) for code in wisher.interests)]


def allocated(
    wishers: Sequence[Wisher],
    options: Mapping[tuple[str, str], SeatFor],
    seats: Mapping[str, int],
    kept: Sequence[tuple[str, str]],
    families: Sequence[tuple[uuid.UUID, ...]],
    at_most: int,
) -> Allocation:
    """The engine's answer. Beside the real offers stands one without a seat for each kind and school:
    the value of its next seat is what a place of that kind there would be worth.

    No need of a student gets two places: an option is for the need that it serves best.
    """
    # Brings OR-Tools along, which no other page and no other command needs.
    from matching.allocation import Candidate, allocate  # noqa: PLC0415

    missing = [
        Candidate(str(wisher.student_id), kind_key(code, wisher.school_id), TYPICAL, urgency, code)
        for wisher in wishers
        for code, urgency in kinds_asked(wisher)
    ]
    every_seat = {**dict.fromkeys((one.offer for one in missing), 0), **seats}
    together = [tuple(map(str, family)) for family in families]
    real = [
        Candidate(student, offer, one.score, one.urgency, one.category)
        for (student, offer), one in options.items()
    ]
    return allocate(
        [*real, *missing], every_seat, at_most=at_most, promised=kept, families=together
    )


def next_seats(
    free: Mapping[str, int],
    options: Mapping[tuple[str, str], SeatFor],
    given: Sequence[SeatFor],
    values: Mapping[str, MoreSeats],
) -> Iterator[NextSeat]:
    """Every service that somebody could go to, with what its next seat is worth."""
    proposed = Counter(one.service_id for one in given)
    for key in sorted({service for _, service in options}):
        service_id = uuid.UUID(key)
        yield NextSeat(service_id, free[key], proposed[service_id], values[key])


def next_of_kinds(
    wishers: Sequence[Wisher], given: Sequence[SeatFor], values: Mapping[str, MoreSeats]
) -> Iterator[NextOfKind]:
    """Every kind that somebody asks for in vain, by school, with what a place of it is worth."""
    served = {(one.student_id, one.category) for one in given}
    waiting: dict[tuple[uuid.UUID, str], list[int]] = defaultdict(list)
    for wisher in wishers:
        for code, urgency in kinds_asked(wisher):
            if (wisher.student_id, code) not in served:
                waiting[wisher.school_id, code].append(urgency)
    for (school_id, code), urgencies in sorted(waiting.items(), key=lambda one: str(one[0])):
        yield NextOfKind(
            school_id,
            code,
            waiting=len(urgencies),
            waiting_urgent=urgencies.count(3),
            gain=values[kind_key(code, school_id)],
        )
