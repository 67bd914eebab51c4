"""Who brings directories in."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.factories import make_user
from tests.fixtures.client import CheckedClient


@pytest.fixture
def district(client: CheckedClient, session: Session) -> CheckedClient:
    """Somebody of the district's team."""
    client.sign_in(make_user(session, "district_admin", name="Lee Poe"))
    return client
