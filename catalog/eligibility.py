"""The shape of an eligibility rule's facts, kind by kind, checked in this one place.

Called before every rule is written (the model's own hook, the importers). Unknown keys, wrong
types and reversed ranges are refused, so that matching never has to guess.

    age        {"low": 6, "high": 12}            decimal years, either end may be missing
    grade      {"low": 6, "high": 8}             kindergarten 0, pre-kindergarten -1
    residence  {"zips": [...], "counties": ["Hamilton, TN"], "statewide": "TN",
                "centre": [latitude, longitude], "radius_metres": 5000,
                "polygon": [[latitude, longitude], ...]}   any one part is enough
    school     {"schools": ["03300005"]}
    insurance  {"accepted": ["tenncare", "none"]}
    income     {"ceiling_percent": 200}          of the federal poverty level
    situation  {"any_of": ["homeless", "foster"]}
    gender     {"only": "female"}
    anyone     {"axis": "residence"}             no restriction on that axis
"""

import re
from collections.abc import Callable
from typing import Any, TypeGuard

from catalog.errors import EligibilityFactsError
from catalog.vocabulary import (
    ELIGIBILITY_KINDS,
    GENDERS,
    GRADES,
    INSURANCE_KINDS,
    SITUATIONS,
    US_STATES,
)

Facts = dict[str, Any]

ZIP = re.compile(r"\d{5}")
OLDEST = 130  # years


def check_facts(kind: str, facts: Facts) -> Facts:
    """The facts, tidied (numbers as numbers, lists without repeats), or EligibilityFactsError."""
    checker = CHECKERS.get(kind)
    if checker is None:
        raise EligibilityFactsError(
            "%(kind)r is no kind of eligibility rule. Use one of: %(known)s.",
            kind=kind,
            known=", ".join(ELIGIBILITY_KINDS),
        )
    return checker(facts)


def age_facts(facts: Facts) -> Facts:
    """Ages in decimal years."""
    return range_facts("age", facts, 0, OLDEST)


def grade_facts(facts: Facts) -> Facts:
    """Grades, whole numbers."""
    checked = range_facts("grade", facts, min(GRADES), max(GRADES))
    for end in ("low", "high"):
        if checked.get(end) is not None:
            if checked[end] != int(checked[end]):
                raise EligibilityFactsError(
                    "A grade is a whole number, not %(grade)s. Kindergarten is 0, pre-K -1.",
                    grade=checked[end],
                )
            checked[end] = int(checked[end])
    return checked


def range_facts(kind: str, facts: Facts, least: float, most: float) -> Facts:
    """`low` and `high`, at least one of them, inside the bounds and in order."""
    only_keys(kind, facts, {"low", "high"})
    checked: Facts = {"low": None, "high": None}
    for end in checked:
        value = facts.get(end)
        if value is None:
            continue
        if not is_number(value) or not least <= value <= most:
            raise EligibilityFactsError(
                "The %(end)s end of an %(kind)s rule is %(value)r; it must be a number from "
                "%(least)g to %(most)g.",
                end=end,
                kind=kind,
                value=value,
                least=least,
                most=most,
            )
        checked[end] = value
    low, high = checked["low"], checked["high"]
    if low is None and high is None:
        raise EligibilityFactsError(
            "An %(kind)s rule needs a low end, a high end, or both. For no restriction, use "
            "the kind 'anyone' with the axis '%(kind)s'.",
            kind=kind,
        )
    if low is not None and high is not None and low > high:
        raise EligibilityFactsError(
            "The %(kind)s range %(low)g to %(high)g is the wrong way round.",
            kind=kind,
            low=low,
            high=high,
        )
    return checked


def residence_facts(facts: Facts) -> Facts:
    """Where a person must live."""
    only_keys(
        "residence", facts, {"zips", "counties", "statewide", "centre", "radius_metres", "polygon"}
    )
    checked: Facts = {}
    if facts.get("zips"):
        checked["zips"] = words("zips", facts["zips"])
        for code in checked["zips"]:
            if not ZIP.fullmatch(code):
                raise EligibilityFactsError(
                    "%(code)r is no ZIP code: write five digits.", code=code
                )
    if facts.get("counties"):
        checked["counties"] = words("counties", facts["counties"])
        for county in checked["counties"]:
            name, _, state = county.rpartition(", ")
            if not name or state not in US_STATES:
                raise EligibilityFactsError(
                    "%(county)r does not say which state the county is in: write it as "
                    "'Hamilton, TN'.",
                    county=county,
                )
    if facts.get("statewide"):
        if facts["statewide"] not in US_STATES:
            raise EligibilityFactsError(
                "%(state)r is no state: write its two letters, as in TN.", state=facts["statewide"]
            )
        checked["statewide"] = facts["statewide"]
    checked |= area_facts(facts)
    if not checked:
        raise EligibilityFactsError(
            "A residence rule needs ZIP codes, counties, a state, a circle or an outline. "
            "For no restriction, use the kind 'anyone' with the axis 'residence'."
        )
    return checked


