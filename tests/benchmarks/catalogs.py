"""Invented catalogs and students for the benchmarks of the engine: the same ones every time.

Imported by tests/benchmarks/test_engine*.py and by the big comparisons in tests/unit/matching. Sizes
and shares follow what public listings of services look like (most services at one to four places,
few of their facts stated, one in ten out of date); the words are numbers, because the engine reads
none.

- `realistic`: every 5,000 offers serve one district; the next 5,000 are another district's, 60 km
  farther. One in ten is virtual or comes to schools.
- `dense`: every offer is in the one district.
- `tied`: every offer is worth the same.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from random import Random

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
DISTRICT_OFFERS = 5_000
CENTRE = Point(35.05, -85.25)

NEEDS = [f"need-{number}" for number in range(60)]
INTERESTS = [f"interest-{number}" for number in range(60)]
# Every fifth term is a root, the four after it are below it; roots of needs have no parent.
BROADER: dict[str, str | None] = {
    term: None if number % 5 == 0 else terms[number - number % 5]
    for terms in (NEEDS, INTERESTS)
    for number, term in enumerate(terms)
}
SCHOOLS = [f"school-{number}" for number in range(77)]
ZIP_CODES = [str(37300 + number) for number in range(40)]
COUNTIES = ["Hamilton, TN", "Bradley, TN", "Marion, TN", "Walker, GA", "Catoosa, GA"]
SITUATIONS = ["homeless", "foster", "refugee", "parenting", "justice"]
INSURANCES = ["tenncare", "private", "marketplace", "none"]
ACCESS = ["wheelchair", "sign_language", "quiet_room"]
LANGUAGES = ["en", "es", "vi", "ar", "gu", "kn"]

_AGES = [(Range(low, high),) for low, high in ((5, 10), (6, 12), (11, 14), (13, 18), (0, 18))]
_GRADES = [(Range(low, high),) for low, high in ((0, 5), (6, 8), (9, 12), (0, 8), (6, 12))]
_AFTERNOONS = tuple(Hours(day, 930, 1110) for day in range(5))
_OFFICE = tuple(Hours(day, 480, 1020) for day in range(5))


def realistic(count: int, seed: int = 1) -> list[Offer]:
    """A catalog of many districts, 5,000 offers each."""
    return _catalog(count, seed, DISTRICT_OFFERS)


def dense(count: int, seed: int = 2) -> list[Offer]:
    """A catalog all of whose offers are in one district."""
    return _catalog(count, seed, count)


def tied(count: int) -> list[Offer]:
    """A catalog in which every score and every number of questions ties: only keys order it."""
    return [
        Offer(f"o{number:07}", f"s{number % 97}", "o", categories=tuple(NEEDS), mode="virtual")
        for number in _dice(3).sample(range(count), count)
    ]


def _catalog(count: int, seed: int, district_offers: int) -> list[Offer]:
    chance = _dice(seed)
    offers: list[Offer] = []
    while len(offers) < count:
        district = len(offers) // district_offers
        row, column = divmod(district, 10)
        centre = Point(CENTRE.latitude - 0.6 * row, CENTRE.longitude - 0.7 * column)
        service = _service(chance, len(offers), district)
        service |= _seldom(_dice(f"{seed}-{len(offers)}"), centre)
        for _ in range(chance.choice((1, 1, 1, 1, 2, 2, 3, 4))):
            offers.append(_at_a_place(chance, service, len(offers), centre))
    return offers[:count]


def _seldom(chance: Random, centre: Point) -> dict[str, object]:
    """What one service in thirty has or fewer: areas drawn on the map, other seasons, mistakes."""
    found: dict[str, object] = {}
    rare = chance.random()
    if rare < 0.01:
        found["residence"] = Residence(
            centre=_near(chance, centre), radius_metres=chance.choice((3_000.0, 8_000.0, 25_000.0))
        )
    elif rare < 0.02:
        found["residence"] = Residence(polygon=_quarter(chance.randrange(12), centre))
    season = chance.random()
    if season < 0.02:
        found["season"] = (date(2026, 1, 10), date(2026, 6, 1))  # it is over
    elif season < 0.03:
        found["season"] = (date(2027, 1, 10), None)  # it has not begun
    if chance.random() < 0.005:
        found["ages"] = (Range(12, 8),)  # it contradicts itself
    return found


def _quarter(number: int, centre: Point) -> tuple[Point, ...]:
    """One of twelve quarters of a town, four by three, with twenty corners."""
    north, east = divmod(number, 4)
    middle = Point(centre.latitude + 0.1 * (north - 1), centre.longitude + 0.12 * (east - 1.5))
    corners = (2 * math.pi * corner / 20 for corner in range(20))
    return tuple(
        Point(
            round(middle.latitude + 0.06 * math.sin(angle), 5),
            round(middle.longitude + 0.07 * math.cos(angle), 5),
        )
        for angle in corners
    )


def _dice(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 - the same catalog every time is the point


def _some(chance: Random, terms: list[str], *counts: int) -> frozenset[str]:
    return frozenset(chance.sample(terms, chance.choice(counts)))


def _service(chance: Random, number: int, district: int) -> dict[str, object]:
    """What all places of one service have in common."""

    def seldom(share: float, fact: object, otherwise: object = None) -> object:
        return fact if chance.random() < share else otherwise

    asks_need = chance.random() < 0.65
    closed = chance.choice((0, 0, 0, 4, 12, 40, 150))
    schedule = chance.choice((None, None, (), _AFTERNOONS, _OFFICE, "own"))
    if schedule == "own":
        opens = chance.randrange(480, 1080, 30)
        days = chance.sample(range(7), chance.choice((1, 2, 3)))
        schedule = tuple(
            Hours(day, opens, opens + chance.choice((45, 60, 90, 120))) for day in days
        )
    told = chance.random()
    home = ZIP_CODES if district == 0 else [f"{code}-{district}" for code in ZIP_CODES]
    area = chance.random()
    residence = Residence()
    if area < 0.25:
        residence = None  # type: ignore[assignment]
    elif area < 0.45:
        residence = Residence(counties=_some(chance, COUNTIES, 1, 2, 3))
    elif area < 0.55:
        residence = Residence(zip_codes=_some(chance, home, 2, 5, 9))
    elif area < 0.65:
        residence = Residence(statewide="TN")
    return {
        "service": f"service-{number}",
        "organization": f"organization-{number // 3}",
        "categories": tuple(sorted(_some(chance, NEEDS, 1, 1, 2))) if asks_need else (),
        "interests": () if asks_need else tuple(sorted(_some(chance, INTERESTS, 1, 1, 2))),
        "is_active": chance.random() < 0.97,
        "season": seldom(0.1, (date(2026, 8, 10), date(2027, 5, 25))),
        "ages": seldom(0.6, chance.choice(_AGES), seldom(0.5, ())),
        "grades": seldom(0.3, chance.choice(_GRADES)),
        "residence": residence,
        "schools": seldom(0.08, _some(chance, SCHOOLS, 1, 3, 8)),
        "insurance": seldom(0.12, _some(chance, INSURANCES, 1, 2, 3)),
        "income_ceiling": seldom(0.15, chance.choice((130, 185, 200, 250, 300))),
        "situations_required": seldom(0.05, _some(chance, SITUATIONS, 1, 2), frozenset()),
        "situations_barred": seldom(0.02, _some(chance, SITUATIONS, 1), frozenset()),
        "gender": seldom(0.04, chance.choice(("female", "male"))),
        "languages": seldom(0.5, frozenset({"en"}) | _some(chance, LANGUAGES, 0, 0, 1, 2)),
        "has_interpreter": chance.choice((None, None, True, False)),
        "hours": schedule,
        "fee_cents": chance.choice((None, 0, 0, 0, 500, 1500, 4000, 12_000)),
        "openings": Openings(
            available=None if told < 0.4 else chance.choice((0, 1, 3, 10, 25)),
            as_of=TODAY - timedelta(days=chance.randrange(0, 80)) if told > 0.35 else None,
            has_waitlist=chance.choice((None, True, False)),
        ),
        "referral_cap": seldom(0.1, chance.choice((5, 20, 50))),
        "track_record": TrackRecord(closed, chance.randrange(closed + 1)),
    }


def _at_a_place(chance: Random, service: dict[str, object], number: int, centre: Point) -> Offer:
    kind = chance.random()
    mode = "virtual" if kind < 0.06 else "school" if kind < 0.1 else "place"
    if kind > 0.96:  # of one place in fifty only the ZIP area is known
        service = service | {"point_within": 0 if kind > 0.98 else 3_000}
    told = service["openings"]
    if 0.5 < kind < 0.55:
        service = service | {
            "openings": replace(told, next_intake=TODAY + timedelta(days=number % 80 - 40))
        }
    return Offer(
        key=f"{chance.getrandbits(64):016x}-{number}",
        mode=mode,
        point=None if mode != "place" or kind > 0.98 else _near(chance, centre),
        provides_transport=chance.random() < 0.05,
        access=chance.choice((None, frozenset(), _some(chance, ACCESS, 1, 2, 3))),
        **service,  # type: ignore[arg-type]
    )


def _near(chance: Random, centre: Point) -> Point:
    return Point(
        round(centre.latitude + chance.gauss(0, 0.09), 5),
        round(centre.longitude + chance.gauss(0, 0.11), 5),
    )


def load_of(offers: list[Offer], seed: int = 5) -> dict[str, int]:
    """Open referrals of some of the first district's services."""
    chance = _dice(seed)
    services = sorted({offer.service for offer in offers[:DISTRICT_OFFERS]})
    return {service: chance.randrange(1, 25) for service in services if chance.random() < 0.2}


