"""Reach: the place is not too far from home or school for the way the family travels.

Distance is the straight line from the nearer of home and school; limits are parameters `reach.*`.

Decisions:
- Virtual, coming to the school, or with transport provided: always reached.
- Way of travel not known: YES within the shortest limit, NO beyond the longest, else asked.
- Home not known: YES if the school is near enough; else asked, for the home may be nearer. With a
  known home, a school whose place is not known is not asked for. Of a homeless student how he or she
  gets there is asked, not where the family lives.
- Place not known (a shelter keeps its street to itself): asked of the partner.
- Place known by its ZIP area alone: it may be nearer or farther than the point by `point_within`. YES
  where the farthest is near enough, NO where the nearest is too far, else asked of the partner.
- Near miss: a ride, by the next way of travel that reaches, or of which the place's rough point leaves
  open whether it does: that is asked first, as for everybody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from matching.checks import WAYS_OF_TRAVEL
from matching.columns import Columns
from matching.geo import Whole
from matching.lookups import Mask, Rows
from matching.question import Question
from matching.rule import Circumstances, Rule, Verdicts, Words, ask, column_of, no, would_do
from matching.types import Offer, Profile, Reason

NAME = "reach"


def limit_of(travel: str, question: Question) -> int:
    """How far, in metres, a way of travel reaches."""
    figures = question.parameters
    return {"foot": figures.reach_foot, "bus": figures.reach_bus, "car": figures.reach_car}[travel]


def limits(question: Question) -> tuple[int, int]:
    """Up to where it is surely reached, and beyond where it is surely not."""
    travel = question.profile.travel
    ways = WAYS_OF_TRAVEL if travel is None else (travel,)
    limits = [limit_of(way, question) for way in ways]
    return min(limits), max(limits)


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO beyond the limit of the family's way of travel."""
    if offer.mode != "place" or offer.provides_transport:
        return None
    if offer.point is None:
        return ask(NAME, "place_not_stated")
    metres, within = question.metres_to(offer), offer.point_within
    near, far = limits(question)
    if metres is not None and metres + within <= near:
        return None
    if metres is None or question.profile.home is None:
        return ask(NAME, "way_if_homeless" if question.is_homeless else "home_unknown")
    if within and metres - within <= near:
        return ask(NAME, "place_rough", metres=metres)
    return _beyond(metres, within, far, question.profile.travel)


def _beyond(metres: int, within: int, far: int, travel: str | None) -> Reason:
    """What a distance beyond the sure reach means."""
    if metres - within <= far:
        return ask(NAME, "travel_unknown", metres=metres)
    if travel is None:
        return no(NAME, "too_far", metres=metres, limit=far)
    return no(NAME, f"too_far_by_{travel}", metres=metres, limit=far, past=metres - far)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    return verdicts_at(columns, rows, question, *columns.metres(rows, question))


def verdicts_at(
    columns: Columns, rows: Rows, question: Question, metres: Whole, is_known: Mask
) -> Verdicts:
    """`verdicts` where the distances are known already."""
    elsewhere = columns.is_virtual[rows] | columns.comes_to_school[rows]
    travelled = ~elsewhere & ~columns.provides_transport[rows]
    near, far = limits(question)
    within = columns.point_within[rows]
    doubtful = ~is_known | (metres + within > near)
    if question.profile.home is None:
        return column_of(rows, unknown=travelled & doubtful)
    return column_of(
        rows,
        no=travelled & is_known & (metres - within > far),
        unknown=travelled & doubtful,
    )


def change(offer: Offer, question: Question) -> Reason | None:
    """The next way of travel that reaches."""
    metres, travel = question.metres_to(offer), question.profile.travel
    if metres is None or travel is None:
        return None
    limit = limit_of(travel, question)
    for way in WAYS_OF_TRAVEL:
        if limit < metres and metres - offer.point_within <= limit_of(way, question):
            return would_do(NAME, f"ride_by_{way}", travel=way, past=metres - limit)
    return None


def apply(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The student, taken there that way."""
    return replace(profile, travel=cast("str", change.facts["travel"])), offer, on


WORDS = {
    "en": Words(
        name="Distance",
        no={
            "too_far": "It is {metres} away. That is too far, even by car.",
            "too_far_by_foot": "It is {metres} away, {past} past walking reach.",
            "too_far_by_bus": "It is {metres} away, {past} past the reach of a bus ride.",
            "too_far_by_car": "It is {metres} away, {past} past the reach of a car ride.",
        },
        ask={
            "place_not_stated": "Ask the partner: where does it take place?",
            "place_rough": "Ask the partner: where is it? Only the ZIP area is known, about {metres} away.",
            "home_unknown": "Ask the family: where do you live? It may be too far.",
            "way_if_homeless": "Ask the family: how would the student get there? A ride may be needed.",
            "travel_unknown": "Ask the family: how do you get around? It is {metres} away.",
        },
        change={
            "ride_by_bus": "A bus ride would do.",
            "ride_by_car": "A ride by car would do.",
        },
    ),
    "es": Words(
        name="Distancia",
        no={
            "too_far": "Está a {metres}. Es demasiado lejos, incluso en carro.",
            "too_far_by_foot": "Está a {metres}, {past} más de lo que se puede caminar.",
            "too_far_by_bus": "Está a {metres}, {past} más de lo que alcanza un viaje en autobús.",
            "too_far_by_car": "Está a {metres}, {past} más de lo que alcanza un viaje en carro.",
        },
        ask={
            "place_not_stated": "Pregunte a la organización: ¿dónde se hace?",
            "place_rough": "Pregunte a la organización: ¿dónde es? Solo se sabe el código postal, "
            "a unos {metres}.",
            "home_unknown": "Pregunte a la familia: ¿dónde viven? Puede estar demasiado lejos.",
            "way_if_homeless": "Pregunte a la familia: ¿cómo llegaría el estudiante? Puede hacer falta "
            "transporte.",
            "travel_unknown": "Pregunte a la familia: ¿cómo se trasladan? Está a {metres}.",
        },
        change={
            "ride_by_bus": "Bastaría un viaje en autobús.",
            "ride_by_car": "Bastaría un viaje en carro.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("home", "school_point", "travel", "situations"),
    change=change,
    apply=apply,
    words=WORDS,
    order=140,
)
