"""The API's matches of a student: the same answer as the Find support page, as JSON."""

from __future__ import annotations

import uuid

from flask_smorest import Blueprint

from app.clock import utcnow
from app.extensions import db
from app.recommendations import queries
from app.recommendations.schemas import (
    AskQuery,
    AskQuerySchema,
    MatchesSchema,
    MatchQuery,
    MatchQuerySchema,
    WhyNotSchema,
)
from app.recommendations.support import SupportPage, WhyNot
from app.security.guard import requires, signed_in_actor

blueprint = Blueprint(
    "recommendations_api",
    __name__,
    url_prefix="/api/v1",
    description="Matches: which services fit a student, how well, and why",
)


@blueprint.get("/students/<uuid:student_id>/matches")
@requires("students.match")
@blueprint.arguments(MatchQuerySchema, location="query", as_kwargs=False)
@blueprint.response(200, MatchesSchema, description="The best matches with their reasons")
@blueprint.alt_response(404, description="No such student, or not at your schools")
@blueprint.alt_response(422, description="A code or a number that cannot be used")
def list_matches(query: MatchQuery, student_id: uuid.UUID) -> SupportPage:
    """The services that fit a student

    For one need, one interest, one goal, or (none of them) the whole plan. 12 statements,
    19 where a listing is not remembered.
    """
    return queries.find_support(
        db.session,
        signed_in_actor(),
        student_id,
        ask=query.ask,
        now=utcnow(),
        k=query.k,
    )


@blueprint.get("/students/<uuid:student_id>/matches/<uuid:service_at_location_id>")
@requires("students.match")
@blueprint.arguments(AskQuerySchema, location="query", as_kwargs=False)
@blueprint.response(200, WhyNotSchema, description="Its rank, or every reason against it")
@blueprint.alt_response(404, description="No such student or service, or not at your schools")
@blueprint.alt_response(422, description="A code that cannot be used")
def explain_offer(
    query: AskQuery, student_id: uuid.UUID, service_at_location_id: uuid.UUID
) -> WhyNot:
    """Why one service is, or is not, among a student's matches"""
    return queries.why_not(
        db.session,
        signed_in_actor(),
        student_id,
        service_at_location_id,
        ask=query.ask,
        now=utcnow(),
    )
