"""Staff pages of the referral loop: the list, a draft and what the partner would see, one referral."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.clock import district_date, utcnow
from app.consents.elements import disclosable
from app.consents.queries import consent_covering
from app.directory.as_of import told_at, told_by
from app.extensions import db
from app.recommendations.asks import chosen_ask
from app.recommendations.found import how_found
from app.recommendations.queries import ranking_snapshot
from app.referrals import forms, queries, services, wording
from app.referrals.models import Referral, ReferralEvent
from app.referrals.states import (
    CLOSE_REASONS,
    CLOSED,
    DECLINE_REASONS,
    OPEN,
    OUTCOMES,
    Side,
    State,
    possible_actions,
)
from app.security.guard import requires, signed_in_actor
from app.security.policy import Actor
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from app.web.shell import selected_language

blueprint = Blueprint("referrals", __name__, template_folder="templates")

# What the list can be narrowed to: (key in the address, words, states).
VIEWS: tuple[tuple[str, str, frozenset[State]], ...] = (
    ("waiting", "Waiting for the partner", frozenset({State.SENT, State.OPENED, State.WAITLISTED})),
    ("helping", "Accepted and in service", frozenset({State.ACCEPTED, State.IN_SERVICE})),
    ("drafts", "Drafts", frozenset({State.DRAFT})),
    ("closed", "Closed", CLOSED),
    ("all", "All", OPEN | CLOSED),
)


@blueprint.record_once
def register_words(state: BlueprintSetupState) -> None:
    """What every template about referrals says states, steps and reasons with."""
    state.app.jinja_env.globals.update(
        state_words=wording.state_words,
        reason_words=wording.reason_words,
        action_words=lambda action: str(wording.ACTIONS[action]),
        next_move_words=wording.next_move_words,
        reasons_of=lambda action: DECLINE_REASONS if action == "decline" else CLOSE_REASONS,
        OUTCOMES=OUTCOMES,
    )


@blueprint.get("/referrals")
@requires("referrals.list")
def list_referrals() -> ResponseReturnValue:
    """Referrals of my students, by where they stand."""
    key = request.args.get("view", "waiting")
    states = next((states for name, _, states in VIEWS if name == key), VIEWS[0][2])
    number = requested_page()
    found, total = queries.referrals_by_state(
        db.session,
        signed_in_actor(),
        states=sorted(states),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )
    return render_template(
        "referrals/list.html", page=Page(found, number, total), views=VIEWS, chosen=key
    )


@blueprint.post("/students/<uuid:student_id>/referrals")
@requires("referrals.write")
@commits
def create_draft(student_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a referral from a match, keeping how it was found; then show what would be sent."""
    actor = signed_in_actor()
    now = utcnow()
    place = forms.uuid_in(request.form, "service_at_location_id")
    category = request.form.get("category", "")
    ranking = ranking_snapshot(
        db.session,
        actor,
        student_id,
        service_at_location_id=place,
        category=category,
        ask=chosen_ask(request.form),
        is_of_best_set="together" in request.form,
        now=now,
    )
    referral = services.create_draft(
        db.session,
        student_id=student_id,
        service_at_location_id=place,
        category=category,
        ranking=ranking,
        by=actor,
        now=now,
    )
    return redirect(url_for("referrals.show_referral", referral_id=referral.id))


@blueprint.get("/referrals/<uuid:referral_id>")
@requires("referrals.read")
def show_referral(referral_id: uuid.UUID) -> ResponseReturnValue:
    """A draft with what the partner will see; else where it stands and what comes next."""
    actor = signed_in_actor()
    referral = queries.referral_for(db.session, actor, referral_id, action="referrals.read")
    return referral_page(referral, actor)


def referral_page(referral: Referral, actor: Actor) -> ResponseReturnValue:
    """The page of one referral, a draft's or a sent one's."""
    state = State(referral.state)
    consent = consent_covering(
        db.session,
        student_id=referral.student_id,
        organization_id=referral.organization_id,
        on=district_date(utcnow()),
    )
    elements = consent.elements if consent else []
    if state is not State.DRAFT:
        elements = [code for code in referral.shared_elements if code in elements]
    facts = disclosable(
        referral.student,
        category=referral.category,
        message=referral.message,
        elements=elements,
        language="en",
    )
    return render_template(
        "referrals/draft.html" if state is State.DRAFT else "referrals/show.html",
        referral=referral,
        student=referral.student,
        consent=consent,
        facts=facts,
        covers_message="message" in elements,
        recipient=services.referral_address(referral),
        may_write=actor.role == "plan_manager",
        is_open=state in OPEN,
        actions=[a for a in possible_actions(state, Side.PLAN_MANAGER) if a != "send"],
        events=[timeline_line(event) for event in reversed(referral.events)],
        today=district_date(utcnow()),
        found=how_found(referral.ranking, selected_language()),
        **as_of_what_is_listed(referral),
    )


def as_of_what_is_listed(referral: Referral) -> dict[str, date | None]:
    """As of when the partner's address and telephone hold (1 statement)."""
    service, place = referral.service, referral.service_at_location
    told = told_at(db.session, [place]) if place else told_by(db.session, [service.id])
    return {
        "contact_as_of": told.as_of_service(service)["contact"],
        "place_as_of": told.as_of_place(place)["place"] if place else None,
    }


def timeline_line(event: ReferralEvent) -> dict[str, object]:
    """One step, for the timeline of the page."""
    title, icon = wording.event_words(event)
    return {
        "at": event.at,
        "title": title,
        "detail": event.note,
        "who": event.by_name,
        "icon": icon,
    }


@blueprint.post("/referrals/<uuid:referral_id>/send")
@requires("referrals.write")
@commits
def send(referral_id: uuid.UUID) -> ResponseReturnValue:
    """Send a draft."""
    referral = services.send_referral(
        db.session,
        referral_id,
        message=request.form.get("message", ""),
        version=forms.version_in(request.form),
        by=signed_in_actor(),
        now=utcnow(),
    )
    flash(f"Sent. {referral.organization.name} gets a message with a link to answer.")
    return redirect(url_for("referrals.show_referral", referral_id=referral.id))


@blueprint.post("/referrals/<uuid:referral_id>/link")
@requires("referrals.write")
@commits
def reissue_link(referral_id: uuid.UUID) -> ResponseReturnValue:
    """Send the partner a new link in place of the old."""
    services.reissue_link(db.session, referral_id, by=signed_in_actor(), now=utcnow())
    flash("A new link is on its way to the partner. The old one no longer works.")
    return redirect(url_for("referrals.show_referral", referral_id=referral_id))


@blueprint.post("/referrals/<uuid:referral_id>/<action>")
@requires("referrals.write")
@commits
def act(referral_id: uuid.UUID, action: str) -> ResponseReturnValue:
    """A plan manager's step after sending."""
    step = forms.action_form(action, request.form)
    services.act_as_manager(
        db.session,
        referral_id,
        step.action,
        version=step.version,
        reason=step.reason,
        outcome=step.outcome,
        note=step.note,
        by=signed_in_actor(),
        now=utcnow(),
    )
    flash("Saved.")
    return redirect(url_for("referrals.show_referral", referral_id=referral_id))
