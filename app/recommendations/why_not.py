"""Why an offer is not in a student's list; or, where it is, at which rank.

Called by queries.py for "Why isn't it here?" and for the API.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from app.recommendations.asking import Asked, as_domain_errors, explained
from app.recommendations.explanations import refusals_of, whole_score
from app.recommendations.listings import in_language
from app.recommendations.named import places_named
from app.recommendations.support import WhyNot, WhyNotAnswers, service_ranks
from catalog.models import ServiceAtLocation
from matching.types import Exclusion, Match

NOT_ON_OFFER = (
    "Its listing is not active, so it is not offered to anyone. "
    "If that is wrong, ask the district team to correct the listing."
)


def answers_by_name(
    session: Session,
    asked: Asked,
    text: str,
    *,
    ranked: Sequence[Match],
    listed: Collection[str] | None,
    language: str,
) -> WhyNotAnswers:
    """Each service named so, at its best place, with its rank in the list or what speaks against it.

    `ranked` are the best matches, from the first on; `listed` the services that the filters let
    through (None: there are no filters).
    """
    places, has_more = places_named(session, text)
    best: dict[str, Match] = {}
    for match in ranked:
        best.setdefault(match.offer.service, match)
    ranks = service_ranks(ranked)
    answers = []
    for place in places:
        service = str(place.service_id)
        answer = best.get(service) or explained(asked, str(place.id))
        rank = None
        if isinstance(answer, Match):
            rank = ranks.get(service) or rank_in_list(asked, answer)
        is_hidden = rank is not None and listed is not None and service not in listed
        answers.append(told(place, answer, language, service_rank=rank, is_hidden=is_hidden))
    return WhyNotAnswers(tuple(answers), has_more)


def rank_in_list(asked: Asked, match: Match) -> int:
    """The rank of a match's service where each service stands once, at its best place."""
    with as_domain_errors():
        before = asked.engine.rank(asked.profile, match.rank, on=asked.on, load=asked.load)
    return service_ranks(before.matches)[match.offer.service]


def why_not_one(asked: Asked, place: ServiceAtLocation, language: str) -> WhyNot:
    """Every refusal of one offer, or its rank among the offers."""
    return told(place, explained(asked, str(place.id)), language)


def told(
    place: ServiceAtLocation,
    answer: Match | Exclusion | None,
    language: str,
    *,
    service_rank: int | None = None,
    is_hidden: bool = False,
) -> WhyNot:
    """What the engine says of an offer, in words."""
    service = place.service
    if answer is None:
        sentences: tuple[str, ...] = (NOT_ON_OFFER,)
    elif isinstance(answer, Exclusion):
        sentences = refusals_of(answer, language)
    else:
        sentences = ()
    return WhyNot(
        service_at_location_id=place.id,
        name=in_language(service, "name", language) or "",
        organization=service.organization.name if service.organization else "",
        rank=answer.rank if isinstance(answer, Match) else None,
        score=whole_score(answer.score) if isinstance(answer, Match) else None,
        sentences=sentences,
        service_rank=service_rank,
        is_hidden=is_hidden,
    )
