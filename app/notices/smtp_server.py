"""SMTP_URL and MAIL_FROM, read: which mail server, how it is spoken to, and in whose name.

Called by the settings, so that a wrong one stops the start, and where messages are made and sent.

Opens no connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}
STARTTLS = ("offered", "required")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# At most 20 messages a round and 15 s a step stay well under the ten minutes after which
# app/notices/delivery.py takes a message from a round that it believes dead.
TIMEOUT_S = 15.0


@dataclass(frozen=True)
class SmtpServer:
    """Where messages are handed over. `implicit_tls` is smtps://; otherwise STARTTLS by `starttls`.

    A password travels only encrypted, except to this machine itself.
    """

    host: str
    port: int
    implicit_tls: bool
    starttls: str
    user: str | None
    password: str | None

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        return self.host in LOOPBACK

    @property
    def needs_encryption(self) -> bool:
        """Whether nothing may be sent before the connection is encrypted."""
        return self.starttls == "required" or (self.user is not None and not self.is_local)


def read_smtp_url(url: str) -> SmtpServer:
    """`smtp[s]://[user:password@]host[:port][?starttls=offered|required]`.

    Raises ValueError saying what is wrong, without quoting the address: it may hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("it must begin with smtp:// or smtps:// and name a server.")
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise ValueError("its port must be a number from 1 to 65535.") from None
    options = parse_qs(parts.query, keep_blank_values=True)
    starttls = options.pop("starttls", ["offered"])[-1]
    if options or starttls not in STARTTLS or parts.path not in {"", "/"}:
        raise ValueError("after the server only ?starttls=offered or ?starttls=required may stand.")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("it needs a user and a password, or neither.")
    return SmtpServer(
        host=parts.hostname,
        port=port,
        implicit_tls=parts.scheme == "smtps",
        starttls=starttls,
        user=unquote(parts.username) if parts.username is not None else None,
        password=unquote(parts.password) if parts.password is not None else None,
    )


def sender_address(text: str) -> Address:
    """The sender, from `Name <address>` or an address alone; raises ValueError for anything else."""
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not text.isprintable() or not local or not domain:
        raise ValueError("it must be an e-mail address, such as Footbridge <refer@example.org>.")
    try:
        return Address(display_name=name, addr_spec=address)
    except HeaderParseError:
        raise ValueError("it must be one e-mail address, without line breaks.") from None
