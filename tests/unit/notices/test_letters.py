"""A letter is right before it is queued: one address, one line of subject, one link at most."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.notices.services import Letter

LINK_ID = uuid.UUID(int=7)


def letter(**changes: Any) -> Letter:
    """A letter that is right, with `changes`."""
    fields: dict[str, Any] = {
        "kind": "referral_sent",
        "recipient": "intake@example.org",
        "subject": "A school refers a student to you",
        "body": "Hello,\n\nOpen it here: {link}\n",
        "link_id": LINK_ID,
        "path": "/r/",
        "dedupe_key": "referral_sent:1",
    }
    return Letter(**{**fields, **changes})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "two@example.org, three@example.org",
        "a b@example.org",
        "a@example.org\r\nBcc: everyone@example.org",
        "Name <a@example.org>",
        "a@b@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_what_is_not_one_address_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        letter(recipient=address)
    assert "recipient" in refused.value.fields
    assert not address or address not in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "{link} and {link}"},
        {"body": "no link at all"},
        {"path": None, "link_id": None},
        {"path": "https://elsewhere.example/"},
        {"path": "/r"},  # a token would be glued to it
        {"link_id": None},  # nothing would follow the /
        {"path": "/r/?next=/"},
    ],
)
def test_a_body_and_its_link_that_do_not_fit_are_a_mistake_of_ours(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="referral_sent: "):
        letter(**changes)


def test_a_letter_may_lead_to_a_page_behind_the_sign_in() -> None:
    assert letter(path="/referrals/7", link_id=None).path == "/referrals/7"


def test_a_letter_may_have_no_link() -> None:
    assert letter(body="All is well.", path=None, link_id=None).link_id is None


@given(st.text())
def test_a_subject_is_one_printable_line_whatever_a_directory_calls_its_services(name: str) -> None:
    subject = letter(subject=name).subject
    assert len(subject) <= 200
    assert subject.isprintable()
    assert letter(subject=subject).subject == subject
