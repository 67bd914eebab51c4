"""What the engine refuses, each with what, why and what to do. No HTTP in here.

Raised by `Engine` and by the parameter loader; `app` turns them into pages and problem answers.
Messages never hold a student's data, only the name of the field that is wrong.
"""

from __future__ import annotations


class MatchingError(ValueError):
    """The engine cannot answer with what it was given."""


class ProfileError(MatchingError):
    """A profile holds a value that no student can have (an age below zero, a weekday 9): that of
    `field`."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class CatalogError(MatchingError):
    """The offers or the terms cannot be indexed (a key twice, a term that is its own parent)."""


class ParameterError(MatchingError):
    """A parameter file is wrong; the message names the file, the key and the line."""


class IndexFolderError(MatchingError):
    """A folder holds no whole index of the wanted revision: build it anew."""


class AllocationError(MatchingError):
    """Seats cannot be given out as told (a candidate twice, seats not told, a negative number)."""


class UnknownOfferError(MatchingError, KeyError):
    """No offer of that key is in this engine's catalog."""

    def __str__(self) -> str:
        return str(self.args[0])
