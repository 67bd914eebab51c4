"""One page of a longer list, for staff pages and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

T = TypeVar("T")
PAGE_SIZE = 25
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Page(Generic[T]):
    """`items` of page `number` (from 1), out of `total` in all."""

    items: Sequence[T]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        """Whether a page comes before."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page comes after."""
        return self.number < self.pages

    def url_of(self, number: int) -> str:
        """The address of another page of the list that this request shows."""
        kept = {key: values for key, values in request.args.lists() if key != "page"}
        arguments: dict[str, Any] = {**(request.view_args or {}), **kept, "page": number}
        return url_for(str(request.endpoint), **arguments)


def requested_page(values: Mapping[str, str] | None = None) -> int:
    """The page number that the address (or what else is given) asks for; anything odd is page 1."""
    text = (request.args if values is None else values).get("page", "1")
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 8 else 1
