"""What a form about a referral must hold, checked once for plan managers and partners alike."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask_babel import gettext
from werkzeug.datastructures import ImmutableMultiDict

from app.errors import Invalid
from app.referrals.states import TRANSITIONS

Form = ImmutableMultiDict[str, str]


@dataclass(frozen=True, slots=True)
class ActionForm:
    """One step as a person asked for it."""

    action: str
    version: int
    reason: str | None
    outcome: str | None
    note: str


def action_form(action: str, form: Form) -> ActionForm:
    """The step, or Invalid: no such step, or the page's version is missing."""
    if action not in TRANSITIONS:
        raise Invalid(gettext("There is no such step. Use the buttons on the page."))
    return ActionForm(
        action=action,
        version=version_in(form),
        reason=form.get("reason") or None,
        outcome=form.get("outcome") or None,
        note=form.get("note", "")[:2000],
    )


def version_in(form: Form) -> int:
    """The version that the person looked at."""
    text = form.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(gettext("The form is not complete. Reload the page and try again."))
    return int(text)


def uuid_in(form: Form, name: str) -> uuid.UUID:
    """A row's id from a hidden field."""
    try:
        return uuid.UUID(form.get(name, ""))
    except ValueError:
        raise Invalid(gettext("The form is not complete. Reload the page and try again.")) from None
