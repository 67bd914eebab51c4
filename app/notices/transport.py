"""Handing an e-mail over: to the SMTP server of the settings, or, without one, to a folder.

Called by app/notices/delivery.py outside any transaction. Says how a failure is to be taken; its
words never hold an address, since servers quote the recipient in their answers.
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from app.notices.smtp_server import TIMEOUT_S, SmtpServer, read_smtp_url
from app.settings import Settings

Transport = Callable[[EmailMessage], None]


class DeliveryError(Exception):
    """The message was not taken; it may be later. `str(error)` names no person."""


class RefusedError(DeliveryError):
    """The server will never take this message: trying again is no use."""


class UnreachableError(DeliveryError):
    """There was no conversation at all: every other message would fail as well."""


def transport_of(settings: Settings) -> Transport:
    """How this installation sends."""
    if not settings.smtp_url:
        return lambda email: keep_in_folder(email, settings.mail_dir)
    server = read_smtp_url(settings.smtp_url)
    return lambda email: send_by_smtp(email, server)


def send_by_smtp(email: EmailMessage, server: SmtpServer) -> None:
    """Hand the e-mail to the server; raises UnreachableError, RefusedError or DeliveryError."""
    try:
        smtp = open_connection(server)
        try:
            smtp.send_message(email)
        finally:
            smtp.close()  # without a QUIT: its failure would hide that the message was taken
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=0)
        raise refusal("recipient", code) from None
    except smtplib.SMTPDataError as error:
        raise refusal("message", error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise RefusedError("The mail server cannot carry this kind of address.") from None
    except smtplib.SMTPAuthenticationError as error:
        raise UnreachableError(
            f"The mail server refused our user or password ({error.smtp_code}). Check SMTP_URL."
        ) from None
    except smtplib.SMTPSenderRefused as error:
        raise UnreachableError(
            f"The mail server refused our sender ({error.smtp_code}). Check MAIL_FROM."
        ) from None
    except ssl.SSLError:
        raise UnreachableError("The mail server's encryption could not be trusted.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise UnreachableError(
            f"The mail server could not be reached ({type(error).__name__})."
        ) from None


def refusal(what: str, code: int) -> DeliveryError:
    """5xx is for good, everything else may pass (RFC 5321, 4.2.1)."""
    kind = RefusedError if 500 <= code < 600 else DeliveryError
    return kind(f"The mail server refused the {what} ({code}).")


def open_connection(server: SmtpServer) -> smtplib.SMTP:
    """A conversation with the server, encrypted where it can or must be, signed in."""
    tls = ssl.create_default_context()
    if server.implicit_tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=TIMEOUT_S, context=tls
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
    try:
        smtp.ehlo_or_helo_if_needed()
        if not server.implicit_tls:
            encrypt(smtp, server, tls)
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def encrypt(smtp: smtplib.SMTP, server: SmtpServer, tls: ssl.SSLContext) -> None:
    """STARTTLS where the server offers it. On this machine only where it is asked for: relays there
    show certificates of their own making.
    """
    if smtp.has_extn("starttls") and (server.needs_encryption or not server.is_local):
        smtp.starttls(context=tls)
        smtp.ehlo()
    elif server.needs_encryption:
        raise UnreachableError("The mail server offers no encryption, and SMTP_URL needs it.")


def keep_in_folder(email: EmailMessage, folder: Path) -> None:
    """Write the e-mail as an .eml file, whole or not at all, for its owner's eyes only."""
    name = email["Message-ID"].strip("<>").split("@")[0]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = folder / f".{name}.{os.getpid()}.part"
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(email.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / f"{name}.eml")
    except OSError as error:
        raise UnreachableError(
            f"The mail folder could not be written ({type(error).__name__})."
        ) from None
