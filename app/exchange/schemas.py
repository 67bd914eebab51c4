"""The query strings of the public listing, loaded into a ListQuery, and the shape of a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from app.exchange.queries import LARGEST_MINIMAL_PAGE, LARGEST_PAGE, PAGE_SIZE, ListQuery

FARTHEST = 500_000  # metres
MOST_WORDS = 12  # of a search
LAST_PAGE = 1_000_000
ZIP_CODE = re.compile(r"(\d{5})(-\d{4})?")


class Moment(fields.Field[datetime]):
    """A day or a moment in ISO 8601; without a zone it is UTC."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: object,
        **kwargs: Any,
    ) -> datetime:
        # A plus sign that was not escaped in the address arrives as a blank.
        text = re.sub(r" (?=\d\d:?\d\d$)", "+", str(value).strip())
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(
                f"{text[:40]!r} is no moment: write it as 2026-01-31 or 2026-01-31T08:00:00Z."
            ) from None


def few_words(text: str) -> None:
    """Each word is looked for in every row: not too many at once."""
    if len(text.split()) > MOST_WORDS:
        raise ValidationError(f"Search for {MOST_WORDS} words at most.")


class PageQuerySchema(Schema):
    """What every list takes."""

    search = fields.String(
        load_default="",
        validate=[validate.Length(max=200), few_words],
        metadata={
            "description": "Words that all must stand in the name or the description, "
            f"{MOST_WORDS} at most."
        },
    )
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=LAST_PAGE),
        metadata={"description": "Which page, from 1."},
    )
    per_page = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=LARGEST_PAGE),
        metadata={"description": f"How many a page: {PAGE_SIZE} if not said."},
    )
    format = fields.String(
        load_default="json",
        validate=validate.OneOf(["json", "ndjson"]),
        metadata={"description": "ndjson: everything at once, one object a line, no pages."},
    )

    @post_load
    def make_query(self, data: dict[str, Any], **_: object) -> ListQuery:
        """The query as a value."""
        return ListQuery(**data)


class OrganizationQuerySchema(Schema):
    """GET /organizations/…"""

    full_service = fields.Boolean(
        load_default=True, metadata={"description": "False: its services in short."}
    )


class OrganizationsQuerySchema(PageQuerySchema):
    """GET /organizations"""

    taxonomy_term_id = fields.UUID(
        load_default=None,
        metadata={"description": "Only organizations with this label, on them or on a service."},
    )
    taxonomy_id = fields.UUID(
        load_default=None,
        metadata={
            "description": "Only organizations with a label of this taxonomy, on them or on a service."
        },
    )
    full = fields.Boolean(
        load_default=False, metadata={"description": "Whole organizations, services in short."}
    )
    full_service = fields.Boolean(
        load_default=False, metadata={"description": "Whole organizations with whole services."}
    )


class TaxonomyTermsQuerySchema(PageQuerySchema):
    """GET /taxonomy_terms"""

    taxonomy_id = fields.UUID(
        load_default=None, metadata={"description": "Only terms of this taxonomy."}
    )
    top_only = fields.Boolean(
        load_default=False, metadata={"description": "Only terms that stand under no other."}
    )
    parent_id = fields.UUID(
        load_default=None, metadata={"description": "Only terms right under this one."}
    )


class AboutServicesQuerySchema(PageQuerySchema):
    """What lists of services and of services at locations both take."""

    taxonomy_term_id = fields.UUID(
        load_default=None, metadata={"description": "Only services with this label."}
    )
    taxonomy_id = fields.UUID(
        load_default=None, metadata={"description": "Only services with a label of this taxonomy."}
    )
    organization_id = fields.UUID(
        load_default=None, metadata={"description": "Only services of this organization."}
    )
    modified_after = Moment(
        load_default=None,
        metadata={"description": "Only services changed then or later (ISO 8601)."},
    )
    full = fields.Boolean(load_default=False, metadata={"description": "Whole nested objects."})


class ServicesQuerySchema(AboutServicesQuerySchema):
    """GET /services"""

    per_page = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=LARGEST_MINIMAL_PAGE),
        metadata={"description": f"At most {LARGEST_PAGE}; more only together with minimal."},
    )
    minimal = fields.Boolean(
        load_default=False,
        metadata={"description": "Only id, name, status and last_modified, as many as there are."},
    )

    @validates_schema
    def check_size(self, data: dict[str, Any], **_: object) -> None:
        """Large pages of small objects only."""
        if (data.get("per_page") or 0) > LARGEST_PAGE and not data.get("minimal"):
            raise ValidationError(f"Must be at most {LARGEST_PAGE}.", "per_page")


class ServicesAtLocationsQuerySchema(AboutServicesQuerySchema):
    """GET /service_at_locations"""

    postcode = fields.String(
        load_default=None,
        metadata={
            "description": "Only services that may take people from this ZIP code; together with "
            "proximity, only those near it."
        },
    )
    proximity = fields.Float(
        load_default=None,
        validate=validate.Range(min=0, max=FARTHEST),
        metadata={"description": "Metres from the middle of the postcode."},
    )

    @validates_schema
    def check_place(self, data: dict[str, Any], **_: object) -> None:
        """A distance needs the place that it is measured from."""
        if data.get("postcode") is not None and not ZIP_CODE.fullmatch(data["postcode"].strip()):
            raise ValidationError("Write five digits, as in 37403.", "postcode")
        if data.get("proximity") is not None and data.get("postcode") is None:
            raise ValidationError("Give the postcode that it is measured from.", "proximity")

    @post_load
    def make_query(self, data: dict[str, Any], **_: object) -> ListQuery:
        """The query as a value, the ZIP code with five digits."""
        postcode = data["postcode"]
        return ListQuery(**{**data, "postcode": postcode.strip()[:5] if postcode else None})


class PageSchema(Schema):
    """A page as HSDS has it."""

    total_items = fields.Integer(metadata={"description": "On all pages."})
    total_pages = fields.Integer(metadata={"description": "How many pages."})
    page_number = fields.Integer(metadata={"description": "This page, from 1."})
    size = fields.Integer(metadata={"description": "How many objects this page has."})
    first_page = fields.Boolean(metadata={"description": "Whether no page comes before."})
    last_page = fields.Boolean(metadata={"description": "Whether no page comes after."})
    empty = fields.Boolean(metadata={"description": "Whether the page has no objects."})
    contents = fields.List(
        fields.Dict(), metadata={"description": "Objects of HSDS 3.1, by its own schemas."}
    )


class ObjectSchema(Schema):
    """An object of HSDS 3.1, by its own schemas."""

    id = fields.UUID(metadata={"description": "The same in every list and export."})


class AboutSchema(Schema):
    """What this is."""

    version = fields.String(metadata={"description": "The version of HSDS."})
    profile = fields.URL(metadata={"description": "The profile of HSDS that is kept to."})
    openapi_url = fields.URL(metadata={"description": "The description of this API."})
