"""The guides tell the truth: their links lead somewhere, their commands exist, the buttons they name
are on the pages.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from app import create_app
from app.jobs.registry import JOBS
from app.settings import Settings
from app.web.shell import LANGUAGES
from seeds.commands import commands as seed_commands
from seeds.demo import demo

ROOT = Path(__file__).parents[2]
GUIDES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "tests" / "README.md"])
DECISIONS = ROOT / "docs" / "decisions"
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
each_guide = pytest.mark.parametrize("guide", GUIDES, ids=lambda p: str(p.relative_to(ROOT)))


def prose(guide: Path) -> str:
    """The text without its blocks of code."""
    return FENCE.sub("", guide.read_text(encoding="utf-8"))


def code(guide: Path) -> Iterator[str]:
    """Each line of the blocks, and each piece of code within the text."""
    for block in FENCE.findall(guide.read_text(encoding="utf-8")):
        yield from block.splitlines()[1:-1]
    yield from re.findall(r"`([^`\n]+)`", prose(guide))


def anchors(guide: Path) -> set[str]:
    """What `#…` may name in a guide, as the usual viewers of Markdown make it from headings."""
    headings = re.findall(r"^#+ (.+)$", prose(guide), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def bold(guide: Path) -> set[str]:
    """What a guide shows as words of a page, without what stands for a name."""
    found = re.findall(r"\*\*(.+?)\*\*", prose(guide).replace("\n", " "))
    return {words.removesuffix("?").removesuffix(" …") for words in found}


@each_guide
def test_every_link_leads_somewhere(guide: Path) -> None:
    broken = []
    for target in LINK.findall(prose(guide)):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (guide.parent / unquote(path)).resolve() if path else guide
        is_there = file.exists() and file.is_relative_to(ROOT)
        if not is_there or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with all its commands, as wsgi.py makes it; its database is never opened."""
    folder = tmp_path_factory.mktemp("docs")
    settings = Settings(
        instance_dir=folder,
        secret_key="not a secret: only for the tests of Footbridge",
        database_url=f"sqlite:///{folder / 'none.db'}",
        testing=True,
    )
    return create_app(settings, commands=[*seed_commands, demo])


def command_named(app: Flask, line: str) -> str | None:
    """What is wrong with the `flask` command that begins a line; None: there is one like it."""
    group = FlaskGroup(create_app=lambda: app)
    context = click.Context(group, obj=ScriptInfo(create_app=lambda: app))
    command: click.Command | None = group
    words = line.split("#", maxsplit=1)[0].split()
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        command = command.get_command(context, word)
        if command is None:
            return f"no command {word!r}"
    assert command is not None
    known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
    unknown = {word for word in words if word.startswith("--")} - known
    return f"no option {sorted(unknown)}" if unknown else None


def test_every_flask_command_exists(app: Flask) -> None:
    lines = [
        (guide.name, match[1])
        for guide in GUIDES
        for text in code(guide)
        if (match := re.search(r"flask --app wsgi\s+([a-z].*)", text))
    ]
    assert len(lines) > 10
    wrong = [(name, line, problem) for name, line in lines if (problem := command_named(app, line))]
    assert wrong == []


def test_a_command_that_is_not_there_would_be_found(app: Flask) -> None:
    assert command_named(app, "jobs list") is None
    assert command_named(app, "catalog import PATH --apply") is None
    assert command_named(app, "catalog forget") == "no command 'forget'"
    assert command_named(app, "serve --colour") == "no option ['--colour']"


def test_every_make_target_exists() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory", "help"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    targets = set(re.findall(r"^\s*make (\w+)", told, re.MULTILINE))
    named = {
        target
        for guide in GUIDES
        for text in code(guide)
        for target in re.findall(r"^make ([a-z]+)", text)
    }
    assert {"run", "test", "check"} <= named <= targets


def test_every_job_is_in_the_operators_guide() -> None:
    guide = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    table = guide.split("| job | how often |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [job.name for job in JOBS]


@pytest.mark.parametrize(("name", "column"), [("partners", 0), ("families", 0), ("familias", 1)])
def test_what_a_guide_tells_to_press_is_on_the_page(name: str, column: int) -> None:
    with (ROOT / "app/translations/es/LC_MESSAGES/messages.po").open("rb") as file:
        sentences = {(m.id, m.string)[column] for m in read_po(file, locale="es") if m.id}
    named = bold(ROOT / "docs" / f"{name}.md")
    assert len(named) > 4
    assert named - sentences - set(LANGUAGES.values()) == set()


def test_what_plan_managers_are_told_to_press_is_on_a_page() -> None:
    pages = "\n".join(
        file.read_text(encoding="utf-8")
        for pattern in ("*.html", "*.py")
        for file in (ROOT / "app").rglob(pattern)
    )
    named = bold(ROOT / "docs" / "plan-managers.md")
    assert len(named) > 20
    assert {words for words in named if words not in pages} == set()


def test_every_decision_is_listed_and_says_why() -> None:
    pages = sorted(DECISIONS.glob("[0-9]*.md"))
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text("utf-8"))
    assert listed == [page.name for page in pages]
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. ")
        assert [
            part for part in ("What we do", "Why", "What it costs") if f"**{part}" not in text
        ] == []
        assert len(text.splitlines()) <= 60


def test_the_readme_shows_a_picture_of_the_product() -> None:
    """A PNG, 1280 pixels wide, light enough for a page that everybody opens."""
    picture = (ROOT / "docs" / "images" / "find-support.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20], "big") == 1280
    assert len(picture) < 300_000
