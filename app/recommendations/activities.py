"""What a family sees of an activity: what, why, when, where, what it costs, how to get there.

Called by queries.py for the family's page. Nothing here tells more of the child than the first
name and the interest; never the street of a confidential place.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.directory.as_of import AsOf
from app.directory.words import document_words
from app.recommendations.asks import known_label
from app.recommendations.listings import Listing
from app.recommendations.narrowing import metres_of
from app.recommendations.support import as_of_said, when_of, where_of
from app.recommendations.words import (
    cost_words,
    distance_words,
    languages_words,
    openings_words,
    say,
)
from matching.types import Match, Offer, Part


@dataclass(frozen=True, slots=True)
class Activity:
    """One suggestion in the family's language. Texts may be ""; `distance` None: not known."""

    service_at_location_id: uuid.UUID
    service_id: uuid.UUID
    name: str
    organization: str
    what: str
    why: str
    when: str
    where: str
    distance: str | None
    cost: str
    openings: str
    what_to_bring: str
    how_to_get_there: str
    languages: str
    as_of: AsOf


def activities_of(
    picked: Sequence[Offer],
    matches: Sequence[Match],
    listings: Mapping[str, Listing],
    *,
    first_name: str,
    school: str,
    language: str,
) -> list[Activity]:
    """Those picked by the plan manager, then those that the ranking found."""
    because_picked = say("because_picked", language, name=first_name)
    found: list[tuple[Offer, str, int | None]] = [(offer, because_picked, None) for offer in picked]
    found += [
        (match.offer, why_words(match.parts, first_name, language), metres_of(match))
        for match in matches
    ]
    return [
        activity_of(
            offer,
            listings[offer.key],
            why=why,
            metres=metres,
            school=school,
            language=language,
        )
        for offer, why, metres in found
        if offer.key in listings
    ]


def activity_of(
    offer: Offer,
    listing: Listing,
    *,
    why: str,
    metres: int | None,
    school: str,
    language: str,
) -> Activity:
    """One offer in the family's words."""
    return Activity(
        service_at_location_id=listing.service_at_location_id,
        service_id=listing.service_id,
        name=listing.name,
        organization=listing.organization,
        what=listing.description,
        why=why,
        when=when_of(offer, listing, language),
        where=where_of(offer, listing, school, language),
        distance=distance_words(metres, language, is_rough=offer.point_within > 0),
        cost=cost_words(offer.fee_cents, listing.cost_details, language),
        openings=openings_words(offer.openings, language),
        what_to_bring=", ".join(document_words(one, language) for one in offer.documents),
        how_to_get_there=way_words(offer, listing, language),
        languages=", ".join(languages_words(offer.languages, language)),
        as_of=as_of_said(offer, listing),
    )


def why_words(parts: Sequence[Part], first_name: str, language: str) -> str:
    """The interest that it fits, in one sentence; "" where none does."""
    part = next((p for p in parts if p.criterion == "interest" and "asked" in p.facts), None)
    if part is None:
        return ""
    asked = inside_sentence(known_label(str(part.facts["asked"]), language))
    if part.code == "interest_family":
        offered = inside_sentence(known_label(str(part.facts["offered"]), language))
        return say(
            "because_near_interest", language, name=first_name, interest=asked, offered=offered
        )
    return say("because_interest", language, name=first_name, interest=asked)


PROPER_NAMES = ("Lego", "Minecraft", "Spanish", "French", "Arabic", "Chinese", "Japanese", "Korean")


def inside_sentence(label: str) -> str:
    """A label as it stands inside a sentence: small, but for names ("Lego", "Minecraft")."""
    if label.startswith(PROPER_NAMES):
        return label
    return label[:1].lower() + label[1:]


def way_words(offer: Offer, listing: Listing, language: str) -> str:
    """A ride, and what the listing says of the way."""
    said = [say("ride", language)] if offer.provides_transport else []
    if offer.mode == "place" and listing.transport:
        said.append(listing.transport)
    return " ".join(said)
