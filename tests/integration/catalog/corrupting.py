"""A labelled set of duplicates: real records copied with the slips that directories make.

Imported by test_catalog_duplicates_real_data. The same set each time: chance comes from a fixed seed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Address, Location, Organization, Phone, Service, ServiceAtLocation

Slip = Callable[[str, Random], str]
Truth = dict[str, dict[str, str]]  # by kind: id of the copy -> id of its original


def typo(text: str, random: Random) -> str:
    """Two letters swapped, one lost, or one doubled, inside a word."""
    inside = [i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i - 1].isalpha()]
    if not inside:
        return text
    at = random.choice(inside)
    return random.choice(
        [
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
        ]
    )


def drop_word(text: str, random: Random) -> str:
    """One word left out, of a name of three or more."""
    words = text.split()
    if len(words) < 3:
        return text
    words.pop(random.randrange(len(words)))
    return " ".join(words)


def swap_words(text: str, random: Random) -> str:
    """The last word first, with a comma, as registers write."""
    words = text.split()
    return f"{words[-1]}, {' '.join(words[:-1])}" if len(words) > 1 else text


def shout(text: str, random: Random) -> str:
    """All in capitals."""
    return text.upper()


def add_legal_form(text: str, random: Random) -> str:
    """What a register adds to a name."""
    return f"The {text}, Inc."


def spell_and(text: str, random: Random) -> str:
    """& for and, and the other way round."""
    return text.replace(" and ", " & ") if " and " in text else text.replace("&", "and")


def other_phone_format(text: str, random: Random) -> str:
    """The digits written in another way."""
    d = "".join(c for c in text if c.isdigit())[-10:]
    if len(d) < 10:
        return text
    shapes = [f"+1 {d[:3]} {d[3:6]} {d[6:]}", f"{d[:3]}.{d[3:6]}.{d[6:]}", f"1-{d}", d]
    return random.choice(shapes)


def other_site_format(text: str, random: Random) -> str:
    """www., the scheme and the closing slash, on or off."""
    bare = text.rsplit("://", maxsplit=1)[-1].removeprefix("www.").rstrip("/")
    return random.choice([f"https://www.{bare}/", f"http://{bare}", f"https://{bare}/", bare])


def other_street(text: str, random: Random) -> str:
    """Street for St, Northwest for NW, and so on."""
    longer = {"St": "Street", "Ave": "Avenue", "Rd": "Road", "NW": "Northwest", "NE": "N.E."}
    shorter = {"Street": "St.", "Avenue": "Av", "Road": "Rd", "SE": "Southeast", "SW": "S.W."}
    return " ".join({**longer, **shorter}.get(word.strip("."), word) for word in text.split())


NAME_SLIPS: tuple[Slip, ...] = (typo, drop_word, swap_words, shout, add_legal_form, spell_and)


def slip_name(text: str, random: Random) -> str:
    """One or two slips."""
    for slip in random.sample(NAME_SLIPS, random.choice([1, 1, 2])):
        text = slip(text, random)
    return text


def sometimes(random: Random, chance: float, text: str | None, slip: Slip) -> str | None:
    """Left out altogether at times, else written in another way."""
    if text is None or random.random() < chance:
        return None
    return slip(text, random)


def add_corrupted(session: Session, *, share: float, seed: int) -> Truth:
    """Copy a share of all organizations, services and places into the session, corrupted."""
    random = Random(seed)  # noqa: S311 - the same slips every time are the point
    truth: Truth = {"organization": {}, "service": {}, "location": {}}
    copies: dict[uuid.UUID, uuid.UUID] = {}

    def picked(model: type[Organization] | type[Service] | type[Location]) -> list[object]:
        rows = session.scalars(select(model).order_by(model.source_id, model.id)).all()
        return random.sample(list(rows), round(share * len(rows)))

    for old in picked(Organization):
        assert isinstance(old, Organization)
        new = Organization(
            id=uuid.UUID(int=random.getrandbits(128)),
            name=slip_name(old.name, random),
            website=sometimes(random, 0.2, old.website, other_site_format),
            email=old.email if random.random() < 0.5 else None,
        )
        add(session, truth, "organization", old, new, copies)
        copy_phones(session, random, Phone.organization_id, old.id, new.id)
    for place in picked(Location):
        assert isinstance(place, Location)
        add(session, truth, "location", place, copy_place(session, random, place, copies), copies)
        copy_phones(session, random, Phone.location_id, place.id, copies[place.id])
    for service in picked(Service):
        assert isinstance(service, Service)
        owner = service.organization_id
        fresh = Service(
            id=uuid.UUID(int=random.getrandbits(128)),
            name=slip_name(service.name, random),
            url=sometimes(random, 0.2, service.url, other_site_format),
            email=service.email if random.random() < 0.5 else None,
            organization_id=copies.get(owner, owner) if owner else None,
        )
        add(session, truth, "service", service, fresh, copies)
        copy_phones(session, random, Phone.service_id, service.id, fresh.id)
        for link in service.service_at_locations:
            where = copies.get(link.location_id, link.location_id)
            session.add(ServiceAtLocation(service_id=fresh.id, location_id=where))
    session.flush()
    return truth


def add(
    session: Session,
    truth: Truth,
    kind: str,
    old: Organization | Service | Location,
    new: Organization | Service | Location,
    copies: dict[uuid.UUID, uuid.UUID],
) -> None:
    """Write the copy and note whose it is."""
    session.add(new)
    session.flush()
    truth[kind][str(new.id)] = str(old.id)
    copies[old.id] = new.id


def copy_place(
    session: Session, random: Random, old: Location, copies: dict[uuid.UUID, uuid.UUID]
) -> Location:
    """A place with its address written otherwise; the suite on a line of its own, or lost."""
    owner = old.organization_id
    new = Location(
        id=uuid.UUID(int=random.getrandbits(128)),
        name=slip_name(old.name, random) if old.name else None,
        organization_id=copies.get(owner, owner) if owner else None,
    )
    for address in old.addresses:
        line = other_street(address.address_1, random)
        head, comma, suite = line.rpartition(",")
        new.addresses.append(
            Address(
                address_1=typo(head if comma else line, random)
                if random.random() < 0.2
                else (head if comma else line),
                address_2=suite.strip() if comma else address.address_2,
                city=address.city,
                state_province=address.state_province,
                postal_code=address.postal_code if random.random() < 0.8 else "",
            )
        )
    return new


def copy_phones(
    session: Session, random: Random, column: object, old: uuid.UUID, new: uuid.UUID
) -> None:
    """Most of the telephones, written otherwise."""
    name = column.key  # type: ignore[attr-defined]
    for phone in session.scalars(
        select(Phone).where(column == old, Phone.contact_id.is_(None)).order_by(Phone.id)  # type: ignore[arg-type]
    ):
        if random.random() < 0.8:
            session.add(Phone(number=other_phone_format(phone.number, random), **{name: new}))
