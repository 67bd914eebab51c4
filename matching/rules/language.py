"""Language: staff speak one of the family's languages, or there is an interpreter.

Decisions:
- Languages not stated: a partner here is taken to serve in the local language (parameter
  `language.local`); a family without it makes a question. No language named is "any".
- Languages stated without the family's: an interpreter settles it; whether there is one is asked.
- The family's languages not known is asked only where the partner has said that there is no
  interpreter: otherwise nothing depends on the answer.
- Near miss: an interpreter who comes along.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import (
    Circumstances,
    Rule,
    Verdicts,
    Words,
    ask,
    column_of,
    no,
    sorted_terms,
    would_do,
)
from matching.types import Offer, Profile, Reason

NAME = "language"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO where no language is shared and there is no interpreter."""
    family = question.profile.languages
    if offer.has_interpreter:
        return None
    if offer.languages is None:
        is_settled = not family or question.parameters.language_local in family
        return None if is_settled else ask(NAME, "languages_not_stated", languages=family)
    if not offer.languages or not offer.languages.isdisjoint(family):
        return None
    facts = {"languages": family, "spoken": sorted_terms(offer.languages)}
    if offer.has_interpreter is None:
        return ask(NAME, "interpreter_not_stated", **facts) if family else None
    if not family:
        return ask(NAME, "language_unknown", spoken=sorted_terms(offer.languages))
    return no(NAME, "language_not_served", **facts)


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    family = question.profile.languages
    interpreter = columns.has_interpreter[rows]
    named = columns.languages.is_filled[rows]
    if not family:
        return column_of(rows, unknown=named & (interpreter == 0))
    unserved = named & ~columns.languages.has_any(family, rows)
    unstated = ~columns.states_languages[rows] & (question.parameters.language_local not in family)
    return column_of(
        rows,
        no=unserved & (interpreter == 0),
        unknown=(unserved & (interpreter < 0)) | (unstated & (interpreter != 1)),
    )


def change(offer: Offer, question: Question) -> Reason | None:
    """Bring an interpreter."""
    return would_do(NAME, "bring_interpreter", languages=question.profile.languages)


def apply(profile: Profile, offer: Offer, on: date, change: Reason) -> Circumstances:
    """The program, with an interpreter."""
    return profile, replace(offer, has_interpreter=True), on


WORDS = {
    "en": Words(
        name="Language",
        no={
            "language_not_served": (
                "Staff speak {spoken}, and there is no interpreter. The family speaks {languages}."
            ),
        },
        ask={
            "languages_not_stated": (
                "Ask the partner: can it serve a family that speaks {languages}?"
            ),
            "interpreter_not_stated": (
                "Ask the partner: is there an interpreter for {languages}? Staff speak {spoken}."
            ),
            "language_unknown": (
                "Ask the family: which language do you like to speak? Staff speak {spoken}."
            ),
        },
        change={
            "bring_interpreter": "It would match with an interpreter for {languages}.",
        },
    ),
    "es": Words(
        name="Idioma",
        no={
            "language_not_served": (
                "El personal habla {spoken} y no hay intérprete. La familia habla {languages}."
            ),
        },
        ask={
            "languages_not_stated": (
                "Pregunte a la organización: ¿puede atender a una familia que habla {languages}?"
            ),
            "interpreter_not_stated": (
                "Pregunte a la organización: ¿hay intérprete de {languages}? El "
                "personal habla {spoken}."
            ),
            "language_unknown": (
                "Pregunte a la familia: ¿qué idioma prefieren hablar? El personal habla {spoken}."
            ),
        },
        change={
            "bring_interpreter": "Sería posible con un intérprete de {languages}.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=("languages",),
    compares=("languages", "has_interpreter"),
    change=change,
    apply=apply,
    words=WORDS,
    order=120,
)
