"""Referrals as the API reads and tells them. Dumps from objects, loads into frozen dataclasses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.recommendations.schemas import AskQuery, AskQuerySchema
from app.referrals.states import (
    CLOSE_REASONS,
    DECLINE_REASONS,
    FHIR_TASK_STATUS,
    NEXT_MOVE,
    OUTCOMES,
    TRANSITIONS,
    State,
)
from app.web.paging import LAST_PAGE


@dataclass(frozen=True)
class ReferralsQuery:
    """Which referrals are asked for."""

    state: str | None
    page: int


class ReferralsQuerySchema(Schema):
    """The query of the list."""

    state = fields.String(
        load_default=None,
        validate=validate.OneOf(sorted(State)),
        metadata={"description": "Only referrals in this state."},
    )
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(1, LAST_PAGE),
        metadata={"description": "The page asked for, from 1."},
    )

    @post_load
    def build(self, data: dict[str, Any], **kwargs: object) -> ReferralsQuery:
        return ReferralsQuery(**data)


@dataclass(frozen=True)
class NewReferral:
    """A draft to begin."""

    student_id: uuid.UUID
    service_at_location_id: uuid.UUID
    category: str
    asked: AskQuery | None


class NewReferralSchema(Schema):
    """The body that begins a draft."""

    student_id = fields.UUID(
        required=True, metadata={"description": "The student; one of your schools' students."}
    )
    service_at_location_id = fields.UUID(
        required=True,
        metadata={"description": "The service at its place, as the student's matches name it."},
    )
    category = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"description": "The need or the interest that it is for, by its code."},
    )
    asked = fields.Nested(
        AskQuerySchema,
        load_default=None,
        metadata={
            "description": "What the matches were asked for in which it was found, kept with the "
            "referral; {} is the whole plan. Left out: they were asked for `category`."
        },
    )

    @post_load
    def build(self, data: dict[str, Any], **kwargs: object) -> NewReferral:
        return NewReferral(**data)


@dataclass(frozen=True)
class ReferralAction:
    """A step to take."""

    action: str
    reason: str | None
    outcome: str | None
    note: str


class ReferralActionSchema(Schema):
    """The body of a step. `send` takes its message in `note`."""

    action = fields.String(
        required=True,
        validate=validate.OneOf(sorted(TRANSITIONS)),
        metadata={"description": "The step; which are possible, the referral's state says."},
    )
    reason = fields.String(
        load_default=None,
        validate=validate.OneOf(sorted({*DECLINE_REASONS, *CLOSE_REASONS})),
        metadata={"description": "Required by withdraw and not_complete."},
    )
    outcome = fields.String(
        load_default=None,
        validate=validate.OneOf(sorted(OUTCOMES)),
        metadata={"description": "Required by complete."},
    )
    note = fields.String(
        load_default="",
        validate=validate.Length(max=2000),
        metadata={"description": "Kept with the step; for `send`, the message to the partner."},
    )

    @post_load
    def build(self, data: dict[str, Any], **kwargs: object) -> ReferralAction:
        return ReferralAction(**data)


class ReferralEventSchema(Schema):
    """One step of a referral's history."""

    action = fields.String(metadata={"description": "What was done."})
    from_state = fields.String(allow_none=True, metadata={"description": "The state before."})
    to_state = fields.String(metadata={"description": "The state after."})
    at = fields.AwareDateTime(metadata={"description": "When, in UTC."})
    by_role = fields.String(metadata={"description": "In which role it was done."})
    reason = fields.String(allow_none=True, metadata={"description": "The reason or outcome."})


class ReferralSchema(Schema):
    """A referral without anything that names the student: the id leads to the rest."""

    id = fields.UUID(metadata={"description": "The referral."})
    student_id = fields.UUID(metadata={"description": "The student."})
    service_id = fields.UUID(metadata={"description": "The service, as in the catalog."})
    service_at_location_id = fields.UUID(
        allow_none=True, metadata={"description": "The service at its place."}
    )
    organization_id = fields.UUID(metadata={"description": "The partner."})
    category = fields.String(metadata={"description": "The need or interest that it is for."})
    state = fields.String(metadata={"description": "Where it stands."})
    fhir_task_status = fields.Function(
        lambda r: FHIR_TASK_STATUS[State(r.state)],
        metadata={"description": "The same as an HL7 FHIR Task.status.", "type": "string"},
    )
    next_move = fields.Function(
        lambda r: NEXT_MOVE[State(r.state)],
        metadata={"description": "Who moves next: plan_manager, partner or nobody (null)."},
    )
    decline_reason = fields.String(allow_none=True, metadata={"description": "Why declined."})
    close_reason = fields.String(allow_none=True, metadata={"description": "Why it ended."})
    outcome = fields.String(allow_none=True, metadata={"description": "How it was completed."})
    shared_elements = fields.List(
        fields.String(), metadata={"description": "Records shared when it was sent."}
    )
    created_at = fields.AwareDateTime(metadata={"description": "Begun, in UTC."})
    sent_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Sent, in UTC."})
    closed_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Closed, in UTC."})
    due_on = fields.Date(allow_none=True, metadata={"description": "The next move's day."})
    version = fields.Integer(metadata={"description": "Also in the ETag; counts the changes."})


class ReferralDetailSchema(ReferralSchema):
    """A referral with its history."""

    events = fields.List(
        fields.Nested(ReferralEventSchema), metadata={"description": "Every step, oldest first."}
    )


class ReferralPageSchema(Schema):
    """A page of referrals, shaped as HSDS shapes its pages."""

    total_items = fields.Integer(metadata={"description": "How many there are in all."})
    total_pages = fields.Integer(metadata={"description": "On how many pages."})
    page_number = fields.Integer(metadata={"description": "This page, from 1."})
    size = fields.Integer(metadata={"description": "How many are on this page."})
    first_page = fields.Boolean(metadata={"description": "Whether it is the first."})
    last_page = fields.Boolean(metadata={"description": "Whether it is the last."})
    empty = fields.Boolean(metadata={"description": "Whether nothing is on it."})
    contents = fields.List(
        fields.Nested(ReferralSchema), metadata={"description": "Those waiting longest first."}
    )
