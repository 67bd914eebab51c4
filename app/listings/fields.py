"""The fields of a listing that its partner may correct: how each is read, checked and written.

`is_small` ones go live at once; the others wait until the district's team has looked. One table, so
that the page, the difference shown and the writing cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext

from catalog.models import Phone, Service


@dataclass(frozen=True, slots=True)
class ListingField:
    """One field: its words, its value as text, and how a checked text is written."""

    code: str
    label: object
    read: Callable[[Service], str]
    write: Callable[[Service, str], None]
    is_small: bool = False
    lines: int = 1
    longest: int = 300


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


FIELDS: dict[str, ListingField] = {
    field.code: field
    for field in (
        ListingField(
            "phone", lazy_gettext("Phone"), read_phone, write_phone, is_small=True, longest=40
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
        ListingField("url", lazy_gettext("Web page"), *column("url"), longest=500),
        ListingField("name", lazy_gettext("Name of the service"), *column("name")),
    )
}
