"""Ages and grades as one line of a form: "5-12, 16+" for ages, "PK-5, 9-12" for grades.

Called by fields.py. The notation has no words, so that it reads the same in every language, and says
all that the rules can say: several ranges, an open end, and no restriction ("0+", "PK+").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.editing.values import words
from app.errors import Invalid
from catalog.eligibility import OLDEST
from catalog.models import EligibilityRule, Service
from catalog.vocabulary import GRADES

Span = tuple[float | None, float | None]
GRADE_NAMES = {-1: "PK", 0: "K"}
DASH = re.compile(r"\s*(?:-|–|—|\bto\b|\ba\b)\s*")


@dataclass(frozen=True, slots=True)
class Scale:
    """One axis that is counted: the kind of its rules, its least and most, and its notation."""

    kind: str
    least: float
    most: float
    pattern: re.Pattern[str]

    def name(self, value: float) -> str:
        """A number as it is written."""
        known = GRADE_NAMES if self.kind == "grade" else {}
        return known.get(int(value)) or f"{value:g}"

    def number(self, text: str) -> float | None:
        """The number that is written, or None."""
        text = text.strip().upper()
        for value, name in (GRADE_NAMES if self.kind == "grade" else {}).items():
            if text == name:
                return value
        if not self.pattern.fullmatch(text):
            return None
        number = float(text)
        return number if self.least <= number <= self.most else None


AGES = Scale("age", 0, OLDEST, re.compile(r"\d{1,3}(\.\d{1,2})?"))
GRADE_SCALE = Scale("grade", min(GRADES), max(GRADES), re.compile(r"\d{1,2}"))


def read_spans(scale: Scale) -> Callable[[Service], str]:
    """The ranges of a service, lowest first; "" where it does not say."""

    def read(service: Service) -> str:
        found = sorted(map(span_of, require_rules(service, scale)), key=sort_key)
        if not found and is_for_anyone(service, scale):
            found = [(scale.least, None)]
        return ", ".join(dict.fromkeys(span_text(scale, span) for span in found))

    return read


def check_spans(scale: Scale) -> Callable[[str], list[Span]]:
    """Text as ranges, in order, each once; Invalid names the part that is none."""

    def check(text: str) -> list[Span]:
        return sorted({one_span(scale, part) for part in words(text)}, key=sort_key)

    return check


def write_spans(scale: Scale) -> Callable[[Service, Any], None]:
    """Let the rules of the kind be these; a rule that stays keeps its row and its history."""

    def write(service: Service, spans: Sequence[Span]) -> None:
        missing = list(spans)
        if missing == [(scale.least, None)]:
            missing = []
            if not is_for_anyone(service, scale):
                service.eligibility_rules.append(
                    EligibilityRule(kind="anyone", effect="require", facts={"axis": scale.kind})
                )
        else:
            for rule in anyone_rules(service, scale):
                service.eligibility_rules.remove(rule)
        for rule in require_rules(service, scale):
            if span_of(rule) in missing:
                missing.remove(span_of(rule))
            else:
                service.eligibility_rules.remove(rule)
        for low, high in missing:
            facts: dict[str, Any] = {
                end: int(value) if value == int(value) else value
                for end, value in (("low", low), ("high", high))
                if value is not None
            }
            service.eligibility_rules.append(
                EligibilityRule(kind=scale.kind, effect="require", facts=facts)
            )

    return write


def one_span(scale: Scale, text: str) -> Span:
    """One range: "5-12", "16+" or "7"."""
    low_text, *rest = DASH.split(text) if not text.endswith("+") else [text[:-1]]
    low = scale.number(low_text)
    high = scale.number(rest[0]) if rest else None if text.endswith("+") else low
    if low is None or len(rest) > 1 or (rest and (high is None or high < low)):
        raise Invalid(
            gettext(
                "“%(text)s” is no range. Write %(first)s-%(last)s, or %(first)s+ without an upper "
                "end; several between commas.",
                text=text[:40],
                first=scale.name(scale.least + 5 if scale.kind == "age" else 0),
                last=12,
            )
        )
    return low, high


def span_text(scale: Scale, span: Span) -> str:
    """A range as `one_span` reads it."""
    low, high = span
    begin = scale.name(scale.least if low is None else low)
    if high is None:
        return f"{begin}+"
    return begin if high == low else f"{begin}-{scale.name(high)}"


def span_of(rule: EligibilityRule) -> Span:
    """The two ends of a rule; None for an open one."""
    return rule.facts.get("low"), rule.facts.get("high")


def sort_key(span: Span) -> tuple[float, float]:
    """Lowest first, an open upper end last."""
    low, high = span
    return (float("-inf") if low is None else low, float("inf") if high is None else high)


def require_rules(service: Service, scale: Scale) -> list[EligibilityRule]:
    """The rules of the kind that say whom it is for."""
    return [
        rule
        for rule in service.eligibility_rules
        if rule.kind == scale.kind and rule.effect == "require"
    ]


def anyone_rules(service: Service, scale: Scale) -> list[EligibilityRule]:
    """The rules that say that nobody is restricted on this axis."""
    return [
        rule
        for rule in service.eligibility_rules
        if rule.kind == "anyone" and rule.facts.get("axis") == scale.kind
    ]


def is_for_anyone(service: Service, scale: Scale) -> bool:
    """Whether the listing says that nobody is restricted on this axis."""
    return bool(anyone_rules(service, scale))
