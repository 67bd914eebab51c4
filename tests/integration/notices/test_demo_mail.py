"""The demo's mail page: every message with a link that opens, only where the demo is on."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.notices.services import Letter, queue_notice
from app.security.links import issue_link, token_of
from tests.fixtures.client import CheckedClient, MakeClient
from tests.fixtures.database import Database, MakeApp


@pytest.fixture
def demo(make_app: MakeApp, make_client: MakeClient) -> CheckedClient:
    return make_client(make_app(demo=True))


def queue(session: Session, now: datetime, key: str, body: str = "Hello: {link}\n\nBye.") -> None:
    """A message with a link."""
    link = issue_link(session, kind="referral", subject_id=uuid.uuid4(), now=now)
    letter = Letter(
        kind="referral_sent",
        recipient="intake@example.org",
        subject=f"Subject of {key}",
        body=body,
        link_id=link.id,
        path="/r/",
        dedupe_key=key,
    )
    queue_notice(session, letter, now=now)


def test_a_real_installation_shows_nobodys_mail(
    client: CheckedClient, session: Session, now: datetime
) -> None:
    queue(session, now, "private")
    assert client.get("/demo/mail").status_code == 404


def test_the_newest_message_comes_first_with_its_link(
    demo: CheckedClient, session: Session, now: datetime, database: Database
) -> None:
    queue(session, now.replace(hour=9), "first")
    queue(session, now, "second")
    page = demo.get("/demo/mail")
    assert page.status_code == 200
    assert page.text.index("Subject of second") < page.text.index("Subject of first")
    assert "intake@example.org" in page.text
    assert page.text.count(f'href="{database.settings.base_url}/r/') == 2
    assert "{link}" not in page.text


def test_the_links_shown_are_those_that_are_sent(
    demo: CheckedClient, session: Session, now: datetime, database: Database
) -> None:
    link = issue_link(session, kind="family", subject_id=uuid.uuid4(), now=now)
    letter = Letter(
        kind="family_invited",
        recipient="parent@example.org",
        language="es",
        subject="Actividades",
        body="{link}",
        link_id=link.id,
        path="/f/",
        dedupe_key="family",
    )
    queue_notice(session, letter, now=now)
    token = token_of(link, secret=database.settings.secret_key)
    assert f"{database.settings.base_url}/f/{token}" in demo.get("/demo/mail").text


def test_markup_in_a_message_stays_text(
    demo: CheckedClient, session: Session, now: datetime
) -> None:
    queue(session, now, "markup", body="<b>bold</b> {link}")
    assert "&lt;b&gt;bold&lt;/b&gt;" in demo.get("/demo/mail").text


def test_an_empty_mailbox_says_what_to_do(demo: CheckedClient) -> None:
    assert "No messages yet" in demo.get("/demo/mail").text


def test_what_was_given_up_shows_why(demo: CheckedClient, session: Session, now: datetime) -> None:
    queue(session, now.replace(month=1), "old")  # its link has run out since
    assert "The link has run out." in demo.get("/demo/mail").text
