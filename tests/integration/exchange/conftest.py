"""What the tests of the public listing begin with."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.integration.exchange.test_hsds_api import Listing, make_listing


@pytest.fixture
def listing(session: Session) -> Listing:
    """One clinic and one shelter."""
    return make_listing(session)
