"""How an offer was found: what is kept of it with its referral, and told again years later.

Called by queries.py, which asks the engine, and by the pages of referrals. Kept are what the person
saw and what it was worked out from, as plain JSON without the student's name or key; nothing here
asks the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from flask_babel import gettext

from app.recommendations.asking import Asked
from app.recommendations.asks import Ask, known_label
from app.recommendations.explanations import (
    PartRow,
    names_of_codes,
    refusals_of,
    whole_points,
    whole_score,
)
from app.recommendations.together import Planned
from matching.explain import criterion_name, sentence
from matching.types import Exclusion, Match, Part, Reason

KEPT_IN = "en"  # the language of the sentences that are kept: that of the page


@dataclass(frozen=True, slots=True)
class HowFound:
    """What is told of it. `rank` is among the `fitting` places that fitted (None: not kept); without a
    rank, `refusals` say why it did not fit. `questions` were to be asked first. `together` is the reason
    in the best set of all needs.
    """

    asked: str
    on: date
    rank: int | None
    fitting: int | None
    score: int | None
    parts: tuple[PartRow, ...]
    refusals: tuple[str, ...]
    questions: tuple[str, ...]
    together: str
    catalog_revision: int
    parameters_version: str


def snapshot(
    asked: Asked, answer: Match | Exclusion, *, fitting: int, plan: Planned | None = None
) -> dict[str, Any]:
    """What is kept: what was asked, and what was answered, with the sentences that were shown.

    Inputs are the student's facts without the name, how many open referrals the service had, the offer
    as it was compared, and the figures of that day's parameters: catalog and figures are others years
    later. `fitting`: how many places fitted. `plan`: the best set of all needs, where the offer was
    found in it.
    """
    inputs = plain(asked.profile)
    del inputs["key"]
    match = answer if isinstance(answer, Match) else None
    return {
        "asked": plain_ask(asked.ask),
        "together": None if plan is None else together_told(plan, asked.ask, answer),
        "on": asked.on.isoformat(),
        "catalog_revision": asked.revision,
        "parameters_version": asked.engine.parameters.version,
        "parameters": plain(asked.engine.parameters),
        "inputs": inputs,
        "offer": plain(answer.offer),
        "open_referrals": asked.load.get(answer.offer.service, 0),
        "rank": match.rank if match else None,
        "fitting": fitting,
        "score": match.score if match else None,
        "parts": [told(part) for part in match.parts] if match else [],
        "questions": [told(question) for question in match.questions] if match else [],
        "refusals": list(refusals_of(answer, KEPT_IN)) if isinstance(answer, Exclusion) else [],
    }


def plain_ask(ask: Ask) -> dict[str, str | None]:
    """The need, the interest or the goal (its id: its words are the plan's); none is the whole plan."""
    return {
        "need": ask.need,
        "interest": ask.interest,
        "goal": str(ask.goal) if ask.goal else None,
    }


def told(one: Part | Reason) -> dict[str, Any]:
    """A part or a question, with its sentence."""
    kept: dict[str, Any] = plain(one)
    return {**kept, "words": sentence(one, KEPT_IN, names=names_of_codes(KEPT_IN))}


def together_told(plan: Planned, ask: Ask, answer: Match | Exclusion) -> dict[str, Any] | None:
    """The reason why the best set has this offer for the need; None where it has another by now."""
    for one in plan.best.chosen:
        if (one.option.need, one.option.offer) == (ask.need, answer.offer.key):
            return {
                "reason": told(one.reason),
                "trips": plan.best.trips,
                "trips_apart": plan.best.trips_apart,
            }
    return None


def plain(value: Any) -> Any:
    """A value of the engine as JSON has it: sets sorted, dates as text, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set | list | tuple):
        items = [plain(item) for item in value]
        return sorted(items) if isinstance(value, frozenset | set) else items
    if isinstance(value, Enum):
        return value.name.lower()
    return value.isoformat() if isinstance(value, date) else value


def how_found(kept: Mapping[str, Any], language: str) -> HowFound | None:
    """What was kept, told again, of older releases too; None where nothing was. Sentences that were
    shown are told as they were."""
    if not kept:
        return None
    score = kept["score"]
    together = kept.get("together")
    return HowFound(
        asked=words_of_asked(kept, language),
        on=date.fromisoformat(kept["on"]),
        rank=kept["rank"],
        fitting=kept.get("fitting"),
        score=None if score is None else whole_score(score),
        parts=rows_of_parts(kept["parts"], language),
        refusals=tuple(kept["refusals"]),
        questions=tuple(one["words"] for one in kept.get("questions", ()) if one.get("words")),
        together=together["reason"]["words"] if together else "",
        catalog_revision=kept["catalog_revision"],
        parameters_version=kept["parameters_version"],
    )


def words_of_asked(kept: Mapping[str, Any], language: str) -> str:
    """What was asked for; of a goal what its words asked for, since the goal may be another by now."""
    asked, inputs = kept["asked"], kept["inputs"]
    if asked.get("goal"):
        codes = [
            *(need["category"] for need in inputs["needs"]),
            *(interest["term"] for interest in inputs["interests"]),
        ]
        terms = ", ".join(known_label(code, language) for code in codes)
        return str(gettext("a goal of the plan (%(terms)s)", terms=terms))
    code = asked["need"] or asked["interest"]
    return f"“{known_label(code, language)}”" if code else str(gettext("the whole plan"))


def rows_of_parts(parts: Sequence[Mapping[str, Any]], language: str) -> tuple[PartRow, ...]:
    """The parts as bars. A criterion that the engine has no more keeps its code as its name."""
    return tuple(
        PartRow(
            criterion=part["criterion"],
            label=label_of_criterion(part["criterion"], language),
            points=points,
            max_points=part["weight"],
            words=part.get("words", ""),
            is_known=part["is_known"],
        )
        for part, points in zip(
            parts, whole_points([part["points"] for part in parts]), strict=True
        )
    )


def label_of_criterion(criterion: str, language: str) -> str:
    try:
        return criterion_name(criterion, language)
    except KeyError:
        return criterion.replace("_", " ")
