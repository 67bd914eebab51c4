"""What the catalog refuses is said in the reader's language: every error's words can be translated."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from app.errors import STATUS, handle_domain_error, words_of
from catalog import errors
from catalog.errors import CatalogError
from tests.project.test_translations import KEYWORDS

# What is said does not depend on the database.
on_one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ROOT = Path(__file__).parents[2]
BLANK = re.compile(r"%\((\w+)\)[.\d]*([rsdg])")
SAME_IN_BOTH = {"%(sheet)s: %(problem)s"}  # two texts that are in words already


KINDS = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, CatalogError)
}
SOURCES = [
    path for folder in ("catalog", "app", "seeds") for path in sorted((ROOT / folder).rglob("*.py"))
]


@dataclass(frozen=True)
class Raised:
    """One place where an error of the catalog is made."""

    where: str
    kind: str
    message: str | None  # None where the source does not hold it as it is
    facts: frozenset[str]


def made_in(path: Path) -> Iterator[Raised]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        name = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and isinstance(name, ast.Name) and name.id in KINDS:
            said = node.args[0] if len(node.args) == 1 else None
            is_text = isinstance(said, ast.Constant) and isinstance(said.value, str)
            yield Raised(
                f"{path.relative_to(ROOT)}:{node.lineno}",
                name.id,
                said.value if is_text else None,
                frozenset(word.arg or "**" for word in node.keywords),
            )


RAISED = [one for path in SOURCES for one in made_in(path)]


def made(one: Raised) -> CatalogError:
    """The error, with something in each of its blanks."""
    assert one.message is not None
    facts = {name: 7 if kind in "dg" else f"<{name}>" for name, kind in BLANK.findall(one.message)}
    return KINDS[one.kind](one.message, **facts)


def test_the_words_of_every_kind_are_taken_for_translation() -> None:
    assert {one.kind for one in RAISED} <= KEYWORDS.keys(), (
        "Name the class in TRANSLATED of the Makefile: its words would stay English."
    )


def test_every_kind_stands_with_the_others() -> None:
    elsewhere = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in SOURCES
        if path != Path(errors.__file__)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in KINDS for base in node.bases)
    ]
    assert not elsewhere, (
        "Put the class into catalog/errors.py: only there its words are looked for."
    )


def test_the_words_stand_as_they_are_and_the_facts_apart() -> None:
    hidden = [one.where for one in RAISED if one.message is None]
    assert not hidden, "Write the words as they are, with %(blanks)s for the facts."
    wrong = [
        one.where
        for one in RAISED
        if one.facts != {name for name, _ in BLANK.findall(one.message or "")}
    ]
    assert not wrong, "Each blank of the words has a fact, and each fact its blank."


@on_one_database
def test_each_is_said_in_both_languages(app: Flask) -> None:
    wrong = []
    for one in RAISED:
        error = made(one)
        with app.test_request_context("/"):
            with force_locale("en"):
                english = words_of(error)
            with force_locale("es"):
                spanish = words_of(error)
        is_right = (
            english == str(error)
            and (spanish != english) is (one.message not in SAME_IN_BOTH)
            and all(str(fact) in spanish for fact in error.facts.values())
        )
        if not is_right:
            wrong.append((one.where, english, spanish))
    assert not wrong


@on_one_database
@pytest.mark.parametrize("path", ["/l/a-link", "/listings", "/services/1"])
def test_a_page_that_the_catalog_refuses_is_in_the_readers_language(path: str, app: Flask) -> None:
    for kind in sorted({one.kind for one in RAISED}):
        error = made(next(one for one in RAISED if one.kind == kind))
        with app.test_request_context(path, headers={"Accept-Language": "es"}):
            answer = handle_domain_error(error)
            page = html.unescape(answer.get_data(as_text=True))
            assert answer.status_code == STATUS[CatalogError]
            assert words_of(error) in page
            assert str(error) not in page
