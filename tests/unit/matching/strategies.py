"""Random catalogs and profiles for the laws of the engine: small vocabularies, so that they meet.

Imported by the tests of this folder. Facts are often missing, values often equal, and some listings
contradict themselves.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from matching.engine import Engine
from matching.parameters import PRESETS, load
from matching.question import Background, Question
from matching.terms import Terms
from matching.types import (
    Hours,
    Interest,
    Need,
    Offer,
    Openings,
    Point,
    Profile,
    Range,
    Residence,
    TrackRecord,
)

TODAY = date(2026, 11, 23)
BROADER: dict[str, str | None] = {
    "health": None,
    "dental": "health",
    "braces": "dental",
    "vision": "health",
    "sports": None,
    "ball": "sports",
    "volleyball": "ball",
    "basketball": "ball",
}
PARAMETERS = {preset: load(preset) for preset in PRESETS}
POLYGON = (Point(35.0, -85.4), Point(35.2, -85.4), Point(35.2, -85.2), Point(35.0, -85.2))

terms = st.sampled_from(["dental", "braces", "health", "vision", "food"])
likes = st.sampled_from(["volleyball", "basketball", "ball", "sports", "chess"])
services = st.sampled_from(["s1", "s2", "s3"])
languages = st.sampled_from(["en", "es", "vi"])
situations = st.sampled_from(["homeless", "foster", "refugee"])
insurances = st.sampled_from(["tenncare", "private", "none"])
counties = st.sampled_from(["Hamilton, TN", "Hamilton, OH", "Walker, GA"])
zip_codes = st.sampled_from(["37402", "37403", "30741"])
schools = st.sampled_from(["daisy", "east-ridge"])
genders = st.sampled_from(["female", "male"])
access = st.sampled_from(["wheelchair", "sign_language"])
days = st.integers(-90, 400).map(lambda count: TODAY + timedelta(days=count))
points = st.builds(
    Point,
    st.sampled_from([35.05, 35.06, 35.1, 35.4, 36.2]),
    st.sampled_from([-85.3, -85.29, -85.1, -86.8]),
)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """The strategy, or not known."""
    return st.none() | strategy


def sets(strategy: st.SearchStrategy) -> st.SearchStrategy:
    """Small frozen sets."""
    return st.frozensets(strategy, max_size=2)


def seldom(strategy: st.SearchStrategy, otherwise: object) -> st.SearchStrategy:
    """The strategy one time in four."""
    usual = st.just(otherwise)
    return st.integers(0, 3).flatmap(lambda number: usual if number else strategy)


# A strategy that is made within a draw is made for every draw, which takes longer than to draw: so
# all of them stand outside.
opening = st.sampled_from([0, 480, 900, 930, 990, 1020])
lengths = st.sampled_from([20, 60, 90, 300, 420])
some_hours = st.builds(
    lambda day, opens, length: Hours(day, opens, opens + length),
    st.integers(0, 6),
    opening,
    lengths,
)
weeks = st.lists(some_hours, max_size=3).map(tuple)


def range_of(low: float | None, width: float, *, has_end: bool) -> Range:
    """From `low` on, `width` years."""
    return Range(low, (low or 0) + width if has_end else None)


ranges = st.lists(
    st.builds(
        range_of,
        maybe(st.sampled_from([0, 5.5, 6, 8, 12])),
        st.sampled_from([0, 0.5, 2, 6]),
        has_end=st.booleans(),
    ),
    max_size=2,
).map(tuple)
areas = st.builds(
    lambda centre, radius, **facts: Residence(
        centre=centre, radius_metres=None if centre is None else radius, **facts
    ),
    maybe(points),
    st.sampled_from([900.0, 5000.0, 40_000.5]),
    zip_codes=sets(zip_codes),
    counties=sets(counties),
    statewide=maybe(st.sampled_from(["TN", "GA"])),
    polygon=st.sampled_from([(), (), POLYGON]),
)
track_records = st.sampled_from([0, 0, 9, 10, 40]).flatmap(
    lambda closed: st.builds(TrackRecord, st.just(closed), st.integers(0, closed))
)
openings = st.builds(
    Openings,
    available=maybe(st.sampled_from([0, 0, 1, 5])),
    as_of=maybe(days.map(lambda day: min(day, TODAY + timedelta(days=1)))),
    has_waitlist=maybe(st.booleans()),
    next_intake=maybe(days),
)


def in_order(first: date | None, last: date | None) -> tuple[date | None, date | None]:
    """A season does not end before it begins."""
    if first is not None and last is not None and last < first:
        return last, first
    return first, last


# About half of an offer's restrictions are in force, so that some offers fit.
FACTS = {
    "service": services,
    "organization": st.just("partner"),
    "categories": st.lists(terms, max_size=2).map(tuple),
    "interests": st.lists(likes, max_size=2).map(tuple),
    "is_active": st.integers(0, 9).map(bool),
    "season": seldom(maybe(st.builds(in_order, maybe(days), maybe(days))), None),
    "mode": st.sampled_from(["place", "place", "place", "virtual", "school"]),
    "point": maybe(points),
    "point_within": seldom(st.sampled_from([1_000, 4_000, 20_000]), 0),
    "provides_transport": st.integers(0, 5).map(lambda number: number == 0),
    "ages": seldom(maybe(ranges), ()),
    "grades": seldom(maybe(ranges), None),
    "residence": seldom(maybe(areas), Residence()),
    "schools": seldom(maybe(sets(schools)), None),
    "insurance": seldom(maybe(sets(insurances)), None),
    "income_ceiling": seldom(st.sampled_from([100, 200, 400]), None),
    "situations_required": seldom(sets(situations), frozenset()),
    "situations_barred": seldom(sets(situations), frozenset()),
    "gender": seldom(genders, None),
    "languages": seldom(maybe(sets(languages)), frozenset({"en"})),
    "has_interpreter": maybe(st.booleans()),
    "access": maybe(sets(access)),
    "hours": seldom(maybe(weeks), ()),
    "fee_cents": maybe(st.sampled_from([0, 500, 2500, 100_000])),
    "openings": openings,
    "referral_cap": seldom(st.integers(0, 3), None),
    "track_record": track_records,
}


@cache
def offers(key: str = "offer") -> st.SearchStrategy[Offer]:
    """One offer."""
    return st.builds(Offer, key=st.just(key), **FACTS)


NAN = float("nan")
FAULTS = st.sampled_from(
    [
        {"ages": (Range(12, 8),)},
        {"grades": (Range(NAN, 3),)},
        {"season": (date(2027, 1, 1), date(2026, 1, 1))},
        {"hours": (Hours(9, 600, 700),)},
        {"hours": (Hours(1, 700, 600),)},
        {"residence": Residence(radius_metres=5.0)},
        {"residence": Residence(polygon=POLYGON[:2])},
        {"residence": Residence(centre=Point(35, -85), radius_metres=NAN)},
        {"point": Point(NAN, -85.0)},
        {"point": Point(35.0, 910.0)},
        {"fee_cents": -5},
        {"fee_cents": 10**30},
        {"openings": Openings(available=-1)},
        {"referral_cap": -1},
        {"income_ceiling": -1},
        {"track_record": TrackRecord(3, 4)},
        {"mode": "carrier pigeon"},
        {
            "situations_required": frozenset({"foster"}),
            "situations_barred": frozenset({"foster"}),
        },
    ]
)


@cache
def faulty_offers(key: str = "offer") -> st.SearchStrategy[Offer]:
    """A listing that contradicts itself in one way or another."""
    usual = {name: FACTS[name] for name in ("service", "organization", "categories", "interests")}
    return st.builds(lambda fault, **facts: Offer(key=key, **facts, **fault), FAULTS, **usual)


ONE_IN_FIVE, ONE_IN_TWELVE = st.integers(0, 4), st.integers(0, 11)


@cache
def keys_up_to(number: int) -> st.SearchStrategy[list[str]]:
    """So many different keys, in no order."""
    return st.lists(st.sampled_from("abcdefghij"), max_size=number, unique=True)


@st.composite
def catalogs(draw: st.DrawFn, max_size: int = 6) -> list[Offer]:
    """Offers with keys of their own, in no order; sometimes all equal but for the key."""
    keys = draw(keys_up_to(max_size))
    if draw(ONE_IN_FIVE) == 0:
        one = draw(offers())
        return [_keyed(one, key) for key in keys]
    return [draw(faulty_offers(key) if draw(ONE_IN_TWELVE) == 0 else offers(key)) for key in keys]


def _keyed(offer: Offer, key: str) -> Offer:
    return Offer(**{name: getattr(offer, name) for name in Offer.__slots__} | {"key": key})


needs = st.builds(Need, terms, st.integers(1, 3))
interests = st.builds(Interest, likes, st.integers(1, 3))

profiles = st.builds(
    Profile,
    key=st.just("student"),
    age=maybe(st.sampled_from([3.0, 5.4, 6.0, 7.3, 8.99, 11.5, 12.5, 13.0, 17.9])),
    grade=maybe(st.integers(-1, 12)),
    home=maybe(points),
    zip_code=maybe(zip_codes),
    county=maybe(counties),
    school=maybe(schools),
    school_point=maybe(points),
    gender=maybe(genders),
    languages=st.lists(languages, max_size=2, unique=True).map(tuple),
    insurance=maybe(insurances),
    income_percent=maybe(st.sampled_from([50, 100, 150, 500])),
    situations=maybe(sets(situations)),
    access_needs=st.just(frozenset()) | sets(access),
    travel=maybe(st.sampled_from(["car", "bus", "foot"])),
    free_hours=maybe(weeks),
    needs=st.lists(needs, max_size=3).map(tuple),
    interests=st.lists(interests, max_size=3).map(tuple),
    referred=st.just(frozenset()) | sets(services),
    declined=st.dictionaries(services, days, max_size=1),
)
loads = st.dictionaries(services, st.integers(0, 3), max_size=2)
presets = st.sampled_from(PRESETS)


def question(
    profile: Profile,
    catalog: list[Offer],
    *,
    load: dict[str, int] | None = None,
    preset: str = "balanced",
    on: date = TODAY,
) -> Question:
    """The question as the engine puts it, for the scalar definitions."""
    background = Background.of(sorted(catalog, key=lambda offer: offer.key), Terms(BROADER))
    return Question(profile, on, load or {}, PARAMETERS[preset], background)


def engine(catalog: list[Offer], preset: str = "balanced") -> Engine:
    """An engine over the catalog with the test's tree of terms."""
    return Engine(catalog, PARAMETERS[preset], BROADER)
