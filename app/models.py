"""Imports every mapped class, so that relationships named by string resolve and migrations see all.

Imported by create_app, Alembic's environment, seeds and tests. Nothing else goes here.
"""

import app.audit.models
import app.consents.models
import app.downloads.models
import app.families.models
import app.imports.models
import app.jobs.models
import app.listings.models
import app.misses.models
import app.notices.models
import app.places.models
import app.rankings.models
import app.referrals.models
import app.security.limit_storage
import app.security.models
import app.storage.models
import app.students.models
import catalog.models
