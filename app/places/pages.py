"""Places: who could get which open seat. A list is asked for, looked at, and decided one by one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import district_date, utcnow
from app.consents.queries import partners_covered
from app.errors import STATUS, Conflict, DomainError, Invalid
from app.extensions import db
from app.places import forms, queries, services, wording
from app.places.models import PlaceProposal, PlacesRun
from app.rankings.queries import standing_of_latest
from app.recommendations.explanations import whole_score
from app.recommendations.reasons import Proposed, Reasons, reasons_of
from app.referrals.forms import version_in
from app.referrals.services import partner_address
from app.security.guard import requires, signed_in_actor
from app.security.policy import Role
from app.students.queries import schools_of
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page, requested_page
from app.web.shell import selected_language

blueprint = Blueprint("places", __name__, template_folder="templates")

VALUES_SHOWN = 15

T = TypeVar("T")


@blueprint.get("/places")
@requires("places.read")
def list_runs() -> ResponseReturnValue:
    """Every list of proposed places with where it stands, and the form that asks for one."""
    return page_of_runs({})


def page_of_runs(entered: Mapping[str, str], error: DomainError | None = None) -> str:
    """The lists; with what was `entered` into the form, and what is wrong with it."""
    actor = signed_in_actor()
    page = page_of(partial(queries.runs, db.session, actor))
    return render_template(
        "places/list.html",
        page=page,
        entered=entered,
        error=error,
        problems=getattr(error, "fields", {}),
        schools=schools_of(db.session, actor),
        may_whole=actor.role is Role.DISTRICT_ADMIN,
        district=forms.DISTRICT,
        most=services.MOST_PLACES,
        longest=services.LONGEST_TERM,
        standing=standing_of_latest(db.session),
        standing_of=wording.standing_of,
    )


def page_of(found_at: Callable[..., tuple[Sequence[T], int]]) -> Page[T]:
    """The page asked for; the last one where the list has become shorter than that."""
    number = requested_page()
    found, total = found_at(limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    last = Page(found, number, total).pages
    if number > last:
        number = last
        found, total = found_at(limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return Page(found, number, total)


@blueprint.post("/places")
@requires("places.propose")
@commits
def propose() -> ResponseReturnValue:
    """Ask for a list; the worker makes it. What cannot be asked for stays in the form."""
    try:
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
    except (Invalid, Conflict) as error:
        return page_of_runs(request.form, error), STATUS[type(error)]
    return redirect(url_for("places.show_run", run_id=run.id))


@blueprint.get("/places/<uuid:run_id>")
@requires("places.read")
def show_run(run_id: uuid.UUID) -> ResponseReturnValue:
    """One list: its proposals, and what one more place would be worth."""
    actor, now = signed_in_actor(), utcnow()
    run = queries.run_for(db.session, actor, run_id)
    if run.state in services.AT_WORK:
        return render_template("places/working.html", run=run, states=wording.STATES)
    chosen = forms.wanted(request.args)
    counts = queries.counts_by_state(db.session, actor, [run.id])[run.id]
    page = page_of(partial(queries.proposals, db.session, actor, run, chosen))
    return render_template(
        "places/show.html",
        run=run,
        page=page,
        chosen=chosen,
        kept=forms.kept(chosen, page.number),
        counts=counts,
        is_part=run.school_id is None and actor.role is not Role.DISTRICT_ADMIN,
        choices=queries.choices(db.session, actor, run),
        covered=partners_covered(
            db.session, [one.student_id for one in page.items], on=district_date(now)
        ),
        partner_address=partner_address,
        reasons=reasons_by_proposal(page.items, now=now),
        whole_score=whole_score,
        services=queries.services_named(
            db.session, {*run.counts.get("untold_at", ()), *run.counts.get("overbooked_at", ())}
        ),
        next_seats=queries.next_seats(db.session, run, limit=VALUES_SHOWN),
        next_of_kinds=queries.next_of_kinds(db.session, actor, run, limit=VALUES_SHOWN),
        may_drop_run=run.state == "done" and may_propose(run),
        wording=wording,
    )


def reasons_by_proposal(
    proposals: Sequence[PlaceProposal], *, now: datetime
) -> dict[uuid.UUID, Reasons]:
    """By the id of the proposal: why there, and what to ask first."""
    asked = {
        one.id: Proposed(one.student_id, one.service_at_location_id, one.category)
        for one in proposals
    }
    found = reasons_of(db.session, list(asked.values()), now=now, language=selected_language())
    return {id_: found[one] for id_, one in asked.items() if one in found}


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
    if accepted.questions:
        flash(
            gettext("Ask this before you send it: %(what)s", what=" ".join(accepted.questions)),
            "info",
        )
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
    """The list under the same filter, at the same page."""
    filtered = forms.kept(forms.wanted(request.form), requested_page(request.form))
    return redirect(url_for("places.show_run", run_id=run_id, **filtered))
