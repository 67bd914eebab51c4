"""Writes to listings by their partners, and the district's look at what waits."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from flask_babel import gettext
from sqlalchemy.orm import Session

from app.clock import day_there
from app.errors import Conflict, Invalid, NotFound, words_of
from app.listings import notices, queries
from app.listings.fields import PLAIN_FIELDS, ListingField, fields_of
from app.listings.models import ListingChange
from app.notices.services import queue_notice
from app.security import policy
from app.security.links import issue_link
from app.security.models import User
from app.security.policy import Actor, Role
from catalog.conflicts import settle_conflict
from catalog.errors import CatalogValueError
from catalog.models import ImportConflict, Service, ServiceCapacity
from catalog.services import SEATS, confirm_service, record_openings, touch_service

ASKED_AGAIN_AFTER = timedelta(days=30)
MOST_PLACES = 100_000
MOST_UNITS = 10
LONGEST_UNIT = 40


def confirm_listing(
    session: Session, service_id: uuid.UUID, *, by: Actor, now: datetime
) -> Service:
    """The partner says that the listing is right as it stands."""
    service = queries.listing_for(session, by, service_id, action="listings.edit")
    confirm_service(session, service, assurer_email=address_of(session, by, service), now=now)
    return service


def confirm_by_phone(
    session: Session, service_id: uuid.UUID, *, by: Actor, now: datetime
) -> Service:
    """Somebody of the district's team called, and the listing is right as it stands."""
    service = queries.listing_for(session, by, service_id, action="listings.review")
    confirm_service(session, service, assurer_email=address_of(session, by, service), now=now)
    return service


def address_of(session: Session, by: Actor, service: Service) -> str | None:
    """Whose word it is (HSDS `assurer_email`): the account's, or by link the partner's."""
    if by.user_id is not None:
        user = session.get(User, by.user_id)
        return user.email if user else None
    return service.intake.referral_email if service.intake else None


def tell_open_places(
    session: Session,
    service_id: uuid.UUID,
    *,
    available: int,
    unit: str = "",
    maximum: int | None = None,
    by: Actor,
    now: datetime,
) -> ServiceCapacity:
    """How many places of a unit are open now, of how many (None leaves that as it was). Invalid: a
    number or a unit that no service has.
    """
    service = queries.listing_for(session, by, service_id, action="listings.edit")
    if not 0 <= available <= MOST_PLACES or not 0 <= (maximum or 0) <= MOST_PLACES:
        raise Invalid(
            gettext("The number of open places must be 0 or more."),
            {"available": gettext("0 when full.")},
        )
    if maximum is not None and maximum < available:
        raise Invalid(
            gettext("More places are open than there are in all. Correct one of the two."),
            {"maximum": gettext("At least the open ones.")},
        )
    unit = " ".join(unit.split()) or SEATS
    if len(unit) > LONGEST_UNIT or not unit.isprintable():
        raise Invalid(gettext("Name the kind of place in a word or two, such as beds."))
    if len(service.capacities) >= MOST_UNITS and unit not in {
        row.unit.name for row in service.capacities
    }:
        raise Invalid(gettext("There are many kinds of places already. Use one of those."))
    return record_openings(
        session, service, available=available, maximum=maximum, unit=unit, now=now
    )


def correct_listing(
    session: Session,
    service_id: uuid.UUID,
    values: Mapping[str, str],
    *,
    live: Collection[str],
    by: Actor,
    now: datetime,
) -> list[ListingChange]:
    """Take what differs: fields of the kinds in `live` at once, the others wait for the district's team.

    A newer wish for a field replaces one that still waits. Invalid names every field that is wrong,
    before anything is written.
    """
    service = queries.listing_for(session, by, service_id, action="listings.edit")
    waiting = {c.field: c for c in queries.changes_of(session, service.id) if c.state == "waiting"}
    known = fields_of(service, by_link=by.role is Role.LISTING_LINK)
    changes = []
    for code, new in checked_texts(known, values).items():
        field = known[code]
        old = field.read(service)
        if code in waiting and new != waiting[code].new_value:
            decide(waiting.pop(code), "refused", by=by, now=now)
        if new == old or code in waiting:
            continue
        change = ListingChange(
            service_id=service.id,
            field=code,
            old_value=old,
            new_value=new,
            proposed_by=name_of(by, service),
            proposed_at=now,
        )
        session.add(change)
        changes.append(change)
        if field.kind in live:
            write_change(session, service, change, by=by, now=now)
    session.flush()
    return changes


