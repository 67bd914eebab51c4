"""What a visitor asks of the directory: the form's fields as the search's filters.

Called by pages.py. Nothing that was typed is dropped silently: what cannot be used is told beside its
field, and the list is shown without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext

from catalog.geocoding.zip_areas import middle_of
from catalog.search import LONGEST_QUESTION, SearchIndex
from catalog.search_filters import Filters
from catalog.taxonomy import UnknownTermError, term
from catalog.vocabulary import GRADES, SERVICE_STATUSES

METRES_PER_MILE = 1609.344
MILES = (1, 2, 5, 10, 25)
COSTS = (0, 1000, 2500, 5000, 10000)  # cents
OLDEST = 99
ANY_STATUS = "any"
FIELDS = (
    *("q", "term", "zip", "miles", "day", "time", "age", "grade", "language", "cost", "open"),
    *("status", "partners"),
)


@dataclass(frozen=True)
class Asked:
    """`text` and `filters` for the search; `values` as typed, `problems` by field in words."""

    text: str
    filters: Filters
    values: Mapping[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything at all was asked for."""
        return any(value for name, value in self.values.items() if name != "partners")


def asked_of(arguments: Mapping[str, str], index: SearchIndex) -> Asked:
    """Read the form."""
    values = {name: arguments.get(name, "").strip()[:LONGEST_QUESTION] for name in FIELDS}
    problems: dict[str, str] = {}
    near, within = distance_of(values, problems)
    return Asked(
        text=values["q"],
        filters=Filters(
            term=term_of(values, problems),
            near=near,
            within_metres=within,
            open_at=moment_of(values, problems),
            age=number_of(values, "age", range(OLDEST + 1), problems),
            grade=number_of(values, "grade", GRADES, problems),
            language=language_of(values, index, problems),
            fee_at_most_cents=number_of(values, "cost", range(1_000_000), problems),
            has_open_places=bool(values["open"]),
            status=status_of(values, problems),
        ),
        values=values,
        problems=problems,
    )


def term_of(values: Mapping[str, str], problems: dict[str, str]) -> str | None:
    """A code of our vocabularies."""
    if not values["term"]:
        return None
    try:
        return term(values["term"]).code
    except UnknownTermError:
        problems["term"] = gettext("There is no such need or interest. Choose one of the list.")
        return None


def distance_of(
    values: Mapping[str, str], problems: dict[str, str]
) -> tuple[tuple[float, float] | None, float | None]:
    """The middle of the ZIP area, and how far from it in metres."""
    miles = number_of(values, "miles", range(1, 501), problems)
    if not values["zip"]:
        if miles:
            problems["zip"] = gettext("Write the ZIP code from which to measure.")
        return None, None
    if not re.fullmatch(r"[0-9]{5}", values["zip"]):
        problems["zip"] = gettext("A ZIP code has five digits.")
        return None, None
    near = middle_of(values["zip"])
    if near is None:
        problems["zip"] = gettext(
            "There is no ZIP area of this number, or it is one of post boxes alone. Try a neighbouring one."
        )
        return None, None
    return near, miles * METRES_PER_MILE if miles else None


def moment_of(values: Mapping[str, str], problems: dict[str, str]) -> tuple[int, int] | None:
    """The weekday and the minutes from midnight."""
    day = number_of(values, "day", range(7), problems)
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", values["time"])
    if values["time"] and not found:
        problems["time"] = gettext("Write a time such as 15:30.")
    elif day is not None and not found:
        problems["time"] = gettext("Write the time of day as well.")
    elif found and day is None and "day" not in problems:
        problems["day"] = gettext("Choose the day as well.")
    if day is None or not found:
        return None
    return day, 60 * int(found[1]) + int(found[2])


def number_of(
    values: Mapping[str, str], name: str, known: object, problems: dict[str, str]
) -> int | None:
    """A whole number among those that make sense."""
    text = values[name]
    if not text:
        return None
    if re.fullmatch(r"-?[0-9]{1,7}", text) and int(text) in known:  # type: ignore[operator]
        return int(text)
    problems[name] = gettext("This cannot be used. Choose another value.")
    return None


def language_of(
    values: Mapping[str, str], index: SearchIndex, problems: dict[str, str]
) -> str | None:
    """A language that some listing names."""
    code = values["language"].lower()
    if code and code not in index.columns.languages:
        problems["language"] = gettext("No listing names this language. Choose one of the list.")
        return None
    return code or None


def status_of(values: Mapping[str, str], problems: dict[str, str]) -> str | None:
    """Active listings, unless another kind or any is asked for."""
    text = values["status"]
    if text == ANY_STATUS:
        return None
    if text and text not in SERVICE_STATUSES:
        problems["status"] = gettext("This cannot be used. Choose another value.")
    return text if text in SERVICE_STATUSES else "active"
