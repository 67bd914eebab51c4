"""The API's shapes for matches, dumped from the rows of support.py; queries load into values."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.recommendations.asks import Ask, parse_ask
from app.recommendations.queries import PAGE_SIZE

MOST_MATCHES = 100


@dataclass(frozen=True, slots=True)
class AskQuery:
    """One need, one interest, one goal, or none of them (the whole plan)."""

    need: str | None
    interest: str | None
    goal: uuid.UUID | None

    @property
    def ask(self) -> Ask:
        """What is asked of the engine. Raises Invalid."""
        return parse_ask(self.need, self.interest, str(self.goal) if self.goal else None)


@dataclass(frozen=True, slots=True)
class MatchQuery(AskQuery):
    """What a program asked, and how many matches it wants."""

    k: int


class AskQuerySchema(Schema):
    """The query string that says what is asked for."""

    need = fields.String(
        load_default=None,
        validate=validate.Length(max=80),
        metadata={"description": "Code of a need; not together with an interest or a goal."},
    )
    interest = fields.String(
        load_default=None,
        validate=validate.Length(max=80),
        metadata={"description": "Code of an interest; not together with a goal."},
    )
    goal = fields.UUID(
        load_default=None,
        metadata={
            "description": "Id of a goal of this student's plan, as `choices` of the matches name it: "
            "asks for what its words name. None of the three: the whole plan."
        },
    )

    @post_load
    def make_query(self, data: dict[str, Any], **_: object) -> AskQuery | MatchQuery:
        """The query as a value."""
        return AskQuery(**data)


class MatchQuerySchema(AskQuerySchema):
    """The query string of the matches of a student."""

    k = fields.Integer(
        load_default=PAGE_SIZE,
        validate=validate.Range(min=1, max=MOST_MATCHES),
        metadata={"description": "How many matches at most, the best first."},
    )

    @post_load
    def make_query(self, data: dict[str, Any], **_: object) -> AskQuery | MatchQuery:
        """The query as a value."""
        return MatchQuery(**data)


class ChoiceSchema(Schema):
    """One thing that can be asked for this student."""

    kind = fields.String(
        required=True, metadata={"description": "need, interest, goal, or plan (the whole plan)."}
    )
    code = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "What goes into the query's `need`, `interest` or `goal`; null for the plan."
        },
    )
    label = fields.String(
        required=True, metadata={"description": "What people call it; a goal's own words."}
    )


class CrisisLineSchema(Schema):
    """Whom to call now."""

    text = fields.String(required=True, metadata={"description": "What people read."})
    phone = fields.String(required=True, metadata={"description": "The number to dial, or empty."})


class PartSchema(Schema):
    """One criterion's share of a score."""

    criterion = fields.String(
        required=True,
        metadata={"description": "need, interest, closeness, hours, cost, openings, language …"},
    )
    label = fields.String(required=True, metadata={"description": "What people call it."})
    points = fields.Integer(
        required=True, metadata={"description": "Whole points; all parts sum to the score."}
    )
    max_points = fields.Integer(
        required=True, metadata={"description": "The most that this criterion can give."}
    )
    words = fields.String(required=True, metadata={"description": "What was compared."})
    is_known = fields.Boolean(
        required=True,
        metadata={"description": "False: a neutral value stands in for a fact not known."},
    )


class HappenedSchema(Schema):
    """A referral of the student to a service."""

    referral_id = fields.UUID(required=True, metadata={"description": "The referral's id."})
    category = fields.String(
        required=True, metadata={"description": "Code of the need or interest that it is for."}
    )
    state = fields.String(required=True, metadata={"description": "Where it stands."})
    since = fields.Date(required=True, metadata={"description": "The day it came there."})
    sentence = fields.String(required=True, metadata={"description": "The same in words."})


