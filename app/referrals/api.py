"""Referrals for programs: list, begin, read, and take a step. The same policy as the pages."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, request
from flask_smorest import Blueprint

from app.clock import utcnow
from app.extensions import db
from app.recommendations.queries import ranking_snapshot
from app.referrals import queries, schemas, services
from app.referrals.models import Referral
from app.referrals.states import State
from app.security.guard import requires, signed_in_actor
from app.transactions import commits
from app.web.paging import PAGE_SIZE, Page

blueprint = Blueprint(
    "referrals_api",
    __name__,
    url_prefix="/api/v1/referrals",
    description="Referrals of students to community partners, from draft to outcome.",
)


@blueprint.route("", methods=["GET"])
@requires("referrals.list")
@blueprint.arguments(schemas.ReferralsQuerySchema, location="query")
@blueprint.response(200, schemas.ReferralPageSchema)
def list_referrals(query: schemas.ReferralsQuery) -> dict[str, Any]:
    """Referrals of your schools' students, those waiting longest first."""
    states = [State(query.state)] if query.state else sorted(State)
    found, total = queries.referrals_by_state(
        db.session,
        signed_in_actor(),
        states=states,
        limit=PAGE_SIZE,
        offset=(query.page - 1) * PAGE_SIZE,
    )
    page = Page(found, query.page, total)
    return {
        "total_items": total,
        "total_pages": page.pages,
        "page_number": page.number,
        "size": len(found),
        "first_page": not page.has_previous,
        "last_page": not page.has_next,
        "empty": not found,
        "contents": found,
    }


@blueprint.route("", methods=["POST"])
@requires("referrals.write")
@blueprint.arguments(schemas.NewReferralSchema)
@blueprint.response(201, schemas.ReferralDetailSchema)
@commits
def create_referral(new: schemas.NewReferral) -> tuple[Referral, int, dict[str, str]]:
    """Begin a draft; `send` it by an action. 409 where one is open to the same service."""
    actor = signed_in_actor()
    now = utcnow()
    ranking = ranking_snapshot(
        db.session,
        actor,
        new.student_id,
        service_at_location_id=new.service_at_location_id,
        category=new.category,
        ask=None if new.asked is None else new.asked.ask,
        now=now,
    )
    referral = services.create_draft(
        db.session,
        student_id=new.student_id,
        service_at_location_id=new.service_at_location_id,
        category=new.category,
        ranking=ranking,
        by=actor,
        now=now,
    )
    return referral, 201, etag(referral)


@blueprint.route("/<uuid:referral_id>", methods=["GET"])
@requires("referrals.read")
@blueprint.response(200, schemas.ReferralDetailSchema)
def get_referral(referral_id: uuid.UUID) -> tuple[Referral, int, dict[str, str]]:
    """One referral with its history. The ETag goes into If-Match of the next step."""
    referral = queries.referral_for(
        db.session, signed_in_actor(), referral_id, action="referrals.read"
    )
    return referral, 200, etag(referral)


@blueprint.route("/<uuid:referral_id>/actions", methods=["POST"])
@requires("referrals.write")
@blueprint.arguments(schemas.ReferralActionSchema)
@blueprint.response(200, schemas.ReferralDetailSchema)
@commits
def act(
    step: schemas.ReferralAction, referral_id: uuid.UUID
) -> tuple[Referral, int, dict[str, str]]:
    """Take a plan manager's step. 428 without If-Match, 412 where the referral has moved on."""
    actor = signed_in_actor()
    referral = queries.referral_for(db.session, actor, referral_id, action="referrals.write")
    if not request.if_match:
        abort(428)
    if not request.if_match.contains(str(referral.version)):
        abort(412)
    now = utcnow()
    if step.action == "send":
        services.send_referral(
            db.session, referral_id, message=step.note, version=referral.version, by=actor, now=now
        )
    else:
        services.act_as_manager(
            db.session,
            referral_id,
            step.action,
            version=referral.version,
            reason=step.reason,
            outcome=step.outcome,
            note=step.note,
            by=actor,
            now=now,
        )
    return referral, 200, etag(referral)


def etag(referral: Referral) -> dict[str, str]:
    """The version as an entity tag."""
    return {"ETag": f'"{referral.version}"'}
