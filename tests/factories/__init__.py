"""Rows for tests: plain functions that fill in what a test does not care about.

Each takes the session first and facts by name, adds the row, flushes and returns it; the client of a
test commits. Nothing is drawn by chance: the same call gives the same facts (numbers count up).
"""

from tests.factories.catalog import (
    label_service,
    make_eligibility,
    make_location,
    make_organization,
    make_service,
    make_service_at_location,
)
from tests.factories.imports import make_import_run, make_proposals
from tests.factories.people import (
    make_guardian,
    make_plan,
    make_school,
    make_student,
    make_user,
)
from tests.factories.places import make_places_runs
from tests.factories.referrals import (
    make_consent,
    make_family_link,
    make_listing_link,
    make_partner_link,
    make_referral,
    make_suggestion,
)

__all__ = [
    "label_service",
    "make_consent",
    "make_eligibility",
    "make_family_link",
    "make_guardian",
    "make_import_run",
    "make_listing_link",
    "make_location",
    "make_organization",
    "make_partner_link",
    "make_places_runs",
    "make_plan",
    "make_proposals",
    "make_referral",
    "make_school",
    "make_service",
    "make_service_at_location",
    "make_student",
    "make_suggestion",
    "make_user",
]
