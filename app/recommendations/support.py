"""What the Find support page, the API and the command line show of a ranking: plain frozen rows.

Called by queries.py, which loads everything first; nothing here asks the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.directory.as_of import AsOf
from app.recommendations.asks import Ask, Choice
from app.recommendations.explanations import (
    PartRow,
    near_miss_words,
    part_rows,
    questions_of,
    refusals_of,
    whole_score,
)
from app.recommendations.happened import Happened
from app.recommendations.listings import Listing
from app.recommendations.narrowing import metres_of
from app.recommendations.words import (
    cost_words,
    distance_words,
    hours_words,
    languages_words,
    openings_words,
    say,
)
from app.students.models import Student
from catalog.taxonomy import CrisisLine, UnknownTermError, term
from matching.types import Exclusion, Match, NearMiss, Offer, Part

ACTIVITIES = "clubs-activities"  # the area of needs that is about taking part in something


@dataclass(frozen=True, slots=True)
class StudentSummary:
    """Whom the page is about."""

    id: uuid.UUID
    first_name: str
    full_name: str
    grade: int
    school: str
    has_plan: bool


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """Another place of the same service, which ranks lower."""

    service_at_location_id: uuid.UUID
    where: str
    distance: str | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One ranked offer. `score` 0 to 1000 = the sum of the parts' points; distance in metres.

    `rank` is among all offers that fit, `service_rank` among their services, each at its best place: the
    one that the page tells.

    `category` is the need or interest that it serves best: what a referral is made for.
    `other_places` is filled where each service is shown once, at its best place. `point` is
    (latitude, longitude), never of a confidential place. `is_unsure`: the listing does not say all
    that the filters ask. `before`: a referral to the service that ended, or is a draft; `not_for_us`:
    the day on which the family said so; `is_only_close`: it is something like the interest `category`.
    """

    rank: int
    score: int
    service_at_location_id: uuid.UUID
    service_id: uuid.UUID
    name: str
    organization: str
    description: str
    where: str
    distance_metres: int | None
    distance: str | None
    when: str
    cost: str
    openings: str
    languages: tuple[str, ...]
    category: str
    is_activity: bool
    parts: tuple[PartRow, ...]
    questions: tuple[str, ...]
    other_places: tuple[OtherPlace, ...] = ()
    point: tuple[float, float] | None = None
    documents: tuple[str, ...] = ()
    confirmed: date | None = None
    as_of: AsOf = field(default_factory=dict)
    is_unsure: bool = False
    before: Happened | None = None
    not_for_us: date | None = None
    service_rank: int | None = None
    is_only_close: bool = False


@dataclass(frozen=True, slots=True)
class NearMissRow:
    """An offer that one changeable fact keeps out; or, of the `ruled_out`, the first reason.

    `where` is "" where it comes to schools: to the student's perhaps not.
    """

    service_at_location_id: uuid.UUID
    name: str
    organization: str
    where: str
    words: str


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an offer is not in the ranking; or, where it is, its rank and its score of 1000.

    `service_rank` as in MatchRow; `is_hidden`: it fits, and the filters leave it out.
    """

    service_at_location_id: uuid.UUID
    name: str
    organization: str
    rank: int | None
    score: int | None
    sentences: tuple[str, ...]
    service_rank: int | None = None
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class WhyNotAnswers:
    """The services that have the words in their names; `has_more` than are told."""

    told: tuple[WhyNot, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class TogetherRow:
    """What one need gets. `why` is a sentence; `distance` in words, or None."""

    category: str
    service_id: uuid.UUID
    service_at_location_id: uuid.UUID
    name: str
    organization: str
    where: str
    as_of: AsOf
    distance: str | None
    why: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnservedNeed:
    """A need that nothing fits."""

    category: str
    has_near_misses: bool


@dataclass(frozen=True, slots=True)
class TogetherPlan:
    """The rows by need; needs that nobody serves, and those that a referral is on the way for; the
    trips, and what they would be with each need's own best.
    """

    rows: tuple[TogetherRow, ...]
    unserved: tuple[UnservedNeed, ...]
    looked_after: tuple[Happened, ...]
    trips: int
    trips_apart: int


@dataclass(frozen=True, slots=True)
class SupportPage:
    """The answer to "what fits?". `excluded` of the `considered` offers do not fit.

    `listed` is how many rows there are on all pages: the offers that fit, or their services; with
    filters, those that they let through, of which `unsure` do not say all that was asked.
    """

    student: StudentSummary
    ask: Ask
    ask_words: str
    choices: tuple[Choice, ...]
    matches: tuple[MatchRow, ...]
    listed: int
    considered: int
    excluded: int
    near_misses: tuple[NearMissRow, ...]  # the best, of services that do not fit elsewhere
    why_not: WhyNotAnswers
    catalog_revision: int
    parameters_version: str
    more_near_misses: bool = False
    ruled_out: tuple[NearMissRow, ...] = ()  # the best, where nothing fits and nothing nearly
    unsure: int = 0
    languages: tuple[str, ...] = ()  # that the fitting offers are in, for the filter
    together: TogetherPlan | None = None
    on_the_way: tuple[Happened, ...] = ()  # open referrals that are about what was asked

    @property
    def fitting(self) -> int:
        """How many offers fit, of which `matches` are one page."""
        return self.considered - self.excluded

    @property
    def crisis_lines(self) -> tuple[CrisisLine, ...]:
        """Whom to call, where the words of the goal that was asked for tell a crisis."""
        return self.ask.crisis.lines if self.ask.crisis else ()


def student_summary(student: Student) -> StudentSummary:
    """The student's name, grade and school, which the page's reader may see."""
    return StudentSummary(
        id=student.id,
        first_name=student.given_name,
        full_name=student.full_name,
        grade=student.grade,
        school=student.school.name,
        has_plan=student.plan is not None,
    )


def match_row(
    match: Match,
    listing: Listing,
    *,
    school: str,
    language: str,
    other_places: tuple[OtherPlace, ...] = (),
    is_unsure: bool = False,
    before: Happened | None = None,
    not_for_us: date | None = None,
    service_rank: int | None = None,
) -> MatchRow:
    """One match in words; `school` is the student's, where the service comes to."""
    offer = match.offer
    metres = metres_of(match)
    return MatchRow(
        rank=match.rank,
        score=whole_score(match.score),
        service_at_location_id=listing.service_at_location_id,
        service_id=listing.service_id,
        name=listing.name,
        organization=listing.organization,
        description=listing.description,
        where=where_of(offer, listing, school, language),
        distance_metres=metres,
        distance=distance_words(metres, language, is_rough=offer.point_within > 0),
        when=when_of(offer, listing, language),
        cost=cost_words(offer.fee_cents, listing.cost_details, language),
        openings=openings_words(offer.openings, language),
        languages=languages_words(offer.languages, language),
        category=category_of(match.parts),
        is_activity=is_activity(offer),
        parts=part_rows(match.parts, language),
        questions=questions_of(match, language),
        other_places=other_places,
        point=(offer.point.latitude, offer.point.longitude)
        if offer.point and offer.mode == "place"
        else None,
        documents=offer.documents,
        confirmed=offer.confirmed,
        as_of=as_of_said(offer, listing),
        is_unsure=is_unsure,
        before=before,
        not_for_us=not_for_us,
        service_rank=service_rank,
        is_only_close=is_only_close(match.parts),
    )


