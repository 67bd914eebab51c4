"""The filters and the order of the Find support page: which of the offers that fit are looked at first.

Rules decide who fits and are the engine's; this only narrows what is shown. What a listing does not
say is never taken for a no: such offers stay, below those that surely meet the filter. Reads matches
that are ranked already, no database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.errors import Invalid
from matching.types import Match, Offer

METRES_PER_MILE = 1609.344
MILES = (1, 2, 5, 10, 25)
COSTS = (0, 1000, 2500, 5000, 10_000)  # cents
ORDERS = {
    "best": "Best match",
    "near": "Nearest",
    "cheap": "Lowest cost",
    "open": "Most open places",
    "fresh": "Confirmed lately",
}
_FAR, _DEAR = 10**9, 10**12  # what is not known comes after all that is


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a plan manager wants to see. `values` are the form's, as sent."""

    within_metres: float | None = None
    days: frozenset[int] = frozenset()  # open on any of them, Monday 0
    fee_at_most_cents: int | None = None
    language: str | None = None
    has_open_places: bool = False
    order: str = "best"
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def filters(self) -> bool:
        """Whether anything is left out."""
        return bool(
            self.within_metres is not None
            or self.days
            or self.fee_at_most_cents is not None
            or self.language
            or self.has_open_places
        )

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """The query string's part that narrows the same again."""
        chosen = [(name, value) for name, value in self.values.items() if value]
        return [*chosen, *(("day", str(day)) for day in sorted(self.days))]

    @property
    def is_active(self) -> bool:
        """Whether the list is another than the ranking's beginning."""
        return self.filters or self.order != "best"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The matches to show, in order; `unsure`, the last of them, do not say all that was filtered."""

    matches: tuple[Match, ...]
    unsure: tuple[Match, ...]


EVERYTHING = Narrowing()


def parse_narrowing(arguments: Mapping[str, str], days: Sequence[str]) -> Narrowing:
    """The form's fields. Raises Invalid, naming the field, for what no list of the page offers."""

    def one_of(name: str, known: Sequence[object]) -> str:
        text = arguments.get(name, "").strip()
        if text and text not in map(str, known):
            raise Invalid(
                "A filter of the list cannot be used. Choose from the lists of the page.",
                {name: "Not one of the choices."},
            )
        return text

    if not set(days) <= {str(day) for day in range(7)}:
        raise Invalid(
            "A day of the filters is none. Choose from the lists of the page.",
            {"day": "0 for Monday to 6 for Sunday."},
        )
    miles, cost = one_of("miles", MILES), one_of("cost", COSTS)
    language = arguments.get("language", "").strip()[:8]
    order = one_of("sort", tuple(ORDERS)) or "best"
    is_open = bool(arguments.get("open"))
    return Narrowing(
        within_metres=int(miles) * METRES_PER_MILE if miles else None,
        days=frozenset(map(int, days)),
        fee_at_most_cents=int(cost) if cost else None,
        language=language or None,
        has_open_places=is_open,
        order=order,
        values={
            "miles": miles,
            "cost": cost,
            "language": language,
            "open": "1" if is_open else "",
            "sort": order if order != "best" else "",
        },
    )


def narrow(matches: Sequence[Match], wanted: Narrowing, *, on: date, stale_after: int) -> Narrowed:
    """The matches that the filters let through, in the wanted order.

    `stale_after` is the number of days after which a figure of open places counts as not known.
    """
    sure: list[Match] = []
    unsure: list[Match] = []
    for match in matches:
        answers = answers_of(match, wanted, on - timedelta(days=stale_after))
        if False not in answers:
            (unsure if None in answers else sure).append(match)
    key = sort_key(wanted.order)
    unsure.sort(key=key)
    return Narrowed((*sorted(sure, key=key), *unsure), tuple(unsure))


def answers_of(match: Match, wanted: Narrowing, fresh_from: date) -> set[bool | None]:
    """What each filter says of a match: yes, no, or not known."""
    offer = match.offer
    answers: set[bool | None] = set()
    if wanted.within_metres is not None:
        metres = metres_of(match)
        is_near = None if metres is None else metres <= wanted.within_metres
        answers.add(is_near if offer.mode == "place" else True)  # else nobody has to travel
    if wanted.days:
        answers.add(is_open_on(offer, wanted.days))
    if wanted.fee_at_most_cents is not None:
        answers.add(
            None if offer.fee_cents is None else offer.fee_cents <= wanted.fee_at_most_cents
        )
    if wanted.language:
        answers.add(serves_in(offer, wanted.language))
    if wanted.has_open_places:
        answers.add(has_open_places(offer, fresh_from))
    return answers


def is_open_on(offer: Offer, days: frozenset[int]) -> bool | None:
    """Whether it is open on any of the days; no hours at all means at any time."""
    if offer.hours is None:
        return None
    return not offer.hours or any(hours.weekday in days for hours in offer.hours)


def serves_in(offer: Offer, language: str) -> bool | None:
    """Whether staff or an interpreter speak it."""
    if language in (offer.languages or ()) or offer.has_interpreter:
        return True
    return None if offer.languages is None or offer.has_interpreter is None else False


def has_open_places(offer: Offer, fresh_from: date) -> bool | None:
    """Whether a place is open, by a figure told since the day given."""
    openings = offer.openings
    if openings.available is None or openings.as_of is None or openings.as_of < fresh_from:
        return None
    return openings.available > 0


def metres_of(match: Match) -> int | None:
    """The distance that the closeness criterion compared, if it did."""
    for part in match.parts:
        if part.criterion == "closeness":
            metres = part.facts.get("metres")
            return metres if isinstance(metres, int) else None
    return None


def sort_key(order: str) -> Callable[[Match], tuple[int, int]]:
    """The key that sorts the first to be shown first; equal ones keep the ranking's order."""

    def near(match: Match) -> int:
        metres = 0 if match.offer.mode != "place" else metres_of(match)
        return _FAR if metres is None else metres

    def cheap(match: Match) -> int:
        return _DEAR if match.offer.fee_cents is None else match.offer.fee_cents

    def most_open(match: Match) -> int:
        available = match.offer.openings.available
        return 0 if available is None else -available

    def fresh(match: Match) -> int:
        return -match.offer.confirmed.toordinal() if match.offer.confirmed else 0

    first = {"near": near, "cheap": cheap, "open": most_open, "fresh": fresh}.get(order)
    return lambda match: (first(match) if first else 0, match.rank)
