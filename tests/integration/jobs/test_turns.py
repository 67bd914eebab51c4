"""A web process answers one request at a time, and lets nobody slow keep the others waiting."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import IO, Any

import pytest

from app.turns import Turns

PATIENCE_S = 10


def asked(turns: Turns, sent: IO[bytes] | None = None) -> list[bytes]:
    """What the application answers to a request with this body."""
    environ = {"wsgi.input": sent or io.BytesIO()}
    return list(turns(environ, lambda *_: bytearray().extend))


def together(*work: Callable[[], object]) -> None:
    """All at once, to their ends."""
    threads = [threading.Thread(target=one, daemon=True) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "somebody waits for ever"


def test_no_two_requests_are_answered_at_once() -> None:
    inside: list[int] = []
    most: list[int] = []
    pause = threading.Event()

    def app(_environ: Any, _start: Any) -> Iterable[bytes]:
        inside.append(1)
        most.append(len(inside))
        pause.wait(0.01)  # so that another one comes in, if it may
        inside.pop()
        return [b"done"]

    turns = Turns(app)
    together(*(lambda: asked(turns) for _ in range(8)))
    assert most == [1] * 8


class Slow(io.BytesIO):
    """A body whose second half comes when somebody else has been answered."""

    def __init__(self, body: bytes, answered: threading.Event) -> None:
        super().__init__(body)
        self.answered = answered

    def read(self, size: int | None = -1) -> bytes:
        assert self.answered.wait(PATIENCE_S), "nobody was answered meanwhile"
        return super().read(size)


def test_who_sends_slowly_gives_the_turn_up_and_has_it_again_after() -> None:
    answered, begun = threading.Event(), threading.Event()
    held: list[bool] = []

    def app(environ: Any, _start: Any) -> Iterable[bytes]:
        if environ.get("is_other"):
            answered.set()
            return [b"other"]
        begun.set()
        body = environ["wsgi.input"].read()
        held.append(turns.turn.locked())
        return [body]

    turns = Turns(app)
    told: list[bytes] = []

    def other() -> None:
        assert begun.wait(PATIENCE_S)
        told.extend(
            turns({"wsgi.input": io.BytesIO(), "is_other": True}, lambda *_: bytearray().extend)
        )

    together(lambda: told.extend(asked(turns, Slow(b"whole", answered))), other)
    assert sorted(told) == [b"other", b"whole"]
    assert held == [True]
    assert not turns.turn.locked()


@pytest.mark.parametrize("breaks", ["application", "visitor"])
def test_what_breaks_leaves_the_turn_to_the_next(breaks: str) -> None:
    class Gone(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError

    def app(environ: Any, _start: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        raise ZeroDivisionError

    turns = Turns(app)
    with pytest.raises(ConnectionResetError if breaks == "visitor" else ZeroDivisionError):
        asked(turns, Gone() if breaks == "visitor" else None)
    assert not turns.turn.locked()


def test_lines_are_read_as_they_were_sent() -> None:
    def app(environ: Any, _start: Any) -> Iterable[bytes]:
        sent = environ["wsgi.input"]
        return [sent.readline(), sent.read(2), *sent.readlines()[:1], *sent]

    assert asked(Turns(app), io.BytesIO(b"one\ntwo\nthree\nfour\n")) == [b"one\n", b"tw", b"o\n"]


def test_what_an_answer_yields_bit_by_bit_is_outside_the_turn() -> None:
    def app(_environ: Any, _start: Any) -> Iterable[bytes]:
        return (str(turns.turn.locked()).encode() for _ in range(2))

    turns = Turns(app)
    assert asked(turns) == [b"False", b"False"]