def area_facts(facts: Facts) -> Facts:
    """The circle and the outline of a residence rule."""
    checked: Facts = {}
    centre, radius = facts.get("centre"), facts.get("radius_metres")
    if (centre is None) != (radius is None):
        raise EligibilityFactsError("A circle needs both its centre and its radius in metres.")
    if centre is not None:
        if not is_number(radius) or radius <= 0:
            raise EligibilityFactsError(
                "The radius %(radius)r must be metres above zero.", radius=radius
            )
        checked |= {"centre": point(centre), "radius_metres": radius}
    if facts.get("polygon"):
        corners = [point(corner) for corner in facts["polygon"]]
        if len(corners) < 3:
            raise EligibilityFactsError("An outline needs at least three corners.")
        checked["polygon"] = corners
    return checked


def school_facts(facts: Facts) -> Facts:
    """Codes of schools."""
    only_keys("school", facts, {"schools"})
    return {"schools": words("schools", facts.get("schools"))}


def insurance_facts(facts: Facts) -> Facts:
    """Kinds of insurance accepted."""
    only_keys("insurance", facts, {"accepted"})
    return {"accepted": known_words("accepted", facts.get("accepted"), set(INSURANCE_KINDS))}


def income_facts(facts: Facts) -> Facts:
    """Household income at most, in percent of the federal poverty level."""
    only_keys("income", facts, {"ceiling_percent"})
    ceiling = facts.get("ceiling_percent")
    if not is_number(ceiling) or not 0 < ceiling <= 2000 or ceiling != int(ceiling):
        raise EligibilityFactsError(
            "The income ceiling %(ceiling)r must be a whole percent of the federal poverty level.",
            ceiling=ceiling,
        )
    return {"ceiling_percent": int(ceiling)}


def situation_facts(facts: Facts) -> Facts:
    """Situations, any one of which is enough."""
    only_keys("situation", facts, {"any_of"})
    return {"any_of": known_words("any_of", facts.get("any_of"), set(SITUATIONS))}


def gender_facts(facts: Facts) -> Facts:
    """The program's own restriction."""
    only_keys("gender", facts, {"only"})
    if facts.get("only") not in GENDERS:
        raise EligibilityFactsError("'only' must be one of: %(known)s.", known=", ".join(GENDERS))
    return {"only": facts["only"]}


def anyone_facts(facts: Facts) -> Facts:
    """The axis on which the partner restricts nobody."""
    only_keys("anyone", facts, {"axis"})
    axes = set(ELIGIBILITY_KINDS) - {"anyone"}
    if facts.get("axis") not in axes:
        raise EligibilityFactsError(
            "'axis' must be one of: %(known)s.", known=", ".join(sorted(axes))
        )
    return {"axis": facts["axis"]}


CHECKERS: dict[str, Callable[[Facts], Facts]] = {
    "age": age_facts,
    "grade": grade_facts,
    "residence": residence_facts,
    "school": school_facts,
    "insurance": insurance_facts,
    "income": income_facts,
    "situation": situation_facts,
    "gender": gender_facts,
    "anyone": anyone_facts,
}


def only_keys(kind: str, facts: Facts, allowed: set[str]) -> None:
    """Refuse a fact that the kind does not know: a slip of the pen must not widen a rule."""
    unknown = sorted(set(facts) - allowed)
    if unknown:
        raise EligibilityFactsError(
            "The %(kind)s rule does not know %(unknown)s. It takes: %(known)s.",
            kind=kind,
            unknown=", ".join(map(repr, unknown)),
            known=", ".join(sorted(allowed)),
        )


def words(key: str, value: object) -> list[str]:
    """A list of one or more strings, each once, in the order given."""
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise EligibilityFactsError("%(key)r must be a list of one or more words.", key=key)
    return list(dict.fromkeys(word.strip() for word in value))


def known_words(key: str, value: object, known: set[str]) -> list[str]:
    """The same, from a closed list."""
    listed = words(key, value)
    unknown = [word for word in listed if word not in known]
    if unknown:
        raise EligibilityFactsError(
            "%(key)r does not know %(unknown)s. Use: %(known)s.",
            key=key,
            unknown=", ".join(unknown),
            known=", ".join(sorted(known)),
        )
    return listed


def point(value: object) -> list[float]:
    """[latitude, longitude] in degrees."""
    if (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(is_number(part) for part in value)
        and abs(value[0]) <= 90
        and abs(value[1]) <= 180
    ):
        return [float(value[0]), float(value[1])]
    raise EligibilityFactsError(
        "%(value)r is no point: write [latitude, longitude] in degrees.", value=value
    )


def is_number(value: object) -> TypeGuard[float]:
    """A finite number; True and False are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value == value and abs(value) != float("inf")  # noqa: PLR0124 - NaN is not itself