def other_place(match: Match, listing: Listing, *, school: str, language: str) -> OtherPlace:
    """A lower-ranked place of a service that is shown already."""
    return OtherPlace(
        service_at_location_id=listing.service_at_location_id,
        where=where_of(match.offer, listing, school, language),
        distance=distance_words(metres_of(match), language, is_rough=match.offer.point_within > 0),
        as_of=listing.as_of,
    )


def by_service(matches: Sequence[Match]) -> list[tuple[Match, ...]]:
    """The matches of each service together, the best first, in the order of the best."""
    together: dict[str, list[Match]] = {}
    for match in matches:
        together.setdefault(match.offer.service, []).append(match)
    return [tuple(group) for group in together.values()]


def service_ranks(matches: Sequence[Match]) -> dict[str, int]:
    """The rank of each service in the order of `matches`, from the first on: where each stands once."""
    services = dict.fromkeys(match.offer.service for match in matches)
    return {service: rank for rank, service in enumerate(services, 1)}


def near_miss_row(miss: NearMiss | Exclusion, listing: Listing, language: str) -> NearMissRow:
    """One near miss, or one that is ruled out, in words."""
    return NearMissRow(
        service_at_location_id=listing.service_at_location_id,
        name=listing.name,
        organization=listing.organization,
        where="" if miss.offer.mode == "school" else listing.where,
        words=near_miss_words(miss, language)
        if isinstance(miss, NearMiss)
        else refusals_of(miss, language)[0],
    )


def where_of(offer: Offer, listing: Listing, school: str, language: str) -> str:
    """The student's school where it comes there, else the listing's place."""
    if offer.mode == "school":
        return say("at_school", language, school=school)
    return listing.where


def when_of(offer: Offer, listing: Listing, language: str) -> str:
    """The week in words; where it is not known, what the listing says of it."""
    if offer.hours is None and listing.schedule_details:
        return listing.schedule_details
    return hours_words(offer.hours, language)


def as_of_said(offer: Offer, listing: Listing) -> AsOf:
    """As of when each fact holds, without those that the listing does not say."""
    is_said = {
        "hours": offer.hours is not None or bool(listing.schedule_details),
        "cost": offer.fee_cents is not None or bool(listing.cost_details),
    }
    return {fact: day for fact, day in listing.as_of.items() if is_said.get(fact, True)}


def category_of(parts: tuple[Part, ...]) -> str:
    """The need that the offer serves best, else the interest; "" for neither."""
    by_criterion = {part.criterion: part for part in parts}
    for criterion in ("need", "interest"):
        part = by_criterion.get(criterion)
        if part is not None and "asked" in part.facts:
            return str(part.facts["asked"])
    return ""


def is_only_close(parts: tuple[Part, ...]) -> bool:
    """Whether the offer serves no need, and of the interests only something of the same family."""
    codes = {part.criterion: part.code for part in parts if "asked" in part.facts}
    return "need" not in codes and codes.get("interest") == "interest_family"


def is_activity(offer: Offer) -> bool:
    """Whether it is something to take part in, which a family can be shown as a suggestion."""
    return bool(offer.interests) or any(area_of(code) == ACTIVITIES for code in offer.categories)


def area_of(code: str) -> str | None:
    try:
        return term(code).area
    except UnknownTermError:
        return None
