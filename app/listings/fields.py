"""The fields of a listing that its partner may correct: how each is read and written.

Which kinds go live at once is a setting (LISTING_LIVE_FIELDS); the others wait until the district's team
has looked. One table, so that the page, the difference shown and the writing cannot disagree. A
field of one place has that place's id in its code: "street:…".
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from app.editing import values
from app.editing.fields import TERMS_FIELDS, WHO_FIELDS, EditField
from catalog.hours_words import hours_as_text, schedules_from_text
from catalog.models import Address, Location, Phone, Service, ServiceAtLocation
from catalog.vocabulary import Label


@dataclass(frozen=True, slots=True)
class ListingField:
    """One field: its words, its value as text, how a text is checked (Invalid), and how a
    checked text is written. `many`: the codes of which several can be ticked.
    """

    code: str
    label: object
    read: Callable[[Service], str]
    write: Callable[[Service, str], None]
    lines: int = 1
    longest: int = 300
    check: Callable[[str], Any] = values.plain
    hint: object = ""
    many: Sequence[tuple[str, Label]] = ()

    @property
    def from_form(self) -> bool:
        """Whether it is one of the many of the district's form, which stand apart."""
        return self.code in FROM_FORM

    @property
    def kind(self) -> str:
        """What the setting names: the code without a place."""
        return self.code.partition(":")[0]


def column(name: str) -> tuple[Callable[[Service], str], Callable[[Service, str], None]]:
    """Reading and writing of a text column of the service; empty text is NULL."""

    def read(service: Service) -> str:
        return str(getattr(service, name) or "")

    def write(service: Service, text: str) -> None:
        setattr(service, name, text or None)

    return read, write


def read_phone(service: Service) -> str:
    """The first number of the service."""
    return service.phones[0].number if service.phones else ""


def write_phone(service: Service, text: str) -> None:
    """Put `text` in place of the first number; an empty one takes it away."""
    if service.phones and text:
        service.phones[0].number = text
    elif service.phones:
        service.phones.remove(service.phones[0])
    elif text:
        service.phones.append(Phone(number=text))


def from_form(field: EditField) -> ListingField:
    """A field of the district's own form, as text."""

    def read(service: Service) -> str:
        return field.read(service) or ""

    def write(service: Service, text: str) -> None:
        field.write(service, field.check(text))

    return ListingField(
        field.code,
        field.label,
        read,
        write,
        field.lines,
        field.longest,
        field.check,
        field.hint,
        field.many,
    )


# Whom it is for and what to know, by the same rows as the district's form.
FROM_FORM = {field.code: field for field in (*WHO_FIELDS, *TERMS_FIELDS)}
FROM_FORM.pop("fees_description")  # below, among those that partners write most

FIELDS: dict[str, ListingField] = {
    field.code: field
    for field in (
        ListingField(
            "phone",
            lazy_gettext("Phone"),
            read_phone,
            write_phone,
            longest=40,
            check=values.phone_number,
        ),
        ListingField(
            "description",
            lazy_gettext("What you offer"),
            *column("description"),
            lines=5,
            longest=4000,
        ),
        ListingField(
            "application_process",
            lazy_gettext("How to begin"),
            *column("application_process"),
            lines=3,
            longest=2000,
        ),
        ListingField(
            "fees_description",
            lazy_gettext("What it costs"),
            *column("fees_description"),
            lines=2,
            longest=1000,
        ),
        ListingField(
            "url", lazy_gettext("Web page"), *column("url"), longest=500, check=values.web
        ),
        ListingField(
            "name", lazy_gettext("Name of the service"), *column("name"), check=values.needed
        ),
        ListingField(
            "eligibility_description",
            lazy_gettext("Who it is for, in words"),
            *column("eligibility_description"),
            lines=2,
            longest=2000,
        ),
        *map(from_form, FROM_FORM.values()),
    )
}

# The fields that are plain text: what a visitor suggests for one of them can be written as it stands.
PLAIN_FIELDS = {code: field for code, field in FIELDS.items() if not field.from_form}

PLACE_LABELS = {
    "hours": lazy_gettext("Days and hours"),
    "street": lazy_gettext("Street"),
    "town": lazy_gettext("Town"),
    "zip": lazy_gettext("ZIP code"),
    "closed": lazy_gettext("Not given here any more"),
}
KINDS = frozenset({*FIELDS, *PLACE_LABELS, "new_place"})
CLOSED = "closed"
ADDRESS = {"street": "address_1", "town": "city", "zip": "postal_code"}


