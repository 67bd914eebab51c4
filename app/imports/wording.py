"""Imports in the words of pages: where one stands, what the worker is doing, what a column holds."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.imports.states import State

# state -> (words, the pill's kind, icon)
STATES = {
    State.CHECK_WAITING: (lazy_gettext("Waits to be checked"), "waiting", "clock"),
    State.CHECKING: (lazy_gettext("Is being checked"), "waiting", "clock"),
    State.CHECKED: (lazy_gettext("Checked, not imported yet"), "info", "eye"),
    State.CHECK_FAILED: (lazy_gettext("Cannot be imported as it is"), "bad", "alert"),
    State.APPLY_WAITING: (lazy_gettext("Waits to be imported"), "waiting", "clock"),
    State.APPLYING: (lazy_gettext("Is being imported"), "waiting", "clock"),
    State.APPLIED: (lazy_gettext("Imported"), "good", "check"),
    State.APPLY_FAILED: (lazy_gettext("Was not imported"), "bad", "alert"),
    State.DISCARDED: (lazy_gettext("Deleted, not imported"), "neutral", "x"),
}
PHASES = {
    "": lazy_gettext("Waiting for the worker, which takes one import at a time"),
    "reading": lazy_gettext("Reading the file"),
    "comparing": lazy_gettext("Comparing it with the catalog"),
    "writing": lazy_gettext("Writing"),
    "stopping": lazy_gettext("Being stopped; what was written so far is taken back"),
}
SEVERITY = {
    "error": (lazy_gettext("Error"), "bad"),
    "warning": (lazy_gettext("Warning"), "waiting"),
    "info": (lazy_gettext("Info"), "info"),
}
FIELDS = {
    "provider": lazy_gettext("Provider: whose the service is"),
    "service": lazy_gettext("Service"),
    "category": lazy_gettext("Label or category"),
    "description": lazy_gettext("Description"),
    "place": lazy_gettext("Name of the place"),
    "street": lazy_gettext("Street address"),
    "city": lazy_gettext("City"),
    "state": lazy_gettext("State"),
    "zip": lazy_gettext("ZIP code"),
    "counties": lazy_gettext("Counties served"),
    "phone": lazy_gettext("Phone"),
    "email": lazy_gettext("Email"),
    "url": lazy_gettext("Website"),
    "hours": lazy_gettext("Opening hours"),
    "languages": lazy_gettext("Languages"),
    "ages": lazy_gettext("Ages"),
    "eligibility": lazy_gettext("Who it is for"),
    "fees": lazy_gettext("Fees"),
    "extra": lazy_gettext("Something else: kept beside the row"),
}
MARKS = {
    "age": lazy_gettext("Marks (X): the ages named here"),
    "language": lazy_gettext("Marks (X): the language named here"),
    "label": lazy_gettext("Marks (X): the label named here"),
}
TABLES = {
    "organization": lazy_gettext("Organizations"),
    "service": lazy_gettext("Services"),
    "location": lazy_gettext("Places"),
    "service_at_location": lazy_gettext("Services at places"),
    "phone": lazy_gettext("Phones"),
    "address": lazy_gettext("Addresses"),
    "schedule": lazy_gettext("Opening hours"),
    "attribute": lazy_gettext("Labels"),
    "eligibility_rule": lazy_gettext("Rules of who it is for"),
    "service_area": lazy_gettext("Areas served"),
    "taxonomy_term": lazy_gettext("Terms"),
    "program": lazy_gettext("Programs"),
    "language": lazy_gettext("Languages"),
    "contact": lazy_gettext("Contacts, shown to nobody"),
    "metadata": lazy_gettext("History"),
}


def table_words(name: str) -> str:
    """A table of the directory in words."""
    return str(TABLES.get(name) or name.replace("_", " ").capitalize())
