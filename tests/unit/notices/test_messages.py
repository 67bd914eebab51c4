"""What a person gets: text and the same as HTML, and headers that nobody can add to."""

from __future__ import annotations

import email
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices.messages import Message, email_of

NOTICE = uuid.UUID(int=11)
NOW = datetime(2026, 10, 13, 14, 0, tzinfo=UTC)
ADDRESS = "https://refer.example.org/r/token.signature"


def message(**changes: Any) -> Message:
    """A message with a link."""
    fields: dict[str, Any] = {
        "notice_id": NOTICE,
        "recipient": "intake@example.org",
        "subject": "Una escuela pide ayuda – café",
        "body": "Hola,\n\nÁbrala aquí:\n{link}\n\nGracias.",
        "language": "es",
        "address": ADDRESS,
    }
    return Message(**{**fields, **changes})


def sent(what: Message, **changes: str) -> EmailMessage:
    """The e-mail as it arrives: written out and read again."""
    written = email_of(
        what,
        **{"sender": "Footbridge <from@example.org>", "base_url": "https://refer.example.org"}
        | changes,
        now=NOW,
    ).as_bytes()
    read = email.message_from_bytes(written, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def part(read: EmailMessage, kind: str) -> str:
    found = read.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_text_and_html_say_the_same_and_both_carry_the_link() -> None:
    read = sent(message())
    assert ADDRESS in part(read, "plain")
    assert "{link}" not in read.as_string()
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(part(read, "html"))
    assert page.get("lang") == "es"
    [link] = page.iter("a")
    assert link.get("href") == ADDRESS == link.text
    assert len(list(page.iter("p"))) == 3


def test_headers_say_that_nobody_need_answer_and_which_message_it_is() -> None:
    first, again = sent(message()), sent(message())
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] == again["Message-ID"] == f"<notice.{NOTICE}@refer.example.org>"
    assert first["Subject"] == "Una escuela pide ayuda – café"
    assert first["From"] == "Footbridge <from@example.org>"
    assert first["Date"].datetime == NOW


@pytest.mark.parametrize(
    "recipient", ["a@example.org\nBcc: b@example.org", "a@example.org\r\n\r\nbody", "nobody"]
)
def test_an_address_cannot_add_a_header(recipient: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        sent(message(recipient=recipient))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_markup_in_a_body_stays_text(words: str) -> None:
    page = html5lib.HTMLParser(namespaceHTMLElements=False).parse(
        message(body=f"<script>{words}</script> & so on", address=None).html
    )
    assert not list(page.iter("script"))
    told = "".join(page.find("body").itertext())
    assert "".join(f"<script>{words}</script> & so on".split()) == "".join(told.split())
