"""The engine stands on Python's own library, numpy and OR-Tools alone: nothing else is ever imported.

The contract of the linter names what is forbidden; this names what is allowed, so that a library that
nobody thought of is seen too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = sys.stdlib_module_names | {"matching", "numpy", "ortools"}


def imported(source: str) -> Iterator[str]:
    """What a file imports, wherever in it: packages by their first name, relatives as dots."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level or (node.module or "").partition(".")[0]


def test_the_engine_imports_nothing_but_the_standard_library_numpy_and_ortools() -> None:
    files = sorted((ROOT / "matching").rglob("*.py"))
    assert len(files) > 40
    foreign = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in files
        for name in imported(file.read_text(encoding="utf-8"))
        if name not in ALLOWED
    ]
    assert foreign == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import yaml, numpy.typing as npt", ["yaml", "numpy"]),
        ("def f():\n    from ortools.sat import python", ["ortools"]),
        ("from . import terms", ["."]),
    ],
)
def test_imports_are_seen_wherever_they_stand(source: str, names: list[str]) -> None:
    assert list(imported(source)) == names
