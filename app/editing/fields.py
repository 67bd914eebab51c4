"""The fields of the form for a service, in their groups: one table for the page, the check, the write.

Every field is text on the page. What is sent back as it was shown is not touched, so that saving an
untouched form changes nothing; what the form cannot say in its one line (two ranges of ages, several
prices) is shown as it stands and left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from app.editing import spans, values
from app.editing.values import (
    Read,
    Write,
    column,
    intake_column,
    listed_rule,
    organization_column,
    residence_part,
)
from catalog.vocabulary import INSURANCE_KINDS, SERVICE_STATUSES, SITUATIONS, Label

Check = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class EditField:
    """One field: its words, and its reader, check and writer (`values.py`). `choices`: value, label;
    `many`: those of which several can be ticked, in their order.
    """

    code: str
    label: object
    read: Read
    check: Check
    write: Write
    lines: int = 1
    longest: int = 300
    hint: object = ""
    choices: Sequence[tuple[str, object]] = ()
    many: Sequence[tuple[str, Label]] = ()


def field(
    code: str, label: object, check: Check, both: tuple[Read, Write], **more: Any
) -> EditField:
    """A field whose reader and writer come together."""
    return EditField(code, label, both[0], check, both[1], **more)


def own(code: str, label: object, check: Check = values.plain, **more: Any) -> EditField:
    """A text column of the service."""
    return field(code, label, check, column(code), **more)


def of_organization(
    code: str, label: object, check: Check = values.plain, **more: Any
) -> EditField:
    """A text column of the service's organization."""
    both = organization_column(code.removeprefix("organization_"))
    return field(code, label, check, both, **more)


def intake(code: str, label: object, check: Check, **more: Any) -> EditField:
    """A column of how the service takes referrals."""
    return field(code, label, check, intake_column(code), **more)


STATUSES = tuple((code, label.en) for code, label in SERVICE_STATUSES.items())

SERVICE_FIELDS = (
    own("name", lazy_gettext("Name of the service"), values.needed),
    own("description", lazy_gettext("What you offer"), lines=5, longest=8000),
    own("status", lazy_gettext("Status"), values.one_of(SERVICE_STATUSES), choices=STATUSES),
    EditField(
        "phones",
        lazy_gettext("Phones"),
        values.read_phones,
        values.phone_numbers,
        values.write_phones,
        lines=2,
        hint=lazy_gettext("One a line."),
    ),
    own("email", lazy_gettext("Email that everybody sees"), values.email),
    own("url", lazy_gettext("Web page"), values.web, longest=500),
    own("application_process", lazy_gettext("How to begin"), lines=3, longest=4000),
    own("alert", lazy_gettext("Notice on top of the listing"), longest=1000),
)
WHO_FIELDS = (
    field(
        "ages",
        lazy_gettext("Ages"),
        spans.check_spans(spans.AGES),
        (spans.read_spans(spans.AGES), spans.write_spans(spans.AGES)),
        hint=lazy_gettext("5-12, or 16+; 12 means up to the 13th birthday. 0+ is every age."),
    ),
    field(
        "grades",
        lazy_gettext("Grades"),
        spans.check_spans(spans.GRADE_SCALE),
        (spans.read_spans(spans.GRADE_SCALE), spans.write_spans(spans.GRADE_SCALE)),
        hint=lazy_gettext("PK-5, or 9-12. PK+ is every grade."),
    ),
    field(
        "zips",
        lazy_gettext("Lives in ZIP codes"),
        values.zip_codes,
        residence_part("zips"),
        longest=1000,
    ),
    field(
        "counties",
        lazy_gettext("Lives in counties"),
        values.counties,
        residence_part("counties"),
        longest=1000,
        hint=lazy_gettext("With the state: Hamilton, TN; Walker, GA"),
    ),
    field(
        "insurance",
        lazy_gettext("Accepted insurance"),
        values.known_words(INSURANCE_KINDS),
        listed_rule("insurance", "accepted", INSURANCE_KINDS),
        longest=600,
        many=tuple(INSURANCE_KINDS.items()),
    ),
    field(
        "situations",
        lazy_gettext("Only for students who are"),
        values.known_words(SITUATIONS),
        listed_rule("situation", "any_of", SITUATIONS),
        longest=600,
        many=tuple(SITUATIONS.items()),
    ),
    EditField(
        "languages",
        lazy_gettext("Languages of the staff"),
        values.read_languages,
        values.language_codes,
        values.write_languages,
        hint=lazy_gettext("Codes: en, es, ar"),
    ),
    own("interpretation_services", lazy_gettext("Interpreter")),
)
TERMS_FIELDS = (
    EditField(
        "fee",
        lazy_gettext("Price in dollars"),
        values.read_fee,
        values.cents,
        values.write_fee,
        longest=12,
        hint=lazy_gettext("0 is free; empty is not said."),
    ),
    own("fees_description", lazy_gettext("What it costs, in words"), lines=2, longest=2000),
    EditField(
        "documents",
        lazy_gettext("What to bring"),
        values.read_documents,
        values.lines,
        values.write_documents,
        lines=3,
        longest=2000,
        hint=lazy_gettext("One a line."),
    ),
)
ORGANIZATION_FIELDS = (
    of_organization(
        "website", lazy_gettext("Web page of the organization"), values.web, longest=500
    ),
    of_organization(
        "organization_email",
        lazy_gettext("Email of the organization, that everybody sees"),
        values.email,
    ),
    EditField(
        "organization_phones",
        lazy_gettext("Phones of the organization"),
        values.read_organization_phones,
        values.phone_numbers,
        values.write_organization_phones,
        lines=2,
        hint=lazy_gettext("One a line."),
    ),
    of_organization(
        "organization_description",
        lazy_gettext("What the organization is"),
        lines=3,
        longest=8000,
    ),
)
INTAKE_FIELDS = (
    intake(
        "referral_email",
        lazy_gettext("Email for referrals"),
        values.email,
        hint=lazy_gettext("Never shown to anybody."),
    ),
    intake(
        "referral_cap", lazy_gettext("Open referrals at a time, at most"), values.whole, longest=6
    ),
    intake(
        "has_waitlist",
        lazy_gettext("Waitlist"),
        values.yes_no,
        choices=tuple(values.YES_NO.items()),
    ),
    intake(
        "next_intake",
        lazy_gettext("Next intake"),
        values.day,
        longest=10,
        hint=lazy_gettext("A day such as 2027-01-31"),
    ),
    EditField(
        "provides_transport",
        lazy_gettext("Provides a ride"),
        values.read_ride,
        values.is_yes,
        intake_column("provides_transport")[1],
        choices=tuple(values.YES_NO.items())[1:],
    ),
)
GROUPS = (
    ("organization", lazy_gettext("Whose service it is"), ORGANIZATION_FIELDS),
    ("service", lazy_gettext("The service"), SERVICE_FIELDS),
    ("who", lazy_gettext("Who it is for"), WHO_FIELDS),
    ("terms", lazy_gettext("What to know"), TERMS_FIELDS),
    ("intake", lazy_gettext("How it takes referrals"), INTAKE_FIELDS),
)
FIELDS = {one.code: one for _, _, fields in GROUPS for one in fields}
