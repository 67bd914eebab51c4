"""The catalog's eligibility rules (rows) as the fields that the engine's rules compare.

Called by offers.py for each service. A rule that cannot be read or carried over is told in
`doubts` and leaves its axis as "the partner has not said", so that it is asked, never assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.eligibility import Facts, check_facts
from catalog.errors import CatalogError
from catalog.models import EligibilityRule, Service
from matching.types import Point, Range, Residence

UNREADABLE = "{kind}: the rule cannot be read, so it is asked instead"


@dataclass(slots=True)
class Eligibility:
    """The eligibility fields of an Offer, under the same names. None: the partner has not said."""

    ages: tuple[Range, ...] | None = None
    grades: tuple[Range, ...] | None = None
    residence: Residence | None = None
    schools: frozenset[str] | None = None
    insurance: frozenset[str] | None = None
    income_ceiling: int | None = None
    situations_required: frozenset[str] = frozenset()
    situations_barred: frozenset[str] = frozenset()
    gender: str | None = None


def eligibility_of(service: Service, doubts: list[str]) -> Eligibility:
    """Who the service is for, from its rules; ages from HSDS's own columns where no rule says."""
    required = readable_facts(service.eligibility_rules, "require", doubts)
    barred = readable_facts(service.eligibility_rules, "bar", doubts)
    free_axes = {facts["axis"] for facts in required.pop("anyone", [])}
    doubts += [
        f"{axis}: said to be unrestricted and restricted at once; the limit counts"
        for axis in sorted(free_axes & required.keys())
    ]
    doubts += [
        f"{kind}: a rule of whom it is not for cannot be compared, so it is not"
        for kind in sorted(barred.keys() - {"situation"})
    ]
    read = Eligibility(
        ages=ranges(required, free_axes, "age"),
        grades=ranges(required, free_axes, "grade"),
        residence=residence(required.get("residence", []), doubts),
        schools=union(required, free_axes, "school", "schools"),
        insurance=union(required, free_axes, "insurance", "accepted"),
        income_ceiling=max(
            (facts["ceiling_percent"] for facts in required.get("income", [])), default=None
        ),
        situations_required=union(required, set(), "situation", "any_of") or frozenset(),
        situations_barred=union(barred, set(), "situation", "any_of") or frozenset(),
        gender=gender(required.get("gender", []), doubts),
    )
    if read.residence is None and "residence" in free_axes and "residence" not in required:
        read.residence = Residence()
    if read.ages is None and not has_kind(service, "age"):
        read.ages = hsds_ages(service)
    return read


def readable_facts(
    rules: Iterable[EligibilityRule], effect: str, doubts: list[str]
) -> dict[str, list[Facts]]:
    """The facts of the rules with this effect, by kind, checked once more as when written."""
    by_kind: dict[str, list[Facts]] = {}
    for rule in sorted(rules, key=lambda rule: str(rule.id)):
        if rule.effect != effect:
            continue
        try:
            by_kind.setdefault(rule.kind, []).append(check_facts(rule.kind, rule.facts))
        except CatalogError as error:
            doubts.append(f"{UNREADABLE.format(kind=rule.kind)}. {error}")
        except (TypeError, AttributeError):
            doubts.append(UNREADABLE.format(kind=rule.kind))
    return {kind: facts for kind, facts in by_kind.items() if facts}


def has_kind(service: Service, kind: str) -> bool:
    return any(rule.kind == kind and rule.effect == "require" for rule in service.eligibility_rules)


def ranges(
    required: dict[str, list[Facts]], free_axes: set[str], kind: str
) -> tuple[Range, ...] | None:
    """The ranges of a kind, each an alternative; () where anyone may come."""
    if kind in required:
        return tuple(Range(facts["low"], facts["high"]) for facts in required[kind])
    return () if kind in free_axes else None


def union(
    required: dict[str, list[Facts]], free_axes: set[str], kind: str, key: str
) -> frozenset[str] | None:
    """All words of a kind's rules together; empty where anyone may come."""
    if kind in required:
        return frozenset(word for facts in required[kind] for word in facts[key])
    return frozenset() if kind in free_axes else None


def residence(rows: list[Facts], doubts: list[str]) -> Residence | None:
    """The rules' areas as one. Two states, circles or outlines do not fit into one: then asked."""
    if not rows:
        return None
    single: dict[str, Facts] = {}
    for facts in rows:
        for key in ("statewide", "centre", "polygon"):
            if facts.get(key) and single.setdefault(key, facts)[key] != facts[key]:
                doubts.append(f"residence: several areas of the kind {key} cannot be compared")
                return None
    centre = single.get("centre", {}).get("centre")
    return Residence(
        zip_codes=frozenset(code for facts in rows for code in facts.get("zips", ())),
        counties=frozenset(county for facts in rows for county in facts.get("counties", ())),
        statewide=single.get("statewide", {}).get("statewide"),
        centre=Point(*centre) if centre else None,
        radius_metres=single["centre"]["radius_metres"] if centre else None,
        polygon=tuple(Point(*corner) for corner in single.get("polygon", {}).get("polygon", ())),
    )


def gender(rows: list[Facts], doubts: list[str]) -> str | None:
    """The one gender that a program is for."""
    genders = {str(facts["only"]) for facts in rows}
    if len(genders) > 1:
        doubts.append("gender: the rules name several, so none of them counts")
        return None
    return genders.pop() if genders else None


def hsds_ages(service: Service) -> tuple[Range, ...] | None:
    """HSDS's minimum_age and maximum_age, decimal years."""
    low, high = service.minimum_age, service.maximum_age
    return None if low is None and high is None else (Range(low, high),)
