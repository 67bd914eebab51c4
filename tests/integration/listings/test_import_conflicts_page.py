"""The district's team chooses between two values on a page."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from catalog.models import ImportConflict, Service
from tests.factories import make_service, make_user
from tests.fixtures.client import CheckedClient


@pytest.fixture
def service(session: Session) -> Service:
    return make_service(session, name="Tutoring", email="ours@sample.org")


@pytest.fixture
def conflict(session: Session, service: Service, now: datetime) -> ImportConflict:
    row = ImportConflict(
        entity="service",
        entity_id=service.id,
        label="Tutoring",
        field="email",
        source="sample",
        ours="ours@sample.org",
        theirs="<b>theirs@sample.org",
        found_at=now,
    )
    session.add(row)
    session.flush()
    return row


@pytest.mark.parametrize(
    ("step", "email", "told"),
    [
        ("/ours", "ours@sample.org", "kept what was written here"),
        ("/theirs", "<b>theirs@sample.org", "took the value of sample"),
    ],
)
def test_one_of_two_values_is_chosen(
    client: CheckedClient,
    session: Session,
    conflict: ImportConflict,
    service: Service,
    step: str,
    email: str,
    told: str,
) -> None:
    user = make_user(session, "district_admin")
    client.sign_in(user)
    assert "Nothing was decided yet" in client.get("/import-conflicts/decided").text
    page = client.get("/import-conflicts")
    for words in ("Tutoring", "service email", "ours@sample.org", "&lt;b&gt;theirs@sample.org"):
        assert words in page.text
    answer = client.submit(page, step, follow_redirects=True)
    assert "Nothing waits" in answer.text
    session.expire_all()
    assert service.email == email
    assert conflict.state == step.strip("/")
    decided = client.get("/import-conflicts/decided").text
    shown = decided[decided.index("Chosen") :]
    chosen, other = shown.split("Not chosen")
    assert f"{conflict.decided_by} {told}" in decided
    assert (email.replace("<b>", "&lt;b&gt;") in chosen, email == "ours@sample.org") == (
        True,
        "theirs@sample.org" in other,
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "The field was changed again since the import. Keep what stands there"),
        ("es", "El campo se cambió de nuevo después de la importación. Deje lo que está"),
    ],
)
def test_what_changed_since_is_told_and_nothing_written(
    client: CheckedClient,
    session: Session,
    conflict: ImportConflict,
    service: Service,
    language: str,
    told: str,
) -> None:
    client.sign_in(make_user(session, "district_admin"))
    page = client.get("/import-conflicts")
    service.email = "third@sample.org"
    session.flush()
    answer = client.submit(page, "/theirs", headers={"Accept-Language": language})
    assert answer.status_code == 409
    assert told in answer.text
    session.expire_all()
    assert (service.email, conflict.state) == ("third@sample.org", "waiting")
