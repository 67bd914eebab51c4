"""Putting a message into the outbox, in the same transaction as what it tells of.

Each feature describes its letters in its own notices.py as subclasses of `Letter` and queues them
from its services. Nothing here sends: app/notices/delivery.py does, later, outside any domain
transaction.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.notices.messages import LINK
from app.notices.models import Notice

# One address and nothing around it; control characters would let an address add headers.
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to one address; a feature's letters are its subclasses.

    `body` is plain text without any student's data, holding `{link}` at most once: when the message
    is sent, the link's address stands there. With a `link_id` it is base_url + `path` + the link's
    token, and the path ends with "/"; without one it is base_url + `path`, a page behind the
    sign-in, and the path does not end with "/". `dedupe_key` names the occasion: a second letter
    under the same key is not queued (for instance `referral-sent:<id>:<version>`).
    """

    kind: str
    recipient: str
    language: str = "en"
    subject: str
    body: str
    link_id: uuid.UUID | None = None
    path: str | None = None
    dedupe_key: str

    def __post_init__(self) -> None:
        if len(self.recipient) > 254 or not ADDRESS.fullmatch(self.recipient):
            raise Invalid(
                "The message has no usable e-mail address, so it was not queued. "
                "Correct the address, then try again.",
                {"recipient": "Not a usable e-mail address."},
            )
        object.__setattr__(self, "subject", one_line(self.subject))
        if self.body.count(LINK) != (0 if self.path is None else 1):
            raise ValueError(f"{self.kind}: a path needs one {LINK} in the body, no path none.")
        if self.path is not None and not re.fullmatch(r"/[\w./-]*", self.path, re.ASCII):
            raise ValueError(f"{self.kind}: the path must begin with / and be plain.")
        if (self.link_id is not None) != (self.path or "").endswith("/"):
            raise ValueError(f"{self.kind}: the path ends with / where a link's token follows it.")


def quoted(name: str) -> str:
    """A name from a directory as a letter may quote it: whatever it holds, it is no link."""
    return one_line(name.replace(LINK, ""))


def one_line(text: str, longest: int = 200) -> str:
    """The text as one printable line of at most `longest` characters: a subject quotes names that
    come from directories, whatever these hold.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def queue_notice(session: Session, letter: Letter, *, now: datetime) -> Notice:
    """The letter's row in the outbox, due at `now`; the earlier row where its key is known already.

    Flushes `session`; the caller's transaction decides whether the message exists.
    """
    earlier = notice_by_key(session, letter.dedupe_key)
    if earlier is not None:
        return earlier
    notice = Notice(
        kind=letter.kind,
        recipient=letter.recipient,
        language=letter.language,
        subject=letter.subject,
        body=letter.body,
        link_id=letter.link_id,
        path=letter.path,
        dedupe_key=letter.dedupe_key,
        created_at=now,
        next_attempt_at=now,
    )
    session.flush()  # so that the savepoint below can fail for this row alone
    try:
        with session.begin_nested():
            session.add(notice)
    except IntegrityError:
        # Another transaction queued it between the question and the insert.
        earlier = notice_by_key(session, letter.dedupe_key)
        if earlier is None:
            raise
        return earlier
    return notice


def notice_by_key(session: Session, dedupe_key: str) -> Notice | None:
    """The notice queued under this key, if there is one."""
    return session.scalar(select(Notice).where(Notice.dedupe_key == dedupe_key))
