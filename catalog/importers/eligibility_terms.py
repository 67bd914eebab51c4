"""Reading who a service is for from the labels a directory puts on it: "Youth (6-12)", "Homeless".

Labels of one axis are alternatives. Where one label of an axis cannot be told as a rule (Near
Homeless, Ward 8 Resident), no rule of that axis is made at all: a rule from the others alone would
turn away people who are welcome. Labels of race, religion, health, disability, orientation or
immigration status never make a rule. Every label stays on the service as an attribute.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalog.importers.places import read_state
from catalog.importers.text import slug

OPEN_ENDED = "anyone"

SITUATION_LABELS = {
    "homeless": "homeless",
    "foster youth": "foster",
    "young adults transitioning out of cfsa care": "foster",
    "refugees": "refugee",
    "pregnant": "pregnant_or_parenting",
    "mothers": "pregnant_or_parenting",
    "fathers": "pregnant_or_parenting",
    "mothers with young children": "pregnant_or_parenting",
    "formerly incarcerated": "justice_involved",
    "survivors of intimate partner violence": "violence_at_home",
    "survivors of human trafficking": "trafficked",
    "substance dependency": "substance_use",
    "substance abuse": "substance_use",
    "runaways": "runaway",
    "unaccompanied minors": "unaccompanied",
    "grieving": "grieving",
    "veterans": "veteran",
    "active duty": "military_family",
    "national guard": "military_family",
}
INSURANCE_LABELS = {
    # The student's Medicaid is TennCare: a directory of another state means its own by the word.
    "medicaid recipient": "tenncare",
    "medicare recipient": "medicare",
    "privately insured": "private",
    "uninsured": "none",
}
GENDER_LABELS = {"women/girls": "female", "men/boys": "male"}
GRADE_LABELS = {
    "elementary school students": (0, 5),
    "middle school students": (6, 8),
    "high school students": (9, 12),
}

# Who else may come in on an axis, in words that make no rule: they stop the axis's rule.
SITUATION_OPENERS = re.compile(
    r"near homeless|homeowner|home renter|survivor|perpetrator|in danger|in crisis|immigrant|"
    r"undocumented|citizen|armed forces|employed|english|disab|impair|mental|illness|hiv|chronic|"
    r"cancer|autism|latin|african|asian|transgender|lgbt|low-income|public benefit|homebound|"
    r"anyone in need|dependents|spouses|caregivers|go to school in|student (in|at) a",
    re.IGNORECASE,
)
RESIDENCE_OPENERS = re.compile(r"(?<!permanent )resident|live in", re.IGNORECASE)
INSURANCE_OPENERS = re.compile(r"not eligible for medicaid", re.IGNORECASE)
INCOME_OPENERS = re.compile(r"median|\bami\b|income-based|low-income", re.IGNORECASE)
GENDER_OPENERS = re.compile(r"transgender|non-conforming", re.IGNORECASE)
OPENERS = {
    "situation": SITUATION_OPENERS,
    "residence": RESIDENCE_OPENERS,
    "insurance": INSURANCE_OPENERS,
    "income": INCOME_OPENERS,
    "gender": GENDER_OPENERS,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """An eligibility rule to be. `key` tells it apart among the rules of its service."""

    kind: str
    facts: dict[str, Any]
    source_text: str
    key: str


@dataclass(slots=True)
class LabelsRead:
    """The rules of one service, and the labels that stayed labels, by axis."""

    rules: list[Rule] = field(default_factory=list)
    withheld: dict[str, list[str]] = field(default_factory=dict)


def read_label(label: str) -> tuple[str, Any] | None:
    """What one label says: its kind and one value of it; None where it makes no rule."""
    plain = label.casefold().strip()
    tables: tuple[tuple[str, dict[str, Any]], ...] = (
        ("situation", SITUATION_LABELS),
        ("insurance", INSURANCE_LABELS),
        ("gender", GENDER_LABELS),
        ("grade", GRADE_LABELS),
    )
    for kind, table in tables:
        if plain in table:
            return kind, table[plain]
    if plain == "all ages":
        return "age", OPEN_ENDED
    return read_ages(plain) or read_income(plain) or read_residence(label.strip())


def read_ages(plain: str) -> tuple[str, Any] | None:
    """ "Youth (6-12)", "Ages 21+", "Seniors (55+)", "ages 5 to 12" as low and high in years."""
    span = re.search(
        r"(?:\(|\bages?\s+)(\d{1,2}(?:\.\d)?)\s*(?:-|–|to)\s*(\d{1,2}(?:\.\d)?)", plain
    )
    if span:
        low, high = float(span[1]), float(span[2])
        return ("age", (low, high)) if low <= high else None
    older = re.search(r"(?:\(|\bages?\s+)(\d{1,2})\s*\+", plain)
    return ("age", (float(older[1]), None)) if older else None


def read_income(plain: str) -> tuple[str, Any] | None:
    """ "200% Federal Poverty Line", "At or below 500% FPL" as a percent."""
    match = re.search(r"(\d{2,4})\s*%\s*(?:of\s+)?(?:the\s+)?(?:federal poverty|fpl)", plain)
    return ("income", int(match[1])) if match else None


def read_residence(label: str) -> tuple[str, Any] | None:
    """A ZIP code, a county with its state, or a state that one must live in."""
    if match := re.fullmatch(r"residents? of (\d{5}) zip code", label, re.IGNORECASE):
        return "residence", ("zips", match[1])
    if match := re.fullmatch(r"(.+?) county,\s*([a-z]{2}) residents?", label, re.IGNORECASE):
        state = read_state(match[2])
        return ("residence", ("counties", f"{match[1]}, {state}")) if state else None
    if match := re.fullmatch(r"([a-z. ]+?) residents?", label, re.IGNORECASE):
        state = read_state(match[1])
        return ("residence", ("statewide", state)) if state else None
    return None


def read_labels(labels: Iterable[str]) -> LabelsRead:
    """The rules that a service's labels make together."""
    values: dict[str, list[tuple[str, Any]]] = {}
    unread: list[str] = []
    for label in dict.fromkeys(labels):
        read = read_label(label)
        if read:
            values.setdefault(read[0], []).append((label, read[1]))
        else:
            unread.append(label)
    result = LabelsRead()
    for axis, opener in OPENERS.items():
        openers = [label for label in unread if opener.search(label)]
        if openers and axis in values:
            result.withheld[axis] = [label for label, _ in values.pop(axis)] + openers
    if "age" in values and "grade" in values:
        # Both would have to hold at once, while the labels are alternatives: ages say it finer.
        result.withheld["grade"] = [label for label, _ in values.pop("grade")]
    for kind, pairs in values.items():
        result.rules += make_rules(kind, pairs)
    return result