class MatchSchema(Schema):
    """One ranked offer: a service at one location."""

    rank = fields.Integer(required=True, metadata={"description": "From 1, the best."})
    score = fields.Integer(
        required=True, metadata={"description": "0 to 1000, the sum of the parts' points."}
    )
    service_at_location_id = fields.UUID(
        required=True, metadata={"description": "HSDS id of the service at this location."}
    )
    service_id = fields.UUID(required=True, metadata={"description": "HSDS id of the service."})
    name = fields.String(required=True, metadata={"description": "The service's name."})
    organization = fields.String(required=True, metadata={"description": "The partner's name."})
    where = fields.String(
        required=True,
        metadata={"description": "The address on one line; never a confidential place's street."},
    )
    distance_metres = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "From the nearer of home and school; null: not known or no way."},
    )
    when = fields.String(required=True, metadata={"description": "Days and hours in words."})
    cost = fields.String(required=True, metadata={"description": "Cost to the family in words."})
    openings = fields.String(
        required=True, metadata={"description": "Free places as last told, in words."}
    )
    languages = fields.List(
        fields.String(), required=True, metadata={"description": "Languages spoken by staff."}
    )
    as_of = fields.Dict(
        keys=fields.String(),
        values=fields.Date(allow_none=True),
        required=True,
        metadata={
            "description": "The day on which each fact (place, hours, cost, languages, ...) was last "
            "confirmed or changed; null: never. A fact that the listing does not say is not in it."
        },
    )
    category = fields.String(
        required=True,
        metadata={"description": "Code of the need or interest that it serves best."},
    )
    is_activity = fields.Boolean(
        required=True, metadata={"description": "Whether a family can be shown it as a suggestion."}
    )
    parts = fields.List(
        fields.Nested(PartSchema),
        required=True,
        metadata={"description": "The score's arithmetic; the points sum to the score."},
    )
    questions = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What to ask before referring, since it is not known."},
    )
    before = fields.Nested(
        HappenedSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The last referral to the service: it ended, or is a draft."},
    )
    not_for_us = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "The day on which the family said “not for us”."},
    )


class MatchesSchema(Schema):
    """The best matches of a student, with what a dispute needs to be answered."""

    student_id = fields.UUID(
        required=True, attribute="student.id", metadata={"description": "The student's id."}
    )
    need = fields.String(
        required=True,
        allow_none=True,
        attribute="ask.need",
        metadata={"description": "The need that was asked for, if any."},
    )
    interest = fields.String(
        required=True,
        allow_none=True,
        attribute="ask.interest",
        metadata={"description": "The interest that was asked for, if any."},
    )
    goal = fields.UUID(
        required=True,
        allow_none=True,
        attribute="ask.goal",
        metadata={"description": "The goal that was asked for, if any."},
    )
    goal_asks_for = fields.List(
        fields.String(),
        required=True,
        attribute="ask.terms",
        metadata={"description": "The needs and interests that the goal's words ask for, by code."},
    )
    crisis = fields.List(
        fields.Nested(CrisisLineSchema),
        required=True,
        attribute="crisis_lines",
        metadata={
            "description": "Not empty: the goal's words may tell of somebody in danger. Nothing is "
            "ranked; show these lines at once, and follow the school's protocol."
        },
    )
    choices = fields.List(
        fields.Nested(ChoiceSchema),
        required=True,
        metadata={
            "description": "What can be asked: the plan's needs, interests and goals, and it."
        },
    )
    matches = fields.List(
        fields.Nested(MatchSchema), required=True, metadata={"description": "The best first."}
    )
    on_the_way = fields.List(
        fields.Nested(HappenedSchema),
        required=True,
        metadata={"description": "Open referrals that are about what was asked, drafts too."},
    )
    considered = fields.Integer(
        required=True, metadata={"description": "Offers that serve any of what was asked."}
    )
    excluded = fields.Integer(
        required=True, metadata={"description": "Of those, how many a rule refuses."}
    )
    catalog_revision = fields.Integer(
        required=True, metadata={"description": "The catalog's revision that was ranked."}
    )
    parameters_version = fields.String(
        required=True, metadata={"description": "The version of the weights and limits."}
    )


class WhyNotSchema(Schema):
    """Why one offer is not among a student's matches, or at which rank it is."""

    service_at_location_id = fields.UUID(
        required=True, metadata={"description": "HSDS id of the service at this location."}
    )
    name = fields.String(required=True, metadata={"description": "The service's name."})
    organization = fields.String(required=True, metadata={"description": "The partner's name."})
    rank = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Its rank where it fits; null where a rule refuses it."},
    )
    score = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Its score of 1000 where it fits."},
    )
    sentences = fields.List(
        fields.String(), required=True, metadata={"description": "Every refusal, in words."}
    )
