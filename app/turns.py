"""One request at a time in a web process, though it holds several connections.

Called by serving.py. Threads that compute share one interpreter lock and take it from each other every
few milliseconds, so that two pages at once take far longer than one after the other. Here a request
waits for its turn. Who only waits for what a visitor sends gives the turn up meanwhile, and answers are
written to visitors without it: a slow visitor keeps nobody waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import IO, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")


class Turns:
    """A WSGI application whose requests take turns. What an answer yields bit by bit is outside."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app
        self.turn = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer when the turn comes."""
        environ["wsgi.input"] = Sent(environ["wsgi.input"], self.turn)
        with self.turn:
            return self.app(environ, start_response)


class Sent:
    """What a visitor sends, as PEP 3333 has it read; others have their turn while it is waited for."""

    def __init__(self, stream: IO[bytes], turn: Lock) -> None:
        self.stream = stream
        self.turn = turn

    def read(self, size: int = -1) -> bytes:
        """The next bytes, fewer at the end."""
        return self._waited_for(self.stream.read, size)

    def readline(self, size: int = -1) -> bytes:
        """The next line."""
        return self._waited_for(self.stream.readline, size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        """All lines that are left."""
        return self._waited_for(self.stream.readlines, hint)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _waited_for(self, read: Callable[[int], T], size: int) -> T:
        self.turn.release()
        try:
            return read(size)
        finally:
            self.turn.acquire()
