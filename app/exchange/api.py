"""The public listing at /hsds/: the API of the open standard (HSDS 3.1), without signing in.

Public listing data only. Answers carry an ETag of the catalog's revision, and any website may read
them (CORS). Referrals stay out: HSDS says nothing about them.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, current_app, jsonify, request, stream_with_context
from flask_smorest import Blueprint
from marshmallow import RAISE

from app.exchange import queries
from app.exchange.queries import ListQuery, Resource
from app.exchange.schemas import (
    AboutSchema,
    ObjectSchema,
    OrganizationQuerySchema,
    OrganizationsQuerySchema,
    PageQuerySchema,
    PageSchema,
    ServicesAtLocationsQuerySchema,
    ServicesQuerySchema,
    TaxonomyTermsQuerySchema,
)
from app.extensions import db
from app.security.guard import public
from catalog.queries import current_revision

HSDS_VERSION = "3.1"
PROFILE = "https://docs.openreferral.org/en/latest/hsds/"
# Part of every ETag: changing what an answer looks like changes this.
SHAPE = "1"
WHY_PUBLIC = "public listing data, by the field's open standard"

blueprint = Blueprint(
    "hsds",
    __name__,
    url_prefix="/hsds",
    description="The directory of community partners in HSDS 3.1, open to all",
)


@blueprint.after_request
def let_any_site_read(response: Response) -> Response:
    """CORS: reading is open to every website, and no cookie comes along."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/")
@public(WHY_PUBLIC)
@blueprint.response(200, AboutSchema)
def about() -> dict[str, str]:
    """Which version of HSDS this is"""
    base = current_app.extensions["footbridge"].settings.base_url.rstrip("/")
    return {
        "version": HSDS_VERSION,
        "profile": PROFILE,
        "openapi_url": f"{base}/api/openapi.json",
    }


@blueprint.get("/services")
@public(WHY_PUBLIC)
@blueprint.arguments(ServicesQuerySchema, location="query", as_kwargs=False, unknown=RAISE)
@blueprint.response(200, PageSchema)
def list_services(query: ListQuery) -> Response:
    """Services, a page or all"""
    return answer_list(queries.SERVICES, query)


@blueprint.get("/services/<uuid:id_>")
@public(WHY_PUBLIC)
@blueprint.response(200, ObjectSchema)
def get_service(id_: uuid.UUID) -> Response:
    """One service with all that belongs to it"""
    return answer_one(queries.SERVICES, id_)


@blueprint.get("/organizations")
@public(WHY_PUBLIC)
@blueprint.arguments(OrganizationsQuerySchema, location="query", as_kwargs=False, unknown=RAISE)
@blueprint.response(200, PageSchema)
def list_organizations(query: ListQuery) -> Response:
    """Organizations, a page or all"""
    return answer_list(queries.ORGANIZATIONS, query)


@blueprint.get("/organizations/<uuid:id_>")
@public(WHY_PUBLIC)
@blueprint.arguments(OrganizationQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, ObjectSchema)
def get_organization(asked: dict[str, bool], id_: uuid.UUID) -> Response:
    """One organization with its services and places"""
    is_whole = asked["full_service"]
    return answer_one(queries.ORGANIZATIONS if is_whole else queries.ORGANIZATIONS_IN_SHORT, id_)


@blueprint.get("/service_at_locations")
@public(WHY_PUBLIC)
@blueprint.arguments(
    ServicesAtLocationsQuerySchema, location="query", as_kwargs=False, unknown=RAISE
)
@blueprint.response(200, PageSchema)
def list_services_at_locations(query: ListQuery) -> Response:
    """Services at locations, a page or all; near a postcode the nearest first"""
    return answer_list(queries.PLACES, query)


@blueprint.get("/service_at_locations/<uuid:id_>")
@public(WHY_PUBLIC)
@blueprint.response(200, ObjectSchema)
def get_service_at_location(id_: uuid.UUID) -> Response:
    """One service at one location"""
    return answer_one(queries.PLACES, id_)


@blueprint.get("/taxonomies")
@public(WHY_PUBLIC)
@blueprint.arguments(PageQuerySchema, location="query", as_kwargs=False, unknown=RAISE)
@blueprint.response(200, PageSchema)
def list_taxonomies(query: ListQuery) -> Response:
    """Taxonomies, a page or all"""
    return answer_list(queries.TAXONOMIES, query)


@blueprint.get("/taxonomies/<uuid:id_>")
@public(WHY_PUBLIC)
@blueprint.response(200, ObjectSchema)
def get_taxonomy(id_: uuid.UUID) -> Response:
    """One taxonomy"""
    return answer_one(queries.TAXONOMIES, id_)


@blueprint.get("/taxonomy_terms")
@public(WHY_PUBLIC)
@blueprint.arguments(TaxonomyTermsQuerySchema, location="query", as_kwargs=False, unknown=RAISE)
@blueprint.response(200, PageSchema)
def list_taxonomy_terms(query: ListQuery) -> Response:
    """Terms of taxonomies, a page or all"""
    return answer_list(queries.TERMS, query)


@blueprint.get("/taxonomy_terms/<uuid:id_>")
@public(WHY_PUBLIC)
@blueprint.response(200, ObjectSchema)
def get_taxonomy_term(id_: uuid.UUID) -> Response:
    """One term"""
    return answer_one(queries.TERMS, id_)


def answer_list(resource: Resource, query: ListQuery) -> Response:
    """A page, or every object a line."""
    if query.format == "ndjson":
        return unless_known(lambda: streamed(resource, query))
    return unless_known(lambda: jsonify(queries.page_of(db.session, resource, query)))


def answer_one(resource: Resource, id_: uuid.UUID) -> Response:
    """One object."""
    return unless_known(lambda: jsonify(queries.one_of(db.session, resource, id_)))


def streamed(resource: Resource, query: ListQuery) -> Response:
    """Every object on a line of its own, sent while it is read."""

    def lines() -> Iterator[str]:
        for line in queries.lines_of(db.session, resource, query):
            yield json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"

    return Response(stream_with_context(lines()), mimetype="application/x-ndjson")


def unless_known(make: Callable[[], Any]) -> Response:
    """The answer, or 304 where the asker has it: it changes with the catalog's revision only."""
    asked = f"{SHAPE}:{request.path}?{request.query_string.decode('latin-1')}"
    tag = f"{current_revision(db.session)}-{hashlib.sha256(asked.encode()).hexdigest()[:20]}"
    response = Response(status=304) if request.if_none_match.contains_weak(tag) else make()
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    return response
