"""The terms of both vocabularies, read once from needs.yaml and interests.yaml and checked.

Used wherever a code must become words (pages, letters, exports), by the forms that offer a choice,
by the loader that writes them into the database, and, through `broader()`, to hand the engine the
tree. Pure data: no database, no web. A code never changes its meaning and is never used again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from catalog.taxonomy.open_eligibility import open_eligibility
from catalog.taxonomy.reading import read_yaml

LANGUAGES = ("en", "es")
VOCABULARIES = ("needs", "interests")

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WORDS = ("en", "es", "definition", "definition_es")
_FIELDS = frozenset({"code", "parent", *_WORDS, "open_eligibility", "gravity"})


class VocabularyError(ValueError):
    """A vocabulary file contradicts itself. The message names the file and the term."""


class UnknownTermError(LookupError):
    """A code that neither vocabulary holds."""


@dataclass(frozen=True, slots=True)
class Term:
    """One need or interest.

    `area` is the code of the topmost term above (its own for an area). `open_eligibility` holds ids
    of the same idea in Open Eligibility v2, `gravity` a Gravity Project SDOH category or None.
    """

    code: str
    vocabulary: str  # "needs" or "interests"
    parent: str | None
    area: str
    en: str
    es: str
    definition: str
    definition_es: str
    open_eligibility: tuple[int, ...] = ()
    gravity: str | None = None

    def label(self, language: str = "en") -> str:
        """The term in the language's words; in English where the language is not ours."""
        return self.es if language == "es" else self.en

    def description(self, language: str = "en") -> str:
        """The definition in the language; in English where the language is not ours."""
        return self.definition_es if language == "es" else self.definition


def needs() -> tuple[Term, ...]:
    """All needs, each area followed by its terms, in the order of the file."""
    return _vocabularies()["needs"]


def interests() -> tuple[Term, ...]:
    """All interests, each area followed by its terms, in the order of the file."""
    return _vocabularies()["interests"]


def term(code: str) -> Term:
    """The need or interest of this code.

    Raises UnknownTermError where neither vocabulary holds it.
    """
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownTermError(
            f"There is no need or interest with the code {code!r}. The codes are listed in "
            "catalog/taxonomy/needs.yaml and interests.yaml."
        ) from None


def label(code: str, language: str = "en") -> str:
    """What people read for a code; raises UnknownTermError."""
    return term(code).label(language)


def broader() -> Mapping[str, str | None]:
    """Each code to the code of its broader term, None for an area. Needs and interests together."""
    return _broader()


def terms_from_rows(rows: object, vocabulary: str) -> tuple[Term, ...]:
    """Check the rows of a vocabulary file and make terms of them.

    `rows` is what the YAML file holds: a list of mappings with the fields that the head of
    needs.yaml explains. Raises VocabularyError with the term and the fault.
    """
    if not isinstance(rows, list) or not rows:
        raise VocabularyError(f"{vocabulary}.yaml must hold a list of terms and holds none.")
    for row in rows:
        _check_row(row, vocabulary)
    _check_unique((row["code"] for row in rows), vocabulary)
    parents: dict[str, str | None] = {row["code"]: row["parent"] for row in rows}
    return tuple(
        Term(
            code=row["code"],
            vocabulary=vocabulary,
            parent=row["parent"],
            area=_area(row["code"], parents, vocabulary),
            en=row["en"],
            es=row["es"],
            definition=row["definition"],
            definition_es=row["definition_es"],
            open_eligibility=tuple(row.get("open_eligibility") or ()),
            gravity=row.get("gravity"),
        )
        for row in rows
    )


def _check_row(row: Any, vocabulary: str) -> None:
    if not isinstance(row, dict) or not isinstance(row.get("code"), str):
        raise VocabularyError(f"{vocabulary}.yaml: a term has no code: {row!r}.")
    name = f"{vocabulary}.yaml: {row['code']!r}"
    if not _CODE.fullmatch(row["code"]):
        raise VocabularyError(f"{name} is no slug: use a-z, 0-9 and single hyphens.")
    if unknown := set(row) - _FIELDS:
        raise VocabularyError(f"{name} has fields that mean nothing: {sorted(unknown)}.")
    if "parent" not in row:
        raise VocabularyError(f"{name} states no parent: write null for an area.")
    for field in _WORDS:
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise VocabularyError(f"{name} has no {field!r}: every term needs {', '.join(_WORDS)}.")
    if strange := set(row.get("open_eligibility") or ()) - open_eligibility().keys():
        raise VocabularyError(f"{name} names ids that Open Eligibility does not have: {strange}.")


def _check_unique(codes: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise VocabularyError(f"{where}: the code {code!r} stands for two terms.")
        seen.add(code)


def _area(code: str, parents: Mapping[str, str | None], vocabulary: str) -> str:
    path = [code]
    while (parent := parents[path[-1]]) is not None:
        if parent not in parents:
            raise VocabularyError(
                f"{vocabulary}.yaml: {path[-1]!r} stands under {parent!r}, which is no term here."
            )
        if parent in path:
            raise VocabularyError(
                f"{vocabulary}.yaml: {parent!r} is broader than itself: {' < '.join(path)}."
            )
        path.append(parent)
    return path[-1]


@cache
def _vocabularies() -> Mapping[str, tuple[Term, ...]]:
    folder = files("catalog.taxonomy")
    vocabularies = {
        name: terms_from_rows(
            read_yaml(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8")), name
        )
        for name in VOCABULARIES
    }
    _check_unique(
        (one.code for terms in vocabularies.values() for one in terms), "both vocabularies"
    )
    return vocabularies


@cache
def _by_code() -> Mapping[str, Term]:
    return {one.code: one for terms in _vocabularies().values() for one in terms}


@cache
def _broader() -> Mapping[str, str | None]:
    return MappingProxyType({one.code: one.parent for one in _by_code().values()})
