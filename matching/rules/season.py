"""Season: the day is inside the program's season, both ends included.

Decisions: no season stated is all year, and no question (types: None is "all year"). Before the
season a near miss waits for its first day; after it there is none, for next year's days are not
in the listing.
"""

from __future__ import annotations

from matching.columns import Columns
from matching.lookups import Rows
from matching.question import Question
from matching.rule import Rule, Verdicts, Words, column_of, no
from matching.types import Offer, Reason
from matching.waiting import apply_wait, wait_until

NAME = "season"


def judge(offer: Offer, question: Question) -> Reason | None:
    """NO before the first day and after the last."""
    first, last = offer.season or (None, None)
    if first is not None and question.on < first:
        return no(NAME, "before_season", first=first)
    if last is not None and question.on > last:
        return no(NAME, "after_season", last=last)
    return None


def verdicts(columns: Columns, rows: Rows, question: Question) -> Verdicts:
    """`judge` for rows."""
    today = question.on.toordinal()
    last = columns.last_day[rows]
    return column_of(rows, no=(today < columns.first_day[rows]) | ((last >= 0) & (today > last)))


def change(offer: Offer, question: Question) -> Reason | None:
    """Wait for the first day."""
    first, _ = offer.season or (None, None)
    return None if first is None else wait_until(NAME, "season_begins", first, question)


WORDS = {
    "en": Words(
        name="Season",
        no={
            "before_season": "It starts on {first}.",
            "after_season": "It ended on {last}.",
        },
        change={
            "season_begins": "It would match from {on}.",
        },
    ),
    "es": Words(
        name="Temporada",
        no={
            "before_season": "Empieza el {first}.",
            "after_season": "Terminó el {last}.",
        },
        change={
            "season_begins": "Sería posible desde el {on}.",
        },
    ),
}

RULE = Rule(
    NAME,
    judge,
    verdicts,
    facts=(),
    change=change,
    apply=apply_wait,
    words=WORDS,
    order=20,
)
