"""`make bench`: figures of the running demo. The server is the one of the browser tests."""

from tests.e2e.conftest import site

__all__ = ["site"]