def make_rules(kind: str, pairs: list[tuple[str, Any]]) -> list[Rule]:
    """The rules of one axis: ranges a row each, lists in one row."""
    text = ", ".join(label for label, _ in pairs)
    found = [value for _, value in pairs]
    if kind in {"age", "grade"}:
        if OPEN_ENDED in found:
            return [Rule("anyone", {"axis": kind}, text, f"anyone:{kind}")]
        return [
            Rule(kind, {"low": low, "high": high}, label, f"{kind}:{slug(label)}")
            for label, (low, high) in pairs
        ]
    if kind == "gender" and len(set(found)) > 1:
        return [Rule("anyone", {"axis": "gender"}, text, "anyone:gender")]
    if kind == "residence":
        return residence_rules(pairs, text)
    facts = {
        "gender": {"only": found[0]},
        # Alternatives: whoever is under the highest ceiling may come.
        "income": {"ceiling_percent": max(found)} if kind == "income" else {},
        "situation": {"any_of": list(dict.fromkeys(found))},
        "insurance": {"accepted": list(dict.fromkeys(found))},
    }[kind]
    return [Rule(kind, facts, text, kind)]


def residence_rules(pairs: list[tuple[str, Any]], text: str) -> list[Rule]:
    """ZIP codes, counties and one state in one row; each further state in a row of its own."""
    facts: dict[str, Any] = {}
    rules: list[Rule] = []
    for label, (part, value) in pairs:
        if part != "statewide":
            facts.setdefault(part, []).append(value)
        elif "statewide" not in facts:
            facts["statewide"] = value
        else:
            rules.append(Rule("residence", {"statewide": value}, label, f"residence:{value}"))
    return [Rule("residence", facts, text, "residence"), *rules]
