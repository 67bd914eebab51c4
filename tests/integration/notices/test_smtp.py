"""Messages handed to a real SMTP server (aiosmtpd): taken, put off, refused, out of reach."""

from __future__ import annotations

import email
import socket
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from app.notices.messages import Message, email_of
from app.notices.smtp_server import read_smtp_url
from app.notices.transport import (
    DeliveryError,
    RefusedError,
    UnreachableError,
    send_by_smtp,
)

RECIPIENT = "intake@example.org"


class Peer:
    """What the server says to a recipient and to a message; keeps what it took."""

    def __init__(self) -> None:
        self.to_recipient = "250 OK"
        self.to_message = "250 taken"
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.to_message.startswith("250"):
            self.taken.append(envelope)
        return self.to_message


def allow(_server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any) -> AuthResult:
    """Let the one right user in."""
    is_right = (data.login, data.password) == (b"user", b"right")
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def port(peer: Peer) -> Iterator[int]:
    """The port of a running server that `peer` answers for."""
    port = free_port()
    controller = Controller(
        peer,
        hostname="127.0.0.1",
        port=port,
        authenticator=allow,
        auth_require_tls=False,
    )
    controller.start()
    yield port
    controller.stop()


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def mail() -> EmailMessage:
    return email_of(
        Message(
            notice_id=uuid.UUID(int=3),
            recipient=RECIPIENT,
            subject="Una escuela pide ayuda – café",
            body="Ábrala: {link}",
            language="es",
            address="https://refer.example.org/r/token",
        ),
        sender="Footbridge <from@example.org>",
        base_url="https://refer.example.org",
        now=datetime(2026, 10, 13, 14, 0, tzinfo=UTC),
    )


def send(url: str) -> None:
    send_by_smtp(mail(), read_smtp_url(url))


def test_a_message_arrives_as_it_was_written(peer: Peer, port: int) -> None:
    send(f"smtp://127.0.0.1:{port}")
    [envelope] = peer.taken
    assert envelope.mail_from == "from@example.org"
    assert envelope.rcpt_tos == [RECIPIENT]
    read = email.message_from_bytes(bytes(envelope.content or b""), policy=default)
    assert read["Subject"] == "Una escuela pide ayuda – café"
    text = read.get_body(("plain",))
    assert text is not None
    assert text.get_content().strip() == "Ábrala: https://refer.example.org/r/token"


def test_user_and_password_are_given_where_they_are_set(peer: Peer, port: int) -> None:
    send(f"smtp://user:right@127.0.0.1:{port}")
    assert len(peer.taken) == 1


def test_a_wrong_password_is_a_matter_for_the_operator_not_for_the_message(port: int) -> None:
    with pytest.raises(UnreachableError, match=r"password \(535\)\. Check SMTP_URL"):
        send(f"smtp://user:wrong@127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("to_recipient", "to_message", "kind"),
    [
        ("450 <intake@example.org> is full", "250 taken", DeliveryError),
        ("550 <intake@example.org> unknown", "250 taken", RefusedError),
        ("250 OK", "451 greylisted", DeliveryError),
        ("250 OK", "554 spam", RefusedError),
    ],
)
def test_5xx_is_for_good_4xx_is_for_now_and_nobody_is_named(
    peer: Peer, port: int, to_recipient: str, to_message: str, kind: type[DeliveryError]
) -> None:
    peer.to_recipient, peer.to_message = to_recipient, to_message
    with pytest.raises(DeliveryError) as failed:
        send(f"smtp://127.0.0.1:{port}")
    assert type(failed.value) is kind
    assert RECIPIENT not in str(failed.value)
    assert not peer.taken


def test_a_server_that_is_not_there_is_out_of_reach() -> None:
    with pytest.raises(UnreachableError, match="ConnectionRefusedError"):
        send(f"smtp://127.0.0.1:{free_port()}")


def test_nothing_is_sent_in_the_clear_where_encryption_is_required(peer: Peer, port: int) -> None:
    with pytest.raises(UnreachableError, match="offers no encryption"):
        send(f"smtp://127.0.0.1:{port}?starttls=required")
    assert not peer.taken


def test_a_server_that_hangs_up_is_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            listener.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(UnreachableError):
            send(f"smtp://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()