def students(count: int, seed: int = 4) -> list[Profile]:
    """Students of the first district, by school: with its point, a ZIP and a county."""
    chance = _dice(seed)
    schools = [(name, _near(chance, CENTRE), chance.choice(ZIP_CODES)) for name in SCHOOLS]
    services = [f"service-{number}" for number in range(400)]
    everybody = [
        _student(chance, number, chance.choice(schools), services) for number in range(count)
    ]
    return [_less_known(student, number) for number, student in enumerate(everybody)]


def _less_known(student: Profile, number: int) -> Profile:
    """One student in fifty is not yet placed in a grade; another has no school and no known place."""
    if number % 50 == 17:
        return replace(student, grade=None)
    if number % 50 == 33:
        return replace(student, school=None, school_point=None)
    return student


def _student(
    chance: Random, number: int, at: tuple[str, Point, str], services: list[str]
) -> Profile:
    school, point, zip_code = at
    grade = chance.randrange(0, 13)
    unsure = chance.random
    return Profile(
        key=f"student-{number}",
        age=None if unsure() < 0.02 else round(grade + 5 + chance.random() * 1.2, 2),
        grade=grade,
        home=None
        if unsure() < 0.1
        else Point(
            round(point.latitude + chance.gauss(0, 0.02), 4),
            round(point.longitude + chance.gauss(0, 0.02), 4),
        ),
        zip_code=None if unsure() < 0.05 else zip_code,
        county=None if unsure() < 0.1 else "Hamilton, TN",
        school=school,
        school_point=point,
        gender=chance.choice((None, "female", "male")),
        languages=chance.choices(((), ("en",), ("es", "en"), ("es",), ("vi",)), (1, 7, 1, 1, 0.3))[
            0
        ],
        insurance=chance.choice((None, None, *INSURANCES)),
        income_percent=None if unsure() < 0.6 else chance.randrange(20, 500),
        situations=None if unsure() < 0.3 else _some(chance, SITUATIONS, 0, 0, 0, 0, 1),
        access_needs=frozenset() if unsure() < 0.95 else _some(chance, ACCESS, 1),
        travel=chance.choice((None, "car", "car", "bus", "foot")),
        free_hours=None if unsure() < 0.5 else chance.choice((_AFTERNOONS, _AFTERNOONS[::2])),
        needs=tuple(
            Need(n, chance.randrange(1, 4))
            for n in chance.sample(NEEDS, chance.choice((1, 2, 2, 3)))
        ),
        interests=tuple(
            Interest(i, chance.randrange(1, 4))
            for i in chance.sample(INTERESTS, chance.choice((0, 1, 2)))
        ),
        referred=frozenset() if unsure() < 0.9 else frozenset(chance.sample(services, 1)),
        declined={} if unsure() < 0.95 else {chance.choice(services): TODAY + timedelta(days=30)},
    )