def apply_change(
    session: Session, change_id: uuid.UUID, *, by: Actor, now: datetime
) -> ListingChange:
    """The district's team takes a change. Conflict: decided already, or the field changed since."""
    change = waiting_change(session, change_id, by=by)
    field = fields_of(change.service).get(change.field)
    if field is None or field.read(change.service) != change.old_value:
        raise Conflict(
            "The listing has changed since the partner asked for this. "
            "Refuse it, and ask the partner to look again."
        )
    write_change(session, change.service, change, by=by, now=now)
    session.flush()
    return change


def refuse_change(
    session: Session, change_id: uuid.UUID, *, by: Actor, now: datetime
) -> ListingChange:
    """The district's team leaves the listing as it is."""
    change = waiting_change(session, change_id, by=by)
    decide(change, "refused", by=by, now=now)
    session.flush()
    return change


def settle_import_conflict(
    session: Session, conflict_id: uuid.UUID, *, take: str, by: Actor, now: datetime
) -> ImportConflict:
    """The district's team keeps what was written here (`take` "ours") or takes the source's value
    ("theirs"). Conflict: decided already, or the field was changed again.
    """
    policy.require(by, "listings.review")
    conflict = session.get(ImportConflict, conflict_id, with_for_update=True)
    if conflict is None:
        raise NotFound("There is no such difference. A later import may have settled it.")
    try:
        settle_conflict(session, conflict, take=take, decided_by=by.name, now=now)
    except CatalogValueError as error:
        raise Conflict(words_of(error)) from error
    return conflict


def waiting_change(session: Session, change_id: uuid.UUID, *, by: Actor) -> ListingChange:
    """A change that still waits, or NotFound or Conflict."""
    policy.require(by, "listings.review")
    change = session.get(ListingChange, change_id)
    if change is None:
        raise NotFound("There is no such change.")
    if change.state != "waiting":
        raise Conflict("This change was decided already. Nothing more is needed.")
    return change


def write_change(
    session: Session, service: Service, change: ListingChange, *, by: Actor, now: datetime
) -> None:
    """Put the new value into the catalog, and note that it is live."""
    fields_of(service)[change.field].write(service, change.new_value)
    decide(change, "live", by=by, now=now)
    touch_service(session, service, now=now)


def write_for_visitor(
    session: Session, service: Service, code: str, text: str, *, by: Actor, now: datetime
) -> ListingChange:
    """Write what a visitor suggested for a field, as the district's team decided. Invalid."""
    field = PLAIN_FIELDS[code]
    change = ListingChange(
        service_id=service.id,
        field=code,
        old_value=field.read(service),
        new_value=checked_text(field, text),
        proposed_by="A visitor of the listing",
        proposed_at=now,
    )
    session.add(change)
    write_change(session, service, change, by=by, now=now)
    return change


def decide(change: ListingChange, state: str, *, by: Actor, now: datetime) -> None:
    """Note who decided, what and when."""
    change.state = state
    change.decided_by = by.name
    change.decided_at = now


def checked_texts(known: Mapping[str, ListingField], values: Mapping[str, str]) -> dict[str, str]:
    """Every text as it would be written, by code; Invalid with all that is wrong, by code."""
    texts, problems = {}, {}
    for code, text in values.items():
        if code not in known:
            raise Invalid(gettext("The form is not complete. Reload the page and try again."))
        try:
            texts[code] = checked_text(known[code], text)
        except Invalid as error:
            problems[code] = words_of(error)
    if problems:
        raise Invalid(gettext("Please correct what is marked below. Nothing was saved."), problems)
    return texts


def checked_text(field: ListingField, text: str) -> str:
    """The text without blanks around it, or Invalid."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > field.longest:
        raise Invalid(
            gettext(
                "“%(field)s” is longer than %(most)s characters. Shorten it.",
                field=field.label,
                most=field.longest,
            )
        )
    field.check(text)
    return text


def name_of(by: Actor, service: Service) -> str:
    """Who asked: behind a link stands the partner, whoever held it."""
    if by.role is Role.LISTING_LINK and service.organization:
        return f"{service.organization.name} (by link)"[:120]
    return by.name


def ask_if_still_right(
    session: Session, *, older_than: timedelta, limit: int, now: datetime
) -> int:
    """Ask the partners whose listings nobody confirmed for `older_than`, at most `limit` at once and
    each at most every 30 days; how many were asked.
    """
    found = queries.listings_unconfirmed(
        session,
        before=day_there(session, now - older_than),
        not_asked_since=now - ASKED_AGAIN_AFTER,
        limit=limit,
    )
    for service in found:
        recipient = service.intake.referral_email if service.intake else None
        assert recipient  # noqa: S101 - the query asks for it
        fresh = issue_link(session, kind="listing", subject_id=service.id, now=now)
        queue_notice(session, notices.still_right(service, recipient, fresh.id), now=now)
    return len(found)
