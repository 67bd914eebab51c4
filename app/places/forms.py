"""What the forms about shared-out places must hold."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.errors import Invalid
from app.places.queries import Wanted

SHOWN = ("proposed", "accepted", "dropped")
DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose places to propose, as a person asked; `school_id` None: the district's."""

    school_id: uuid.UUID | None
    term: str
    at_most: int
    together: bool


def asked(form: MultiDict[str, str]) -> Asked:
    """What was asked for; Invalid for a school or a number that is none."""
    school, number = form.get("school", ""), form.get("at_most", "1")
    if not number.isdecimal() or len(number) > 4:
        raise Invalid(
            gettext("Choose how many places a student can be proposed."),
            {"at_most": gettext("Choose one of the numbers.")},
        )
    try:
        school_id = None if school == DISTRICT else uuid.UUID(school)
    except ValueError:
        raise Invalid(
            gettext("Choose a school first."), {"school": gettext("Choose one of the list.")}
        ) from None
    return Asked(school_id, form.get("term", ""), int(number), bool(form.get("together")))


def wanted(values: MultiDict[str, str]) -> Wanted:
    """The filter of the proposals; what cannot be used is left out."""
    state, category = values.get("state", ""), values.get("for", "")
    try:
        school_id = uuid.UUID(values.get("school", ""))
    except ValueError:
        school_id = None
    return Wanted(
        state=state if state in SHOWN else SHOWN[0],
        school_id=school_id,
        category=category if len(category) <= 80 and category.isprintable() else "",
    )


def kept(chosen: Wanted, page: int = 1) -> dict[str, Any]:
    """The filter and the page of the list, as an address or a form carries them."""
    return {
        name: value
        for name, value in (
            ("state", chosen.state if chosen.state != SHOWN[0] else ""),
            ("school", str(chosen.school_id or "")),
            ("for", chosen.category),
            ("page", str(page) if page > 1 else ""),
        )
        if value
    }
