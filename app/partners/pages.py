"""What a partner sees: a referral by its link, without an account; or the inbox, with one.

Looking is a step with a record (FERPA), so it is a POST, and each visit begins with it: the link's
first page tells nothing of the student, and mail scanners that follow links open nothing. A closed
referral tells nothing any more: nobody needs it to help.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from app.clock import district_date, utcnow
from app.consents.elements import disclosable
from app.consents.queries import elements_covered_now
from app.extensions import db
from app.partners.visits import begin_visit, is_visiting
from app.referrals import forms, queries, services
from app.referrals.models import Referral
from app.referrals.states import OPEN, Side, State, possible_actions
from app.security.guard import requires, requires_link, signed_in_actor
from app.security.models import AccessLink
from app.security.policy import Actor
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from app.web.shell import prefer_language

blueprint = Blueprint("partners", __name__, template_folder="templates")


@blueprint.get("/r/<token>")
@requires_link("referral", "referrals.view_as_partner")
def show_by_link(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """By link: who asks and for what kind of help; in a visit that opened it, the whole referral."""
    referral = queries.referral_for(
        db.session, actor, link.subject_id, action="referrals.view_as_partner"
    )
    prefer_partners_language(referral)
    return referral_page(
        referral,
        template="partners/by_link.html",
        way=link.id,
        open_url=url_for("partners.open_by_link", token=token),
        url=lambda action: url_for("partners.answer_by_link", token=token, action=action),
    )


@blueprint.post("/r/<token>/open")
@requires_link("referral", "referrals.view_as_partner")
@commits
def open_by_link(link: AccessLink, actor: Actor, token: str) -> ResponseReturnValue:
    """The partner asks to see the referral: the step is noted, and what was shown."""
    now = utcnow()
    services.open_as_partner(db.session, link.subject_id, by=actor, now=now)
    begin_visit(link.subject_id, way=link.id, now=now)
    return redirect(url_for("partners.show_by_link", token=token))


@blueprint.post("/r/<token>/<action>")
@requires_link("referral", "referrals.answer")
@commits
def answer_by_link(link: AccessLink, actor: Actor, token: str, action: str) -> ResponseReturnValue:
    """The partner's step, by link."""
    prefer_partners_language(answer(link.subject_id, action, actor))
    flash(gettext("Thank you. The school has your answer."))
    return redirect(url_for("partners.show_by_link", token=token))


@blueprint.get("/inbox")
@requires("referrals.inbox")
def inbox() -> ResponseReturnValue:
    """What waits for my organization, oldest first."""
    number = requested_page()
    found, total = queries.referrals_awaiting_partner(
        db.session, signed_in_actor(), limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template("partners/inbox.html", page=Page(found, number, total))


@blueprint.get("/inbox/<uuid:referral_id>")
@requires("referrals.inbox")
def show_in_inbox(referral_id: uuid.UUID) -> ResponseReturnValue:
    """One referral, with an account."""
    actor = signed_in_actor()
    referral = queries.referral_for(db.session, actor, referral_id, action="referrals.inbox")
    return referral_page(
        referral,
        template="partners/in_inbox.html",
        way=account_of(actor),
        open_url=url_for("partners.open_in_inbox", referral_id=referral_id),
        url=lambda action: url_for(
            "partners.answer_in_inbox", referral_id=referral_id, action=action
        ),
    )


@blueprint.post("/inbox/<uuid:referral_id>/open")
@requires("referrals.view_as_partner")
@commits
def open_in_inbox(referral_id: uuid.UUID) -> ResponseReturnValue:
    """The partner looks, with an account."""
    actor = signed_in_actor()
    now = utcnow()
    services.open_as_partner(db.session, referral_id, by=actor, now=now)
    begin_visit(referral_id, way=account_of(actor), now=now)
    return redirect(url_for("partners.show_in_inbox", referral_id=referral_id))


@blueprint.post("/inbox/<uuid:referral_id>/<action>")
@requires("referrals.answer")
@commits
def answer_in_inbox(referral_id: uuid.UUID, action: str) -> ResponseReturnValue:
    """The partner's step, with an account."""
    answer(referral_id, action, signed_in_actor())
    flash(gettext("Thank you. The school has your answer."))
    return redirect(url_for("partners.show_in_inbox", referral_id=referral_id))


def account_of(actor: Actor) -> uuid.UUID:
    """The account of who is signed in."""
    assert actor.user_id is not None  # noqa: S101 - only a link has none, and these came signed in
    return actor.user_id


def answer(referral_id: uuid.UUID, action: str, actor: Actor) -> Referral:
    """Take the step that the form asks for."""
    step = forms.action_form(action, request.form)
    return services.answer_as_partner(
        db.session,
        referral_id,
        step.action,
        version=step.version,
        reason=step.reason,
        outcome=step.outcome,
        note=step.note,
        by=actor,
        now=utcnow(),
    )


def referral_page(
    referral: Referral,
    *,
    template: str,
    way: uuid.UUID,
    open_url: str,
    url: Callable[[str], str],
) -> ResponseReturnValue:
    """A referral as a partner may see it: never more than a permission in force covers today, only
    while it is open, and only in a visit that began with a press on "Open".
    """
    state = State(referral.state)
    now = utcnow()
    is_opened = state is not State.SENT and is_visiting(referral.id, way=way, now=now)
    facts = []
    if is_opened and state in OPEN:
        covered, _ = elements_covered_now(
            db.session,
            student_id=referral.student_id,
            organization_id=referral.organization_id,
            frozen=referral.shared_elements,
            on=district_date(now),
        )
        facts = disclosable(
            referral.student,
            category=referral.category,
            message=referral.message,
            elements=covered,
            language=str(get_locale()),
        )
    return render_template(
        template,
        referral=referral,
        facts=facts,
        is_opened=is_opened,
        is_open=state in OPEN,
        open_url=open_url,
        actions=[a for a in possible_actions(state, Side.PARTNER) if a != "open"],
        action_url=url,
    )


def prefer_partners_language(referral: Referral) -> None:
    """Show the page in the language in which the partner wants its messages."""
    intake = referral.service.intake
    prefer_language(intake.notice_language if intake else None)
