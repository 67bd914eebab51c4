"""What visitors of a public listing say is not right: sent without an account, decided by the
district's team or by the partner itself.

Called by the pages of this feature. Never commits. What a visitor writes is text for staff to read:
it changes nothing until somebody takes it, and whoever left a contact is forgotten then.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext, lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.errors import Conflict, Invalid, NotFound
from app.listings import notices, services
from app.listings.fields import PLAIN_FIELDS
from app.listings.models import ListingSuggestion
from app.notices.services import queue_notice
from app.security import policy
from app.security.links import issue_link
from app.security.policy import Actor
from catalog.models import Service

LONGEST_TEXT = 1000
LONGEST_CONTACT = 254
MOST_WAITING = 20  # of one service: whoever sends more has been heard

# What a visitor may point at; those of PLAIN_FIELDS can be taken as they stand.
ABOUT = {
    **{code: field.label for code, field in PLAIN_FIELDS.items()},
    "hours": lazy_gettext("Days and hours"),
    "place": lazy_gettext("Address"),
    "closed": lazy_gettext("It does not exist any more"),
    "other": lazy_gettext("Something else"),
}


def suggest_correction(
    session: Session,
    service_id: uuid.UUID,
    *,
    about: str,
    text: str,
    contact: str,
    now: datetime,
) -> ListingSuggestion:
    """Keep what a visitor says. NotFound; Invalid for an empty or too long text, Conflict where very
    many wait already.
    """
    if session.get(Service, service_id) is None:
        raise NotFound("There is no such service in the directory. Search for it by name.")
    text, contact = text.replace("\r\n", "\n").strip(), contact.strip()
    problems = {}
    if about not in ABOUT:
        problems["about"] = gettext("Choose what is not right.")
    if not text:
        problems["text"] = gettext("Write what it should say.")
    elif len(text) > LONGEST_TEXT or "\0" in text:
        problems["text"] = gettext("Write at most %(most)s characters.", most=LONGEST_TEXT)
    if len(contact) > LONGEST_CONTACT or "\0" in contact:
        problems["contact"] = gettext("Write at most %(most)s characters.", most=LONGEST_CONTACT)
    if problems:
        raise Invalid(gettext("Something is missing. See the words beside the fields."), problems)
    waiting = session.scalar(
        select(func.count()).where(
            ListingSuggestion.service_id == service_id, ListingSuggestion.state == "waiting"
        )
    )
    if (waiting or 0) >= MOST_WAITING:
        raise Conflict(
            "Many corrections of this listing wait already, and will be looked at. Thank you."
        )
    suggestion = ListingSuggestion(
        service_id=service_id, about=about, text=text, contact=contact or None, sent_at=now
    )
    session.add(suggestion)
    session.flush()
    return suggestion


def suggestions_waiting(
    session: Session, actor: Actor, *, limit: int
) -> tuple[Sequence[ListingSuggestion], int]:
    """What waits for the district's team, oldest first, and how many in all (2 statements)."""
    condition = policy.rows(actor, "listings.review") & (ListingSuggestion.state == "waiting")
    total = session.scalar(select(func.count()).select_from(ListingSuggestion).where(condition))
    found = session.scalars(
        select(ListingSuggestion)
        .where(condition)
        .order_by(ListingSuggestion.sent_at, ListingSuggestion.id)
        .limit(limit)
        .options(joinedload(ListingSuggestion.service).joinedload(Service.organization))
    ).all()
    return found, total or 0


def suggestions_of(session: Session, service_id: uuid.UUID) -> Sequence[ListingSuggestion]:
    """What waits for one service, for its partner to see: the caller has let it in (1 statement)."""
    return session.scalars(
        select(ListingSuggestion)
        .where(ListingSuggestion.service_id == service_id, ListingSuggestion.state == "waiting")
        .order_by(ListingSuggestion.sent_at, ListingSuggestion.id)
        .limit(MOST_WAITING)
    ).all()


def waiting_suggestion(
    session: Session, suggestion_id: uuid.UUID, *, by: Actor
) -> ListingSuggestion:
    """One that waits, locked, for the district's team; NotFound, Conflict."""
    policy.require(by, "listings.review")
    suggestion = session.get(ListingSuggestion, suggestion_id, with_for_update=True)
    if suggestion is None:
        raise NotFound("There is no such correction.")
    if suggestion.state != "waiting":
        raise Conflict("This correction was decided already. Nothing more is needed.")
    return suggestion


def take_suggestion(
    session: Session, suggestion_id: uuid.UUID, *, by: Actor, now: datetime
) -> ListingSuggestion:
    """The visitor is right: where the text is a field's new value it is written, with its history;
    else somebody has corrected the listing by hand, and it is done.
    """
    suggestion = waiting_suggestion(session, suggestion_id, by=by)
    if suggestion.about in PLAIN_FIELDS:
        services.write_for_visitor(
            session, suggestion.service, suggestion.about, suggestion.text, by=by, now=now
        )
    decide(suggestion, "taken", by=by, now=now)
    session.flush()
    return suggestion


def refuse_suggestion(
    session: Session, suggestion_id: uuid.UUID, *, by: Actor, now: datetime
) -> ListingSuggestion:
    """The listing stays as it is."""
    suggestion = waiting_suggestion(session, suggestion_id, by=by)
    decide(suggestion, "refused", by=by, now=now)
    session.flush()
    return suggestion


def ask_partner(
    session: Session, suggestion_id: uuid.UUID, *, by: Actor, now: datetime
) -> ListingSuggestion:
    """Send the partner the message "still right?": its page shows what visitors say. It goes on
    waiting here. Conflict where the partner has no address.
    """
    suggestion = waiting_suggestion(session, suggestion_id, by=by)
    service = suggestion.service
    recipient = service.intake.referral_email if service.intake else None
    if not recipient:
        raise Conflict("This partner has no email address here. Call, and correct the listing.")
    link = issue_link(session, kind="listing", subject_id=service.id, now=now)
    queue_notice(session, notices.still_right(service, recipient, link.id), now=now)
    return suggestion


def decide(suggestion: ListingSuggestion, state: str, *, by: Actor, now: datetime) -> None:
    """Note who decided what and when, and forget who sent it."""
    suggestion.state, suggestion.decided_by, suggestion.decided_at = state, by.name[:120], now
    suggestion.contact = None
