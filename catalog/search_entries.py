"""What a search knows of each service: plain facts, read from the whole catalog in nine statements.

Called by who keeps a `SearchIndex`, once a revision of the catalog and a day. A confidential place
gives its town and nothing else: no point, no street, no ZIP code. What a listing does not say is
None: the search asks about it, and never takes it for a no.
"""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from catalog.models import (
    Address,
    Attribute,
    CostOption,
    EligibilityRule,
    Language,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    TaxonomyTerm,
)
from catalog.prices import fee_of, prices_of
from catalog.taxonomy import UnknownTermError, term
from catalog.vocabulary import WEEKDAYS

DAY_MINUTES = 24 * 60
LONGEST_NIGHT = 16 * 60  # 4 pm to 8 am, as shelters are open
# A figure of open places older than this is asked about (as matching does).
OPEN_PLACES_STALE_AFTER = 42  # days
WEEKDAY_NUMBERS = {code: number for number, code in enumerate(WEEKDAYS)}
WEEKDAY_LIST = re.compile(r"(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*")
NO_INTERPRETER = frozenset({"no", "none", "n/a", "not available"})

Hours = tuple[int, int, int]  # weekday (0 = Monday), minutes from midnight: opens, closes
Range = tuple[float | None, float | None]
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
Rows = Mapping[uuid.UUID, Sequence[AnyRow]]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a service. `point` is (latitude, longitude) in degrees, None: not known or not
    told. `hours` are those of a week, None: not known.
    """

    point: tuple[float, float] | None = None
    hours: tuple[Hours, ...] | None = None
    town: str = ""
    zip_code: str = ""
    is_virtual: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One service. None: the listing does not say; an empty tuple of ranges: anyone may come.

    `status` is that of the service, "inactive" where its organization is. `terms` are codes of our
    vocabularies; `open_places` is None where the figure is older than OPEN_PLACES_STALE_AFTER too.
    """

    id: uuid.UUID
    name: str
    organization: str = ""
    alternate_name: str = ""
    description: str = ""
    terms: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    ages: tuple[Range, ...] | None = None
    grades: tuple[Range, ...] | None = None
    languages: frozenset[str] | None = None
    has_interpreter: bool | None = None
    fee_cents: int | None = None
    open_places: int | None = None
    status: str = "active"


def read_entries(session: Session, *, on: date) -> list[Entry]:
    """Every service of the catalog, whatever its status, ordered by id. Nine statements."""
    services = session.execute(
        select(
            Service.id,
            Service.name,
            Service.alternate_name,
            Service.description,
            Service.status,
            Service.minimum_age,
            Service.maximum_age,
            Service.interpretation_services,
            Organization.name.label("organization"),
            Organization.is_active,
        )
        .outerjoin(Service.organization)
        .order_by(Service.id)
    ).all()
    rows = listed_places(session)
    places = places_by_service(session, rows, on)
    locations: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for place in rows:
        locations[place.service_id].append(place.location_id)
    labels = grouped(
        session,
        select(Attribute.link_id, TaxonomyTerm.code)
        .join(Attribute.taxonomy_term)
        .where(Attribute.link_entity == "service"),
    )
    rules = grouped(
        session,
        select(EligibilityRule.service_id, EligibilityRule.kind, EligibilityRule.facts).where(
            EligibilityRule.effect == "require"
        ),
    )
    costs = grouped(
        session,
        select(
            CostOption.service_id,
            CostOption.option,
            CostOption.amount_cents,
            CostOption.amount_description,
            CostOption.valid_from,
            CostOption.valid_to,
        ),
    )
    capacities = grouped(
        session,
        select(
            ServiceCapacity.service_id,
            ServiceCapacity.unit_id,
            ServiceCapacity.available,
            ServiceCapacity.updated,
        ),
    )
    spoken = grouped(
        session,
        select(func.coalesce(Language.service_id, Language.location_id), Language.code),
    )
    return [
        Entry(
            id=row.id,
            name=row.name,
            organization=row.organization or "",
            alternate_name=row.alternate_name or "",
            description=row.description or "",
            terms=terms_of(labels.get(row.id, ())),
            places=tuple(places.get(row.id, ())),
            ages=ranges_of(rules.get(row.id, ()), "age")
            if has_rule(rules.get(row.id, ()), "age")
            else stated_ages(row.minimum_age, row.maximum_age),
            grades=ranges_of(rules.get(row.id, ()), "grade"),
            languages=languages_of(spoken.get(row.id, ()))
            or languages_of(one for at in locations[row.id] for one in spoken.get(at, ())),
            has_interpreter=interpreter_of(row.interpretation_services),
            fee_cents=fee_of(prices_of(costs.get(row.id, ()), on)),
            open_places=open_places_of(capacities.get(row.id, ()), on),
            status="inactive" if row.is_active is False and row.status == "active" else row.status,
        )
        for row in services
    ]


