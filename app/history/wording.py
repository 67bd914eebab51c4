"""The fields of the directory, and their values, in the words of pages."""

from __future__ import annotations

import re
from datetime import date, datetime

from flask_babel import gettext, lazy_gettext

from app.web.formats import day, moment

DAY = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])-([0-2]\d|3[01])")
MOMENT = re.compile(DAY.pattern + r"T[\d:.]+\+00:00")

TABLES = {
    "accessibility": lazy_gettext("Access"),
    "address": lazy_gettext("Address"),
    "attribute": lazy_gettext("Label"),
    "cost_option": lazy_gettext("Cost"),
    "eligibility_rule": lazy_gettext("Who it is for"),
    "funding": lazy_gettext("Funding"),
    "language": lazy_gettext("Language"),
    "location": lazy_gettext("Place"),
    "organization": lazy_gettext("Organization"),
    "organization_identifier": lazy_gettext("Number of the organization"),
    "phone": lazy_gettext("Phone"),
    "program": lazy_gettext("Program"),
    "required_document": lazy_gettext("What to bring"),
    "schedule": lazy_gettext("Hours"),
    "service": lazy_gettext("Service"),
    "service_area": lazy_gettext("Area served"),
    "service_at_location": lazy_gettext("Service at a place"),
    "service_capacity": lazy_gettext("Open places"),
    "service_intake": lazy_gettext("How it takes referrals"),
    "url": lazy_gettext("Web page"),
}
FIELDS = {
    "address_1": lazy_gettext("street"),
    "alert": lazy_gettext("alert"),
    "alternate_name": lazy_gettext("other name"),
    "amount_cents": lazy_gettext("amount in cents"),
    "application_process": lazy_gettext("how to begin"),
    "assured_date": lazy_gettext("last confirmed"),
    "available": lazy_gettext("places open"),
    "byday": lazy_gettext("days"),
    "city": lazy_gettext("town"),
    "closes_at": lazy_gettext("closes"),
    "description": lazy_gettext("description"),
    "email": lazy_gettext("email"),
    "facts": lazy_gettext("rule"),
    "fees_description": lazy_gettext("what it costs"),
    "kind": lazy_gettext("kind"),
    "label": lazy_gettext("label"),
    "location_id": lazy_gettext("place"),
    "maximum": lazy_gettext("places in all"),
    "maximum_age": lazy_gettext("oldest age"),
    "minimum_age": lazy_gettext("youngest age"),
    "name": lazy_gettext("name"),
    "number": lazy_gettext("number"),
    "opens_at": lazy_gettext("opens"),
    "organization_id": lazy_gettext("organization"),
    "postal_code": lazy_gettext("ZIP code"),
    "schedule": lazy_gettext("hours"),
    "status": lazy_gettext("status"),
    "taxonomy_term_id": lazy_gettext("term"),
    "updated": lazy_gettext("as of"),
    "url": lazy_gettext("web page"),
    "website": lazy_gettext("web page"),
}


def field_label(text: str) -> str:
    """ "service.minimum_age" in words; a field without words of its own by HSDS's name."""
    table, _, name = text.partition(".")
    kind = TABLES.get(table, table.replace("_", " "))
    what = FIELDS.get(name, name.removesuffix("_id").replace("_", " "))
    return f"{kind}: {what}"


def value_words(text: str) -> str:
    """A value: yes, no, days and moments in words, all else as it is."""
    if MOMENT.fullmatch(text):
        return moment(datetime.fromisoformat(text))
    if DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    if text in {"true", "false"}:
        return str(gettext("yes") if text == "true" else gettext("no"))
    return text
