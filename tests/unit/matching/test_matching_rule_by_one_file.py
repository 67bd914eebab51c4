"""A rule is added by adding one file: the guide's own, put into a copy of the engine, works at once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
GUIDE = REPOSITORY / "docs" / "adding-a-rule.md"

ASKING = """
from datetime import date
from matching.engine import Engine
from matching.explain import rule_name, sentence
from matching.parameters import load
from matching.reference import ReferenceEngine
from matching.rules import RULES
from matching.types import Need, Offer, Point, Profile

downtown = Point(35.05, -85.3)
offers = [
    Offer("at the school", "a", "o", categories=("glasses",), mode="school"),
    Offer("downtown", "b", "o", categories=("glasses",), point=downtown),
    Offer("with a ride", "c", "o", categories=("glasses",), point=downtown, provides_transport=True),
]
print([rule.name for rule in RULES][14:17], rule_name("escort", "es"))
for age in (7.4, 9.0):
    child = Profile("k", age=age, home=downtown, travel="bus", needs=(Need("glasses"),))
    rankings = [
        made(offers, load("balanced"), {"glasses": None}).rank(child, 9, on=date(2026, 11, 27))
        for made in (Engine, ReferenceEngine)
    ]
    assert rankings[0] == rankings[1]
    for match in rankings[0].matches:
        for asked in match.questions:
            if asked.rule == "escort":
                print(age, match.offer.key, "|", sentence(asked))
"""


def test_the_guides_rule_is_asked_as_soon_as_its_file_is_there(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    (told,) = re.findall(r"^> (.*)$", guide, re.MULTILINE)
    shutil.copytree(REPOSITORY / "matching", tmp_path / "matching")
    (tmp_path / "matching" / "rules" / "escort.py").write_text(code, encoding="utf-8")
    answer = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", ASKING], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert answer.stderr == ""
    assert answer.stdout.splitlines() == [
        "['reach', 'escort', 'free_time'] Camino",
        f"7.4 downtown | {told}",
    ]


def test_the_guides_rule_is_in_the_projects_shape(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "escort.py"
    path.write_text(code, encoding="utf-8")
    for check in (("check",), ("format", "--check")):
        answer = subprocess.run(  # noqa: S603 - our own tool
            [
                sys.executable,
                "-m",
                "ruff",
                *check,
                "--config",
                str(REPOSITORY / "pyproject.toml"),
                str(path),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
