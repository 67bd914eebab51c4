"""What goes into the engine and what comes out: plain frozen values, no behaviour but checks.

Callers build a `Profile` from a student's plan and an `Offer` from each service at each of its
places (app/recommendations does), and read `Match`, `Exclusion` and `NearMiss`. Codes (needs,
interests, languages, situations, ZIPs) cross this border as plain strings, so that the engine
knows neither catalog nor web.

Units, everywhere: ages in decimal years; grades as whole numbers with kindergarten 0 and
pre-kindergarten -1; distances in metres; money in integer cents; times as minutes from midnight
in the place's own zone; weekdays 0 = Monday to 6 = Sunday; dates as `datetime.date`.

Not known is always `None` (or the empty tuple where the docstring says so) and never means "any".
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


class Verdict(enum.IntEnum):
    """What a rule says of an offer. One NO excludes; UNKNOWN is asked, never assumed."""

    NO = 0
    UNKNOWN = 1
    YES = 2


# The same as plain numbers, for columns: Python looks a member of an enum up anew each time.
NO, UNKNOWN, YES = map(int, Verdict)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the WGS 84 globe, in decimal degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Hours:
    """Open or free time on one weekday, in minutes from midnight, opens < closes."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Need:
    """A need in a plan: a category code and its urgency, 1 (can wait) to 3 (now)."""

    category: str
    urgency: int = 2


@dataclass(frozen=True, slots=True)
class Interest:
    """An interest in a plan: a term code and its strength, 1 (curious) to 3 (loves it)."""

    term: str
    strength: int = 2


@dataclass(frozen=True, slots=True)
class Profile:
    """What the engine knows of one student. No name; `key` is opaque. `None` is "not known".

    Race, ethnicity, religion, disability (but for `access_needs`) and immigration status are not
    here on purpose. `gender` is here only because a program may restrict by it; no scorer reads it.
    """

    key: str
    age: float | None = None
    grade: int | None = None
    home: Point | None = None
    zip_code: str | None = None
    county: str | None = None  # "Hamilton, TN": a county is nothing without its state
    school: str | None = None
    school_point: Point | None = None
    gender: str | None = None
    languages: tuple[str, ...] = ()  # ISO 639-1, the family's best first; () is not known
    insurance: str | None = None
    income_percent: int | None = None  # household income as % of the federal poverty level
    situations: frozenset[str] | None = None  # homeless, foster, refugee …; None is not known
    access_needs: frozenset[str] = frozenset()  # what a place must have; () is none
    travel: str | None = None  # car, bus, foot
    free_hours: tuple[Hours, ...] | None = None
    needs: tuple[Need, ...] = ()
    interests: tuple[Interest, ...] = ()
    referred: frozenset[str] = frozenset()  # service keys with an open referral for this student
    declined: Mapping[str, date] = field(default_factory=dict)  # service key -> no new try before


@dataclass(frozen=True, slots=True)
class Range:
    """A closed range; `None` is open at that end. Ages: 6 to 12 means up to the 13th birthday."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a person must live. Who fits any one part fits. `statewide` is "TN" or None."""

    zip_codes: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()  # "Hamilton, TN"
    statewide: str | None = None
    centre: Point | None = None
    radius_metres: float | None = None
    polygon: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Openings:
    """Free places as last told: `available` (None: not told), the figure's date, a waitlist."""

    available: int | None = None
    maximum: int | None = None
    as_of: date | None = None
    has_waitlist: bool | None = None
    next_intake: date | None = None


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """Closed referrals of a service and how many of them ended with the student connected."""

    closed: int = 0
    connected: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """One service at one location (or virtual, or coming to the school), with what rules compare.

    `key` is the offer's own (service at location); `service` the service's; both opaque. In every
    eligibility field `None` is "the partner has not said", and an empty container is "the partner
    says: no restriction".
    """

    key: str
    service: str
    organization: str
    categories: tuple[str, ...] = ()  # needs that it serves
    interests: tuple[str, ...] = ()  # interests that it serves
    is_active: bool = True
    season: tuple[date | None, date | None] | None = None  # first and last day; None: all year
    mode: str = "place"  # place, virtual, school (it comes to the schools in `schools`)
    point: Point | None = None
    point_within: int = 0  # metres: the place is surely no farther from the point; 0: it is there
    provides_transport: bool = False
    ages: tuple[Range, ...] | None = None
    grades: tuple[Range, ...] | None = None
    residence: Residence | None = None  # None: not said; Residence(): anyone
    schools: frozenset[str] | None = None  # only students of these; None or empty: of any
    insurance: frozenset[str] | None = None  # accepted; "none" in it: also the uninsured
    income_ceiling: int | None = None  # % of the federal poverty level; None: no ceiling stated
    situations_required: frozenset[str] = frozenset()  # any one of them
    situations_barred: frozenset[str] = frozenset()
    gender: str | None = None  # the program's own restriction
    languages: frozenset[str] | None = None  # spoken by staff
    has_interpreter: bool | None = None
    access: frozenset[str] | None = None  # what the place has: wheelchair, …
    hours: tuple[Hours, ...] | None = None
    fee_cents: int | None = None  # to the family, for one time or month; 0 is free
    openings: Openings = Openings()
    referral_cap: int | None = None  # open referrals that the partner takes at a time
    documents: tuple[str, ...] = ()
    confirmed: date | None = None  # when the listing was last confirmed
    track_record: TrackRecord = TrackRecord()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule answered NO or UNKNOWN, in data: `code` names the sentence, `facts` fill it.

    The words, in English and Spanish, are made from this by `matching.explain.sentence`.
    """

    rule: str
    verdict: Verdict
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion's share of a score: `points` = weight × value, value and weight 0 to 1000.

    `is_known` is False where the value is the parameter file's neutral one, for want of a fact.
    `facts` says what was compared (units as in this module), for words and bars.
    """

    criterion: str
    weight: int
    value: int
    points: int
    is_known: bool
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked offer. `score` = the sum of its parts' points, 0 to 1,000,000, exactly.

    `questions` are the UNKNOWN answers: to be asked before referring.
    """

    offer: Offer
    rank: int  # from 1
    score: int
    parts: tuple[Part, ...]
    questions: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why an offer is not in a ranking: every rule that said NO, not only the first."""

    offer: Offer
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An offer that one changeable rule excludes, with the smallest change that would admit it.

    `change` is a Reason whose code names the sentence and whose facts are enough to apply it.
    """

    offer: Offer
    reason: Reason
    change: Reason


@dataclass(frozen=True, slots=True)
class Ranking:
    """The k best for a profile, with what a dispute years later needs to be answered."""

    matches: tuple[Match, ...]
    considered: int  # offers in the catalog that serve any of what was asked
    excluded: int  # of those, refused by a rule
    parameters_version: str
