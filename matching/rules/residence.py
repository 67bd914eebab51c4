"""Residence: the student lives where the partner serves. Any one part that fits is enough.

Parts: ZIP codes, counties with their state, the whole state, a circle, a polygon.

Decisions:
- Area not stated is asked of the partner ("not stated is not anyone"), but not where the program
  comes to schools or takes the students of named schools: being enrolled there settles it.
- A part that cannot be compared for want of the family's address makes a NO into a question.
- A homeless student has no address to hold against him or her: outside the area, or where he or she
  lives is not known, is a question to the partner, never a NO and never "where do you live?" (a
  referral must not become a barrier, McKinney-Vento Act).
- There is no near miss: moving house is not a thing to suggest.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from matching.columns import Columns
from matching.geo import is_inside, metres_between
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, ask, column_of, no, sorted_terms
from matching.types import Offer, Profile, Reason, Residence

NAME = "residence"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where every part is known not to fit; UNKNOWN where one cannot be compared."""
    area = offer.residence
    if area is None:
        settled = offer.mode == "school" or offer.schools
        return None if settled else ask(NAME, "area_not_stated")
    parts = _parts(area, question)
    if not parts or True in parts:
        return None
    facts = {
        "zip_codes": sorted_terms(area.zip_codes),
        "counties": sorted_terms(area.counties),
        "state": area.statewide,
        "radius": area.radius_metres,
    }
    facts = {name: value for name, value in facts.items() if value}
    if question.is_homeless:
        return ask(NAME, "area_if_homeless", **facts)
    if None in parts:
        return ask(NAME, "home_area_unknown", **facts)
    return no(NAME, "outside_area", **facts)


def _parts(area: Residence, question: Question) -> list[bool | None]:
    """What each stated part of the area says; None where the student's fact is not known."""
    profile = question.profile
    home = profile.home
    parts: list[bool | None] = []
    if area.zip_codes:
        parts.append(None if profile.zip_code is None else profile.zip_code in area.zip_codes)
    if area.counties:
        parts.append(None if profile.county is None else profile.county in area.counties)
    if area.statewide:
        parts.append(None if question.state is None else question.state == area.statewide)
    if area.centre is not None and area.radius_metres is not None:
        parts.append(
            None if home is None else metres_between(home, area.centre) <= area.radius_metres
        )
    if area.polygon:
        parts.append(None if home is None else is_inside(home, area.polygon))
    return parts


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    areas, profile = columns.residence, question.profile
    fits = np.zeros(len(rows), dtype=np.bool_)
    missing = np.zeros(len(rows), dtype=np.bool_)
    restricts = np.zeros(len(rows), dtype=np.bool_)
    for sets, fact in (
        (areas.zip_codes, profile.zip_code),
        (areas.counties, profile.county),
        (areas.states, question.state),
    ):
        stated = sets.is_filled[rows]
        restricts |= stated
        if fact is None:
            missing |= stated
        else:
            fits |= sets.has_any((fact,), rows)
    drawn = areas.number_drawn[rows] < len(areas.drawn)
    restricts |= drawn
    if profile.home is None:
        missing |= drawn
    else:
        holds = np.append(areas.drawn_around([profile.home])[0], False)  # nowhere drawn
        fits |= holds[areas.number_drawn[rows]]
    settled = columns.comes_to_school[rows] | columns.schools.is_filled[rows]
    outside = restricts & ~fits
    doubtful = missing | question.is_homeless
    return column_of(
        rows,
        no=outside & ~doubtful,
        unknown=(outside & doubtful) | (~areas.is_stated[rows] & ~settled),
    )


def alike(columns: Columns, profiles: Sequence[Profile]) -> list[Hashable]:
    """Neighbours: in the same drawn areas as well."""
    homes = [one.home for one in profiles if one.home is not None]
    around = np.packbits(columns.residence.drawn_around(homes), axis=1)
    drawn = iter([one.tobytes() for one in around])
    return [
        (
            one.zip_code,
            one.county,
            None if one.home is None else next(drawn),
            "homeless" in (one.situations or ()),
        )
        for one in profiles
    ]


WORDS = {
    "en": Words(
        name="Where the family lives",
        no={
            "outside_area": "It serves only {area}. The family lives outside it.",
        },
        ask={
            "area_not_stated": "Ask the partner: where must a family live to be served?",
            "home_area_unknown": "Ask the family: where do you live? It serves {area}.",
            "area_if_homeless": (
                "Ask the partner: does it serve a student without a fixed home? It serves {area}."
            ),
        },
    ),
    "es": Words(
        name="Dónde vive la familia",
        no={
            "outside_area": "Atiende solo a {area}. La familia vive fuera.",
        },
        ask={
            "area_not_stated": (
                "Pregunte a la organización: ¿dónde debe vivir una familia para recibir ayuda?"
            ),
            "home_area_unknown": "Pregunte a la familia: ¿dónde viven? Atiende a {area}.",
            "area_if_homeless": (
                "Pregunte a la organización: ¿atiende a un estudiante sin hogar fijo? "
                "Atiende a {area}."
            ),
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("zip_code", "county", "home", "situations"),
    compares=("residence", "mode", "schools"),
    alike=alike,
    words=WORDS,
    order=60,
)
