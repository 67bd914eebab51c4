"""Places: who could get which open seat. A list is asked for, looked at, and decided one by one."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import district_date, utcnow
from app.consents.queries import partners_covered
from app.errors import Invalid
from app.extensions import db
from app.places import forms, queries, services, wording
from app.places.models import PlacesRun
from app.rankings.queries import standing_of_latest
from app.referrals.forms import version_in
from app.referrals.services import partner_address
from app.security.guard import requires, signed_in_actor
from app.security.policy import Role
from app.students.queries import schools_of
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page

blueprint = Blueprint("places", __name__, template_folder="templates")

VALUES_SHOWN = 15


@blueprint.get("/places")
@requires("places.read")
def list_runs() -> ResponseReturnValue:
    """Every list of proposed places with where it stands, and the form that asks for one."""
    actor, number = signed_in_actor(), requested_page()
    found, total = queries.runs(db.session, actor, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return render_template(
        "places/list.html",
        page=Page(found, number, total),
        schools=schools_of(db.session, actor),
        may_whole=actor.role is Role.DISTRICT_ADMIN,
        district=forms.DISTRICT,
        most=services.MOST_PLACES,
        longest=services.LONGEST_TERM,
        standing=standing_of_latest(db.session),
        states=wording.STATES,
        decided=wording.DECIDED,
    )


@blueprint.post("/places")
@requires("places.propose")
@commits
def propose() -> ResponseReturnValue:
    """Ask for a list; the worker makes it."""
    asked = forms.asked(request.form)
    run = services.ask_for_run(
        db.session,
        school_id=asked.school_id,
        term=asked.term,
        at_most=asked.at_most,
        together=asked.together,
        by=signed_in_actor(),
        now=utcnow(),
    )
    return redirect(url_for("places.show_run", run_id=run.id))


@blueprint.get("/places/<uuid:run_id>")
@requires("places.read")
def show_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """One list: its proposals, and what one more place would be worth."""
    actor = signed_in_actor()
    run = queries.run_for(db.session, actor, run_id)
    if run.state in services.AT_WORK:
        return render_template("places/working.html", run=run, states=wording.STATES)
    chosen, number = forms.wanted(request.args), requested_page()
    counts = queries.counts_by_state(db.session, actor, [run.id])[run.id]
    found, total = queries.proposals(
        db.session, actor, run, chosen, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    return render_template(
        "places/show.html",
        run=run,
        page=Page(found, number, total),
        chosen=chosen,
        kept=forms.kept(chosen),
        counts=dict(zip(forms.SHOWN, counts, strict=True)),
        choices=queries.choices(db.session, actor, run),
        covered=partners_covered(
            db.session,
            [one.student_id for one in found],
            on=district_date(utcnow()),
        ),
        partner_address=partner_address,
        next_seats=queries.next_seats(db.session, run, limit=VALUES_SHOWN),
        next_of_kinds=queries.next_of_kinds(db.session, actor, run, limit=VALUES_SHOWN),
        may_drop_run=run.state == "done" and may_propose(run),
        wording=wording,
    )


def may_propose(run: PlacesRun) -> bool:
    """Whether the person could have asked for this list."""
    actor = signed_in_actor()
    return actor.role is Role.DISTRICT_ADMIN or run.school_id in actor.school_ids


@blueprint.get("/places/<uuid:run_id>/progress")
@requires("places.read")
def show_progress(run_id: uuid.UUID) -> ResponseReturnValue:
    """For the page of a list that is being made, which asks again and again."""
    run = queries.run_for(db.session, signed_in_actor(), run_id)
    if run.state in services.AT_WORK:
        return render_template("places/progress.html", run=run, states=wording.STATES)
    response = Response("", mimetype="text/html")
    response.headers["HX-Redirect"] = url_for("places.show_run", run_id=run.id)
    return response


@blueprint.post("/places/<uuid:run_id>/drop")
@requires("places.propose")
@commits
def drop_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """Drop all that nobody decided on."""
    if not request.form.get("sure"):
        raise Invalid(gettext("Tick first that the whole list is to be dropped."))
    number = services.drop_run(db.session, run_id, by=signed_in_actor(), now=utcnow())
    flash(
        ngettext(
            "Dropped, with %(num)s proposal. What was accepted stays.",
            "Dropped, with %(num)s proposals. What was accepted stays.",
            number,
        )
    )
    return redirect(url_for("places.list_runs"))


@blueprint.post("/place-proposals/<uuid:proposal_id>/accept")
@requires("places.accept")
@commits
def accept(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Make it a referral: to look at first, or sent at once."""
    accepted = services.accept_proposal(
        db.session,
        proposal_id,
        version=version_in(request.form),
        send=request.form.get("how") == "send",
        by=signed_in_actor(),
        now=utcnow(),
    )
    for code in accepted.missing:
        flash(str(wording.MISSING[code]), "info")
    if accepted.is_sent:
        flash(gettext("Accepted and sent. The partner gets a message with a link to answer."))
        return back_to_list(accepted.run_id)
    flash(gettext("Accepted. This is the referral: see what the partner will see, then send it."))
    return redirect(url_for("referrals.show_referral", referral_id=accepted.referral.id))


@blueprint.post("/place-proposals/<uuid:proposal_id>/drop")
@requires("places.drop")
@commits
def drop(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Let the seat go to somebody else."""
    proposal = services.drop_proposal(
        db.session,
        proposal_id,
        version=version_in(request.form),
        by=signed_in_actor(),
        now=utcnow(),
    )
    flash(gettext("Dropped. The next list can give the place to somebody else."))
    return back_to_list(proposal.run_id)


def back_to_list(run_id: uuid.UUID) -> ResponseReturnValue:
    """The list under the same filter."""
    filtered = forms.kept(forms.wanted(request.form))
    return redirect(url_for("places.show_run", run_id=run_id, **filtered))
