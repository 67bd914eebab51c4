"""How a term that was asked for and a term that is offered are related in the tree of terms.

Called by the need and interest scorers and by the engine to find the offers worth judging. The
tree comes from the caller as term -> parent; it knows no names and no languages.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping

from matching.errors import CatalogError


class Relation(enum.StrEnum):
    """What an offered term is to the term that was asked for."""

    EXACT = "exact"
    NARROWER = "narrower"  # asked: dental care; offered: braces
    BROADER = "broader"  # asked: braces; offered: dental care
    FAMILY = "family"  # asked: volleyball; offered: basketball, both ball games


class Terms:
    """A forest of terms. A term the mapping does not name is a root without children."""

    def __init__(self, broader: Mapping[str, str | None]) -> None:
        """Raise CatalogError where a term is its own ancestor."""
        self._broader = dict(broader)
        self._narrower: dict[str, list[str]] = {}
        for term, parent in self._broader.items():
            if parent is not None:
                self._narrower.setdefault(parent, []).append(term)
        self._refuse_circles()

    def _refuse_circles(self) -> None:
        sound: set[str] = set()
        for term in self._broader:
            path: dict[str, None] = {}
            step: str | None = term
            while step is not None and step not in sound:
                if step in path:
                    raise CatalogError(
                        f"The term {step!r} is its own ancestor in the term tree, so nothing can"
                        " be broader or narrower than it. Correct its parent."
                    )
                path[step] = None
                step = self._broader.get(step)
            sound.update(path)

    def above(self, term: str) -> Iterator[str]:
        """The term's parent, its parent's parent, and so on."""
        parent = self._broader.get(term)
        while parent is not None:
            yield parent
            parent = self._broader.get(parent)

    def relation(self, asked: str, offered: str) -> Relation | None:
        """What `offered` is to `asked`; None where they have nothing to do with each other."""
        if asked == offered:
            return Relation.EXACT
        if asked in self.above(offered):
            return Relation.NARROWER
        if offered in self.above(asked):
            return Relation.BROADER
        parent = self._broader.get(asked)
        if parent is not None and parent == self._broader.get(offered):
            return Relation.FAMILY
        return None

    def related(self, asked: str) -> Iterator[tuple[str, Relation]]:
        """Every term with a relation to `asked`, each once: `relation` turned round."""
        yield asked, Relation.EXACT
        for term in self.above(asked):
            yield term, Relation.BROADER
        below = list(self._narrower.get(asked, ()))
        while below:
            term = below.pop()
            yield term, Relation.NARROWER
            below.extend(self._narrower.get(term, ()))
        parent = self._broader.get(asked)
        if parent is not None:
            for term in self._narrower[parent]:
                if term != asked:
                    yield term, Relation.FAMILY
