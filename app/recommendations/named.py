"""Services by words in their own or their partner's name, for "Why isn't it here?".

Called by queries.py. Misspelt words are read as meant where nothing has them as they stand.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.students.queries import like_prefix
from catalog.models import Organization, Service, ServiceAtLocation
from catalog.taxonomy.spelling import meant_words

NAMES_FOUND = 5
MOST_WORDS = 6
MOST_MEANT = 3  # spellings of a word that nothing has as it stands


def places_named(session: Session, text: str) -> tuple[list[ServiceAtLocation], bool]:
    """One place of each service whose own or partner's name has every word of `text`, by name: at
    most five, and whether there are more (1 statement, 3 where nothing has the words: then misspelt
    ones are read as meant).
    A place that is still listed goes before one that is not.
    """
    words = text.split()[:MOST_WORDS]
    if not words:
        return [], False
    found = places_with_words(session, [[word] for word in words])
    found = found or places_with_words(session, words_as_meant(session, words))
    return found[:NAMES_FOUND], len(found) > NAMES_FOUND


def words_as_meant(session: Session, words: Sequence[str]) -> list[list[str]]:
    """Each word with those of the catalog's names that it may be a misspelling of."""
    names = session.scalars(select(Service.name).union(select(Organization.name)))
    known = frozenset(" ".join(names).casefold().split())
    return [
        [word, *(meant for meant, _ in meant_words(word.casefold(), known)[:MOST_MEANT])]
        for word in words
    ]


def places_with_words(session: Session, words: Sequence[Sequence[str]]) -> list[ServiceAtLocation]:
    """One place of each service whose own or partner's name has one spelling of every word."""
    containing = [
        or_(
            *(
                name.ilike("%" + like_prefix(spelling), escape="\\")
                for spelling in spellings
                for name in (Service.name, Organization.name)
            )
        )
        for spellings in words
    ]
    found = session.scalars(
        select(ServiceAtLocation)
        .join(ServiceAtLocation.service)
        .join(Service.organization)
        .where(*containing)
        .order_by(
            Service.name, Service.id, ServiceAtLocation.is_listed.desc(), ServiceAtLocation.id
        )
        .limit(8 * NAMES_FOUND)
        .options(joinedload(ServiceAtLocation.service).joinedload(Service.organization))
    )
    first: dict[uuid.UUID, ServiceAtLocation] = {}
    for place in found:
        first.setdefault(place.service_id, place)
    return list(first.values())