def listed_places(session: Session) -> Sequence[AnyRow]:
    """Where each service is given, as far as its source still says so. One statement."""
    return session.execute(
        select(
            ServiceAtLocation.id,
            ServiceAtLocation.service_id,
            ServiceAtLocation.location_id,
            Location.latitude,
            Location.longitude,
            Location.is_confidential,
            Location.location_type,
        )
        .join(ServiceAtLocation.location)
        .where(ServiceAtLocation.is_listed)
        .order_by(ServiceAtLocation.id)
    ).all()


def places_by_service(
    session: Session, rows: Iterable[AnyRow], on: date
) -> dict[uuid.UUID, list[Place]]:
    """The places of each service (two statements)."""
    addresses = grouped(
        session,
        select(Address.location_id, Address.city, Address.postal_code).order_by(Address.id),
    )
    schedules: dict[uuid.UUID, list[AnyRow]] = defaultdict(list)
    for row in session.execute(schedule_columns()):
        schedules[row.service_at_location_id or row.service_id or row.location_id].append(row)
    places: dict[uuid.UUID, list[Place]] = defaultdict(list)
    for row in rows:
        known = (
            schedules.get(row.id)
            or schedules.get(row.service_id)
            or schedules.get(row.location_id)
            or []
        )
        address = next(iter(addresses.get(row.location_id, ())), None)
        has_point = row.latitude is not None and not row.is_confidential
        places[row.service_id].append(
            Place(
                point=(row.latitude, row.longitude) if has_point else None,
                hours=hours_of(known, on),
                town=address.city or "" if address else "",
                zip_code=(address.postal_code or "")[:5]
                if address and not row.is_confidential
                else "",
                is_virtual=row.location_type == "virtual",
            )
        )
    return places


def schedule_columns() -> AnySelect:
    """The columns of a schedule that tell a week."""
    return select(
        Schedule.service_id,
        Schedule.location_id,
        Schedule.service_at_location_id,
        Schedule.valid_to,
        Schedule.freq,
        Schedule.interval,
        Schedule.byday,
        Schedule.byweekno,
        Schedule.bymonthday,
        Schedule.byyearday,
        Schedule.opens_at,
        Schedule.closes_at,
    )


def grouped(session: Session, statement: AnySelect) -> Rows:
    """The rows by their first column; rows whose first column is empty belong to nobody here."""
    found: dict[uuid.UUID, list[AnyRow]] = defaultdict(list)
    for row in session.execute(statement):
        if row[0] is not None:
            found[row[0]].append(row)
    return found


def terms_of(labels: Iterable[AnyRow]) -> tuple[str, ...]:
    """The codes of our own vocabularies among a service's labels, sorted."""
    return tuple(sorted({row.code for row in labels if row.code and is_ours(row.code)}))


def is_ours(code: str) -> bool:
    """Whether one of our vocabularies holds the code."""
    try:
        term(code)
    except UnknownTermError:
        return False
    return True


