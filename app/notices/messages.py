"""One notice as the e-mail that a person gets: text, the same as simple HTML, and its headers.

Called by the delivery and the transport; pure: no database, no connection.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from app.notices.smtp_server import sender_address

LINK = "{link}"


@dataclass(frozen=True)
class Message:
    """A notice ready to be sent. `address` is the link's whole address, None where it has none."""

    notice_id: uuid.UUID
    recipient: str
    subject: str
    body: str
    language: str
    address: str | None

    @property
    def text(self) -> str:
        """The body with the link's address in its place."""
        return self.body.replace(LINK, self.address or "")

    @property
    def html(self) -> str:
        """The body as a page: paragraphs at empty lines, the link one that can be followed."""
        paragraphs = re.split(r"\n\s*\n", escape(self.body).strip())
        inside = "".join(f"<p>{p.replace(chr(10), '<br>')}</p>\n" for p in paragraphs)
        if self.address is not None:
            target = escape(self.address)
            inside = inside.replace(LINK, f'<a href="{target}">{target}</a>')
        return (
            f'<!doctype html>\n<html lang="{escape(self.language)}">'
            f'<head><meta charset="utf-8"><title>{escape(self.subject)}</title></head>\n'
            f"<body>\n{inside}</body></html>\n"
        )


def email_of(message: Message, *, sender: str, base_url: str, now: datetime) -> EmailMessage:
    """The e-mail. Its Message-ID is the notice's: sent twice after a crash, it is one message.

    Raises ValueError where `sender` (MAIL_FROM) or the recipient is no address.
    """
    email = EmailMessage(policy=SMTP)
    # Address() takes the parts apart and refuses line breaks: no header can be added by either.
    email["From"] = sender_address(sender)
    email["To"] = Address(addr_spec=message.recipient)
    email["Subject"] = message.subject
    email["Date"] = format_datetime(now)
    email["Message-ID"] = f"<notice.{message.notice_id}@{urlsplit(base_url).hostname}>"
    email["Auto-Submitted"] = "auto-generated"
    email["Content-Language"] = message.language
    email.set_content(message.text)
    email.add_alternative(message.html, subtype="html")
    return email