def fields_of(service: Service, *, by_link: bool = False) -> dict[str, ListingField]:
    """Every field that the partner of this service may correct, by code. `by_link`: without what a
    confidential place keeps to itself, since a message with a link may be passed on.
    """
    places = [place for place in service.service_at_locations if place.is_listed]
    return {
        **{code: field for code, field in FIELDS.items() if not says_more(service, code)},
        **{
            field.code: field
            for place in sorted(places, key=lambda place: str(place.id))
            for field in fields_of_place(place, by_link=by_link)
        },
        "new_place": ListingField(
            "new_place",
            lazy_gettext("A further place"),
            lambda _: "",
            add_place,
            lines=2,
            longest=600,
        ),
    }


def says_more(service: Service, code: str) -> bool:
    """Whether the listing says more of this than one line of a form can (several prices)."""
    return code in FROM_FORM and FROM_FORM[code].read(service) is None


def fields_of_place(place: ServiceAtLocation, *, by_link: bool) -> list[ListingField]:
    """What can be corrected of one place: hours, and its address where it is somewhere."""
    address = tuple(ADDRESS) if place.location.location_type != "virtual" else ()
    if by_link and place.location.is_confidential:
        address = ("town",)
    return [place_field(kind, place.id) for kind in ("hours", *address, "closed")]


def is_kept_from_links(service: Service, code: str) -> bool:
    """Whether a field, or what was once written into it, tells where a confidential place is."""
    hidden = [p for p in service.service_at_locations if p.location.is_confidential]
    kind, _, place = code.partition(":")
    return bool(hidden) and (
        kind == "new_place"
        or (kind in ADDRESS and kind != "town" and place in {p.id.hex for p in hidden})
    )


def place_field(kind: str, place_id: uuid.UUID) -> ListingField:
    """One field of one place of a service."""

    def place_in(service: Service) -> ServiceAtLocation:
        return next(place for place in service.service_at_locations if place.id == place_id)

    def read(service: Service) -> str:
        return read_place(kind, place_in(service))

    def write(service: Service, text: str) -> None:
        write_place(kind, place_in(service), text)

    longest = {"hours": 600, "zip": 10}.get(kind, 300)
    return ListingField(
        f"{kind}:{place_id.hex}",
        PLACE_LABELS[kind],
        read,
        write,
        2 if kind == "hours" else 1,
        longest,
    )


def read_place(kind: str, place: ServiceAtLocation) -> str:
    """What the listing says of the place now."""
    location = place.location
    if kind == "hours":
        return hours_as_text(place.schedules or place.service.schedules or location.schedules)
    if kind == "closed":
        return "" if place.is_listed else CLOSED
    address = location.addresses[0] if location.addresses else None
    return str(getattr(address, ADDRESS[kind]) or "") if address else ""


def write_place(kind: str, place: ServiceAtLocation, text: str) -> None:
    """Put the text there. Where the street changes, the point is not known any more."""
    location = place.location
    if kind == "hours":
        place.schedules = schedules_from_text(text)
    elif kind == "closed":
        place.is_listed = not text
    else:
        if not location.addresses:
            location.addresses.append(Address(address_1="", city=""))
        setattr(location.addresses[0], ADDRESS[kind], text)
        location.latitude = location.longitude = None
        location.point_precision = "unknown"


def add_place(service: Service, text: str) -> None:
    """A further place, as its partner wrote it: "street, town ZIP", and hours on the next line."""
    where, _, hours = text.partition("\n")
    street, _, rest = where.partition(",")
    words = rest.split()
    zip_code = words.pop() if words and words[-1][:5].isdecimal() else ""
    location = Location(organization_id=service.organization_id)
    location.addresses = [
        Address(address_1=street.strip(), city=" ".join(words), postal_code=zip_code)
    ]
    place = ServiceAtLocation(location=location)
    place.schedules = schedules_from_text(hours.strip())
    service.service_at_locations.append(place)


def label_of(code: str) -> object:
    """A field's words by its code; of one of a place without the place."""
    kind = code.partition(":")[0]
    if kind in FIELDS:
        return FIELDS[kind].label
    return PLACE_LABELS.get(kind) or lazy_gettext("A further place")