def has_rule(rules: Iterable[AnyRow], kind: str) -> bool:
    """Whether a rule speaks of the kind, or says that nobody is restricted by it."""
    return any(
        row.kind == kind or (row.kind == "anyone" and row.facts.get("axis") == kind)
        for row in rules
    )


def ranges_of(rules: Sequence[AnyRow], kind: str) -> tuple[Range, ...] | None:
    """The ranges of a kind of rule; () where nobody is restricted by it, None: not said."""
    found = tuple(
        (row.facts.get("low"), row.facts.get("high")) for row in rules if row.kind == kind
    )
    return found or (() if has_rule(rules, kind) else None)


def stated_ages(low: float | None, high: float | None) -> tuple[Range, ...] | None:
    """HSDS's own columns, where no rule speaks of ages."""
    return None if low is None and high is None else ((low, high),)


def languages_of(rows: Iterable[AnyRow]) -> frozenset[str] | None:
    """The codes of the languages named, in lower case; None where none is."""
    return frozenset(row.code.strip().lower() for row in rows if row.code) or None


def interpreter_of(said: str | None) -> bool | None:
    """Whether an interpreter is named; None: not said."""
    words = (said or "").strip().lower().rstrip(".")
    return words not in NO_INTERPRETER if words else None


def is_no_night(opens: int, closes: int) -> bool:
    """Whether hours over midnight are too long to be meant: "6 pm to 4 pm" is a slip, not 22 hours."""
    return closes < opens and closes + DAY_MINUTES - opens > LONGEST_NIGHT


def open_places_of(capacities: Sequence[AnyRow], on: date) -> int | None:
    """Open places as last told, of the unit told last; None: not said, or too long ago."""
    if not capacities:
        return None
    latest = max(capacities, key=lambda row: (row.updated, str(row.unit_id)))
    same = [row for row in capacities if row.unit_id == latest.unit_id]
    if (on - min(row.updated for row in same).date()).days > OPEN_PLACES_STALE_AFTER:
        return None
    total: int = sum(row.available for row in same)
    return total


def hours_of(schedules: Sequence[Any], on: date) -> tuple[Hours, ...] | None:
    """The open hours of a week, sorted; None where a row cannot be told by the week.

    `schedules` are rows with the columns of Schedule. Those that are over do not count.
    """
    rows = [row for row in schedules if row.valid_to is None or row.valid_to >= on]
    hours: set[Hours] = set()
    for row in rows:
        read = hours_of_row(row)
        if read is None:
            return None
        hours.update(read)
    return tuple(sorted(hours)) or None


def hours_of_row(row: Any) -> list[Hours] | None:
    """One row's hours by weekday. Hours past midnight go on the next day."""
    days = (row.byday or "").upper().replace(" ", "")
    recurs_otherwise = row.byweekno or row.bymonthday or row.byyearday or (row.interval or 1) != 1
    if recurs_otherwise or row.freq not in {None, "WEEKLY"} or not WEEKDAY_LIST.fullmatch(days):
        return None
    if row.opens_at is None or row.closes_at is None or row.opens_at == row.closes_at:
        return None
    opens, closes = minutes(row.opens_at), closing(row.closes_at)
    if is_no_night(opens, closes):
        return None
    numbers = sorted({WEEKDAY_NUMBERS[day] for day in days.split(",")})
    if opens < closes:
        return [(number, opens, closes) for number in numbers]
    evening = [(number, opens, DAY_MINUTES) for number in numbers]
    return evening + [((number + 1) % 7, 0, closes) for number in numbers]


def minutes(moment: time) -> int:
    """Minutes from midnight."""
    return moment.hour * 60 + moment.minute


def closing(moment: time) -> int:
    """Minutes from midnight at which it closes: 1440 for midnight, which many write as 11:59 pm."""
    told = minutes(moment)
    return DAY_MINUTES if told in {0, DAY_MINUTES - 1} else told
