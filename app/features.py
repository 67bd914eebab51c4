"""Every feature's pages and API, registered in one list: what is not here is not served."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api


def register_features(app: Flask, api: Api) -> None:
    """Register each feature's blueprints. Imported late: pages import the extensions."""
    from app.api.pages import blueprint as api_pages
    from app.consents.pages import blueprint as consents
    from app.directory.pages import blueprint as directory
    from app.downloads.pages import blueprint as downloads
    from app.duplicates.pages import blueprint as duplicates
    from app.editing.pages import blueprint as editing
    from app.exchange.api import blueprint as hsds
    from app.families.pages import blueprint as families
    from app.geocoding.pages import blueprint as geocoding
    from app.history.pages import blueprint as history
    from app.imports.pages import blueprint as imports
    from app.listings.pages import blueprint as listings
    from app.listings.public_pages import blueprint as public_listings
    from app.listings.review_pages import blueprint as listing_review
    from app.misses.pages import blueprint as misses
    from app.needs.pages import blueprint as needs
    from app.notices.pages import blueprint as notices
    from app.partners.pages import blueprint as partners
    from app.places.pages import blueprint as places
    from app.recommendations.api import blueprint as recommendations_api
    from app.recommendations.pages import blueprint as recommendations
    from app.referrals.api import blueprint as referrals_api
    from app.referrals.pages import blueprint as referrals
    from app.students.pages import blueprint as students
    from app.web.pages import blueprint as web

    for pages in (
        web,
        api_pages,
        consents,
        directory,
        downloads,
        duplicates,
        editing,
        families,
        geocoding,
        history,
        imports,
        listing_review,
        listings,
        misses,
        needs,
        notices,
        public_listings,
        partners,
        places,
        recommendations,
        referrals,
        students,
    ):
        app.register_blueprint(pages)
    for endpoints in (hsds, recommendations_api, referrals_api):
        api.register_blueprint(endpoints)
