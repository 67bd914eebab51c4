"""Eligibility rules in plain English: HSDS has prose only where we have rules.

Called by the exporters for `eligibility_description` and for the label of a rule's attribute.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from catalog.vocabulary import (
    ELIGIBILITY_KINDS,
    GENDERS,
    GRADES,
    INSURANCE_KINDS,
    SITUATIONS,
    US_STATES,
)

METRES_PER_MILE = 1609.344  # international mile
Facts = Mapping[str, Any]


def describe_rules(rules: Iterable[Mapping[str, Any]]) -> str | None:
    """All rules of a service as sentences, alternatives of one kind joined; None for no rules.

    A rule is a row of `eligibility_rule`: kind, effect, facts.
    """
    told: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        told.setdefault((rule["kind"], rule["effect"]), []).append(
            WORDS[rule["kind"]](rule["facts"])
        )
    ordered = sorted(told, key=lambda key: (list(ELIGIBILITY_KINDS).index(key[0]), key[1] == "bar"))
    sentences = [
        ("Not for: " if effect == "bar" else "") + "; or ".join(dict.fromkeys(told[kind, effect]))
        for kind, effect in ordered
    ]
    return ". ".join(sentences) + "." if sentences else None


def describe_rule(rule: Mapping[str, Any]) -> str:
    """One rule, without a full stop."""
    words = WORDS[rule["kind"]](rule["facts"])
    return f"Not for: {words}" if rule["effect"] == "bar" else words


def listed(words: Iterable[str]) -> str:
    """ "a, b or c"."""
    *before, last = words
    return f"{', '.join(before)} or {last}" if before else last


def span(facts: Facts, one: str, many: str, name: Callable[[Any], str]) -> str:
    """A range with one or both ends."""
    low, high = facts.get("low"), facts.get("high")
    if low is None:
        return f"Up to {one} {name(high)}"
    if high is None:
        return f"{one.capitalize()} {name(low)} and up"
    if low == high:
        return f"{one.capitalize()} {name(low)}"
    return f"{many.capitalize()} {name(low)} to {name(high)}"


def grade_name(grade: int) -> str:
    """Pre-K, K, 1 to 12."""
    return {-1: "Pre-K", 0: "K"}.get(grade, str(grade)) if grade in GRADES else str(grade)


def residence_words(facts: Facts) -> str:
    """Where the family must live; any one part is enough."""
    parts = []
    if facts.get("zips"):
        parts.append(f"ZIP {listed(facts['zips'])}")
    for county in facts.get("counties", ()):
        name, _, state = county.rpartition(", ")
        parts.append(f"{name} County, {state}")
    if facts.get("statewide"):
        parts.append(US_STATES[facts["statewide"]])
    if facts.get("centre"):
        latitude, longitude = facts["centre"]
        miles = facts["radius_metres"] / METRES_PER_MILE
        parts.append(f"within {miles:.1f} miles of {latitude:.4f}, {longitude:.4f}")
    if facts.get("polygon"):
        parts.append("inside the area outlined by the partner")
    return f"Families who live in {listed(parts)}".replace("live in within", "live within").replace(
        "live in inside", "live inside"
    )


def labels(words: Iterable[str], vocabulary: Mapping[str, Any]) -> str:
    """Words of a closed list as people read them."""
    return listed([vocabulary[word].en if word in vocabulary else word for word in words])


WORDS: dict[str, Callable[[Facts], str]] = {
    "age": lambda facts: span(facts, "age", "ages", lambda age: f"{age:g}"),
    "grade": lambda facts: span(facts, "grade", "grades", grade_name),
    "residence": residence_words,
    "school": lambda facts: f"Students of school {listed(facts['schools'])}",
    "insurance": lambda facts: f"Insurance: {labels(facts['accepted'], INSURANCE_KINDS)}",
    "income": lambda facts: (
        f"Household income up to {facts['ceiling_percent']}% of the federal poverty level"
    ),
    "situation": lambda facts: f"Situation: {labels(facts['any_of'], SITUATIONS)}",
    "gender": lambda facts: GENDERS[facts["only"]].en,
    "anyone": lambda facts: f"No restriction by {ELIGIBILITY_KINDS[facts['axis']].en.lower()}",
}
